//! Names and numbers that must not be mixed up.

use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// An agent's number in its session, counted from 1. People read its name.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct AgentId(pub u32);

/// Place in the journal, counted from 1 without gaps.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Seq(pub u64);

/// Milliseconds since the session opened, or a span of them. Never wall time:
/// see [`super::Header`] for that.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Millis(pub u64);

/// A turn of one agent, counted from 1; 0 is "before the first".
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Turn(pub u32);

/// A tool call of one agent, counted from 1. The vendor's own id may repeat or
/// be missing; this one never does.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct CallId(pub u32);

/// Something one agent has asked of the director, counted from 1.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RequestId(pub u32);

/// A redirect to one agent, counted from 1.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RedirectId(pub u32);

/// A version of one agent's instructions, counted from 1.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Version(pub u32);

/// A run of a script, counted from 1 in its session.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct PlayId(pub u32);

impl RequestId {
    /// The supervisor's own question about a budget: an agent has one at most,
    /// and its engine counts its own from 1.
    pub const BUDGET: Self = Self(0);

    /// The watches' own question about drift: an agent has one at most, too.
    pub const DRIFT: Self = Self(u32::MAX);
}

macro_rules! counted {
    ($($name:ident),+) => {$(
        impl $name {
            /// The one after this.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

counted!(AgentId, Seq, Turn, CallId, RequestId, RedirectId, Version, PlayId);

impl Millis {
    /// How long from `earlier` to here; zero if the clock stood still.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }

    /// This much later.
    #[must_use]
    pub const fn plus(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl From<Duration> for Millis {
    fn from(span: Duration) -> Self {
        Self(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }
}

impl From<Millis> for Duration {
    fn from(span: Millis) -> Self {
        Self::from_millis(span.0)
    }
}

/// As a person reads a clock: `0:42`, `12:05`, `1:02:03`.
impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            f.pad(&format!("{hours}:{minutes:02}:{seconds:02}"))
        } else {
            f.pad(&format!("{minutes}:{seconds:02}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_reads_as_on_a_clock() {
        let told = [0, 42_000, 725_000, 3_723_999].map(|it| Millis(it).to_string());
        assert_eq!(told, ["0:00", "0:42", "12:05", "1:02:03"]);
    }
}
