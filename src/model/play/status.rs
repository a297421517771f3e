//! How a play stands, in a word.

use super::{Play, PlayEnd};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a play stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlayStatus {
    /// A step waits for the director: at its gate, or because it has failed.
    Asks,
    /// It is played.
    Playing,
    /// Every step is over.
    Done,
    /// It has failed.
    Failed,
    /// Somebody stopped it.
    Stopped,
}

impl PlayStatus {
    /// Whether nothing comes any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Stopped)
    }
}

impl Play {
    /// How it stands.
    pub fn status(&self) -> PlayStatus {
        match &self.end {
            Some((_, PlayEnd::Succeeded)) => PlayStatus::Done,
            Some((_, PlayEnd::Failed(_))) => PlayStatus::Failed,
            Some((_, PlayEnd::Stopped(_))) => PlayStatus::Stopped,
            None if self.asking().next().is_some() => PlayStatus::Asks,
            None => PlayStatus::Playing,
        }
    }
}

/// As a person reads it behind the script's name: `feature failed`.
impl fmt::Display for PlayStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Asks => "waits for you",
            Self::Playing => "playing",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        })
    }
}
