//! What becomes of the checks of an agent.

use crate::model::{AgentId, Author, Casting, script::Check};
use serde::{Deserialize, Serialize};

/// Something that happened to the checks of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields that say what they are by name and type")]
pub enum ProofEvent {
    /// Something more must hold of its work.
    Added {
        check: Check,
        by: Author,
        /// Who judges, where somebody is to: filled but for a brief.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        judge: Option<Box<Casting>>,
    },
    /// All checks are made, from the first: by a watch where it says that it is done.
    Asked { round: u32, by: Author },
    /// A check is being made: `command` is run where its work is, if one is.
    Begun {
        round: u32,
        /// Which, counted from 0.
        check: u32,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        command: String,
        /// Who judges it, if an agent does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        judge: Option<AgentId>,
    },
    /// A check holds, or it does not: why.
    Ended {
        round: u32,
        check: u32,
        ok: bool,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        /// Nobody could say whether it does: it is no fault of the work.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unjudged: bool,
    },
    /// What does not hold goes back to it, as a message of a watch.
    HandedBack { round: u32 },
}

/// What is asked of the checks of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofWish {
    /// Make them now.
    Make,
    /// This must hold, too.
    Add(Check),
    /// Whoever is cast so says by this rubric whether it is good, too.
    Judge(String, Box<Casting>),
}

/// A command that a check has to run where the work of an agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proving {
    /// Whose work.
    pub agent: AgentId,
    /// In which round of its checks.
    pub round: u32,
    /// Which check.
    pub check: u32,
    /// What the shell is given.
    pub command: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// Whose work.
    pub agent: AgentId,
    /// In which round of its checks.
    pub round: u32,
    /// Which check.
    pub check: u32,
    /// It holds, or why not.
    pub outcome: Result<(), String>,
}

impl ProofEvent {
    /// The command that it asks for, if it does.
    pub fn errand(&self, agent: AgentId) -> Option<Proving> {
        let Self::Begun { round, check, command, .. } = self else { return None };
        let (round, check, command) = (*round, *check, command.clone());
        (!command.is_empty()).then_some(Proving { agent, round, check, command })
    }

    /// What it tells a reader, in one line; none where the next line tells it.
    pub fn told(&self) -> Option<String> {
        Some(match self {
            Self::Added { check, .. } => format!("must hold, too: {check}"),
            Self::Asked { .. } => "its work is checked".to_owned(),
            Self::Begun { .. } => return None,
            Self::Ended { check, ok: true, .. } => format!("check {} holds", check + 1),
            Self::Ended { check, ok: false, why, .. } => {
                format!("check {} does not hold: {why}", check + 1)
            }
            Self::HandedBack { .. } => "what does not hold goes back to it".to_owned(),
        })
    }
}
