//! Steps of one agent alone: over what everybody else did meanwhile.

use super::{Player, Wound};
use crate::model::{AgentId, Record, Seq};

/// So many records are looked through for one of an agent, at most.
const STRETCH: usize = 1 << 16;
/// And so many at first, on the way back.
const NEAR: u64 = 128;

impl Player {
    /// Goes on by so many records of one agent, or back: to where it has just happened. Of
    /// a long stretch without any, the far end is gone to.
    pub(super) fn step_of(&mut self, agent: AgentId, events: i64) {
        for _ in 0..events.unsigned_abs() {
            let found = if events > 0 { self.next_of(agent) } else { self.last_of(agent) };
            self.wind(found, Wound::Record);
        }
    }

    /// Where its next record is.
    fn next_of(&self, agent: AgentId) -> Seq {
        let from = self.reel.offset_after(self.seq);
        let mut records = self.reel.records_from(from).map(|(_, it)| it).take(STRETCH);
        let mut at = self.seq;
        let is_it = |it: &Record| {
            at = at.max(it.seq);
            it.seq > self.seq && it.event.agent() == Some(agent)
        };
        let found = records.find(is_it).map(|it| it.seq);
        found.unwrap_or(at)
    }

    /// Where its last record before the head is.
    fn last_of(&self, agent: AgentId) -> Seq {
        let mut back = NEAR;
        loop {
            let from = Seq(self.seq.0.saturating_sub(back));
            let offset = if from == Seq(0) {
                self.reel.reader().body()
            } else {
                self.reel.offset_after(from)
            };
            let records = self.reel.records_from(offset).map(|(_, it)| it);
            let before = records.take_while(|it| it.seq < self.seq);
            let its = before.filter(|it| it.event.agent() == Some(agent));
            match its.last().map(|it| it.seq) {
                Some(found) => return found,
                None if from == Seq(0) || back >= STRETCH as u64 => return from,
                None => back *= 8,
            }
        }
    }
}
