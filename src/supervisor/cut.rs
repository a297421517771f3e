//! What a run that was cut has left open, and how it is brought to an end before
//! its agent goes on.

use crate::model::{Agent, Author, Event, HoldReason, PauseGrain, loose_ends};

/// What a run of an agent left open when its process ended. What it had not begun
/// stays as it was: its next run asks for leave again, and runs it.
pub(super) fn what_was_cut(agent: &Agent) -> Vec<Event> {
    let left = agent.calls_left();
    let mut events = loose_ends(agent, "the program ended first");
    events.retain(|it| !matches!(it, Event::ToolEnded { call, .. } if left.contains_key(call)));
    events.extend(gate(agent));
    events
}

/// Holds an agent with a tool that was cut in mid-run, until the director has
/// seen to it: the model would run it again at once.
pub(super) fn gate(agent: &Agent) -> Option<Event> {
    let (_, title) = agent.tools_at_work().next()?;
    let can_be_held = agent.casting.capabilities.pause != PauseGrain::None;
    if !can_be_held || agent.is_over() || agent.is_held_for(HoldReason::Gate) {
        return None;
    }
    let more = match agent.tools_at_work().count() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    Some(Event::HoldPlaced {
        agent: agent.id,
        reason: HoldReason::Gate,
        by: Author::Supervisor,
        note: format!("cut in mid-run, done or not: {title}{more}"),
    })
}
