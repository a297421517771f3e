//! The little that a server remembers: how often a fault was played, and which
//! instructions a conversation had.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    conversation::Conversation,
    fault::{Fault, When},
};

/// Counters and fingerprints, by conversation.
#[derive(Debug, Default)]
pub(super) struct Memory {
    played: HashMap<Played, u32>,
    instructions: HashMap<u64, Seen>,
    answers: u64,
}

/// The conversation, its turn or 0, the place in the script, and the fault.
type Played = (u64, usize, Option<usize>, String);

#[derive(Debug)]
struct Seen {
    hash: u64,
    /// The turn at which they were new.
    since: usize,
}

impl Memory {
    /// A name for the next answer that no other has.
    pub(super) fn next_id(&mut self, conversation: &Conversation) -> String {
        self.answers += 1;
        format!("{:016x}{:06x}", conversation.fingerprint(), self.answers)
    }

    /// The faults that are due now; each is counted as played.
    pub(super) fn due(&mut self, faults: &[Fault], conversation: &Conversation) -> Vec<Fault> {
        let turn = conversation.turn();
        let is_due = |fault: &&Fault| {
            let counted = match fault.turn {
                When::Any => 0,
                When::Each => turn,
                When::Only(only) if only == turn => turn,
                When::Only(_) => return false,
            };
            let key = (conversation.fingerprint(), counted, fault.place, fault.text.clone());
            let count = self.played.entry(key).or_default();
            *count = count.saturating_add(1);
            fault.times.is_none_or(|times| *count <= times)
        };
        faults.iter().filter(is_due).cloned().collect()
    }

    /// Whether the instructions are others than at the conversation's turn
    /// before. Asking again for the same turn (a retry) gets the same answer.
    pub(super) fn is_edited(&mut self, conversation: &Conversation) -> bool {
        let mut hasher = DefaultHasher::new();
        conversation.instructions.hash(&mut hasher);
        let hash = hasher.finish();
        let turn = conversation.turn();
        let fresh = Seen { hash, since: 0 };
        let seen = self.instructions.entry(conversation.fingerprint()).or_insert(fresh);
        if turn == 1 {
            *seen = Seen { hash, since: 0 };
        } else if seen.hash != hash {
            *seen = Seen { hash, since: turn };
        }
        seen.since == turn
    }
}
