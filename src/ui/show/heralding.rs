//! The director is called back, through the terminal, and its title says how many wait.

use super::{Herald, Options, SendAlert, Show};
use crate::{
    model::{Item, Millis},
    tools::alerts::Alert,
    ui::terminal::{Calling, Screen},
};
use std::{fmt, io};

/// What the terminal is told, beside what is drawn.
pub(super) struct Heralding {
    herald: Herald,
    calling: Calling,
    in_tmux: bool,
    title: String,
    /// How many wait, as the title says.
    told: (u32, Option<String>),
    /// The kinds of need that call; all where none is named.
    kinds: Vec<String>,
    /// Calls beside the terminal.
    alert: Option<SendAlert>,
}

impl fmt::Debug for Heralding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heralding").field("herald", &self.herald).finish_non_exhaustive()
    }
}

impl Heralding {
    pub(super) const fn new(
        herald: Herald,
        (calling, in_tmux): (Calling, bool),
        title: String,
    ) -> Self {
        Self { herald, calling, in_tmux, title, told: (0, None), kinds: Vec::new(), alert: None }
    }

    /// The same, for these kinds of need alone, and beside the terminal as well.
    pub(super) fn also(self, (kinds, alert): (Vec<String>, Option<SendAlert>)) -> Self {
        Self { kinds, alert, ..self }
    }

    /// Calls as these say from now on; what was called for already is known.
    pub(super) fn follow(&mut self, options: &Options) {
        self.herald.behave(options.manners);
        (self.calling, self.in_tmux) = options.calling;
        self.kinds.clone_from(&options.kinds);
        self.alert.clone_from(&options.alert);
    }

    /// What may call.
    fn items(&self, show: &Show) -> Vec<Item> {
        let mut items = show.stage.inbox();
        let calls = |it: &Item| self.kinds.iter().any(|kind| kind == it.key.reason.word());
        items.retain(|it| self.kinds.is_empty() || calls(it));
        items
    }

    /// The director looks at this terminal again, or elsewhere.
    pub(super) fn turn(&mut self, is_away: bool, show: &Show, now: Millis) {
        let items = self.items(show);
        self.herald.turn(is_away, &items, now);
    }

    /// When to look again, should nothing happen.
    pub(super) fn due(&self, show: &Show) -> Option<Millis> {
        if self.calling == Calling::Off || show.desk.is_replay() {
            return None;
        }
        self.herald.due(&self.items(show))
    }

    /// Says what there is to say.
    pub(super) fn keep(&mut self, show: &Show, screen: &mut Screen, now: Millis) -> io::Result<()> {
        if show.desk.is_replay() {
            return Ok(());
        }
        let waiting = show.stage.need_you(now) + show.stage.new_ends(now);
        let named = (waiting, show.desk.called.clone());
        if named != std::mem::replace(&mut self.told, named.clone()) {
            let count = if waiting == 0 { String::new() } else { format!("({waiting}) ") };
            let title = show.desk.called.as_ref().unwrap_or(&self.title);
            screen.retitle(&format!("{count}{title}"))?;
        }
        let items = self.items(show);
        let calls = self.herald.hear(&items, now);
        let Some(first) = calls.first() else { return Ok(()) };
        let text = match calls.len() - 1 {
            0 => said(first, show),
            1 => format!("{}, and one more", said(first, show)),
            more => format!("{}, and {more} more", said(first, show)),
        };
        if let Some(send) = &self.alert {
            let who = |it: &Item| show.stage.name_of(it.key.whom).into_owned();
            let needs = calls.iter().map(|it| (who(it), it.key.reason.word())).collect();
            send(Alert { title: self.title.clone(), text: text.clone(), needs });
        }
        screen.call(&self.calling.bytes(&self.title, &text, self.in_tmux))
    }
}

/// Who needs what.
fn said(item: &Item, show: &Show) -> String {
    format!("{} {}", show.stage.name_of(item.key.whom), item.key.reason)
}
