//! The director's wishes. Imperative, because they may be refused.

use super::{
    AgentId, Answer, AttendWish, Author, Casting, Drew, Fingerprint, HeedWish, HoldReason, Keys,
    Money, PlayId, ProofWish, Proved, RedirectId, Report, RequestId, Retake, Scope, Status, Tint,
    Turn, Way, Whose, keys,
    play::{Finding, Signal, Wish},
    script::Script,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the director asks of the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are named after their types")]
pub enum Command {
    /// Cast an agent and start it when there is room.
    Add(Box<Casting>),
    /// Cast another take of an agent: one that begins at a turn of it.
    Retake(Box<Retake>),
    /// Undo all turns of an agent after this one, in place.
    Rewind { agent: AgentId, to: Turn },
    /// Do again what was undone last.
    UndoRewind(AgentId),
    /// Mark a take as the best of its brief, or none as that.
    MarkTake { agent: AgentId, is_best: bool },
    /// Hold before the next step.
    Pause(AgentId),
    /// Hold all agents before their next steps.
    PauseAll,
    /// Lift the director's own hold.
    Resume(AgentId),
    /// Lift the director's own hold of all agents.
    ResumeAll,
    /// Place a hold for a reason of its own: a watch, a gate.
    Hold(AgentId, HoldReason, String),
    /// Lift a hold of that reason.
    Lift(AgentId, HoldReason),
    /// Take one step, then hold again.
    Step(AgentId),
    /// Stop what is in flight where it is, and hold.
    Freeze(AgentId),
    /// Cut what is in flight, and hold.
    Interrupt(AgentId),
    /// Send a message at the next boundary; at once, cutting what is in flight, if `now`.
    Redirect { agent: AgentId, text: String, now: bool },
    /// Change a message that is still queued.
    EditRedirect { agent: AgentId, redirect: RedirectId, text: String },
    /// Take back a message that is still queued.
    TakeBack { agent: AgentId, redirect: RedirectId },
    /// Save a new version of the instructions, effective from the next turn.
    EditInstructions { agent: AgentId, text: String },
    /// Change the brief, while the model has not seen it.
    EditBrief { agent: AgentId, text: String },
    /// Let happen what a request shows: this, and nothing else that it may be by now.
    Approve { agent: AgentId, request: RequestId, shown: Fingerprint, scope: Scope },
    /// Answer a request in another way.
    Answer { agent: AgentId, request: RequestId, answer: Answer },
    /// Call another model from the next turn on.
    ChangeModel { agent: AgentId, provider: String, model: String },
    /// Call it something else.
    Rename { agent: AgentId, name: String },
    /// Draw its name in this colour, or in none.
    Tint { agent: AgentId, tint: Option<Tint> },
    /// Change what an agent may spend.
    ChangeBudget { agent: AgentId, budget: Option<Money> },
    /// Change what all agents together may spend.
    ChangeSessionBudget { budget: Option<Money> },
    /// Change what several together may spend: all agents of a role, all sessions of a
    /// day or on a project.
    ChangeLimit { whose: Whose, budget: Option<Money> },
    /// Type into its terminal.
    Type(AgentId, #[serde(with = "keys::on_the_link")] Keys),
    /// Make its terminal this large.
    Resize { agent: AgentId, columns: u16, rows: u16 },
    /// Start its engine anew; what it has done so far stays.
    Restart(AgentId),
    /// End it in good order.
    Stop(AgentId),
    /// End it now.
    Kill(AgentId),
    /// Note that the director has looked at an agent that ended.
    Look(AgentId),
    /// Note that the director has looked at what it changed, up to a checkpoint.
    SeeChanges { agent: AgentId, commit: String },
    /// Take over what it made; `words` are a message or a path.
    TakeWork { agent: AgentId, way: Way, words: String },
    /// Begin a run of a script, with these inputs: an object.
    Perform { script: Box<Script>, inputs: Box<Value> },
    /// Something about a run of a script.
    DirectPlay(PlayId, Wish),
    /// Say when to be reminded of something that needs the director.
    Attend(Box<AttendWish>),
    /// Say something about what a watch has seen.
    Heed { agent: AgentId, wish: HeedWish },
    /// Make the checks of an agent's work, or add one.
    Prove { agent: AgentId, wish: Box<ProofWish> },
    /// Close the session.
    Quit(QuitMode),
}

/// How a session is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuitMode {
    /// Hold every agent; a later run goes on.
    Pause,
    /// The same, and wait for nothing that is in flight.
    Now,
    /// End every agent.
    Stop,
}

/// Anything the supervisor may hear.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are named after their types")]
pub enum Input {
    /// Somebody wants something.
    Command { by: Author, command: Command },
    /// Somebody wants something, at one of several desks: what comes of it is told there.
    Desk { desk: DeskId, by: Author, command: Command },
    /// An engine says something; `run` tells a former run's last words from this one's.
    Report { agent: AgentId, run: u32, report: Report },
    /// A command of a script has ended.
    Found(Box<Finding>),
    /// A check of an agent's work was made.
    Proved(Box<Proved>),
    /// A purse that sessions share has answered.
    Drew(Box<Drew>),
    /// What a standing step listens for has happened.
    Signal(Box<Signal>),
}

/// One of the desks from which a session is directed over the link. No part of
/// any fact: what was done is its author's, whichever desk it was done at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeskId(pub u64);

impl Input {
    /// What is wanted, if anything is.
    pub const fn command(&self) -> Option<&Command> {
        match self {
            Self::Command { command, .. } | Self::Desk { command, .. } => Some(command),
            Self::Report { .. }
            | Self::Found(_)
            | Self::Proved(_)
            | Self::Drew(_)
            | Self::Signal(_) => None,
        }
    }

    /// Whose engine says it, if one does.
    pub const fn speaker(&self) -> Option<AgentId> {
        match self {
            Self::Report { agent, .. } => Some(*agent),
            Self::Proved(it) => Some(it.agent),
            Self::Command { .. }
            | Self::Desk { .. }
            | Self::Found(_)
            | Self::Drew(_)
            | Self::Signal(_) => None,
        }
    }
}

/// Why a command was not carried out. Shown in the status line as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such agent.
    #[error("there is no agent {0}")]
    Unknown(AgentId),
    /// The agent is not in a state where this makes sense.
    #[error("{name} is {status}: {what}")]
    Not {
        /// The agent's name.
        name: String,
        /// How it stands.
        status: Status,
        /// What can be done instead.
        what: &'static str,
    },
    /// Its engine can't do that.
    #[error("{name}: its engine can't {what}")]
    Incapable {
        /// The agent's name.
        name: String,
        /// What was asked.
        what: &'static str,
    },
    /// It runs elsewhere.
    #[error("{0} runs elsewhere: it can only be watched")]
    Elsewhere(String),
    /// There is nothing to do it to.
    #[error("{0}")]
    Nothing(&'static str),
    /// The words are wrong.
    #[error("{0}")]
    Words(String),
    /// An engine spoke that is over; nobody needs to hear of it.
    #[error("a former run spoke")]
    Stale,
}
