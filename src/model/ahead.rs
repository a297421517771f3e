//! Calls agents up before they change.
//!
//! A fold over a hundred agents or a thousand computes little and waits for
//! memory: an agent, the last entry of its log and the end of its text stand in
//! different places, each record is about another agent, and no place can be asked
//! for before the one that names it is there. But agents don't wait for each other:
//! where the next records are known, all of their agents are asked for first, then
//! all of their entries, then all of the texts, and the waits lie beside each other.

use super::{Agent, AgentId, Entry, EntryKind, Stage};
use std::sync::Arc;

/// So many records are looked ahead: about as many waits as a processor can have
/// side by side, and few enough that what they bring stays near.
pub const AHEAD: usize = 16;

impl Stage {
    /// Looks at what the next [`AHEAD`] records, which are about these agents, will
    /// change. It changes nothing and is never needed: the fold is quicker after it.
    pub fn call_up(&self, mut next: impl Iterator<Item = AgentId>) {
        let agents: [_; AHEAD] = std::array::from_fn(|_| self.agent(next.next()?));
        let entries = agents.map(|it| it.and_then(|it| it.log.entries().next_back()));
        let texts = entries.map(|it| it.and_then(|it| text(it)));
        let looks = [
            agents.iter().flatten().map(|it| it.look()).sum::<usize>(),
            entries.iter().flatten().map(|it| Arc::strong_count(it)).sum(),
            texts
                .iter()
                .flatten()
                .filter_map(|it| it.as_bytes().last())
                .map(|it| *it as usize)
                .sum(),
        ];
        // Nobody would look, if nothing came of it.
        std::hint::black_box(looks);
    }
}

impl Agent {
    /// Something of each part of it that changes with nearly every record.
    fn look(&self) -> usize {
        let is_held = self.is_held() || self.is_waiting() || self.held_since.is_some();
        usize::from(is_held) + usize::from(self.since > self.added)
    }
}

/// The text of an entry that may grow.
fn text(entry: &Entry) -> Option<&String> {
    match &entry.kind {
        EntryKind::Said { text, .. } | EntryKind::Thought { text } => Some(text),
        EntryKind::Tool { output, .. } => Some(output),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Casting, Event, Header, Millis, Record, Seq};

    #[test]
    fn who_is_called_up_does_not_change_and_a_stranger_is_nobody() {
        let mut stage = Stage::new(Header::default());
        let (agent, casting) = (AgentId(1), Box::new(Casting::default()));
        let added = Event::AgentAdded { agent, casting, by: crate::model::Author::Director };
        for (n, event) in (1..).zip([added, Event::Said { agent, text: "so".to_owned() }]) {
            stage.apply(&Record { seq: Seq(n), at: Millis(n), event });
        }
        let before = stage.clone();
        stage.call_up([AgentId(1), AgentId(7), AgentId(0)].into_iter());
        assert_eq!(stage, before);
    }
}
