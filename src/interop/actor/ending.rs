//! How an agent of a log comes to its end.

use super::Actor;
use crate::{
    interop::desk::Desk,
    model::{Author, Event, Outcome, Turn},
};
use std::mem;

impl Actor {
    /// The log ends here. One that was in the middle of something stays there: it may
    /// go on.
    pub(in crate::interop) fn finish(&mut self, desk: &mut Desk) {
        if mem::replace(&mut self.is_over, true) {
            return;
        }
        self.end_compaction(desk, None);
        let is_answered = self.open.is_some() || self.turn > Turn(0);
        let is_done = is_answered && self.calls.is_empty() && self.queued.is_empty();
        self.end_turn(desk);
        self.settle(desk);
        self.come(desk);
        self.name_place(desk);
        // It was told when it came to its end.
        if self.rests {
            return;
        }
        let outcome = match (self.is_cut, is_done) {
            (true, _) => Outcome::Stopped { by: Author::Director },
            (false, true) => Outcome::Succeeded { summary: String::new() },
            (false, false) => return,
        };
        self.end(desk, outcome);
    }

    /// It is over. Whoever directs it has seen that: nobody needs to look here.
    pub(super) fn end(&mut self, desk: &mut Desk, outcome: Outcome) {
        let agent = self.id;
        self.tell(desk, Event::AgentEnded { agent, outcome });
        self.tell(desk, Event::AgentSeen { agent });
    }
}
