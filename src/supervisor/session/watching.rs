//! Drift: what the watches see becomes a fact as soon as it can be seen.

use super::{super::clean::clean_fact, Supervisor};
use crate::{model::Event, watch};
use std::time::Duration;

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

    /// Takes to mind what the watches say by themselves. They are asked when something
    /// may be due, and not after each input.
    pub(super) fn watch_on(&mut self) {
        if self.closing.is_some() || self.now < self.watch_due {
            return;
        }
        for mut event in watch::next(&self.stage, self.now) {
            clean_fact(&mut event);
            self.settle(event);
        }
        self.watch_due = watch::wake(&self.stage, self.now);
    }

    /// How long until they are asked again.
    pub(super) fn wake_for_watches(&self) -> Option<Duration> {
        let wait = Duration::from(self.watch_due.since(self.clock.now()));
        self.closing.is_none().then(|| wait + Duration::from_millis(1))
    }
}
