//! Who needs the director, why, and what that holds up: one list, made of the stage.
//!
//! An [`Item`] is there as long as its reason is: nobody puts it there or takes it away,
//! so a replay shows the same. Only what the director says of one is kept by itself:
//! that it shall rest for a while, and what was answered.

mod answers;
mod blocking;
mod event;
mod gather;
mod item;
#[cfg(test)]
mod tests;

pub use answers::Settled;
pub(super) use event::attend;
pub use event::{AttendWish, AttentionEvent};
pub use item::{Item, ItemKey, Reason, Urgency, Whom};

use super::Millis;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::OnceLock,
};

/// The list, made once between two facts: a picture asks for it more than once.
#[derive(Debug, Clone, Default)]
pub(super) struct Listed(OnceLock<Vec<Item>>);

impl Listed {
    /// The list; made, where nobody has asked since the last fact.
    fn get(&self, make: impl FnOnce() -> Vec<Item>) -> Vec<Item> {
        self.0.get_or_init(make).clone()
    }

    /// Something has happened.
    pub(super) fn forget(&mut self) {
        self.0.take();
    }
}

/// It follows from the rest of a stage: two are never told apart by it.
impl PartialEq for Listed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What of attention is no consequence of the rest of the stage.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Attention {
    /// What rests, and until when.
    resting: BTreeMap<ItemKey, Millis>,
    /// What was answered, the oldest first.
    settled: VecDeque<Settled>,
}
