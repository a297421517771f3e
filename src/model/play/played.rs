//! The part that an agent plays, and what has become of its work there.

use super::{Part, Phase};
use crate::model::{
    Agent, Stage,
    script::{Failure, Step},
};

impl Stage {
    /// The part of a script that this agent plays, as its step says and as it stands.
    pub fn part_of(&self, agent: &Agent) -> Option<(&Step, &Part)> {
        let spot = &agent.casting.assignment.as_ref()?.spot;
        let play = self.play(spot.play)?;
        let place = play.find(spot)?;
        let part = play.part(place).filter(|it| it.agent == Some(agent.id))?;
        Some((play.step(place.0)?, part))
    }

    /// How many checks of this agent's work hold, once they are made, and of how many.
    pub fn checked(&self, agent: &Agent) -> Option<(Option<u32>, usize)> {
        let (step, part) = self.part_of(agent)?;
        let play = self.play(agent.casting.assignment.as_ref()?.spot.play)?;
        let checks = step.checks.len() + play.script.checks_of_role(step).len();
        let objects = matches!(part.failure, Some((Failure::Check, _)));
        let is_made = part.checked > 0 || objects || part.phase == Phase::Checking;
        (checks > 0).then_some((is_made.then_some(part.checked), checks))
    }

    /// The text that this agent has handed in, whole; a summary of it is a line.
    pub fn handed_in(&self, agent: &Agent) -> Option<&str> {
        let (_, part) = self.part_of(agent)?;
        part.output.as_deref().or(part.handed.as_deref())?.as_str()
    }
}
