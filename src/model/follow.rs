//! Which facts follow from a fact. Asked only while live; in a journal the
//! answers are already there as facts.

use super::{
    Agent, AgentId, Answer, Ask, Author, Boundary, Event, HoldReason, Money, RequestId, Stage,
};

/// The facts that follow from `event`, given where things stand after it.
pub fn follow_up(stage: &Stage, event: &Event) -> Vec<Event> {
    match event {
        Event::AgentAdded { .. } | Event::AgentReopened { .. } | Event::AgentEnded { .. } => {
            start_queued(stage)
        }
        Event::BoundaryReached { agent, .. } | Event::StepAllowed { agent, .. } => {
            stage.agent(*agent).map_or_else(Vec::new, |it| grants(stage, it))
        }
        Event::HoldLifted { agent, .. } => {
            let Some(agent) = stage.agent(*agent) else { return Vec::new() };
            let mut events = start_queued(stage);
            if agent.frozen.is_some() && !agent.is_held() {
                events.push(Event::Thawed { agent: agent.id });
            }
            events.extend(grants(stage, agent));
            events
        }
        Event::BudgetChanged { agent, by, .. } => lift_budget(stage, *agent, *by),
        _ => Vec::new(),
    }
}

/// Starts agents that are queued, as far as there is room.
fn start_queued(stage: &Stage) -> Vec<Event> {
    let working = stage.agents().filter(|it| it.is_on()).count();
    let room = stage.limits().running.map_or(usize::MAX, |most| most as usize);
    let queued = stage
        .agents()
        .filter(|it| it.life == super::Life::Queued && !it.is_held())
        .take(room.saturating_sub(working));
    queued.map(|it| Event::AgentStarting { agent: it.id, run: it.run + 1 }).collect()
}

/// Lets an agent go on from the boundaries it stands at, as far as nothing
/// holds it. The only place where a model call or a tool call is granted.
fn grants(stage: &Stage, agent: &Agent) -> Vec<Event> {
    if agent.is_over() {
        return Vec::new();
    }
    let free = if agent.is_held() { agent.steps as usize } else { usize::MAX };
    let mut events = Vec::new();
    for boundary in agent.boundaries.iter().take(free) {
        match boundary {
            Boundary::Tool { call } => {
                events.push(Event::ToolStarted { agent: agent.id, call: *call });
            }
            Boundary::Model { estimate, again } => match over_budget(stage, agent, *estimate) {
                Some(budget) => return hold_for_budget(agent, *estimate, budget),
                None => start_turn(agent, *estimate, *again, &mut events),
            },
        }
    }
    events
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

/// The budget that one more call would break, the agent's or the session's.
fn over_budget(stage: &Stage, agent: &Agent, estimate: Option<Money>) -> Option<Money> {
    if agent.steps > 0 {
        // The director has allowed this one call, knowing the budget.
        return None;
    }
    let more = estimate.unwrap_or_default();
    let own = agent.casting.budget.filter(|most| agent.spent.known + more > *most);
    own.or_else(|| {
        let totals = stage.totals_of_money();
        stage.limits().budget.filter(|most| totals + more > *most)
    })
}

fn hold_for_budget(agent: &Agent, estimate: Option<Money>, budget: Money) -> Vec<Event> {
    if agent.is_held_for(HoldReason::Budget) {
        return Vec::new();
    }
    let (id, spent) = (agent.id, agent.spent.known);
    let ask = Ask::Budget { spent, estimate, budget };
    vec![
        Event::HoldPlaced {
            agent: id,
            reason: HoldReason::Budget,
            by: Author::Supervisor,
            note: format!("{spent} of {budget} spent"),
        },
        Event::Asked { agent: id, request: RequestId::BUDGET, ask },
    ]
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
