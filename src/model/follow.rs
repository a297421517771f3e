//! Which facts follow from a fact. Asked only while live; in a journal the
//! answers are already there as facts.

use super::{
    Agent, AgentId, Answer, Ask, Author, Boundary, Event, HoldReason, Money, RedirectId, RequestId,
    Stage,
};

/// The facts that follow from `event`, given where things stand after it.
pub fn follow_up(stage: &Stage, event: &Event) -> Vec<Event> {
    match event {
        Event::AgentAdded { .. }
        | Event::AgentReopened { .. }
        | Event::AgentEnded { .. }
        | Event::Awaits { .. }
        | Event::SessionResumed { .. } => start_queued(stage),
        Event::AgentStarted { agent } | Event::HoldPlaced { agent, .. } => {
            stage.agent(*agent).and_then(freeze_held).into_iter().collect()
        }
        Event::Frozen { agent, .. } => stage.agent(*agent).map_or_else(Vec::new, thaw_unheld),
        Event::TurnEnded { agent, .. } | Event::TurnCut { agent, .. } => {
            let mut events = lift_for_room(stage, *agent);
            events.extend(stage.agent(*agent).map(|it| overspent(stage, it)).unwrap_or_default());
            events
        }
        Event::RedirectWritten { agent, redirect, .. } => {
            let agent = stage.agent(*agent);
            agent.and_then(|it| send(it, *redirect)).into_iter().collect()
        }
        Event::BoundaryReached { agent, .. } | Event::StepAllowed { agent, .. } => {
            stage.agent(*agent).map_or_else(Vec::new, |it| grants(stage, it))
        }
        Event::HoldLifted { agent, .. } => {
            let Some(agent) = stage.agent(*agent) else { return Vec::new() };
            let mut events = start_queued(stage);
            events.extend(thaw_unheld(agent));
            events.extend(grants(stage, agent));
            events
        }
        Event::BudgetChanged { agent, by, .. } => {
            let paid = stage.agent(*agent).map(|it| stage.family(it)).unwrap_or_default();
            paid.into_iter().flat_map(|it| lift_budget(stage, it.id, *by)).collect()
        }
        Event::SessionBudgetChanged { by, .. } => {
            let held = stage.agents().filter(|it| it.is_held_for(HoldReason::Budget));
            held.flat_map(|it| lift_budget(stage, it.id, *by)).collect()
        }
        _ => Vec::new(),
    }
}

/// Passes a message on at once to a program that is under way by itself and can
/// take one in, or stays for it when its turn is over: there is no boundary to wait
/// for.
fn send(agent: &Agent, redirect: RedirectId) -> Option<Event> {
    let is_under_way = agent.is_self_driven() && !agent.is_still() && agent.is_on();
    // Cursor's process ends with its turn, and another one begins with the message.
    let is_gone_by_then = agent.casting.engine == super::EngineKind::Cursor;
    if !is_under_way || is_gone_by_then || agent.is_held() {
        return None;
    }
    let text = agent.queued().find(|it| it.id == redirect)?.text.clone();
    Some(Event::RedirectSent { agent: agent.id, redirect, text })
}

/// Holds a program that makes its calls by itself and has spent all it may: it
/// asks before none of them.
fn overspent(stage: &Stage, agent: &Agent) -> Vec<Event> {
    if !agent.is_self_driven() || !agent.is_on() || agent.stopping.is_some() {
        return Vec::new();
    }
    exceeded(stage, agent, None).map_or_else(Vec::new, |limit| hold_for_budget(agent, None, limit))
}

/// Starts agents that are queued, as far as there is room. Whoever only waits for those
/// that work for it takes none: they could never begin.
fn start_queued(stage: &Stage) -> Vec<Event> {
    let is_at_work = |it: &&Agent| it.is_on() && !it.awaits_others() && !it.is_watched();
    let working = stage.agents().filter(is_at_work).count();
    let room = stage.limits().running.map_or(usize::MAX, |most| most as usize);
    let waiting = || stage.agents().filter(|it| it.life == super::Life::Queued && !it.is_held());
    let queued = waiting().filter(|it| !it.is_watched()).take(room.saturating_sub(working));
    // To look at somebody takes no room.
    let is_seen = |it: &&Agent| it.is_watched() && !it.is_watched_with_another();
    queued
        .chain(waiting().filter(is_seen))
        .map(|it| Event::AgentStarting { agent: it.id, run: it.run + 1 })
        .collect()
}

/// Stops what is held and can't be held in any other way.
fn freeze_held(agent: &Agent) -> Option<Event> {
    let moves = agent.is_on() && agent.frozen.is_none() && agent.freezes_to_pause();
    let by = agent.holds.last().filter(|_| moves)?.by;
    Some(Event::FreezeAsked { agent: agent.id, by })
}

/// Lets go on what nothing holds any more. It may have been resumed before its
/// engine could say that it is frozen.
fn thaw_unheld(agent: &Agent) -> Vec<Event> {
    if agent.frozen.is_some() && !agent.is_held() {
        return vec![Event::Thawed { agent: agent.id }];
    }
    Vec::new()
}

/// Lets an agent go on from the boundaries it stands at, as far as nothing
/// holds it. The only place where a model call or a tool call is granted.
fn grants(stage: &Stage, agent: &Agent) -> Vec<Event> {
    if agent.is_over() {
        return Vec::new();
    }
    let mut steps = if agent.is_held() { agent.steps } else { u32::MAX };
    let mut events = Vec::new();
    for boundary in &agent.boundaries {
        match boundary {
            // A budget is about model calls; the tools of the turn that it let
            // through are a part of that turn.
            Boundary::Tool { call } if steps > 0 || is_held_for_budget_alone(agent) => {
                steps = steps.saturating_sub(1);
                events.push(Event::ToolStarted { agent: agent.id, call: *call });
            }
            Boundary::Model { estimate, again } if steps > 0 => {
                if let Some(limit) = over_budget(stage, agent, *estimate) {
                    events.extend(hold_for_budget(agent, *estimate, limit));
                    return events;
                }
                start_turn(agent, *estimate, *again, &mut events);
                steps = steps.saturating_sub(1);
            }
            Boundary::Model { estimate, .. } => ask_again(stage, agent, *estimate, &mut events),
            Boundary::Tool { .. } => {}
        }
    }
    events
}

fn is_held_for_budget_alone(agent: &Agent) -> bool {
    agent.is_held() && agent.holds.iter().all(|it| it.reason == HoldReason::Budget)
}

/// Asks about the budget again where the question was answered, or was lost
/// with a former run, and the agent still stands before a call it can't pay.
fn ask_again(stage: &Stage, agent: &Agent, estimate: Option<Money>, events: &mut Vec<Event>) {
    let is_asked = agent.requests.iter().any(|it| matches!(it.ask, Ask::Budget { .. }));
    if !agent.is_held_for(HoldReason::Budget) || is_asked {
        return;
    }
    match exceeded(stage, agent, estimate) {
        Some(limit) => events.push(budget_question(agent, estimate, limit)),
        None => events.push(Event::HoldLifted {
            agent: agent.id,
            reason: HoldReason::Budget,
            by: Author::Supervisor,
        }),
    }
}

/// Starts a turn: what is queued for the agent is delivered with it.
fn start_turn(agent: &Agent, reserved: Option<Money>, again: bool, events: &mut Vec<Event>) {
    let id = agent.id;
    let turn = if again { agent.turn } else { agent.turn.next() };
    events.extend(agent.queued().map(|it| Event::RedirectDelivered {
        agent: id,
        redirect: it.id,
        turn,
        text: it.text.clone(),
    }));
    let version = agent.current_instructions().map(|it| it.version).unwrap_or_default();
    let model = agent.casting.model.clone();
    events.push(Event::TurnStarted { agent: id, turn, version, model, reserved, again });
}

/// The budget that holds this call back.
fn over_budget(stage: &Stage, agent: &Agent, estimate: Option<Money>) -> Option<Limit> {
    if agent.steps > 0 && agent.is_held_for(HoldReason::Budget) {
        // The director has allowed this one call, knowing the budget.
        return None;
    }
    exceeded(stage, agent, estimate)
}

/// A budget that is in the way, and what counts against it.
#[derive(Debug, Clone, Copy)]
struct Limit {
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
    /// All agents'.
    All,
}

/// The budget that one more call would break: the agent's, that of one it works for, or
/// the session's. What is spent by those that work for an agent is spent by it. A call
/// that nobody could price counts as the worst that config names.
fn exceeded(stage: &Stage, agent: &Agent, estimate: Option<Money>) -> Option<Limit> {
    let more = estimate.unwrap_or_default();
    let limit = |spent: Money, budget: Money, whose| {
        (spent + more > budget).then_some(Limit { spent, budget, whose })
    };
    let of = |it: &Agent, whose| limit(stage.spent_by_family(it), it.casting.budget?, whose);
    of(agent, Whose::Own)
        .or_else(|| stage.above(agent).find_map(|it| of(it, Whose::Above(it.id))))
        .or_else(|| limit(stage.totals_of_money(), stage.limits().budget?, Whose::All))
}

fn hold_for_budget(agent: &Agent, estimate: Option<Money>, limit: Limit) -> Vec<Event> {
    if agent.is_held_for(HoldReason::Budget) {
        return Vec::new();
    }
    let Limit { spent, budget, whose } = limit;
    let whose = match whose {
        Whose::Own => "",
        Whose::Above(_) => " for the agent it works for",
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

fn budget_question(agent: &Agent, estimate: Option<Money>, limit: Limit) -> Event {
    let Limit { spent, budget, whose } = limit;
    let of_all = whose == Whose::All;
    let of = match whose {
        Whose::Above(agent) => Some(agent),
        Whose::Own | Whose::All => None,
    };
    let ask = Ask::Budget { spent, estimate, budget, of_all, of };
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
        (None, Some(settled)) => {
            stage.family(stage.head(settled)).into_iter().find(|it| has_room(it))
        }
        (None, None) => None,
    };
    next.map_or_else(Vec::new, |it| lift_budget(stage, it.id, Author::Supervisor))
}

/// A new budget answers the question about the old one.
fn lift_budget(stage: &Stage, id: AgentId, by: Author) -> Vec<Event> {
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
