//! What a watch does beside saying what it sees: it writes to the agent, or holds it, as
//! its director would, or has the director say what becomes of it. It ends nobody.

use super::{drafts::message, sight::Finding};
use crate::model::{
    Action, Agent, Ask, Author, Event, HoldReason, PauseGrain, RedirectId, RequestId, Rule,
};

/// What is done about a finding, and what that brings with it. Where the agent's engine
/// can't do what is wanted, it is said and no more.
pub(super) fn of(
    agent: &Agent,
    wanted: Action,
    (sign, rule, found): (u32, Rule, &Finding),
) -> (Action, Vec<Event>) {
    let able = agent.casting.capabilities;
    let (by, words) = (Author::Watch, &found.words);
    let hold = || {
        let (reason, note) = (HoldReason::Watch, words.clone());
        Event::HoldPlaced { agent: agent.id, reason, by, note }
    };
    match wanted {
        Action::Nudge if able.steer && agent.is_on() => {
            let redirect = agent.redirects.last().map_or(RedirectId(1), |it| it.id.next());
            let text = message(agent, (rule, found.since, words));
            (wanted, vec![Event::RedirectWritten { agent: agent.id, redirect, text, by }])
        }
        Action::Pause if able.pause != PauseGrain::None => (wanted, vec![hold()]),
        // One thing is asked at a time, and of nobody who is held for another.
        Action::Ask
            if able.pause != PauseGrain::None
                && !agent.is_held_for(HoldReason::Watch)
                && agent.drift_asked().is_none() =>
        {
            let (words, evidence) = (words.clone(), found.evidence.clone());
            let ask = Ask::Drift { sign, rule, words, evidence };
            let request = RequestId::DRIFT;
            (wanted, vec![hold(), Event::Asked { agent: agent.id, request, ask }])
        }
        _ => (Action::Warn, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{
            Action, AgentId, Answer, Ask, Capabilities, Casting, Command, Event, Heed, HoldReason,
            RequestId, Rule, loose_ends,
        },
        watch::story::Story,
    };

    fn drifted(action: Action, capabilities: Capabilities) -> Story {
        let watch = [(Rule::SameCall, Heed { action, limit: 3 })].into();
        let mut story = Story::of(Casting { watch, capabilities, ..Casting::default() });
        for _ in 1..=3 {
            story.turn().call("read", "notes.md", (true, "ideas"));
        }
        story
    }

    #[test]
    fn it_writes_to_the_agent_or_holds_it_as_it_was_told() {
        let nudged = drifted(Action::Nudge, Capabilities::NATIVE);
        assert!(nudged.did(|it| matches!(it, Event::RedirectWritten { text, .. }
            if text.contains("the same call 3 times"))));
        let held = drifted(Action::Pause, Capabilities::NATIVE);
        assert!(held.did(|it| matches!(it, Event::HoldPlaced { reason: HoldReason::Watch, .. })));
        assert_eq!(held.signs(), [Rule::SameCall]);
    }

    #[test]
    fn it_holds_the_agent_and_asks_with_what_shows_it_once() {
        let mut story = drifted(Action::Ask, Capabilities::NATIVE);
        let asks = |it: &Event| matches!(it, Event::Asked { request: RequestId::DRIFT, .. });
        assert!(story.did(asks) && story.deeds() == 2);
        assert!(story.did(|it| matches!(it, Event::Asked { ask: Ask::Drift { evidence, .. }, .. }
            if evidence.len() == 3)));
        for _ in 1..=6 {
            story.turn().call("edit", "a.md", (false, "no such text"));
        }
        assert_eq!((story.signs().len(), story.deeds()), (2, 2), "the second is a mark alone");
    }

    #[test]
    fn what_is_said_to_that_lets_it_go_on_and_answers() {
        let answers: [fn(&mut Story) -> &mut Story; 3] = [
            |it| it.answer(Answer::Said { text: "look elsewhere".into() }),
            |it| it.direct(Command::Lift(AgentId(1), HoldReason::Watch)),
            |it| it.dismiss(),
        ];
        for (nth, answer) in answers.into_iter().enumerate() {
            let mut story = drifted(Action::Ask, Capabilities::NATIVE);
            answer(&mut story);
            let agent = story.agent();
            assert!(agent.requests.is_empty() && agent.holds.is_empty(), "{nth}: {agent:?}");
            assert_eq!(agent.redirects.len(), usize::from(nth == 0), "{nth}");
        }
    }

    #[test]
    fn a_later_run_finds_the_question_and_an_end_withdraws_it() {
        let agent = AgentId(1);
        let mut story = drifted(Action::Ask, Capabilities::NATIVE);
        for event in loose_ends(story.agent(), "the session was closed") {
            story.record(event);
        }
        story.record(Event::AgentStarting { agent, run: 2 });
        assert!(story.agent().drift_asked().is_some() && story.agent().is_held());
        assert_eq!(story.agent().last_request, RequestId(0), "its engine counts its own");
        story.direct(Command::Kill(agent));
        assert!(story.did(|it| matches!(it, Event::Answered { answer: Answer::Withdrawn, .. })));
        assert_eq!(story.agent().requests, []);
    }

    #[test]
    fn what_an_engine_can_not_do_is_only_said() {
        for action in [Action::Nudge, Action::Pause, Action::Ask] {
            let story = drifted(action, Capabilities::default());
            assert_eq!((story.signs(), story.deeds()), (vec![Rule::SameCall], 0), "{action:?}");
        }
    }

    #[test]
    fn what_is_off_is_not_looked_for() {
        assert_eq!(drifted(Action::Off, Capabilities::NATIVE).signs(), []);
    }

    #[test]
    fn no_drift_lets_go_on_whom_it_held() {
        let mut story = drifted(Action::Pause, Capabilities::NATIVE);
        story.dismiss();
        assert!(story.did(|it| matches!(it, Event::HoldLifted { reason: HoldReason::Watch, .. })));
    }
}
