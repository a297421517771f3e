//! What the wheel turns: a pane where it stands, the marked line of a list, the pages of the
//! stage, or what scrolls by keys.

use super::{Desk, Dialog, Done, Screen};
use crate::model::{Agent, AgentId, Millis, Seq, Stage};

/// How many lines a turn of the mouse wheel is.
pub const WHEEL: isize = 3;

/// What lies under the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// The pane of an agent.
    Pane(AgentId),
    /// A list of agents, or the number of a page.
    Pages,
    /// A list of something else.
    List,
    /// Anything else.
    Else,
}

/// A pane that is looked back in where it stands. What comes meanwhile moves nothing: it is
/// below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peek {
    /// The last entry that there was when it began.
    pub until: Seq,
    /// So many lines before the end of that.
    pub back: usize,
}

impl Desk {
    /// Turns it by so many lines, down if positive.
    pub fn wheel(&mut self, under: Under, lines: isize, stage: &Stage, now: Millis) -> Done {
        match &self.dialog {
            Some(Dialog::Help(_) | Dialog::Question(_) | Dialog::Copying(_)) => {
                return self.scroll_lines(lines, stage);
            }
            // A line of typed text is not a list: nothing of it is turned.
            Some(
                Dialog::Command(_) | Dialog::NewAgent(_) | Dialog::Script(_) | Dialog::Retake(_),
            ) => {
                return Done::Nothing;
            }
            Some(_) => return self.mark(lines.signum(), stage, now),
            None => {}
        }
        if self.editor.is_some() {
            return Done::Nothing;
        }
        let is_stage = self.screen == Screen::Stage;
        match under {
            Under::Pane(agent) if self.focus == Some(agent) && self.scrolls_request(stage) => {
                self.scroll_lines(lines, stage)
            }
            Under::Pane(agent) if is_stage => {
                stage.agent(agent).map_or(Done::Nothing, |it| self.peek(it, lines))
            }
            Under::Pages | Under::Else if is_stage => self.turn_pages(lines, stage, now),
            Under::List => self.mark(lines.signum(), stage, now),
            Under::Pane(_) | Under::Pages | Under::Else => self.scroll_lines(lines, stage),
        }
    }

    fn peek(&mut self, agent: &Agent, lines: isize) -> Done {
        let before = self.peeks.get(&agent.id).map_or(0, |it| it.back);
        let back = before.saturating_add_signed(lines.saturating_neg());
        let last = agent.log.entries().next_back().map(|it| it.seq).unwrap_or_default();
        if back == 0 {
            self.peeks.remove(&agent.id);
        } else {
            let peek = self.peeks.entry(agent.id).or_insert(Peek { until: last, back });
            peek.back = back;
        }
        Done::Redraw
    }

    /// Presses the keys that are told so here.
    pub fn press_told(&mut self, told: &str, stage: &Stage, now: Millis) -> Done {
        let chords = self.keymap.told(self.context(stage), &self.pressed, told);
        let mut done = Done::Nothing;
        for chord in chords.unwrap_or_default() {
            done = self.key(chord.event(), stage, now);
        }
        done
    }
}
