//! What a program may do that assists the director: start, hold, redirect, stop. It
//! opens nothing that the director, or the policy, keeps closed.

use super::{
    AgentId, Author, Command, HoldReason, Life, Outcome, Refusal, Stage, decide::open_calls,
    play::Wish,
};

/// What it is told of all that is left to the director.
const KEPT: &str = "that is the director's own to do, at the screen";

/// Whether an assistant may do that now.
///
/// # Errors
/// When it is the director's own to do, with the reason.
pub(super) fn must_be_allowed(stage: &Stage, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Add(_)
        | Command::Perform { .. }
        | Command::Pause(_)
        | Command::DirectPlay(_, Wish::Stop) => Ok(()),
        Command::Stop(agent) => may_stop(stage, *agent),
        Command::Resume(agent) => may_resume(stage, *agent),
        Command::Redirect { agent, now, .. } => may_redirect(stage, *agent, *now),
        _ => Err(Refusal::Nothing(KEPT)),
    }
}

/// It stops whom nobody else holds: taken up again, such a one would be held no more.
fn may_stop(stage: &Stage, agent: AgentId) -> Result<(), Refusal> {
    let holds = stage.agent(agent).map(|it| it.holds.as_slice()).unwrap_or_default();
    if holds.iter().any(|it| it.by != Author::Assistant) {
        return Err(Refusal::Nothing(
            "somebody holds it, and what becomes of it is the director's to say",
        ));
    }
    Ok(())
}

/// It lets go on whom it has held itself.
fn may_resume(stage: &Stage, agent: AgentId) -> Result<(), Refusal> {
    let hold = stage.agent(agent).and_then(|it| {
        it.holds.iter().find(|it| it.reason == HoldReason::Director && it.by != Author::Assistant)
    });
    match hold {
        None => Ok(()),
        Some(_) => Err(Refusal::Nothing("the director has paused it, and lets it go on")),
    }
}

/// A message takes up again who had ended, and one that cuts what is in flight denies
/// what is asked for.
fn may_redirect(stage: &Stage, agent: AgentId, now: bool) -> Result<(), Refusal> {
    let Some(agent) = stage.agent(agent) else { return Ok(()) };
    if matches!(agent.life, Life::Over(Outcome::Stopped { by: Author::Director })) {
        return Err(Refusal::Nothing("the director has stopped it, and takes it up again"));
    }
    if now && open_calls(agent).next().is_some() {
        return Err(Refusal::Nothing(
            "it has asked for something, and the director answers that: redirect it without now",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Answer, Ask, Casting, Event, Input, Money, QuitMode, Record, RequestId, Scope, Whose,
        decide,
    };

    const AGENT: AgentId = AgentId(1);

    fn stage(events: impl IntoIterator<Item = Event>) -> Stage {
        let mut stage = Stage::default();
        let casting = Casting {
            brief: "b".into(),
            capabilities: super::super::Capabilities::NATIVE,
            ..Casting::default()
        };
        let added =
            Event::AgentAdded { agent: AGENT, casting: Box::new(casting), by: Author::Director };
        let started = [
            added,
            Event::AgentStarting { agent: AGENT, run: 1 },
            Event::AgentStarted { agent: AGENT },
        ];
        for event in started.into_iter().chain(events) {
            let seq = stage.last().next();
            stage.apply(&Record { seq, at: super::super::Millis(1), event });
        }
        stage
    }

    fn asked(stage: &Stage, command: Command) -> Result<Vec<Event>, Refusal> {
        decide(stage, Input::Command { by: Author::Assistant, command })
    }

    fn held(by: Author) -> Event {
        Event::HoldPlaced { agent: AGENT, reason: HoldReason::Director, by, note: String::new() }
    }

    #[test]
    fn it_holds_redirects_and_stops_under_its_own_name() {
        let stage = stage([]);
        let by = Author::Assistant;
        let paused = asked(&stage, Command::Pause(AGENT)).unwrap();
        assert_eq!(paused, [held(by)]);
        let stopped = asked(&stage, Command::Stop(AGENT)).unwrap();
        assert_eq!(stopped, [Event::StopAsked { agent: AGENT, by }]);
        let redirect = Command::Redirect { agent: AGENT, text: "left".into(), now: false };
        let written = asked(&stage, redirect).unwrap();
        assert!(matches!(&written[0], Event::RedirectWritten { by: Author::Assistant, .. }));
    }

    #[test]
    fn it_answers_nothing_and_loosens_nothing() {
        let stage = stage([]);
        let request = RequestId(1);
        let shown = super::super::Fingerprint::of(["x"]);
        let denied = Answer::Denied { why: String::new() };
        let (provider, model) = (String::new(), "m".to_owned());
        let kept = [
            Command::Approve { agent: AGENT, request, shown, scope: Scope::Once },
            Command::Answer { agent: AGENT, request, answer: denied },
            Command::ChangeBudget { agent: AGENT, budget: None },
            Command::ChangeSessionBudget { budget: Some(Money::cents(1)) },
            Command::ChangeLimit { whose: Whose::Role("scout".into()), budget: None },
            Command::ChangeModel { agent: AGENT, provider, model },
            Command::Lift(AGENT, HoldReason::Budget),
            Command::ResumeAll,
            Command::EditInstructions { agent: AGENT, text: "do as you like".into() },
            Command::DirectPlay(super::super::PlayId(1), Wish::Open("gate".into())),
            Command::Quit(QuitMode::Stop),
        ];
        for command in kept {
            assert_eq!(asked(&stage, command.clone()), Err(Refusal::Nothing(KEPT)), "{command:?}");
        }
    }

    #[test]
    fn it_lets_go_on_whom_it_has_held_and_nobody_else() {
        let resumed = asked(&stage([held(Author::Assistant)]), Command::Resume(AGENT));
        assert!(matches!(resumed.as_deref(), Ok([Event::HoldLifted { .. }])), "{resumed:?}");
        let refused = asked(&stage([held(Author::Director)]), Command::Resume(AGENT));
        assert!(refused.unwrap_err().to_string().contains("the director has paused it"));
    }

    #[test]
    fn whom_the_director_has_paused_it_does_not_stop_to_take_up_again() {
        let refused = asked(&stage([held(Author::Director)]), Command::Stop(AGENT));
        assert!(refused.unwrap_err().to_string().contains("somebody holds it"));
        let stopped = asked(&stage([held(Author::Assistant)]), Command::Stop(AGENT)).unwrap();
        assert_eq!(stopped, [Event::StopAsked { agent: AGENT, by: Author::Assistant }]);
    }

    #[test]
    fn whom_the_director_has_stopped_it_does_not_take_up_again() {
        let redirect = Command::Redirect { agent: AGENT, text: "more".into(), now: false };
        let ended = |by| {
            let outcome = Outcome::Stopped { by };
            stage([Event::AgentEnded { agent: AGENT, outcome }])
        };
        let refused = asked(&ended(Author::Director), redirect.clone()).unwrap_err();
        assert!(refused.to_string().contains("the director has stopped it"), "{refused}");
        assert!(asked(&ended(Author::Assistant), redirect).is_ok());
    }

    #[test]
    fn it_cuts_no_call_that_waits_for_the_director() {
        let ask = Ask::Approval {
            call: Some(super::super::CallId(1)),
            tool: "shell".into(),
            shown: "rm".into(),
            reason: String::new(),
        };
        let asking = stage([Event::Asked { agent: AGENT, request: RequestId(1), ask }]);
        let redirect = |now| Command::Redirect { agent: AGENT, text: "another way".into(), now };
        assert!(asked(&asking, redirect(true)).is_err());
        let written = asked(&asking, redirect(false)).unwrap();
        assert!(!written.iter().any(|it| matches!(it, Event::Answered { .. })));
    }
}
