//! What agents tell each other of their work, in words for the model of the one that
//! hears it.

use super::{Agent, Author, EngineKind, HandedOff, Life, Outcome, Standing};
use serde_json::Value;

/// Bytes of what an agent came to that the one it worked for is told.
const TOLD: usize = 20_000;

/// What an agent hands over with its work, as the one that goes on with it reads it.
pub fn letter(giver: &Agent, handed: &HandedOff) -> String {
    let (name, note) = (&giver.casting.name, &handed.note);
    let value = Some(&handed.value).filter(|it| !it.is_null());
    let value = value.map(|it| shown("With it comes this", it)).unwrap_or_default();
    format!("\n\n{name} has worked on this and hands it off to you. It says:\n\n{note}{value}")
}

/// How an agent is told what it is to hand in.
pub fn asks_for(schema: &Value, engine: EngineKind) -> String {
    let schema = serde_json::to_string_pretty(schema).unwrap_or_default();
    let how = match engine {
        EngineKind::Native => "Hand in your result with `report`: its `result` must fit",
        _ => "End your last message with your result alone, as one ```json block. It must fit",
    };
    format!("\n\n{how} this JSON Schema:\n\n```json\n{schema}\n```")
}

/// What agents came to, one after the other.
pub(super) fn account_of_all<'a>(agents: impl Iterator<Item = &'a Agent>) -> String {
    agents.map(account_of).collect::<Vec<_>>().join("\n\n")
}

/// Whether it has done what it was to do, with the result that was asked for.
pub(super) fn has_done_well(agent: &Agent) -> bool {
    let lacks_result = agent.casting.awaited().is_some() && agent.kin.handed_in.is_none();
    let is_done = matches!(agent.life, Life::Over(Outcome::Succeeded { .. }));
    is_done && !lacks_result && !agent.is_refuted()
}

/// How an agent stands, for the one that it works for.
fn account_of(agent: &Agent) -> String {
    let name = &agent.casting.name;
    let mut told = match &agent.life {
        Life::Over(Outcome::Succeeded { summary }) => {
            let said = agent.report.as_ref().filter(|it| !it.is_empty()).unwrap_or(summary);
            match agent.proven() {
                Some(standing @ Standing::Failed(..)) => {
                    format!("{name} says that it is done, but its checks {standing}\n\n{said}")
                }
                _ => format!("{name} is done: {said}"),
            }
        }
        Life::Over(Outcome::Failed { why }) => format!("{name} failed: {why}"),
        Life::Over(Outcome::Stopped { by: Author::Director }) => {
            format!("{name} was stopped by the director")
        }
        Life::Over(Outcome::Stopped { .. }) => format!("{name} was stopped"),
        Life::Queued => format!("{name} waits for its start"),
        Life::Starting | Life::Working if agent.is_held() => format!("{name} is held"),
        Life::Starting | Life::Working => format!("{name} is at work"),
    };
    if let Some(work) = work_of(agent) {
        told.push_str(&work);
    }
    match &agent.kin.handed_in {
        Some(result) if !result.is_null() => {
            told.push_str(&shown("Its result", result));
        }
        _ if agent.is_over() && agent.casting.awaited().is_some() => {
            told.push_str("\n\nIt handed in no result of the kind that was asked for.");
        }
        _ => {}
    }
    cut(told)
}

/// Where what it has changed is to be found, where it is kept.
fn work_of(agent: &Agent) -> Option<String> {
    let last = &agent.checkpoints.last()?.commit;
    let base = agent.work_began_at().filter(|it| *it != last)?;
    Some(format!(
        "\n\nWhat it has changed is in none of your files. `git diff {base} {last}` shows it, and \
         `git diff {base} {last} | git apply` takes it over."
    ))
}

/// A value below what it is.
fn shown(what: &str, value: &Value) -> String {
    let value = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("\n\n{what}:\n\n```json\n{value}\n```")
}

fn cut(text: String) -> String {
    if text.len() <= TOLD {
        return text;
    }
    let end = text.floor_char_boundary(TOLD);
    let (told, rest) = text.split_at(end);
    format!("{told}… [{} bytes more]", rest.len())
}
