//! What is offered of all that can be done to agents: only what does something to one of
//! those it goes to.

use super::scene::Sight;
use crate::{
    model::{Activity, Agent, HoldReason, PauseGrain, Status},
    ui::{desk::Screen, keys::Act},
};

/// The word for what is done to agents: to those that are marked, if some are.
pub(super) fn directed(word: &'static str, sight: Sight) -> Option<&'static str> {
    let (desk, stage) = (sight.desk(), sight.stage());
    let marked = desk.marked_agents(stage);
    if desk.screen == Screen::Stage && !marked.is_empty() && Act::Zoom.label() != Some(word) {
        return marked.into_iter().find_map(|it| direction(word, it));
    }
    direction(word, desk.focused(stage)?)
}

/// The word for something that is done to an agent, if it does something.
fn direction(word: &'static str, agent: &Agent) -> Option<&'static str> {
    let is = |act: Act| act.label() == Some(word);
    let able = agent.casting.capabilities;
    let status = agent.status();
    let is_retrying = matches!(agent.activity, Activity::Retrying { .. });
    // What money holds goes on with more of it, not with a key for going on.
    let is_short = agent.is_held_for(HoldReason::Budget);
    let can = if is(Act::Pause) {
        able.pause != PauseGrain::None
            && !status.is_over()
            && (!is_short || agent.is_held_for(HoldReason::Director))
    } else if is(Act::Freeze) {
        able.freeze && !status.is_over() && !agent.is_still()
    } else if is(Act::Step) {
        able.pause == PauseGrain::Step
            && status == Status::Paused
            && agent.frozen.is_none()
            && agent.steps == 0
            && !is_short
    } else if is(Act::ChangeBudget) {
        is_short
    } else if is(Act::Redirect) {
        able.steer
    } else if is(Act::EditInstructions) {
        able.edit
    } else if is(Act::Interrupt) {
        !status.is_over() && (!agent.is_still() || is_retrying)
    } else {
        is(Act::Zoom) || !status.is_over()
    };
    can.then_some(match word {
        _ if is(Act::Pause) && status == Status::Paused => "resume",
        _ if is(Act::Interrupt) && is_retrying && agent.is_still() => "retry now",
        word => word,
    })
}
