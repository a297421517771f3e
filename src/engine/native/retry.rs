//! How long to wait before a model call is made again.

use crate::{llm::Trouble, model::Millis};
use std::time::Duration;

/// How failed model calls are made again.
#[derive(Debug, Clone, PartialEq)]
pub struct Patience {
    /// How many attempts at one call there are, the first included.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each.
    pub base: Duration,
    /// The longest wait, whatever a service asks for.
    pub cap: Duration,
    /// The share of a wait that is random, so that agents that failed together
    /// don't come back together: 0 to 1.
    pub jitter: f64,
}

impl Patience {
    /// How long to wait before attempt number `attempt` (from 2), given what
    /// went wrong and a `dice` from 0 to 1. A wait that the service asked for is
    /// kept, up to the cap, and only made longer.
    pub fn wait(&self, attempt: u32, trouble: &Trouble, dice: f64) -> Millis {
        let doubled = self.base.saturating_mul(1 << attempt.saturating_sub(2).min(16));
        let wait = trouble.retry_after().unwrap_or(doubled).max(Duration::from_millis(1));
        let spread = wait.min(self.cap).mul_f64(self.jitter.clamp(0.0, 1.0) * dice.clamp(0.0, 1.0));
        let wait = match trouble.retry_after() {
            Some(asked) => asked.saturating_add(spread),
            None => doubled.min(self.cap).saturating_sub(spread),
        };
        Millis::from(wait.min(self.cap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience() -> Patience {
        let (base, cap) = (Duration::from_secs(1), Duration::from_mins(1));
        Patience { attempts: 5, base, cap, jitter: 0.5 }
    }

    fn asked(seconds: u64) -> Trouble {
        Trouble::Status {
            code: 429,
            kind: String::new(),
            message: String::new(),
            retry_after: Some(Duration::from_secs(seconds)),
            should_retry: None,
        }
    }

    #[test]
    fn waits_double_up_to_the_cap() {
        let cut = Trouble::Cut(String::new());
        let waits = [2, 3, 4, 20].map(|attempt| patience().wait(attempt, &cut, 0.0).0);
        assert_eq!(waits, [1000, 2000, 4000, 60_000]);
    }

    #[test]
    fn what_the_service_asks_for_is_kept_within_reason() {
        assert_eq!(patience().wait(2, &asked(7), 0.0), Millis(7000));
        assert_eq!(patience().wait(2, &asked(7), 1.0), Millis(10_500));
        assert_eq!(patience().wait(2, &asked(1_000_000_000), 1.0), Millis(60_000));
    }
}
