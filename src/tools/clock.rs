//! Time that a tool may take.

use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A timeout that stands still while the command is frozen.
#[derive(Debug)]
pub(super) struct Clock {
    pub(super) timeout: Duration,
    left: Duration,
    /// Since when it runs; `None` while it is held.
    pub(super) since: Option<Instant>,
}

impl Clock {
    pub(super) fn new(timeout: Duration) -> Self {
        Self { timeout, left: timeout, since: Some(Instant::now()) }
    }

    pub(super) fn hold(&mut self) {
        if let Some(since) = self.since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
    }

    pub(super) fn go_on(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.since.map(|since| since + self.left)
    }
}

/// Waits until then; for ever where there is no such time.
pub(super) async fn maybe_at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
