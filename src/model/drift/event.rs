//! What the watches see, and what the director says to it.

use crate::model::{Author, Seq, Turn};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A rule that spots drift. Each is explained in docs/watches.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The same call again and again, with the same answer.
    SameCall,
    /// One failure after another.
    ErrorSpiral,
    /// A change outside its scope.
    Scope,
}

/// What a watch does when it sees drift. Never more: a watch ends nobody.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It says so.
    #[default]
    Warn,
}

/// Something that a watch saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The record that shows it.
    pub seq: Seq,
    /// In which turn.
    pub turn: Turn,
    /// What happened, in one line.
    pub words: String,
}

/// Something that happened between an agent and its watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields that say what they are by name and type")]
pub enum DriftEvent {
    /// A rule was met: it may be drifting.
    Seen {
        /// Which sign of this agent, counted from 1.
        sign: u32,
        rule: Rule,
        /// The turn in which it began.
        since: Turn,
        /// What was seen, in a few words.
        words: String,
        evidence: Vec<Evidence>,
        #[serde(default, skip_serializing_if = "is_warning")]
        action: Action,
    },
    /// What was seen is seen no more.
    Passed { sign: u32, why: String },
    /// The director says that it was no drift: the rule rests for so many turns.
    Dismissed { sign: u32, rests: u32, by: Author },
}

/// What is asked of the watches of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields that say what they are by name and type")]
pub enum HeedWish {
    /// That was no drift.
    Dismiss { sign: u32 },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_warning(action: &Action) -> bool {
    *action == Action::Warn
}

/// What is seen, as a person says it.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SameCall => "the same call again",
            Self::ErrorSpiral => "one failure after another",
            Self::Scope => "outside its scope",
        })
    }
}

impl DriftEvent {
    /// What it tells a reader, in one line.
    pub fn told(&self) -> String {
        match self {
            Self::Seen { words, .. } => format!("may be drifting: {words}"),
            Self::Passed { why, .. } => format!("drifts no more: {why}"),
            Self::Dismissed { .. } => "that was no drift".to_owned(),
        }
    }
}
