//! What may be spent, by whom: the limits that a model call has to fit into, and what
//! follows where it does not. Asked before each call, so that nothing is overspent: what a
//! call may cost is set aside first, and counts as spent until it is settled.

#[cfg(test)]
mod tests;

use super::{
    Agent, AgentId, Answer, Ask, Author, Boundary, Cost, Event, HoldReason, Level, Money, PlayId,
    RequestId, Stage, play::Play,
};

/// From this part of a budget on the director is told, in hundredths.
const NEAR: u64 = 80;

/// A budget that is in the way, and what counts against it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    spent: Money,
    budget: Money,
    whose: Whose,
}

/// Whose budget it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The agent's own.
    Own,
    /// That of one above it, with all that work for that one.
    Above(AgentId),
    /// That of the script that it works for, or of one that plays this.
    Play(PlayId),
    /// All agents'.
    All,
}

/// The budget that one more call would break: the agent's, that of one it works for, that
/// of its script, or the session's. What is spent by those that work for an agent is spent
/// by it. A call that nobody could price counts as the worst that config names.
pub(super) fn exceeded(stage: &Stage, agent: &Agent, estimate: Option<Money>) -> Option<Limit> {
    let more = estimate.unwrap_or_default();
    let mut limits = limits(stage, agent).map(|(whose, budget)| {
        let spent = spent(stage, agent, whose, counted);
        Limit { spent, budget, whose }
    });
    limits.find(|it| it.spent + more > it.budget)
}

/// All budgets that hold for an agent, its own first.
fn limits<'a>(stage: &'a Stage, agent: &'a Agent) -> impl Iterator<Item = (Whose, Money)> {
    let own = agent.casting.budget.map(|it| (Whose::Own, it));
    let above = stage.above(agent).map(|it| (Whose::Above(it.id), it.casting.budget));
    let plays = plays(stage, agent).map(|it| (Whose::Play(it.id), it.script.budget));
    let all = stage.limits().budget.map(|it| (Whose::All, it));
    let between = above.chain(plays).filter_map(|(whose, budget)| Some((whose, budget?)));
    own.into_iter().chain(between).chain(all)
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

/// What counts against a budget that holds for an agent.
fn spent(stage: &Stage, agent: &Agent, whose: Whose, of: fn(&Agent) -> Money) -> Money {
    let sum = |sum, it: &Agent| sum + of(it);
    let family = |it: &Agent| stage.sum_of_family(it, of);
    match whose {
        Whose::Own => family(agent),
        Whose::Above(above) => stage.agent(above).map(family).unwrap_or_default(),
        Whose::Play(play) => {
            let of_play = |it: &&Agent| plays(stage, it).any(|it| it.id == play);
            stage.agents().filter(of_play).fold(Money(0), sum)
        }
        Whose::All => stage.agents().filter(|it| !it.is_watched()).fold(Money(0), sum),
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
        let now = spent(stage, agent, whose, settled);
        let line = Money(budget.0.saturating_mul(NEAR) / 100);
        let is_new = now - cost.at_worst() < line && now >= line;
        // Of one that is used up more is asked than to read.
        (is_new && now < budget).then(|| {
            let who = match whose {
                Whose::Own => agent.casting.name.clone(),
                Whose::Above(above) => {
                    let above = stage.agent(above).map_or("", |it| it.casting.name.as_str());
                    format!("{above}, with all that work for it,")
                }
                Whose::Play(play) => {
                    let name = stage.play(play).map_or("", |it| it.script.name.as_str());
                    format!("the script {name}")
                }
                Whose::All => "all agents together".to_owned(),
            };
            let has = if whose == Whose::All { "have" } else { "has" };
            let text = format!("{who} {has} spent {now} of {budget}");
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
    let Limit { spent, budget, whose } = limit;
    let whose = match whose {
        Whose::Own => "",
        Whose::Above(_) => " for the agent it works for",
        Whose::Play(_) => " for its script",
        Whose::All => " for all agents",
    };
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
    let Limit { spent, budget, whose } = limit;
    let of_all = whose == Whose::All;
    let (of, play) = match whose {
        Whose::Above(agent) => (Some(agent), None),
        Whose::Play(play) => (None, Some(play)),
        Whose::Own | Whose::All => (None, None),
    };
    let ask = Ask::Budget { spent, estimate, budget, of_all, of, play };
    Event::Asked { agent: agent.id, request: RequestId::BUDGET, ask }
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
    let next = match (stage.limits().budget, stage.agent(settled)) {
        (Some(_), _) => stage.agents().find(has_room),
        (None, Some(settled)) if plays(stage, settled).any(|it| it.script.budget.is_some()) => {
            stage.agents().find(has_room)
        }
        (None, Some(settled)) => {
            stage.family(stage.head(settled)).into_iter().find(|it| has_room(it))
        }
        (None, None) => None,
    };
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
