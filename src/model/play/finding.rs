//! What a script has the world do besides its agents: commands, and what they found.

use super::{Part, PlayEvent, Spot};
use crate::model::{
    Author, Event, Ground, Millis, Refusal, Stage,
    script::{Step, Trigger, Work},
};
use serde_json::Value;

/// Something to find out for a part of a play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// For which.
    pub spot: Spot,
    /// For which attempt.
    pub attempt: u32,
    /// The check that it is; none where it is the work itself.
    pub check: Option<u32>,
    /// What is done for that.
    pub job: Job,
}

/// What is done to find something out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// The shell is given this.
    Command(String),
    /// This text is read as a script.
    Script(String),
}

/// What came of an errand.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// For which.
    pub spot: Spot,
    /// For which attempt.
    pub attempt: u32,
    /// The check that it was; none where it was the work itself.
    pub check: Option<u32>,
    /// What it printed on standard output, where it ended with 0; else why it has
    /// failed.
    pub outcome: Result<Value, String>,
}

/// Something that concerns a standing step has happened in the world.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// For which.
    pub spot: Spot,
    /// What.
    pub said: Heard,
    /// When it began to happen.
    pub at: Millis,
}

/// What a standing step hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// It is listened at this place, for a person to read; or why it can't be.
    Listens(Result<String, String>),
    /// Something calls it.
    Call(Value),
}

/// What a signal makes true.
pub(in crate::model) fn signalled(stage: &Stage, signal: Signal) -> Result<Vec<Event>, Refusal> {
    let Signal { spot, said, at } = signal;
    let play = stage.play(spot.play).filter(|it| !it.is_over()).ok_or(Refusal::Stale)?;
    let place = play.find(&spot).ok_or(Refusal::Stale)?;
    let (step, part) = play
        .step(place.0)
        .zip(play.part(place))
        .filter(|it| !it.1.phase.is_over())
        .ok_or(Refusal::Stale)?;
    let event = match said {
        Heard::Listens(at) => {
            let (at, why) = match at {
                Ok(at) => (at, String::new()),
                Err(why) => (String::new(), why),
            };
            PlayEvent::Listens { spot, at, why }
        }
        Heard::Call(call) => {
            let meanwhile = may_be_its_own_doing(stage, step, part, at);
            if meanwhile && is_echo(part, &call) {
                return Err(Refusal::Stale);
            }
            let call = Box::new(call);
            PlayEvent::Called { spot, call, meanwhile, by: Author::Supervisor }
        }
    };
    Ok(vec![Event::Play { play: play.id, event: Box::new(event) }])
}

/// So many runs may follow each other for what changed while the one before was under way.
const ECHOES: u32 = 2;

/// Whether a step changes the same files in each run, and would call itself for ever.
/// Whoever else changes something meanwhile is heard.
fn is_echo(part: &Part, call: &Value) -> bool {
    let known: Vec<&str> = part.called_by.all.iter().flat_map(|it| paths(it)).collect();
    part.echoes >= ECHOES && paths(call).iter().all(|it| known.contains(it))
}

/// The paths that a call names.
fn paths(call: &Value) -> Vec<&str> {
    let named = call.get("changed").and_then(Value::as_array).into_iter().flatten();
    named.filter_map(Value::as_str).collect()
}

/// Whether a step that watches files may have been called by what it has changed itself:
/// it works in the very folder that it watches, and did so then.
fn may_be_its_own_doing(stage: &Stage, step: &Step, part: &Part, at: Millis) -> bool {
    let Some(Trigger::Files(_)) = step.again else { return false };
    let agent = part.agent.and_then(|it| stage.agent(it));
    let works_there = match step.work {
        Work::Command { .. } => true,
        _ => agent.and_then(|it| it.tree.as_ref()).is_none_or(|it| it.ground == Ground::Shared),
    };
    let has_run = part.attempt > 0;
    works_there && has_run && (part.phase.is_under_way() || at <= part.since)
}

impl PlayEvent {
    /// What is to be found out because of it.
    pub(in crate::model) fn errand(&self) -> Option<Errand> {
        let (spot, attempt, check, command, script) = match self {
            Self::Attempted { spot, attempt, command, .. } => (spot, attempt, None, command, None),
            Self::CheckBegun { spot, attempt, check, command, script, .. } => {
                (spot, attempt, Some(*check), command, script.clone())
            }
            _ => return None,
        };
        let job = match script {
            Some(text) => Job::Script(text),
            None if command.is_empty() => return None,
            None => Job::Command(command.clone()),
        };
        Some(Errand { spot: spot.clone(), attempt: *attempt, check, job })
    }
}

/// What the end of a command makes true.
pub(in crate::model) fn found(stage: &Stage, finding: Finding) -> Result<Vec<Event>, Refusal> {
    let Finding { spot, attempt, check, outcome } = finding;
    let play = stage.play(spot.play).ok_or(Refusal::Stale)?;
    let part = play.find(&spot).and_then(|it| play.part(it)).ok_or(Refusal::Stale)?;
    // Nobody waits for it any more.
    if play.is_over() || part.attempt != attempt || !part.phase.is_under_way() {
        return Err(Refusal::Stale);
    }
    let id = play.id;
    let event = match (check, outcome) {
        (Some(check), outcome) => {
            let (ok, why) = (outcome.is_ok(), outcome.err().unwrap_or_default());
            PlayEvent::CheckEnded { spot, attempt, check, ok, why }
        }
        (None, Ok(output)) => PlayEvent::HandedIn { spot, attempt, output: Box::new(output) },
        (None, Err(why)) => PlayEvent::CommandFailed { spot, attempt, why },
    };
    Ok(vec![Event::Play { play: id, event: Box::new(event) }])
}
