//! What becomes of a message that is on its way: changed, taken back, delivered.

use super::{
    Agent, Author, Event, Redirect, RedirectId, Refusal,
    decide::{can, not},
};

fn queued(agent: &Agent, redirect: RedirectId) -> Result<(), Refusal> {
    if agent.queued().any(|it| it.id == redirect) {
        return Ok(());
    }
    Err(Refusal::Nothing("that message is not queued any more"))
}

pub(super) fn edit_redirect(
    agent: &Agent,
    by: Author,
    redirect: RedirectId,
    text: String,
) -> Result<Vec<Event>, Refusal> {
    queued(agent, redirect)?;
    if text.trim().is_empty() {
        return take_back(agent, by, redirect);
    }
    if agent.redirect(redirect).is_some_and(|it| it.text == text) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::RedirectEdited { agent: agent.id, redirect, text, by }])
}

pub(super) fn take_back(
    agent: &Agent,
    by: Author,
    redirect: RedirectId,
) -> Result<Vec<Event>, Refusal> {
    queued(agent, redirect)?;
    Ok(vec![Event::RedirectTakenBack { agent: agent.id, redirect, by }])
}

pub(super) fn edit_brief(agent: &Agent, by: Author, text: String) -> Result<Vec<Event>, Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::Words("an agent needs a brief".to_owned()));
    }
    if agent.turn.0 > 0 {
        return Err(not(agent, "the model has seen its brief; redirect it"));
    }
    if agent.casting.brief == text {
        return Ok(Vec::new());
    }
    Ok(vec![Event::BriefEdited { agent: agent.id, text, by }])
}

/// A message that a program has taken in: seen with the turn that runs, or with
/// the next where none does.
pub(super) fn delivered(agent: &Agent, redirect: RedirectId) -> Vec<Event> {
    let turn = if agent.calling { agent.turn } else { agent.turn.next() };
    let sent = agent.pending().find(|it| it.id == redirect);
    let deliver = |it: &Redirect| {
        let text = it.text.clone();
        Event::RedirectDelivered { agent: agent.id, redirect, turn, text }
    };
    sent.map(deliver).into_iter().collect()
}

/// Changes how an agent works, from its next turn on.
pub(super) fn instruct(agent: &Agent, by: Author, text: String) -> Result<Vec<Event>, Refusal> {
    can(agent, agent.casting.capabilities.edit, "take new instructions in mid-run")?;
    let Some(current) = agent.current_instructions() else { return Ok(Vec::new()) };
    if *current.text == *text {
        return Ok(Vec::new());
    }
    let version = current.version.next();
    Ok(vec![Event::InstructionsEdited { agent: agent.id, version, text, by }])
}
