//! Agents that other agents have set to work: who belongs to whom, and what all of
//! them together have spent.

use super::{Agent, AgentId, Bond, CallId, HandedOff, Money, Outcome, Stage, budget::counted};

impl Stage {
    /// Whom an agent works for, if it works for another.
    pub fn parent(&self, agent: &Agent) -> Option<&Agent> {
        let origin = agent.casting.origin.as_ref().filter(|it| it.bond == Bond::Child)?;
        // Numbers are given one after the other, so nobody stands above itself.
        self.agent(origin.agent).filter(|it| it.id < agent.id)
    }

    /// Those above an agent, the nearest first.
    pub fn above<'a>(&'a self, agent: &'a Agent) -> impl Iterator<Item = &'a Agent> {
        std::iter::successors(self.parent(agent), |it| self.parent(it))
    }

    /// The one above all others, whom nobody has spawned.
    pub fn head<'a>(&'a self, agent: &'a Agent) -> &'a Agent {
        self.above(agent).last().unwrap_or(agent)
    }

    /// An agent and all below it.
    pub fn family<'a>(&'a self, agent: &'a Agent) -> Vec<&'a Agent> {
        let mut family = vec![agent];
        let mut seen = 0;
        while let Some(next) = family.get(seen).copied() {
            let children = next.kin.children.iter().filter_map(|it| self.agent(*it));
            family.extend(children.filter(|it| it.id > next.id));
            seen += 1;
        }
        family
    }

    /// Those that were set to work below an agent while it does its present work.
    pub(super) fn set_to_work<'a>(&'a self, agent: &'a Agent) -> Vec<&'a Agent> {
        let children = agent.kin.children.iter().skip(agent.kin.before);
        let children = children.filter_map(|it| self.agent(*it)).filter(|it| it.id > agent.id);
        children.flat_map(|it| self.family(it)).collect()
    }

    /// What an agent and all below it have spent and set aside.
    pub(super) fn spent_by_family(&self, agent: &Agent) -> Money {
        self.sum_of_family(agent, counted)
    }

    /// The sum of something over an agent and all below it.
    pub(super) fn sum_of_family(&self, agent: &Agent, of: fn(&Agent) -> Money) -> Money {
        if agent.kin.children.is_empty() {
            return of(agent);
        }
        self.family(agent).into_iter().fold(Money(0), |sum, it| sum + of(it))
    }

    /// The child that a call of an agent has brought, if it has.
    pub(super) fn brought_by(&self, agent: &Agent, call: CallId) -> Option<&Agent> {
        let children = agent.kin.children.iter().filter_map(|it| self.agent(*it));
        let mut brought = children
            .filter(|it| it.casting.origin.as_ref().is_some_and(|origin| origin.call == call));
        brought.next()
    }

    /// Those who have handed off the work that an agent does now, the first one first.
    pub fn hands_before<'a>(&'a self, agent: &'a Agent) -> Vec<&'a Agent> {
        let before = |agent: &&'a Agent| self.handed_by(agent).map(|(giver, _)| giver);
        let mut hands: Vec<_> = std::iter::successors(before(&agent), before).collect();
        hands.reverse();
        hands
    }

    /// Who has handed off to an agent what it works on, and what that was.
    pub fn handed_by<'a>(&'a self, agent: &Agent) -> Option<(&'a Agent, &'a HandedOff)> {
        let origin = agent.casting.origin.as_ref().filter(|it| it.bond == Bond::Successor)?;
        let giver = self.agent(origin.agent).filter(|it| it.id < agent.id)?;
        let handed_off = giver.kin.handed_off.as_ref().filter(|it| it.call == origin.call)?;
        Some((giver, handed_off))
    }

    /// Whether something is to be seen to among an agent and those that belong to it.
    pub(super) fn is_due(&self, id: AgentId) -> bool {
        let Some(agent) = self.agent(id) else { return false };
        let kin = &agent.kin;
        let is_over = |id: &AgentId| self.agent(*id).is_none_or(Agent::is_settled);
        let may_return = kin.awaits.as_ref().is_some_and(|it| it.whom.iter().all(is_over));
        let is_to_stop =
            |it: &AgentId| self.agent(*it).is_some_and(|it| !it.is_over() && it.stopping.is_none());
        may_return || kin.left.iter().any(is_to_stop) || self.needs_successor(agent)
    }

    /// Whether somebody is to go on with what an agent has handed off, outside of a script:
    /// nobody has yet, or whoever has has failed, and one more may be given it.
    pub(super) fn needs_successor(&self, agent: &Agent) -> bool {
        if agent.hands_off().is_none() || agent.casting.assignment.is_some() {
            return false;
        }
        let Some(last) = agent.kin.successors.last() else { return true };
        let limits = agent.casting.delegation.as_deref().and_then(|it| it.hand_off.as_ref());
        let attempts = limits.map_or(1, |it| it.attempts as usize);
        let failed = self.agent(*last).filter(|it| it.hands_off().is_none());
        failed.is_some_and(|it| matches!(it.outcome(), Some(Outcome::Failed { .. })))
            && agent.kin.successors.len() < attempts
    }
}

impl Stage {
    /// Whether a watch has it look at another agent.
    pub fn looks_on(&self, agent: &Agent) -> bool {
        let judged = agent.judges().and_then(|it| self.agent(it));
        judged.and_then(|it| it.drift.judge()).is_some_and(|(it, _)| it == agent.id)
    }
}

impl Agent {
    /// Whether another agent has set it to work, and is told what it comes to.
    pub fn works_for_another(&self) -> bool {
        self.casting.origin.as_ref().is_some_and(|it| it.bond == Bond::Child)
    }

    /// Whose work it judges, if it does nothing else.
    pub fn judges(&self) -> Option<AgentId> {
        let origin = self.casting.origin.as_ref().filter(|it| it.bond == Bond::Judge)?;
        Some(origin.agent)
    }

    /// Whether it does nothing but wait for those that it has set to work.
    pub fn awaits_others(&self) -> bool {
        self.kin.awaits.is_some() && !self.calling && self.is_at_rest()
    }

    /// What it has handed off, where somebody is to go on with it: whoever stops an agent
    /// stops what it has begun.
    pub fn hands_off(&self) -> Option<&HandedOff> {
        match self.outcome() {
            Some(Outcome::Succeeded { .. } | Outcome::Failed { .. }) => {
                self.kin.handed_off.as_ref()
            }
            Some(Outcome::Stopped { .. }) | None => None,
        }
    }
}
