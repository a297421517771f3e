//! What can't be done to an agent, because its engine can't: the key is dimmed,
//! and says why when it is pressed.

use crate::{
    model::{Agent, EngineKind, Grain, PauseGrain},
    ui::keys::Act,
};

/// Why nobody here can direct an agent that is only watched.
const ELSEWHERE: &str = "it runs elsewhere, and can only be watched here";

/// Why an act can do nothing to this agent, ever; nothing if it can.
pub fn inability(act: Act, agent: &Agent) -> Option<&'static str> {
    let able = agent.casting.capabilities;
    if agent.is_watched_with_another() && matches!(act, Act::Stop | Act::Kill | Act::Restart) {
        return Some("it is watched with the one it works for");
    }
    if agent.is_watched() {
        return is_direction(act, agent).then_some(ELSEWHERE);
    }
    let is_typed_to = agent.casting.engine == EngineKind::Pty;
    match act {
        Act::Pause if able.pause == PauseGrain::None => Some("its engine can't be held"),
        Act::Step if able.pause == PauseGrain::Turn => {
            Some("its program goes on by itself within a turn, so it can't go step by step")
        }
        Act::Step if able.pause != PauseGrain::Step => Some("its engine can't go step by step"),
        Act::Freeze if !able.freeze => Some("its engine can't be stopped in the middle"),
        Act::Redirect if !able.steer && is_typed_to => {
            Some("no message reaches a terminal; type into it")
        }
        Act::Redirect if !able.steer => Some("no message reaches it"),
        Act::EditInstructions if !able.edit && is_typed_to => {
            Some("a terminal has no instructions; type into it")
        }
        Act::EditInstructions if !able.edit => {
            Some("its protocol has no instructions that change in mid-run; redirect it")
        }
        Act::Retake if agent.casting.engine.grain() == Grain::Never => {
            Some("it is a command in a terminal, and has no turns to go back to")
        }
        Act::Rewind if agent.casting.engine.grain() <= Grain::Summary => {
            Some("its program keeps its conversation: take it again from a turn instead")
        }
        Act::Fork if !able.fork => Some("its engine can't fork it"),
        Act::ChangeModel if is_typed_to => Some("a terminal has no model"),
        _ => None,
    }
}

/// Whether an act would direct an agent that is only watched. To stop is to look no
/// longer, and to start it again is to look again.
const fn is_direction(act: Act, agent: &Agent) -> bool {
    match act {
        Act::Restart => !agent.is_over(),
        Act::Pause
        | Act::Step
        | Act::Freeze
        | Act::Interrupt
        | Act::Redirect
        | Act::EditRedirect
        | Act::TakeBackRedirect
        | Act::EditInstructions
        | Act::Retake
        | Act::Rewind
        | Act::Fork
        | Act::ChangeModel
        | Act::ChangeBudget
        | Act::Verify
        | Act::TakeWork => true,
        _ => false,
    }
}
