//! Answers to what agents ask: which of them may be given, and what follows.

use super::{
    Agent, Answer, Ask, Author, Event, Fingerprint, RedirectId, Refusal, RequestId, Scope,
    decide::{not, stop},
    drift, form,
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
        (Ask::Drift { .. }, _) => drift::answer(agent, by, answer),
        (Ask::Budget { .. }, Answer::Denied { .. }) => Ok(stop(agent, by)),
        (Ask::Budget { .. }, Answer::Said { text }) => Ok(finish_up(agent, by, request, text)),
        (Ask::Budget { .. }, _) => {
            Err(not(agent, "raise its budget, let it finish up, or stop it"))
        }
        (ask, Answer::Said { text }) if !ask.blanks().is_empty() => {
            form::filled(ask.blanks(), text).map_err(Refusal::Words)?;
            Ok(vec![Event::Answered { agent: id, request, answer, by }])
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

#[cfg(test)]
mod tests {
    use super::{
        super::{
            AgentId, Casting, Command, Input, Millis, Record, Stage, decide,
            form::{Blank, BlankKind},
        },
        *,
    };

    #[test]
    fn what_does_not_fit_a_form_is_no_answer_to_it() {
        let (agent, request, by) = (AgentId(1), RequestId(1), Author::Director);
        let sure = Blank {
            name: "sure".into(),
            about: String::new(),
            kind: BlankKind::YesNo,
            is_needed: true,
            proposed: String::new(),
        };
        let (text, options) = ("Sure?".to_owned(), Vec::new());
        let ask = Ask::Question { call: None, text, options, blanks: vec![sure] };
        let mut stage = Stage::default();
        let casting = Box::new(Casting::default());
        let added = Event::AgentAdded { agent, casting, by };
        for event in [added, Event::AgentStarted { agent }, Event::Asked { agent, request, ask }] {
            stage.apply(&Record { seq: stage.last().next(), at: Millis(1), event });
        }
        let say = |text: &str| {
            let answer = Answer::Said { text: text.to_owned() };
            let command = Command::Answer { agent, request, answer };
            decide(&stage, Input::Command { by, command })
        };
        let refused = say("perhaps").unwrap_err();
        assert_eq!(refused, Refusal::Words("sure must be yes or no".to_owned()));
        assert!(matches!(say("yes").as_deref(), Ok([Event::Answered { .. }])));
    }
}
