//! Which facts follow from a fact. Asked only while live; in a journal the
//! answers are already there as facts.

use super::{
    Agent, Ask, Author, Boundary, BudgetEvent, Event, HoldReason, Money, RedirectId, Stage, Whose,
    budget::{self, Call, budget_question, exceeded, hold_for_budget, judge_call, lift_budget},
    decide::stop,
    drift,
    play::PlayEvent,
    quota::hold_for_quota,
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
            let mut events = let_next(stage);
            events.extend(stage.agent(*agent).and_then(freeze_held));
            events
        }
        Event::TurnStarted { .. } => let_next(stage),
        Event::Frozen { agent, .. } => stage.agent(*agent).map_or_else(Vec::new, thaw_unheld),
        Event::TurnEnded { agent, .. } | Event::TurnCut { agent, .. } => {
            budget::settle(stage, *agent)
        }
        Event::Play { play, event } => match &**event {
            PlayEvent::Edited { by, .. } => budget::lift_for_script(stage, *play, *by),
            _ => Vec::new(),
        },
        Event::RedirectWritten { agent, redirect, .. } => {
            let agent = stage.agent(*agent);
            agent.and_then(|it| send(it, *redirect)).into_iter().collect()
        }
        Event::BoundaryReached { agent, .. } | Event::StepAllowed { agent, .. } => {
            stage.agent(*agent).map_or_else(Vec::new, |it| grants(stage, it))
        }
        Event::HoldLifted { agent, by, .. } => {
            let Some(agent) = stage.agent(*agent) else { return Vec::new() };
            let mut events = start_queued(stage);
            events.extend(drift::after_lift(agent, *by));
            events.extend(thaw_unheld(agent));
            events.extend(grants(stage, agent));
            events
        }
        Event::BudgetChanged { agent, by, .. } => {
            let paid = stage.agent(*agent).map(|it| stage.family(it)).unwrap_or_default();
            // Whoever another budget holds has no more room than before.
            let is_of_it = |it: &&Agent| match it.budget_asked() {
                None => true,
                Some(Whose::Own) => it.id == *agent,
                Some(whose) => *whose == Whose::Agent(*agent),
            };
            let held = paid.into_iter().filter(is_of_it);
            held.flat_map(|it| lift_budget(stage, it.id, *by)).collect()
        }
        Event::SessionBudgetChanged { by, .. } => {
            let held = stage.agents().filter(|it| it.is_held_for(HoldReason::Budget));
            held.flat_map(|it| lift_budget(stage, it.id, *by)).collect()
        }
        Event::Budgeted { event } => match &**event {
            BudgetEvent::LimitChanged { whose, by, .. } => {
                budget::lift_for_limit(stage, whose, *by)
            }
            BudgetEvent::Drew { .. } => follow_purse(stage),
            BudgetEvent::DrawAsked { .. } | BudgetEvent::Neared { .. } => Vec::new(),
        },
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

/// Starts agents that are queued, as far as there is room. Whoever only waits for those
/// that work for it takes none: they could never begin.
fn start_queued(stage: &Stage) -> Vec<Event> {
    let working = stage.running();
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
                let barred = hold_for_quota(stage, agent);
                if !barred.is_empty() {
                    events.extend(barred);
                    return events;
                }
                match judge(stage, agent, *estimate) {
                    Call::Granted => start_turn(agent, *estimate, *again, &mut events),
                    Call::Asks(asked) => {
                        events.extend(asked);
                        return events;
                    }
                    // Nobody waits for what it would say.
                    Call::Over(_) if stage.looks_on(agent) => {
                        events.extend(stop(agent, Author::Watch));
                        return events;
                    }
                    Call::Over(limit) => {
                        events.extend(hold_for_budget(agent, *estimate, limit));
                        return events;
                    }
                }
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
    let model = agent.model().to_owned();
    events.push(Event::TurnStarted { agent: id, turn, version, model, reserved, again });
}

/// Whether budgets let this call be made.
fn judge(stage: &Stage, agent: &Agent, estimate: Option<Money>) -> Call {
    if agent.steps > 0 && agent.is_held_for(HoldReason::Budget) {
        // The director has allowed this one call, knowing the budget.
        return Call::Granted;
    }
    judge_call(stage, agent, estimate)
}

/// What follows when a purse has answered. One thing at a time: what each of them leaves
/// is not known before it is a fact.
fn follow_purse(stage: &Stage) -> Vec<Event> {
    let told = budget::tell_purse(stage);
    if !told.is_empty() {
        return told;
    }
    let next = let_next(stage);
    if next.is_empty() { budget::lift_for_purse(stage) } else { next }
}

/// The next of those that wait for a purse: it goes on, is held, or has the purse asked.
/// One at a time, as each leaves less for those behind it.
fn let_next(stage: &Stage) -> Vec<Event> {
    let limits = stage.limits();
    if limits.day.is_none() && limits.project.is_none() {
        return Vec::new();
    }
    let waiting = stage.agents().filter(|it| !it.is_held() && it.is_on());
    let waiting = waiting.filter(|it| it.boundaries.iter().any(Boundary::is_model));
    waiting.map(|it| grants(stage, it)).find(|it| !it.is_empty()).unwrap_or_default()
}
