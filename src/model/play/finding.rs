//! What a script has the world do besides its agents: commands, and what they found.

use super::{PlayEvent, Spot};
use crate::model::{Event, Refusal, Stage};
use serde_json::Value;

/// A command to run for a part of a play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// For which.
    pub spot: Spot,
    /// For which attempt.
    pub attempt: u32,
    /// The check that it is; none where it is the work itself.
    pub check: Option<u32>,
    /// What the shell is given.
    pub command: String,
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

impl PlayEvent {
    /// The command that is to be run because of it.
    pub(in crate::model) fn errand(&self) -> Option<Errand> {
        let (spot, attempt, check, command) = match self {
            Self::Attempted { spot, attempt, command, .. } => (spot, attempt, None, command),
            Self::CheckBegun { spot, attempt, check, command, .. } => {
                (spot, attempt, Some(*check), command)
            }
            _ => return None,
        };
        let (spot, attempt, command) = (spot.clone(), *attempt, command.clone());
        (!command.is_empty()).then_some(Errand { spot, attempt, check, command })
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
