//! Why an agent is held, by whom, and where it stands while it is.

use super::{CallId, Millis, Money};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who did something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Author {
    /// The person at the keyboard.
    #[default]
    Director,
    /// The supervisor itself: budgets, shutdown, restarts.
    Supervisor,
    /// A script's step.
    Script,
    /// A drift rule.
    Watch,
    /// A program outside, through the link.
    Remote,
    /// A program that the director has let assist: it may do less.
    Assistant,
    /// An agent, by itself, as far as its role or its script lets it.
    Agent,
    /// Whoever runs it elsewhere: an agent that is only watched here.
    User,
}

/// Why an agent is held. Each is placed and lifted by itself: resuming clears
/// only the director's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    /// The director pressed pause.
    Director,
    /// The next call would break a budget.
    Budget,
    /// A drift rule asked for it.
    Watch,
    /// A script's gate waits for the director.
    Gate,
    /// The model service is down or refuses.
    Provider,
    /// The session is closing; a later one goes on.
    Shutdown,
}

/// One reason that holds an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// Who asked for it.
    pub by: Author,
    /// Since when.
    pub since: Millis,
    /// What there is to say about it; may be empty.
    pub note: String,
}

/// A step boundary: a place where an agent asks before it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Boundary {
    /// Before a model call that may cost as much as `estimate`.
    Model {
        /// An upper estimate; none where nobody knows the price.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        estimate: Option<Money>,
        /// The same turn again: after a failure, or after a freeze cut it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// Before a tool call.
    Tool {
        /// Which.
        call: CallId,
    },
}

impl Boundary {
    /// Whether this is before a model call.
    pub const fn is_model(&self) -> bool {
        matches!(self, Self::Model { .. })
    }
}

impl fmt::Display for Author {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Director => "you",
            Self::Supervisor => "supervisor",
            Self::Script => "script",
            Self::Watch => "watch",
            Self::Remote => "remote",
            Self::Assistant => "assistant",
            Self::Agent => "agent",
            Self::User => "its user",
        })
    }
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Director => "director",
            Self::Budget => "budget",
            Self::Watch => "watch",
            Self::Gate => "gate",
            Self::Provider => "provider",
            Self::Shutdown => "shutdown",
        })
    }
}
