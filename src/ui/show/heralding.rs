//! The director is called back, through the terminal, and its title says how many wait.

use super::{Herald, Show};
use crate::{
    model::{Item, Millis},
    ui::terminal::{Calling, Screen},
};
use std::io;

/// What the terminal is told, beside what is drawn.
#[derive(Debug)]
pub(super) struct Heralding {
    herald: Herald,
    calling: Calling,
    in_tmux: bool,
    title: String,
    /// How many wait, as the title says.
    told: u32,
}

impl Heralding {
    pub(super) const fn new(
        herald: Herald,
        (calling, in_tmux): (Calling, bool),
        title: String,
    ) -> Self {
        Self { herald, calling, in_tmux, title, told: 0 }
    }

    /// The director looks at this terminal again, or elsewhere.
    pub(super) fn turn(&mut self, is_away: bool, show: &Show) {
        self.herald.turn(is_away, &show.stage.inbox());
    }

    /// When to look again, should nothing happen.
    pub(super) fn due(&self, show: &Show) -> Option<Millis> {
        if self.calling == Calling::Off || show.desk.is_replay() {
            return None;
        }
        self.herald.due(&show.stage.inbox())
    }

    /// Says what there is to say.
    pub(super) fn keep(&mut self, show: &Show, screen: &mut Screen, now: Millis) -> io::Result<()> {
        if show.desk.is_replay() {
            return Ok(());
        }
        let waiting = show.stage.totals().need_you;
        if waiting != std::mem::replace(&mut self.told, waiting) {
            let count = if waiting == 0 { String::new() } else { format!("({waiting}) ") };
            screen.retitle(&format!("{count}{}", self.title))?;
        }
        let calls = self.herald.hear(&show.stage.inbox(), now);
        let Some(first) = calls.first() else { return Ok(()) };
        let text = match calls.len() - 1 {
            0 => said(first, show),
            1 => format!("{}, and one more", said(first, show)),
            more => format!("{}, and {more} more", said(first, show)),
        };
        screen.call(&self.calling.bytes(&self.title, &text, self.in_tmux))
    }
}

/// Who needs what.
fn said(item: &Item, show: &Show) -> String {
    format!("{} {}", show.stage.name_of(item.key.whom), item.key.reason)
}
