//! What may be spent, by whom: the limits that a model call has to fit into, and what
//! follows where it does not. Asked before each call, so that nothing is overspent: what a
//! call may cost is set aside first, and counts as spent until it is settled.

mod event;
mod near;
mod purse;
#[cfg(test)]
mod tests;
mod whose;

pub use event::BudgetEvent;
pub(super) use event::change_limit;
pub use near::{Nearing, is_near};
pub use purse::{Draw, Drawn, Drew, Purse};
pub(super) use purse::{Shares, drew};
pub use whose::Whose;

use purse::Word;

use super::{
    Agent, AgentId, Answer, Ask, Author, Boundary, Event, HoldReason, Money, PlayId, RequestId,
    Stage, play::Play,
};

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
    over(stage, limits(stage, agent), more)
}

/// The first of these limits that so much more would break.
fn over(stage: &Stage, limits: impl Iterator<Item = (Whose, Money)>, more: Money) -> Option<Limit> {
    let mut limits = limits.map(|(whose, budget)| {
        let spent = stage.sum_of(&whose, counted);
        Limit { spent, budget, whose }
    });
    limits.find(|it| it.spent + more > it.budget)
}

/// What becomes of a call that an agent stands before.
pub(super) enum Call {
    /// It may be made.
    Granted,
    /// A purse that sessions share has to say so first; this asks it, if nobody has.
    Asks(Option<Event>),
    /// A budget does not bear it.
    Over(Limit),
}

/// Judges a call: by what this session knows itself, and then by what the purses say that
/// it shares with others.
pub(super) fn judge_call(stage: &Stage, agent: &Agent, estimate: Option<Money>) -> Call {
    let more = estimate.unwrap_or_default();
    let ours = limits(stage, agent).filter(|it| !matches!(it.0, Whose::Day | Whose::Project));
    if let Some(limit) = over(stage, ours, more) {
        return Call::Over(limit);
    }
    match purse::word(stage, agent, estimate) {
        Word::Enough => Call::Granted,
        Word::Ask(asked) => Call::Asks(asked),
        Word::Dry(purse) => {
            let whose = purse.whose();
            let (spent, budget) = (stage.counted_of(&whose), stage.limit_of(&whose));
            Call::Over(Limit { spent, budget: budget.unwrap_or_default(), whose })
        }
    }
}

/// All budgets that hold for an agent, its own first.
fn limits<'a>(stage: &'a Stage, agent: &'a Agent) -> impl Iterator<Item = (Whose, Money)> {
    let agents = std::iter::once(agent).chain(stage.above(agent));
    let agents = agents.map(|it| (Whose::Agent(it.id), it.casting.budget));
    let plays = plays(stage, agent).map(|it| (Whose::Play(it.id), it.script.budget));
    let all = stage.limits();
    let all = [(Whose::Session, all.budget), (Whose::Day, all.day), (Whose::Project, all.project)];
    let narrow = agents.chain(plays).filter_map(|(whose, budget)| Some((whose, budget?)));
    let wide = all.into_iter().filter_map(|(whose, budget)| Some((whose, budget?)));
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
            Whose::Day => self.limits().day,
            Whose::Project => self.limits().project,
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
            Whose::Day => self.spent_of_purse(Purse::Day, of),
            Whose::Project => self.spent_of_purse(Purse::Project, of),
        }
    }
}

/// What follows when a call of an agent was settled: others may have room now, it may have
/// none any more, and the director is told of a budget that is nearly used up.
pub(super) fn settle(stage: &Stage, id: AgentId) -> Vec<Event> {
    let mut events = lift_for_room(stage, id);
    if let Some(agent) = stage.agent(id).filter(|it| !it.is_watched()) {
        events.extend(overspent(stage, agent));
        events.extend(near::neared(stage, agent));
        events.extend(purse::overdrawn(stage, id));
    }
    events
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
    let Limit { spent, budget, whose } = limit.clone().said_by(agent);
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
    let Limit { spent, budget, whose } = limit.said_by(agent);
    let ask = Ask::Budget { spent, estimate, budget, whose };
    Event::Asked { agent: agent.id, request: RequestId::BUDGET, ask }
}

impl Limit {
    /// The same, as this agent says it.
    fn said_by(self, agent: &Agent) -> Self {
        let is_own = self.whose == Whose::Agent(agent.id);
        if is_own { Self { whose: Whose::Own, ..self } } else { self }
    }
}

/// A call of `settled` was settled: what it had set aside and not used may be
/// enough for agents that a budget holds, for others only where it is shared.
fn lift_for_room(stage: &Stage, settled: AgentId) -> Vec<Event> {
    let has_room = |it: &&Agent| has_room(stage, it);
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

/// Whoever is held by a limit that was changed goes on, or is asked again.
pub(super) fn lift_for_limit(stage: &Stage, whose: &Whose, by: Author) -> Vec<Event> {
    let is_held_by = |it: &&Agent| it.budget_asked().is_some_and(|asked| asked == whose);
    stage.agents().filter(is_held_by).flat_map(|it| lift_budget(stage, it.id, by)).collect()
}

/// What a purse has to hear when it has answered: what was spent meanwhile. Programs that
/// have spent too much are held.
pub(super) fn tell_purse(stage: &Stage) -> Vec<Event> {
    let at_work = || stage.agents().filter(|it| !it.is_watched() && !it.is_over());
    let first = at_work().next();
    let mut events = first.map_or_else(Vec::new, |it| purse::overdrawn(stage, it.id));
    events.extend(at_work().flat_map(|it| overspent(stage, it)));
    events
}

/// Lets one go on who was held by a purse, where that has enough now.
pub(super) fn lift_for_purse(stage: &Stage) -> Vec<Event> {
    let mut waiting = stage.agents().filter(|it| waits_for_purse(it));
    let next = waiting.find(|it| has_room(stage, it)).map(|it| it.id);
    next.map_or_else(Vec::new, |it| lift_budget(stage, it, Author::Supervisor))
}

/// Whether an agent is held until a purse has more.
fn waits_for_purse(agent: &Agent) -> bool {
    matches!(agent.budget_asked(), Some(Whose::Day | Whose::Project))
}

/// Whether an agent that is held could pay for its call now.
fn has_room(stage: &Stage, agent: &Agent) -> bool {
    agent.is_held_for(HoldReason::Budget)
        && agent.boundaries.iter().any(|boundary| match boundary {
            Boundary::Model { estimate, .. } => exceeded(stage, agent, *estimate).is_none(),
            Boundary::Tool { .. } => false,
        })
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
