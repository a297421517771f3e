//! Drift: what the watches see becomes a fact as soon as it can be seen.

use super::{super::clean::clean_fact, Supervisor};
use crate::{model::Event, watch};

impl Supervisor {
    /// What the watches say to a fact. A session that closes is watched no more: what is
    /// cut by that is no drift.
    pub(super) fn seen_in(&self, event: &Event) -> Vec<Event> {
        if self.closing.is_some() {
            return Vec::new();
        }
        let mut seen = watch::after(&self.stage, event);
        seen.iter_mut().for_each(clean_fact);
        seen
    }
}
