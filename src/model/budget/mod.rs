//! What may be spent, by whom: the limits that a model call has to fit into, and what
//! follows where it does not. Asked before each call, so that nothing is overspent: what a
//! call may cost is set aside first, and counts as spent until it is settled.

mod event;
#[cfg(test)]
mod tests;
mod whose;

pub use event::BudgetEvent;
pub(super) use event::change_limit;
pub use whose::Whose;

use super::{
    Agent, AgentId, Answer, Ask, Author, Boundary, Cost, Event, HoldReason, Level, Money, PlayId,
    RequestId, Stage, play::Play,
};

/// From this part of a budget on the director is told, in hundredths.
const NEAR: u64 = 80;

/// A budget that is in the way, and what counts against it.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    spent: Money,
    budget: Money,
    whose: Whose,
}

/// The budget that one more call would break: the agent's, that of one it works for, that
/// of its script, of its role, or the session's. What is spent by those that work for an
/// agent is spent by it. A call that nobody could price counts as the worst that config
/// names.
pub(super) fn exceeded(stage: &Stage, agent: &Agent, estimate: Option<Money>) -> Option<Limit> {
    let more = estimate.unwrap_or_default();
    let mut limits = limits(stage, agent).map(|(whose, budget)| {
        let spent = stage.sum_of(&whose, counted);
        Limit { spent, budget, whose }
    });
    limits.find(|it| it.spent + more > it.budget)
}

/// All budgets that hold for an agent, its own first.
fn limits<'a>(stage: &'a Stage, agent: &'a Agent) -> impl Iterator<Item = (Whose, Money)> {
    let agents = std::iter::once(agent).chain(stage.above(agent));
    let agents = agents.map(|it| (Whose::Agent(it.id), it.casting.budget));
    let plays = plays(stage, agent).map(|it| (Whose::Play(it.id), it.script.budget));
    let all = std::iter::once((Whose::Session, stage.limits().budget));
    let narrow = agents.chain(plays).filter_map(|(whose, budget)| Some((whose, budget?)));
    let wide = all.filter_map(|(whose, budget)| Some((whose, budget?)));
    narrow.chain(roles(stage, agent)).chain(wide)
}

/// The budgets of the roles that an agent, and those it works for, have: each once.
fn roles<'a>(stage: &'a Stage, agent: &'a Agent) -> impl Iterator<Item = (Whose, Money)> {
    let budgets = stage.limits().roles.iter();
    let holding = budgets.filter(move |(role, _)| is_of_role(stage, agent, role));
    holding.map(|(role, budget)| (Whose::Role(role.clone()), *budget))
}

/// Whether an agent, or one that it works for, has this role.
fn is_of_role(stage: &Stage, agent: &Agent, role: &str) -> bool {
    std::iter::once(agent).chain(stage.above(agent)).any(|it| it.casting.role == role)
}

/// The script that an agent works for, then the one that plays that, and so on. Whoever
/// works for an agent of a script works for the script.
fn plays<'a>(stage: &'a Stage, agent: &'a Agent) -> impl Iterator<Item = &'a Play> {
    let assignment = stage.head(agent).casting.assignment.as_ref();
    let first = assignment.and_then(|it| stage.play(it.spot.play));
    // Numbers are given one after the other, so no script plays itself.
    std::iter::successors(first, |it| {
        let parent = it.parent.as_ref()?.play;
        stage.play(parent).filter(|parent| parent.id < it.id)
    })
}

/// What an agent has spent, and what is set aside for its call.
pub(super) fn counted(agent: &Agent) -> Money {
    agent.spent.at_worst() + agent.reserved
}

/// What an agent has spent.
fn settled(agent: &Agent) -> Money {
    agent.spent.at_worst()
}

impl Stage {
    /// What may be spent; none where there is no limit.
    pub fn limit_of(&self, whose: &Whose) -> Option<Money> {
        match whose {
            Whose::Own => None,
            Whose::Agent(agent) => self.agent(*agent)?.casting.budget,
            Whose::Play(play) => self.play(*play)?.script.budget,
            Whose::Role(role) => self.limits().roles.get(role).copied(),
            Whose::Session => self.limits().budget,
        }
    }

    /// What is spent or set aside of it.
    pub fn counted_of(&self, whose: &Whose) -> Money {
        self.sum_of(whose, counted)
    }

    /// The sum of something over all whose money that is.
    fn sum_of(&self, whose: &Whose, of: fn(&Agent) -> Money) -> Money {
        let ours = || self.agents().filter(|it| !it.is_watched());
        let sum = |sum, it: &Agent| sum + of(it);
        match whose {
            Whose::Own => Money(0),
            Whose::Agent(agent) => {
                self.agent(*agent).map_or(Money(0), |it| self.sum_of_family(it, of))
            }
            Whose::Play(play) => {
                let of_play = |it: &&Agent| plays(self, it).any(|it| it.id == *play);
                self.agents().filter(of_play).fold(Money(0), sum)
            }
            Whose::Role(role) => ours().filter(|it| is_of_role(self, it, role)).fold(Money(0), sum),
            Whose::Session => ours().fold(Money(0), sum),
        }
    }
}

/// What follows when a call of an agent was settled: others may have room now, it may have
/// none any more, and the director is told of a budget that is nearly used up.
pub(super) fn settle(stage: &Stage, id: AgentId, cost: Cost) -> Vec<Event> {
    let mut events = lift_for_room(stage, id);
    if let Some(agent) = stage.agent(id).filter(|it| !it.is_watched()) {
        events.extend(overspent(stage, agent));
        events.extend(neared(stage, agent, cost));
    }
    events
}

/// Tells of each budget that this call has brought near its end: once, with the call that
/// did so.
fn neared(stage: &Stage, agent: &Agent, cost: Cost) -> Vec<Event> {
    let near = limits(stage, agent).filter_map(|(whose, budget)| {
        let now = stage.sum_of(&whose, settled);
        let line = Money(budget.0.saturating_mul(NEAR) / 100);
        let is_new = now - cost.at_worst() < line && now >= line;
        // Of one that is used up more is asked than to read.
        (is_new && now < budget).then(|| {
            let has = if whose == Whose::Session { "have" } else { "has" };
            let text = format!("{} {has} spent {now} of {budget}", stage.spender(&whose));
            Event::NoticeRaised { level: Level::Warning, text }
        })
    });
    near.collect()
}

/// Holds a program that makes its calls by itself and has spent all it may: it
/// asks before none of them.
fn overspent(stage: &Stage, agent: &Agent) -> Vec<Event> {
    if !agent.is_self_driven() || !agent.is_on() || agent.stopping.is_some() {
        return Vec::new();
    }
    exceeded(stage, agent, None).map_or_else(Vec::new, |limit| hold_for_budget(agent, None, limit))
}

/// Holds an agent whose next call a budget does not bear, and asks about it.
pub(super) fn hold_for_budget(agent: &Agent, estimate: Option<Money>, limit: Limit) -> Vec<Event> {
    if agent.is_held_for(HoldReason::Budget) {
        return Vec::new();
    }
    let Limit { spent, budget, whose } = limit.clone().as_said_by(agent);
    let whose = whose.suffix();
    vec![
        Event::HoldPlaced {
            agent: agent.id,
            reason: HoldReason::Budget,
            by: Author::Supervisor,
            note: format!("{spent} of {budget}{whose} spent or set aside"),
        },
        budget_question(agent, estimate, limit),
    ]
}

/// What is asked where a budget is in the way.
pub(super) fn budget_question(agent: &Agent, estimate: Option<Money>, limit: Limit) -> Event {
    let Limit { spent, budget, whose } = limit.as_said_by(agent);
    let ask = Ask::Budget { spent, estimate, budget, whose };
    Event::Asked { agent: agent.id, request: RequestId::BUDGET, ask }
}

impl Limit {
    /// The same, as this agent says it.
    fn as_said_by(self, agent: &Agent) -> Self {
        let is_own = self.whose == Whose::Agent(agent.id);
        if is_own { Self { whose: Whose::Own, ..self } } else { self }
    }
}

/// A call of `settled` was settled: what it had set aside and not used may be
/// enough for agents that a budget holds, for others only where it is shared.
fn lift_for_room(stage: &Stage, settled: AgentId) -> Vec<Event> {
    let has_room = |agent: &&Agent| {
        agent.is_held_for(HoldReason::Budget)
            && agent.boundaries.iter().any(|boundary| match boundary {
                Boundary::Model { estimate, .. } => exceeded(stage, agent, *estimate).is_none(),
                Boundary::Tool { .. } => false,
            })
    };
    // One at a time: the room is for whoever comes first.
    let is_shared = |it: &(Whose, Money)| !matches!(it.0, Whose::Own | Whose::Agent(_));
    let next = stage.agent(settled).and_then(|settled| {
        if limits(stage, settled).any(|it| is_shared(&it)) {
            return stage.agents().find(has_room);
        }
        stage.family(stage.head(settled)).into_iter().find(|it| has_room(it))
    });
    next.map_or_else(Vec::new, |it| lift_budget(stage, it.id, Author::Supervisor))
}

/// A new budget answers the question about the old one.
pub(super) fn lift_budget(stage: &Stage, id: AgentId, by: Author) -> Vec<Event> {
    let Some(agent) = stage.agent(id).filter(|it| it.is_held_for(HoldReason::Budget)) else {
        return Vec::new();
    };
    let open = agent.requests.iter().filter(|it| matches!(it.ask, Ask::Budget { .. }));
    let mut events: Vec<_> = open
        .map(|it| Event::Answered { agent: id, request: it.id, answer: Answer::Approved, by })
        .collect();
    events.push(Event::HoldLifted { agent: id, reason: HoldReason::Budget, by });
    events
}

/// A script goes on as another version, which may let its agents spend more.
pub(super) fn lift_for_script(stage: &Stage, play: PlayId, by: Author) -> Vec<Event> {
    let is_of_it = |it: &&Agent| {
        it.is_held_for(HoldReason::Budget) && plays(stage, it).any(|it| it.id == play)
    };
    let held = stage.agents().filter(is_of_it);
    held.flat_map(|it| lift_budget(stage, it.id, by)).collect()
}

/// What follows when a limit was changed: whoever is held by it goes on, or is asked again.
pub(super) fn follow_limit(stage: &Stage, event: &BudgetEvent) -> Vec<Event> {
    let BudgetEvent::LimitChanged { whose, by, .. } = event;
    let is_held_by = |it: &&Agent| it.budget_asked().is_some_and(|asked| asked == whose);
    stage.agents().filter(is_held_by).flat_map(|it| lift_budget(stage, it.id, *by)).collect()
}

impl Agent {
    /// Whose budget it is that it asks about, if it does.
    pub fn budget_asked(&self) -> Option<&Whose> {
        self.requests.iter().find_map(|it| match &it.ask {
            Ask::Budget { whose, .. } => Some(whose),
            _ => None,
        })
    }
}
