//! How many can't go on before somebody is seen to.

use super::Whom;
use crate::model::{Agent, AgentId, PlayId, Stage};
use std::collections::BTreeSet;

impl Stage {
    /// How many agents and steps stand still with this one: itself, those that wait for
    /// an agent, and those whose turn comes after a step.
    pub(super) fn blocked_by(&self, whom: Whom) -> u32 {
        let mut blocked = Blocked::default();
        match whom {
            Whom::Agent(agent) => self.add_agent(agent, &mut blocked),
            Whom::Step(play, place) => self.add_step((play, place), &mut blocked),
            // It holds up nobody: it warns.
            Whom::Limit(_) => {}
        }
        u32::try_from(blocked.agents.len() + blocked.steps.len()).unwrap_or(u32::MAX)
    }

    /// An agent, those above it that wait for it, and the steps that come after its own.
    fn add_agent(&self, id: AgentId, blocked: &mut Blocked) {
        let Some(agent) = self.agent(id).filter(|_| blocked.agents.insert(id)) else { return };
        let mut below = id;
        for above in self.above(agent) {
            if !awaits(above, below) {
                break;
            }
            blocked.agents.insert(above.id);
            below = above.id;
        }
        let Some(assignment) = &agent.casting.assignment else { return };
        let play = self.play(assignment.spot.play);
        if let Some((step, _)) = play.and_then(|it| it.find(&assignment.spot)) {
            self.add_followers((assignment.spot.play, step), blocked);
        }
    }

    fn add_step(&self, step: (PlayId, usize), blocked: &mut Blocked) {
        blocked.steps.insert(step);
        self.add_followers(step, blocked);
    }

    /// The steps that need this one, and those that need them.
    fn add_followers(&self, (id, step): (PlayId, usize), blocked: &mut Blocked) {
        let Some(play) = self.play(id) else { return };
        let mut next = vec![step];
        while let Some(step) = next.pop() {
            let order = play.order();
            for follower in order.needed_by(step).iter().chain(order.parts_of(step)) {
                let waits = play.steps.get(*follower).is_some_and(|it| !it.is_over());
                if waits && blocked.steps.insert((id, *follower)) {
                    next.push(*follower);
                }
            }
        }
    }
}

fn awaits(agent: &Agent, other: AgentId) -> bool {
    agent.kin.awaits.as_ref().is_some_and(|it| it.whom.contains(&other))
}

/// Who can't go on.
#[derive(Debug, Default)]
struct Blocked {
    agents: BTreeSet<AgentId>,
    steps: BTreeSet<(PlayId, usize)>,
}
