//! What an agent asks of the director, and the answer.

use super::{CallId, Millis, Money, RequestId};
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// May this tool call run? An answer holds for exactly what is shown here.
    Approval {
        /// The call that waits.
        call: CallId,
        /// The tool's name.
        tool: String,
        /// The whole of what would run or change, sanitised, nothing left out.
        shown: String,
        /// Why the policy asks.
        reason: String,
    },
    /// A question, with answers to choose from or none.
    Question {
        /// The call that waits, when a tool call asks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// What the agent wants to know.
        text: String,
        /// Answers it offers.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        options: Vec<String>,
    },
    /// The next model call would break the budget: raise it, finish up or stop?
    Budget {
        /// What was spent and reserved so far.
        spent: Money,
        /// What the next call may cost; none where nobody knows.
        estimate: Option<Money>,
        /// What may be spent.
        budget: Money,
        /// Whose budget it is: all agents', not this one's alone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        of_all: bool,
    },
}

/// What the director says to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Yes, this once.
    Approved,
    /// Yes, and exactly this for this agent from now on.
    Always,
    /// No, and why; the reason may be empty.
    Denied {
        /// Told to the agent.
        why: String,
    },
    /// In words.
    Said {
        /// Told to the agent.
        text: String,
    },
    /// Nobody needs an answer any more: the agent was stopped or cut.
    Withdrawn,
}

/// A request that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// What is asked.
    pub ask: Ask,
    /// Since when.
    pub since: Millis,
}

impl Ask {
    /// The tool call that waits for the answer.
    pub const fn call(&self) -> Option<CallId> {
        match self {
            Self::Approval { call, .. } => Some(*call),
            Self::Question { call, .. } => *call,
            Self::Budget { .. } => None,
        }
    }
}
