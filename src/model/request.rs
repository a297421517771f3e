//! What an agent asks of the director, and the answer.

use super::{
    AgentId, CallId, Command, Evidence, Fingerprint, Millis, Money, RequestId, Rule, Whose,
    form::Blank, words,
};
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// May this tool call run? An answer holds for exactly what is shown here.
    Approval {
        /// The call that waits, when a tool call asks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// The tool's name; of what is no call, what is to be let in.
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
        /// What an answer has to say, where it is a form: see [`super::form`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        blanks: Vec<Blank>,
    },
    /// The next model call would break the budget: raise it, finish up or stop?
    Budget {
        /// What was spent and reserved so far.
        spent: Money,
        /// What the next call may cost; none where nobody knows.
        estimate: Option<Money>,
        /// What may be spent.
        budget: Money,
        /// Whose budget it is.
        #[serde(flatten)]
        whose: Whose,
    },
    /// A watch holds it, as it may be drifting: may it go on, and how?
    Drift {
        /// Which sign of it, counted from 1.
        sign: u32,
        /// The rule that was met.
        rule: Rule,
        /// What was seen, in a few words.
        words: String,
        /// What shows it, oldest first.
        evidence: Vec<Evidence>,
    },
}

/// What the director says to it. To approve takes a command of its own, which
/// names what was on the screen: see [`super::Command::Approve`].
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

impl Answer {
    /// It, in words.
    pub fn told(&self) -> String {
        words::answer(self)
    }
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
    /// What tells it from every other: an approval names it.
    pub fingerprint: Fingerprint,
}

/// How far an approval goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// This once.
    Once,
    /// Exactly this, for this agent, from now on.
    Always,
}

impl Request {
    /// A request that was made at this time.
    pub fn new(id: RequestId, ask: Ask, since: Millis) -> Self {
        let fingerprint = ask.fingerprint();
        Self { id, ask, since, fingerprint }
    }

    /// The command that approves this, which an agent asked.
    pub const fn approved(&self, agent: AgentId, scope: Scope) -> Command {
        Command::Approve { agent, request: self.id, shown: self.fingerprint, scope }
    }
}

impl Ask {
    /// What tells this from everything else that could be asked for.
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Approval { tool, shown, reason, .. } => {
                Fingerprint::of(["approval", tool, shown, reason])
            }
            Self::Question { text, .. } => Fingerprint::of(["question", text]),
            Self::Budget { .. } => Fingerprint::of(["budget"]),
            Self::Drift { sign, words, .. } => Fingerprint::of(["drift", &sign.to_string(), words]),
        }
    }

    /// What is asked, in words and in full.
    pub fn told(&self) -> String {
        words::ask(self)
    }

    /// A question in words, with answers to choose from or none.
    pub const fn question(call: Option<CallId>, text: String, options: Vec<String>) -> Self {
        Self::Question { call, text, options, blanks: Vec::new() }
    }

    /// What an answer has to say, where it is a form.
    pub fn blanks(&self) -> &[Blank] {
        match self {
            Self::Question { blanks, .. } => blanks,
            Self::Approval { .. } | Self::Budget { .. } | Self::Drift { .. } => &[],
        }
    }

    /// The tool call that waits for the answer.
    pub const fn call(&self) -> Option<CallId> {
        match self {
            Self::Approval { call, .. } | Self::Question { call, .. } => *call,
            Self::Budget { .. } | Self::Drift { .. } => None,
        }
    }
}
