//! The one place that reads the time.

use crate::model::Millis;
use std::time::Duration;
use tokio::time::Instant;

/// Tells the time since the session opened. It goes on where a former run of
/// the session left off, and no change of the wall clock moves it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    from: Millis,
}

impl Clock {
    /// A clock that shows `from` now.
    pub fn starting_at(from: Millis) -> Self {
        Self { started: Instant::now(), from }
    }

    /// The time since the session opened.
    pub fn now(&self) -> Millis {
        self.from.plus(Millis::from(self.started.elapsed()))
    }
}

/// How long an engine may take to end in good order before it is ended: two
/// seconds after the order none of its processes may be left.
pub(super) const GRACE: Duration = Duration::from_millis(1700);
