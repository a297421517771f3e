//! What a watch does beside saying what it sees: it writes to the agent, or holds it, as
//! its director would. It ends nobody.

use super::drafts::message;
use crate::model::{Action, Agent, Author, Event, HoldReason, PauseGrain, RedirectId, Rule, Turn};

/// What is done about a finding, and what that brings with it. Where the agent's engine
/// can't do what is wanted, it is said and no more.
pub(super) fn of(
    agent: &Agent,
    wanted: Action,
    seen: (Rule, Turn, &str),
) -> (Action, Option<Event>) {
    let able = agent.casting.capabilities;
    let by = Author::Watch;
    match wanted {
        Action::Nudge if able.steer && agent.is_on() => {
            let redirect = agent.redirects.last().map_or(RedirectId(1), |it| it.id.next());
            let text = message(agent, seen);
            (wanted, Some(Event::RedirectWritten { agent: agent.id, redirect, text, by }))
        }
        Action::Pause if able.pause != PauseGrain::None => {
            let (reason, note) = (HoldReason::Watch, seen.2.to_owned());
            (wanted, Some(Event::HoldPlaced { agent: agent.id, reason, by, note }))
        }
        _ => (Action::Warn, None),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{Action, Capabilities, Casting, Event, Heed, HoldReason, Rule},
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
    fn what_an_engine_can_not_do_is_only_said() {
        for action in [Action::Nudge, Action::Pause] {
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
