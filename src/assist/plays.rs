//! Runs of scripts, as an assistant is told of them.

use super::roster::{cut, who};
use crate::{
    model::{
        Millis, PlayId, Stage,
        play::{Phase, Play, PlayEnd, Standing, StepState},
    },
    text::one_line,
};
use serde_json::{Map, Value, json};

/// How much is told of what a step came to, in bytes.
const OUTPUT: usize = 2000;
/// How many steps are told of at once.
const STEPS: usize = 200;

/// All runs, a line each.
pub(super) fn told(stage: &Stage) -> Vec<Value> {
    stage.plays().map(brief).collect()
}

/// A run in a few words.
pub(super) fn brief(play: &Play) -> Value {
    let over = play.steps.iter().filter(|it| it.is_over()).count();
    json!({
        "run": play.id.0,
        "script": play.script.name,
        "status": status(play),
        "steps": play.steps.len(),
        "steps_over": over,
    })
}

/// A run with its steps.
pub fn whole(play: &Play, now: Millis) -> Value {
    let steps = play.script.steps.iter().zip(&play.steps).enumerate().take(STEPS);
    let steps: Vec<_> = steps
        .map(|(place, (written, state))| {
            let mut told = step(&written.name, state, now);
            if state.is_over() && state.done() > 0 {
                told.insert(
                    "output".to_owned(),
                    cut(&play.output(place).to_string(), OUTPUT).into(),
                );
            }
            told
        })
        .collect();
    json!({
        "run": play.id.0,
        "script": play.script.name,
        "purpose": play.script.purpose,
        "status": status(play),
        "version": play.version,
        "inputs": cut(&play.inputs.to_string(), OUTPUT),
        "steps": steps,
    })
}

/// How one step stands, and who is at work on it.
fn step(name: &str, state: &StepState, now: Millis) -> Map<String, Value> {
    let mut told = Map::new();
    let mut tell = |name: &str, value: Value| drop(told.insert(name.to_owned(), value));
    tell("step", name.into());
    tell("status", standing(state).into());
    tell("for", now.since(state.since).to_string().into());
    if state.parts.len() > 1 {
        tell("parts", format!("{} of {} done", state.done(), state.parts.len()).into());
    }
    let busy = state.parts.iter().filter(|it| it.phase.is_under_way());
    let agents: Vec<_> = busy.filter_map(|it| it.agent).map(|it| it.0).collect();
    if !agents.is_empty() {
        tell("agents", agents.into());
    }
    let failure = state.parts.iter().filter_map(|it| it.failure.as_ref()).next_back();
    if let Some((_, why)) = failure {
        tell("latest_failure", one_line(why, OUTPUT).into());
    }
    told
}

fn status(play: &Play) -> String {
    match (&play.end, &play.stopping) {
        (Some((_, PlayEnd::Succeeded)), _) => "done".to_owned(),
        (Some((_, PlayEnd::Failed(why))), _) => format!("failed: {}", one_line(why, OUTPUT)),
        (Some((_, PlayEnd::Stopped(by))), _) => format!("stopped by {}", who(*by)),
        (None, Some((why, _))) => format!("stopping: {}", one_line(why, OUTPUT)),
        (None, None) if play.paused => "paused by the director".to_owned(),
        (None, None) => "playing".to_owned(),
    }
}

/// How a step stands, in words.
pub fn standing(state: &StepState) -> String {
    let any = |phase: Phase| state.parts.iter().any(|it| it.phase == phase);
    match &state.standing {
        Standing::Waiting if state.held => "held by the director".to_owned(),
        Standing::Waiting => "waiting".to_owned(),
        Standing::Gate => "at its gate, which the director opens".to_owned(),
        Standing::Begun if any(Phase::Asking) => "failed, and the director is asked".to_owned(),
        Standing::Begun if state.busy() > 0 => "working".to_owned(),
        Standing::Begun => "between attempts".to_owned(),
        Standing::Over if state.failed() > 0 => "failed".to_owned(),
        Standing::Over => "done".to_owned(),
        Standing::Skipped(why) => format!("skipped: {}", one_line(why, OUTPUT)),
    }
}

/// The run that is meant, by its number or by its script's name: of those that are not
/// over the latest counts, where there are some.
///
/// # Errors
/// When there is none.
pub(super) fn find<'a>(stage: &'a Stage, name: &str) -> Result<&'a Play, String> {
    let numbered = name.parse().ok().and_then(|id| stage.play(PlayId(id)));
    let named = || stage.plays().rev().filter(|it| it.script.name == name);
    numbered
        .or_else(|| named().find(|it| !it.is_over()))
        .or_else(|| named().next())
        .ok_or_else(|| format!("there is no run `{}`: list_scripts tells all", one_line(name, 60)))
}
