//! The facts about a play.

use super::{Next, PlayEnd, Spot};
use crate::model::{
    AgentId, Author, Millis, PlayId,
    script::{Failure, Script},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened in a play.
///
/// As with [`crate::model::Event`], a variant is never renamed or given a new meaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are named after their types")]
pub enum PlayEvent {
    /// A script began, with all that it needs.
    Started {
        script: Box<Script>,
        /// What it is given: an object.
        inputs: Box<Value>,
        /// The part of another play that this is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Box<Spot>>,
        by: Author,
    },
    /// Its script was changed while it was played.
    Edited { version: u32, script: Box<Script>, by: Author },
    /// All is paused: nothing begins until it is let go on.
    Paused { by: Author },
    /// It goes on.
    Resumed { by: Author },
    /// Nothing more begins.
    Stopping { why: String, by: Author },
    /// It is over.
    Ended { end: PlayEnd },

    /// The director does not let a step begin.
    Held { step: String, by: Author },
    /// The director does again.
    Released { step: String, by: Author },
    /// A step could begin, and waits for the director to open its gate.
    GateReached { step: String },
    /// The director opened it.
    GateOpened { step: String, by: Author },
    /// A step began: it has so many parts, done for these items.
    Begun {
        step: String,
        parts: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<Value>,
    },
    /// A step, or a part of it, is not done.
    Skipped { spot: Spot, why: String, by: Author },
    /// A step, or a part of it, and what comes of it are done once more.
    Reset {
        spot: Spot,
        /// What was wrong with it, where the script sends it back.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        by: Author,
    },
    /// What a step hands to another was changed before it gets there.
    HandOffEdited { from: String, to: String, value: Box<Value>, by: Author },

    /// An attempt at a part began.
    Attempted {
        spot: Spot,
        attempt: u32,
        round: u32,
        /// Who works on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
        /// The role that the agent before has handed it off to, if one has.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        handed_to: String,
        /// The command that does it, as the shell is given it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        command: String,
        /// The play that does it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        play: Option<PlayId>,
    },
    /// What does it has handed in a result. An agent's own is
    /// [`crate::model::Event::Reported`].
    HandedIn { spot: Spot, attempt: u32, output: Box<Value> },
    /// The command that does it did not end with 0.
    CommandFailed { spot: Spot, attempt: u32, why: String },
    /// What an attempt came to is checked: by a command, or by an agent.
    CheckBegun {
        spot: Spot,
        attempt: u32,
        /// Which of the step's checks, from 0; those that end its repetition come last.
        check: u32,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        command: String,
        /// The text that is to be a script, where that is what is checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        script: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        judge: Option<AgentId>,
    },
    /// The check holds, or does not.
    CheckEnded {
        spot: Spot,
        attempt: u32,
        check: u32,
        ok: bool,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// The part is done; what was handed in is its output.
    Done { spot: Spot, attempt: u32 },
    /// A round is done, and another one follows: `why` says what does not hold yet.
    Repeated { spot: Spot, attempt: u32, why: String },
    /// A run of a standing part is done; the next comes at this time, or when it is called.
    Ran {
        spot: Spot,
        attempt: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Millis>,
        /// How many runs were due while this one was under way.
        #[serde(default, skip_serializing_if = "is_zero")]
        missed: u32,
    },
    /// A standing part is called.
    Called {
        spot: Spot,
        call: Box<Value>,
        /// It came of something that changed while a run was under way: perhaps of that run.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        meanwhile: bool,
        by: Author,
    },
    /// Where a standing part listens, or why it can't.
    Listens {
        spot: Spot,
        at: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// The attempt has failed.
    Failed { spot: Spot, attempt: u32, failure: Failure, why: String, next: Next },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl PlayEvent {
    /// The part it is about and the attempt at it, where it is about one.
    pub const fn attempt(&self) -> Option<(&Spot, u32)> {
        match self {
            Self::Attempted { spot, attempt, .. }
            | Self::HandedIn { spot, attempt, .. }
            | Self::CommandFailed { spot, attempt, .. }
            | Self::CheckBegun { spot, attempt, .. }
            | Self::CheckEnded { spot, attempt, .. }
            | Self::Done { spot, attempt }
            | Self::Repeated { spot, attempt, .. }
            | Self::Ran { spot, attempt, .. }
            | Self::Failed { spot, attempt, .. } => Some((spot, *attempt)),
            _ => None,
        }
    }

    /// What happened, in a line for a person; none where it is only of use to the fold.
    pub fn told(&self) -> Option<String> {
        Some(match self {
            Self::Started { script, .. } => match script.steps.len() {
                1 => "1 step".to_owned(),
                more => format!("{more} steps"),
            },
            Self::Edited { version, .. } => format!("goes on as version {version}"),
            Self::Paused { .. } => "is paused".to_owned(),
            Self::Resumed { .. } => "goes on".to_owned(),
            Self::Stopping { why, .. } => format!("stops: {why}"),
            Self::Ended { end: PlayEnd::Succeeded } => "done".to_owned(),
            Self::Ended { end: PlayEnd::Failed(why) } => format!("failed: {why}"),
            Self::Ended { end: PlayEnd::Stopped(_) } => "stopped".to_owned(),
            Self::Held { step, .. } => format!("{step} is held"),
            Self::Released { step, .. } => format!("{step} is held no more"),
            Self::GateReached { step } => format!("{step} waits for the director"),
            Self::GateOpened { step, .. } => format!("{step} may go on"),
            Self::Begun { step, parts, .. } if *parts != 1 => format!("{step} has {parts} parts"),
            Self::Skipped { spot, why, .. } => format!("{spot} is left out: {why}"),
            Self::Reset { spot, why, .. } if why.is_empty() => format!("{spot} once more"),
            Self::Reset { spot, why, .. } => format!("back to {spot}: {why}"),
            Self::HandOffEdited { from, to, .. } => {
                format!("what {from} hands to {to} was edited")
            }
            Self::Attempted { spot, handed_to, .. } if !handed_to.is_empty() => {
                format!("{spot} is handed off to {handed_to}")
            }
            Self::Attempted { spot, attempt: 1, round: 1, .. } => format!("{spot} begins"),
            Self::Attempted { spot, attempt, round: 1, .. } => format!("{spot}: attempt {attempt}"),
            Self::Attempted { spot, round, .. } => format!("{spot}: round {round}"),
            Self::Done { spot, .. } => format!("{spot} is done"),
            Self::Repeated { spot, why, .. } => format!("{spot} goes on: {why}"),
            Self::Ran { spot, missed: 0, .. } => format!("{spot} has run"),
            Self::Ran { spot, missed, .. } => format!("{spot} has run, and missed {missed} runs"),
            Self::Called { spot, by: Author::Director, .. } => format!("{spot} is called by hand"),
            Self::Called { spot, .. } => format!("{spot} is called"),
            Self::Listens { spot, at, why } if why.is_empty() => format!("{spot} listens: {at}"),
            Self::Listens { spot, why, .. } => format!("{spot} hears nothing: {why}"),
            Self::Failed { spot, why, next: Next::Later(_), .. } => {
                format!("{spot}: this run failed: {why}")
            }
            Self::Failed { spot, why, next, .. } => match next {
                Next::Again(wait) if wait.0 > 0 => format!("{spot} failed, again in {wait}: {why}"),
                Next::Again(_) => format!("{spot} failed, again: {why}"),
                Next::Ask => format!("{spot} failed, the director is asked: {why}"),
                Next::Over | Next::Later(_) => format!("{spot} failed: {why}"),
            },
            Self::Begun { .. }
            | Self::HandedIn { .. }
            | Self::CommandFailed { .. }
            | Self::CheckBegun { .. }
            | Self::CheckEnded { .. } => return None,
        })
    }
}
