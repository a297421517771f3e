//! What the watches see, and what the director says to it.

use crate::model::{AgentId, Author, Seq, Turn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A rule that spots drift. Each is explained in docs/watches.md.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The same call again and again, with the same answer.
    SameCall,
    /// To and fro between two states.
    PingPong,
    /// One failure after another.
    ErrorSpiral,
    /// A change outside its scope.
    Scope,
    /// A test that says less, and passes then.
    TestsBent,
    /// No change and nothing new looked at, for so many turns.
    NoChange,
    /// The window of its model is nearly full.
    Context,
    /// At work, and nothing is heard of it.
    Silence,
    /// Its plan has lost steps that were not done.
    PlanChanged,
    /// At its pace it costs far more than was reckoned with.
    CostSlope,
    /// It says the same again and again.
    Repeats,
    /// A model that looks at its turns says so.
    Judge,
}

/// What a watch does when it sees drift, the sterner the later. Never more than that: a
/// watch ends nobody.
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
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It does not look.
    Off,
    /// It says so.
    #[default]
    Warn,
    /// It writes to the agent, too.
    Nudge,
    /// It says so, and holds the agent until the director lets it go on.
    Pause,
    /// It holds the agent, and asks the director what becomes of it.
    Ask,
}

impl Action {
    /// Its name in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Nudge => "nudge",
            Self::Pause => "pause",
            Self::Ask => "ask",
        }
    }
}

/// How a rule is kept for an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heed {
    /// What is done when it is met.
    pub action: Action,
    /// From how much on it is met: see [`Rule`] of what.
    pub limit: u32,
}

impl Rule {
    /// All of them, in the order in which they have their say.
    pub const ALL: [Self; 12] = [
        Self::Scope,
        Self::TestsBent,
        Self::PingPong,
        Self::SameCall,
        Self::ErrorSpiral,
        Self::Repeats,
        Self::PlanChanged,
        Self::NoChange,
        Self::CostSlope,
        Self::Context,
        Self::Silence,
        Self::Judge,
    ];

    /// Its name in settings and in the journal.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameCall => "same-call",
            Self::PingPong => "ping-pong",
            Self::ErrorSpiral => "error-spiral",
            Self::Scope => "scope",
            Self::TestsBent => "tests-bent",
            Self::NoChange => "no-change",
            Self::Context => "context",
            Self::Silence => "silence",
            Self::PlanChanged => "plan-changed",
            Self::CostSlope => "cost-slope",
            Self::Repeats => "repeats",
            Self::Judge => "judge",
        }
    }

    /// How it is kept where nobody says otherwise. config/default.toml says the same.
    pub const fn usual(self) -> Heed {
        let limit = match self {
            // Files; tests.
            Self::Scope | Self::TestsBent => 1,
            // Returns to where it was; steps.
            Self::PingPong | Self::PlanChanged => 2,
            // Times.
            Self::SameCall => 4,
            // Failures in a row.
            Self::ErrorSpiral => 5,
            // Turns.
            Self::NoChange => 12,
            // Percent of the window.
            Self::Context => 85,
            // Seconds; three times as many while a tool runs.
            Self::Silence => 180,
            // Percent of what was reckoned with.
            Self::CostSlope => 200,
            // Times; twice as many in one answer.
            Self::Repeats => 3,
            // Turns from one look to the next.
            Self::Judge => 10,
        };
        // What costs is done where somebody wants it.
        let action = if matches!(self, Self::Judge) { Action::Off } else { Action::Warn };
        Heed { action, limit }
    }
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
    /// Somebody is to judge whether it is on course, by its turns up to this one.
    JudgeAsked { judge: AgentId, turn: Turn },
    /// That one says that it is, or is not, and why; or could not say.
    Judged {
        judge: AgentId,
        turn: Turn,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ok: Option<bool>,
        why: String,
    },
    /// What was seen is seen no more.
    Passed { sign: u32, why: String },
    /// A rule is kept otherwise for it from now on.
    Kept { rule: Rule, heed: Heed, by: Author },
    /// It is to keep to other files from now on; to none in particular where none are named.
    Scoped { scope: Vec<String>, by: Author },
    /// The director says that it was no drift: the rule rests for so many turns.
    Dismissed { sign: u32, rests: u32, by: Author },
}

/// What is asked of the watches of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields that say what they are by name and type")]
pub enum HeedWish {
    /// That was no drift.
    Dismiss { sign: u32 },
    /// A rule is to be kept like this.
    Keep { rule: Rule, heed: Heed },
    /// It is to keep to these files.
    Scope(Vec<String>),
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
            Self::PingPong => "to and fro",
            Self::ErrorSpiral => "one failure after another",
            Self::Scope => "outside its scope",
            Self::TestsBent => "a test bent to pass",
            Self::NoChange => "nothing changes",
            Self::Context => "its window is nearly full",
            Self::Silence => "nothing is heard",
            Self::PlanChanged => "its plan lost steps",
            Self::CostSlope => "dearer than was reckoned with",
            Self::Repeats => "the same words again",
            Self::Judge => "judged to be off course",
        })
    }
}

impl DriftEvent {
    /// Whether it says how the agent does, and not how it is watched.
    pub const fn is_news(&self) -> bool {
        matches!(
            self,
            Self::Seen { .. } | Self::Passed { .. } | Self::Judged { ok: Some(false), .. }
        )
    }

    /// What it tells a reader, in one line.
    pub fn told(&self) -> String {
        match self {
            Self::Seen { words, .. } => format!("may be drifting: {words}"),
            Self::JudgeAsked { .. } => "a judge looks at it".to_owned(),
            Self::Judged { ok: Some(true), why, .. } => format!("judged to be on course: {why}"),
            Self::Judged { ok: Some(false), why, .. } => {
                format!("judged to be off course: {why}")
            }
            Self::Judged { ok: None, why, .. } => format!("could not be judged: {why}"),
            Self::Passed { why, .. } => format!("drifts no more: {why}"),
            Self::Dismissed { .. } => "that was no drift".to_owned(),
            Self::Kept { rule, heed: Heed { action, limit }, .. } => {
                format!("watched otherwise: {}={}:{limit}", rule.name(), action.name())
            }
            Self::Scoped { scope, .. } if scope.is_empty() => "may change all files".to_owned(),
            Self::Scoped { scope, .. } => format!("is to keep to {}", scope.join(", ")),
        }
    }
}
