//! How an agent stands, in one word, and what it is doing, since when.

use super::{CallId, Millis, Turn};
use std::fmt;

/// The one word. Derived from the facts, and in no journal.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Cast; waits for a place to work.
    #[default]
    Queued,
    /// Its engine is coming up.
    Starting,
    /// At work: see its [`Activity`].
    Running,
    /// Held, but something is still in flight.
    Pausing,
    /// Held, and nothing moves.
    Paused,
    /// Waits for the director's answer.
    Waiting,
    /// Reached the end of its brief.
    Succeeded,
    /// Could not go on.
    Failed,
    /// Ended by somebody.
    Stopped,
}

impl Status {
    /// All of them, in the order of an agent's life.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Starting,
        Self::Running,
        Self::Pausing,
        Self::Paused,
        Self::Waiting,
        Self::Succeeded,
        Self::Failed,
        Self::Stopped,
    ];

    /// Whether the agent works no more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Stopped)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Queued => "queued",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Pausing => "pausing",
            Self::Paused => "paused",
            Self::Waiting => "waiting",
            Self::Succeeded => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        })
    }
}

/// A service that refuses a call which is made again and again: until something of an answer
/// comes, also while the next try is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Since when.
    pub since: Millis,
    /// The turn.
    pub turn: Turn,
    /// Which try comes next, counted from 2.
    pub attempt: u32,
    /// When.
    pub until: Millis,
}

/// What a running agent is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Activity {
    /// Between steps.
    #[default]
    Ready,
    /// Its engine is coming up; this has to be done first.
    Preparing {
        /// What, in a few words.
        what: String,
    },
    /// A model call is out; nothing has come back yet.
    Calling,
    /// The model thinks.
    Thinking,
    /// The model writes.
    Writing,
    /// A tool runs.
    Tool {
        /// Which call.
        call: CallId,
        /// What it does, in one line.
        title: String,
    },
    /// Its answer is over, and the word is with whoever runs it elsewhere.
    Resting,
    /// A failed model call will be made again.
    Retrying {
        /// When.
        until: Millis,
        /// Which try this will be, counted from 2.
        attempt: u32,
        /// The last try there will be.
        most: u32,
        /// What went wrong.
        why: String,
    },
}
