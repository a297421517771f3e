//! The help: what the keys do where it was asked for.

use super::{Desk, Dialog, Done, Elsewhere, Help, Screen, inability};
use crate::{
    model::Stage,
    ui::keys::{Act, HelpLine, HelpPart},
};

impl Desk {
    /// Opens the help on the keys that hold here.
    pub(super) fn help(&mut self, stage: &Stage) -> Done {
        let is_open = matches!(self.dialog, Some(Dialog::Help(_)));
        if is_open {
            self.dialog = None;
        } else if self.dialog.is_none() {
            let mut all = self.keymap.help(self.context(stage));
            for part in &mut all {
                part.lines.retain(|it| !self.is_vain(it.act, stage));
                part.lines.iter_mut().for_each(|it| self.fill_in(it, stage));
            }
            let elsewhere = self.elsewhere(stage);
            let parts = all.clone();
            self.dialog = Some(Dialog::Help(Help { parts, all, elsewhere, ..Help::default() }));
        }
        Done::Redraw
    }

    /// What keys do in other places than here; in a replay, nobody is directed in any.
    fn elsewhere(&self, stage: &Stage) -> Vec<HelpPart> {
        let mut parts = self.keymap.help_elsewhere(self.context(stage));
        for part in &mut parts {
            let is_vain = |act: Act| {
                (self.is_replay() && act.directs()) || (self.is_watch && act.is_of_replay())
            };
            part.lines.retain(|it| !is_vain(it.act));
        }
        parts
    }

    /// Says of a key what the keymap does not know: what it does in a replay, or
    /// why it does nothing to this agent.
    fn fill_in(&self, line: &mut HelpLine, stage: &Stage) {
        line.description = self.described(line.act);
        if self.is_replay() {
            return;
        }
        if let Some(agent) = self.focused(stage) {
            line.unable = inability(line.act, agent);
        }
    }

    /// What an act does here.
    pub(super) fn described(&self, act: Act) -> &'static str {
        if self.is_watch && act == Act::Quit {
            return "leave; whom you watch goes on";
        }
        in_a_replay(act).filter(|_| self.is_replay()).unwrap_or(act.description())
    }

    /// Whether something is open on the stage that can be left.
    pub(crate) fn can_leave(&self) -> bool {
        let is_narrowed = !self.filter.is_empty() || self.roster || !self.marked.is_empty();
        is_narrowed || self.request.is_some() || self.dialog.is_some() || self.is_recalled
    }

    /// Whether there is more on the stage than is in sight: of a request, or pages of panes.
    fn has_more(&self, act: Act, stage: &Stage) -> bool {
        let has_pages = self.in_sight(stage).len() > self.shown.grid.per_page();
        let is_line = matches!(act, Act::ScrollUp | Act::ScrollDown);
        self.scrolls_request(stage) || (has_pages && !is_line)
    }

    /// Whether an act is for what is not there: what the first screen does not offer, or
    /// a replay.
    pub(crate) fn is_vain(&self, act: Act, stage: &Stage) -> bool {
        match act {
            Act::TakeUp => !self.offers(Elsewhere::Session, stage),
            Act::Demo => !self.offers(Elsewhere::Demo, stage),
            Act::ToInbox => !self.named_screens().contains(&Screen::Inbox),
            Act::ToStage => self.named_screens().len() < 2,
            Act::ToCast => !self.named_screens().contains(&Screen::Cast),
            Act::ToScript => !self.named_screens().contains(&Screen::Script),
            Act::ToPast => !self.named_screens().contains(&Screen::Past),
            Act::ToLibrary => self.is_replay(),
            act if self.is_watch && act.is_of_replay() => true,
            Act::Retake => self.is_watch,
            Act::Compare => {
                super::audition::auditions(stage).is_empty()
                    && stage.agents().all(|it| it.casting.take.is_none())
            }
            Act::MarkBest => self.takes(stage).is_none(),
            Act::KeepChange => !self.can_keep_change(stage),
            Act::Comment => self.is_replay(),
            Act::Back => self.screen == Screen::Stage && !self.can_leave(),
            Act::Search => matches!(self.screen, Screen::Script | Screen::Diffs | Screen::Versus),
            Act::ChoiceNext | Act::ChoicePrevious => {
                self.shows_library() && self.listed_scripts().is_empty()
            }
            Act::ScrollUp
            | Act::ScrollDown
            | Act::HalfPageUp
            | Act::HalfPageDown
            | Act::PageUp
            | Act::PageDown => self.screen == Screen::Stage && !self.has_more(act, stage),
            Act::Versus => !self.can_hold_two(stage),
            Act::Evidence => stage.agents().all(|it| it.drifts().is_none()),
            _ => false,
        }
    }
}

/// What an act does where there is nobody to direct, if that is something else.
const fn in_a_replay(act: Act) -> Option<&'static str> {
    match act {
        Act::Quit => Some("leave the replay; the session stays as it is"),
        Act::Back => Some("go back"),
        Act::NextWaiting => Some("go to the next agent that needed you"),
        Act::NextMatch => Some("the next match; where nothing is searched for, the next marker"),
        Act::PreviousMatch => Some("the match before, or the marker"),
        _ => None,
    }
}

impl Help {
    /// Lists the lines that hold these words: those of this place first.
    pub(super) fn fit(&mut self, text: &str) {
        let wanted = text.trim().to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&wanted);
        let part = |part: &HelpPart| {
            let fits = |it: &&crate::ui::keys::HelpLine| {
                holds(&it.keys) || holds(it.description) || holds(&it.act.name())
            };
            let lines: Vec<_> = part.lines.iter().filter(fits).cloned().collect();
            (!lines.is_empty()).then_some(HelpPart { title: part.title, lines })
        };
        let elsewhere = self.elsewhere.iter().filter(|_| !wanted.is_empty());
        self.parts = self.all.iter().chain(elsewhere).filter_map(part).collect();
        self.scroll = 0;
    }
}
