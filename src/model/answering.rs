//! Answers to what agents ask: which of them may be given, and what follows.

use super::{
    Agent, Answer, Ask, Author, Event, Fingerprint, RedirectId, Refusal, RequestId, Scope,
    decide::{not, stop},
};

/// Answers a request in any way but an approval.
pub(super) fn answer(
    agent: &Agent,
    by: Author,
    request: RequestId,
    answer: Answer,
) -> Result<Vec<Event>, Refusal> {
    let id = agent.id;
    let Some(open) = agent.requests.iter().find(|it| it.id == request) else {
        return Err(Refusal::Nothing("that request is not open any more"));
    };
    match (&open.ask, &answer) {
        (Ask::Budget { .. }, Answer::Denied { .. }) => Ok(stop(agent, by)),
        (Ask::Budget { .. }, Answer::Said { text }) => Ok(finish_up(agent, by, request, text)),
        (Ask::Budget { .. }, _) => {
            Err(not(agent, "raise its budget, let it finish up, or stop it"))
        }
        (_, Answer::Approved | Answer::Always) => {
            Err(Refusal::Nothing("an approval names what it approves"))
        }
        _ => Ok(vec![Event::Answered { agent: id, request, answer, by }]),
    }
}

/// Approves what was on the director's screen, if that is still what is asked.
pub(super) fn approve(
    agent: &Agent,
    by: Author,
    (request, shown): (RequestId, Fingerprint),
    scope: Scope,
) -> Result<Vec<Event>, Refusal> {
    let Some(open) = agent.requests.iter().find(|it| it.id == request) else {
        return Err(Refusal::Nothing("that request is not open any more"));
    };
    if !matches!(open.ask, Ask::Approval { .. }) {
        return Err(Refusal::Nothing("it asked for no approval; answer what it asked"));
    }
    if open.fingerprint != shown {
        return Err(Refusal::Nothing("what you saw is not what is asked now: look again"));
    }
    let answer = match scope {
        Scope::Once => Answer::Approved,
        Scope::Always => Answer::Always,
    };
    Ok(vec![Event::Answered { agent: agent.id, request, answer, by }])
}

/// One more turn over the budget, to bring the work to an end.
fn finish_up(agent: &Agent, by: Author, request: RequestId, text: &str) -> Vec<Event> {
    let (id, text) = (agent.id, text.to_owned());
    let redirect = agent.redirects.last().map_or(RedirectId(1), |it| it.id.next());
    // What it is told stands in the message; the answer need not say it once more.
    let answer = Answer::Said { text: "it may finish up".to_owned() };
    vec![
        Event::Answered { agent: id, request, answer, by },
        Event::RedirectWritten { agent: id, redirect, text, by },
        Event::StepAllowed { agent: id, by },
    ]
}
