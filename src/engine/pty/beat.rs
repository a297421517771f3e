//! When commands in terminals are listened to: all at the same moments.
//!
//! What each prints on and on is then told, written and drawn together with what
//! the others print. To wake up for each of them costs more than what they say.

use std::time::Duration;
use tokio::time::Instant;

/// Between two of the moments.
const LENGTH: Duration = Duration::from_millis(50);

/// The moments, counted from its own beginning. A copy has the same.
#[derive(Debug, Clone, Copy)]
pub struct Beat(Instant);

impl Default for Beat {
    /// One that begins now.
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Beat {
    /// The next moment after this one.
    pub(super) fn after(self, moment: Instant) -> Instant {
        let since = moment.saturating_duration_since(self.0);
        let into = since.as_nanos() % LENGTH.as_nanos();
        let rest = LENGTH.as_nanos() - into;
        moment + Duration::from_nanos(u64::try_from(rest).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whenever_each_is_heard_the_next_moment_is_the_same_for_all() {
        let beat = Beat::default();
        let at = |millis| beat.0 + Duration::from_millis(millis);
        for (heard, next) in [(0, 50), (1, 50), (49, 50), (50, 100), (51, 100), (1234, 1250)] {
            assert_eq!(beat.after(at(heard)), at(next), "{heard}");
        }
    }
}
