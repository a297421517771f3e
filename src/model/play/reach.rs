//! How far a direction reaches: what is undone by it, who is met by it, and which plays
//! it finds within a play.

use super::{Part, Phase, Place, Play, Spot, Standing, decide};
use crate::model::{
    Agent, Stage,
    script::{ForEach, Trigger},
};

impl Play {
    /// What is under way and is begun afresh where a step, or a part of it, is done once
    /// more.
    pub fn undone_by(&self, spot: &Spot) -> Vec<Place> {
        let Some(place) = self.place(&spot.step) else { return Vec::new() };
        let (asked, downstream) = (decide::of(self, spot), self.order().downstream(place));
        let follows = self.order().parts_of(place);
        let is_met = |it: &Place| match spot.part {
            _ if it.0 == place => asked.contains(it),
            Some(part) if follows.contains(&it.0) => it.1 == part as usize,
            _ => downstream.contains(&it.0),
        };
        self.busy().filter(is_met).collect()
    }

    /// Whether a step still takes what it is given: it has not begun, or what was begun has
    /// come to nothing and can be begun again.
    pub fn takes_again(&self, place: usize) -> bool {
        let (Some(step), Some(state)) = (self.step(place), self.steps.get(place)) else {
            return false;
        };
        let is_open = |it: &Part| {
            matches!(it.phase, Phase::Asking | Phase::Failed | Phase::Resting(_) | Phase::Listening)
        };
        match state.standing {
            Standing::Waiting | Standing::Gate => true,
            // Which parts it has was taken from what it was given, if that could be.
            _ if matches!(step.for_each, Some(ForEach::List(_)))
                && state.parts.iter().any(|it| it.item.is_some()) =>
            {
                false
            }
            Standing::Begun | Standing::Over => {
                state.busy() == 0 && state.parts.iter().any(is_open)
            }
            Standing::Skipped(_) => false,
        }
    }

    /// Whether it is a standing step that waits to be called.
    pub(super) fn is_called(&self, place: usize) -> bool {
        self.step(place).and_then(|it| it.again.as_ref()).is_some_and(Trigger::is_call)
    }
}

impl Stage {
    /// Whether the director is waited for in a play: at one of its steps, by an agent of
    /// it, or in a play that it plays.
    pub fn is_waited_in(&self, play: &Play) -> bool {
        let by_a_part = |it: Place| play.part(it).is_some_and(|it| self.is_waited_by(it));
        play.asking().next().is_some() || play.busy().any(by_a_part)
    }

    /// Whether who, or what, is at work on a part waits for the director.
    pub fn is_waited_by(&self, part: &Part) -> bool {
        let agent = part.judge.or(part.agent).and_then(|it| self.agent(it));
        let inner = part.play.and_then(|it| self.play(it)).filter(|it| !it.is_over());
        part.phase.is_under_way()
            && (agent.is_some_and(|it| self.family(it).into_iter().any(Agent::needs_director))
                || inner.is_some_and(|it| self.is_waited_in(it)))
    }
}
