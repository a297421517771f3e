//! An agent that is watched while it works: what its log does not tell yet is no end,
//! and what it tells next takes it up again.

use super::Actor;
use crate::{
    interop::desk::Desk,
    model::{AgentId, Author, CallId, Event, Outcome, Stop},
};
use std::mem;

impl Actor {
    /// Whether this call has set it to work.
    pub(in crate::interop) fn works_at(&self, (agent, call): (AgentId, CallId)) -> bool {
        let origin = self.casting.origin.as_ref();
        origin.is_some_and(|it| (it.agent, it.call) == (agent, call))
    }

    /// Nothing more has come for now: what is known of it is shown. An answer that was
    /// said to be the last one is the end until its user says more; one of which
    /// nothing was said is, when nothing has come for long.
    pub(in crate::interop) fn rest(&mut self, desk: &mut Desk, is_long: bool) {
        // Without its brief nobody would know what it is there for.
        if !self.casting.brief.is_empty() {
            self.come(desk);
        }
        if self.open.is_some() && (self.is_stop_told || is_long) {
            self.end_turn(desk);
        }
        self.settle(desk);
        let is_free = self.open.is_none() && self.calls.is_empty() && self.queued.is_empty();
        let is_last = self.last_stop.as_ref() == Some(&Stop::End);
        // Whoever was cut by its user waits for what the user says next.
        if is_free && (self.is_cut || (is_last && (self.was_stop_told || is_long))) {
            self.end_for_now(desk);
        }
    }

    /// It is done, as far as is known.
    pub(in crate::interop) fn end_for_now(&mut self, desk: &mut Desk) {
        if self.is_over || self.rests || self.came.is_none() {
            return;
        }
        self.come(desk);
        self.end_turn(desk);
        self.settle(desk);
        let outcome = if self.is_cut {
            Outcome::Stopped { by: Author::Director }
        } else {
            Outcome::Succeeded { summary: String::new() }
        };
        self.end(desk, outcome);
        self.rests = true;
    }

    /// It is taken up again, if it had ended and this is work.
    pub(super) fn wake_for(&mut self, desk: &mut Desk, event: &Event) {
        let is_work = matches!(
            event,
            Event::RedirectWritten { .. }
                | Event::RedirectDelivered { .. }
                | Event::TurnStarted { .. }
                | Event::ToolCalled { .. }
        );
        if is_work && mem::take(&mut self.rests) {
            self.run += 1;
            let (agent, run, now) = (self.id, self.run, desk.now());
            desk.tell(now, Event::AgentReopened { agent, by: Author::Agent });
            desk.tell(now, Event::AgentStarting { agent, run });
            desk.tell(now, Event::AgentStarted { agent });
        }
    }
}
