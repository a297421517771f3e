//! What comes of it when an agent asks others to do something: who is set to work, and
//! what it is told in the end.
//!
//! The same call never brings two agents: a run that takes up a former one asks again,
//! and is told of the one that is there. When an agent ends, however it does, those that
//! still work for it are stopped: nobody waits for them any more. Pausing an agent holds
//! nobody but that one.

#[cfg(test)]
mod tests;

use super::{
    Agent, AgentId, Author, Bid, Bond, CallId, Casting, Delegation, Event, HandedOff, Origin,
    Outcome, Spawn, Stage,
    account::{account_of_all, asks_for, has_done_well, letter},
    cast_agent,
    decide::stop,
};

/// Judges what a call of an agent asks of others. What can't be done is told to it, and
/// it goes on.
pub(super) fn judge(stage: &Stage, agent: &Agent, call: CallId, bid: Bid) -> Vec<Event> {
    let judged = match bid {
        Bid::Spawn { role, brief, waits } => spawn(stage, agent, call, (&role, &brief), waits),
        Bid::Await { names, waits } => await_agents(stage, agent, call, &names, waits),
        Bid::HandOff { to, note, value } => {
            hand_off(stage, agent, HandedOff { call, to, note, value: *value })
        }
    };
    judged.unwrap_or_else(|why| vec![returned(agent, call, false, why)])
}

/// The facts that come next among agents and those that they have set to work; none where
/// something has to happen first. Asked of the stage alone, as what comes next in a
/// script: after a crash it is the same.
pub fn among_agents(stage: &Stage) -> Vec<Event> {
    let due = stage.due.iter().filter_map(|it| stage.agent(*it));
    let mut facts = due.map(|agent| comes_next(stage, agent)).filter(|facts| !facts.is_empty());
    facts.next().unwrap_or_default()
}

fn comes_next(stage: &Stage, agent: &Agent) -> Vec<Event> {
    if let Some(returned) = comes_back(stage, agent) {
        return vec![returned];
    }
    let by = match agent.outcome() {
        Some(Outcome::Stopped { by }) => *by,
        _ => Author::Agent,
    };
    let left = agent.kin.left.iter().filter_map(|it| stage.agent(*it));
    let stopped: Vec<Event> = left.flat_map(|it| stop(it, by)).collect();
    if stopped.is_empty() { goes_on(stage, agent) } else { stopped }
}

/// What a call that has waited comes to, once all are over that it waited for.
fn comes_back(stage: &Stage, agent: &Agent) -> Option<Event> {
    let awaits = agent.kin.awaits.as_ref()?;
    let whom = || awaits.whom.iter().filter_map(|it| stage.agent(*it));
    if !whom().all(Agent::is_settled) {
        return None;
    }
    let ok = awaits.whom.len() > 1 || whom().all(has_done_well);
    Some(returned(agent, awaits.call, ok, account_of_all(whom())))
}

/// Somebody goes on with what an agent has handed off that plays in no script.
fn goes_on(stage: &Stage, agent: &Agent) -> Vec<Event> {
    let Some(handed) = agent.hands_off().filter(|_| stage.needs_successor(agent)) else {
        return Vec::new();
    };
    let Some(filled) = filled(stage, agent, &handed.to) else { return Vec::new() };
    let mut casting = successor(agent, handed, filled);
    casting.name.clone_from(&casting.role);
    casting.brief = format!("{}{}", agent.casting.brief, letter(agent, handed));
    let before = agent.kin.successors.last().and_then(|it| stage.agent(*it));
    if let Some(Outcome::Failed { why }) = before.and_then(Agent::outcome) {
        let brief = &casting.brief;
        casting.brief =
            format!("{brief}\n\nSomebody before you was given this, and failed:\n\n{why}");
    }
    cast_agent(stage, Author::Agent, casting).map(|(_, facts)| facts).unwrap_or_default()
}

fn spawn(
    stage: &Stage,
    agent: &Agent,
    call: CallId,
    (role, brief): (&str, &str),
    waits: bool,
) -> Result<Vec<Event>, String> {
    let (child, name, mut facts) = match stage.brought_by(agent, call) {
        Some(child) => (child.id, child.casting.name.clone(), Vec::new()),
        None => cast_child(stage, agent, call, (role, brief))?,
    };
    facts.push(if waits {
        Event::Awaits { agent: agent.id, call, whom: vec![child] }
    } else {
        let text = format!("{name} works on it. `await_agents` says how it stands, and waits.");
        returned(agent, call, true, text)
    });
    Ok(facts)
}

fn cast_child(
    stage: &Stage,
    agent: &Agent,
    call: CallId,
    (role, brief): (&str, &str),
) -> Result<(AgentId, String, Vec<Event>), String> {
    let limits = may_spawn(stage, agent, role, brief)?;
    let filled = filled(stage, agent, role).ok_or_else(|| not_filled(role))?;
    let casting = child(agent, call, limits, (filled, brief));
    let cast = cast_agent(stage, Author::Agent, casting);
    let (id, facts) = cast.map_err(|refusal| refusal.to_string())?;
    let name = facts.iter().find_map(|it| match it {
        Event::AgentAdded { casting, .. } => Some(casting.name.clone()),
        _ => None,
    });
    Ok((id, name.unwrap_or_default(), facts))
}

/// Whether one more agent may be set to work; else why not, in words for the model.
fn may_spawn<'a>(
    stage: &Stage,
    agent: &'a Agent,
    role: &str,
    brief: &str,
) -> Result<&'a Spawn, String> {
    let limits = agent.casting.delegation.as_deref().and_then(|it| it.spawn.as_ref());
    let limits = limits.ok_or("you may set nobody to work")?;
    named(role, &limits.roles)?;
    if brief.trim().is_empty() {
        return Err("an agent needs a brief".to_owned());
    }
    let head = stage.head(agent);
    // They count for the work, from hand to hand.
    let hands = stage.hands_before(head).into_iter().chain([head]);
    let all: Vec<&Agent> = hands.flat_map(|it| stage.set_to_work(it)).collect();
    if all.len() >= limits.most as usize {
        let most = limits.most;
        return Err(format!("{most} set to work is as many as may be: do it yourself"));
    }
    let busy = all.iter().filter(|it| !it.is_over()).count();
    if limits.max_parallel.is_some_and(|it| busy >= it as usize) {
        return Err(format!(
            "{busy} at work is as many as may be at once: `await_agents` waits for them"
        ));
    }
    if depth(agent) >= limits.depth {
        return Err("those that work for another set nobody to work".to_owned());
    }
    let mut payers = std::iter::once(agent).chain(stage.above(agent));
    let spent = payers.find_map(|it| {
        let spent = stage.spent_by_family(it);
        it.casting.budget.filter(|budget| spent >= *budget).map(|budget| (spent, budget))
    });
    match spent {
        Some((spent, budget)) => Err(format!("{spent} of {budget} is spent: nothing is left")),
        None => Ok(limits),
    }
}

/// One that works for another.
fn child(
    agent: &Agent,
    call: CallId,
    limits: &Spawn,
    (filled, brief): (&Casting, &str),
) -> Casting {
    let depth = depth(agent) + 1;
    let inherited = agent.casting.delegation.as_deref().filter(|_| depth < limits.depth);
    let delegation = inherited.map(|it| Box::new(Delegation { hand_off: None, ..it.clone() }));
    let (agent_id, bond, output) = (agent.id, Bond::Child, limits.output.clone());
    let mut brief = format!(
        "{brief}\n\nYou do this for another agent, {}. It is told what you say at the end, and \
         nothing else of your work.",
        agent.casting.name
    );
    if let Some(schema) = &limits.output {
        brief.push_str(&asks_for(schema, filled.engine));
    }
    Casting {
        name: filled.role.clone(),
        brief,
        delegation,
        origin: Some(Box::new(Origin { agent: agent_id, call, bond, depth, output })),
        assignment: None,
        onto: agent.tree.as_deref().cloned().map(Box::new),
        ..filled.clone()
    }
}

fn await_agents(
    stage: &Stage,
    agent: &Agent,
    call: CallId,
    names: &[String],
    waits: bool,
) -> Result<Vec<Event>, String> {
    let children = || agent.kin.children.iter().filter_map(|it| stage.agent(*it));
    let known: Vec<String> = children().map(|it| it.casting.name.clone()).collect();
    if known.is_empty() {
        return Err("nobody works for you".to_owned());
    }
    if let Some(wrong) = names.iter().find(|it| !children().any(|child| child.is_called(it))) {
        return Err(format!("no {wrong} works for you; there is {}", known.join(", ")));
    }
    let is_meant = |it: &&Agent| match names {
        [] => agent.kin.children.iter().skip(agent.kin.before).any(|child| *child == it.id),
        names => names.iter().any(|name| it.is_called(name)),
    };
    if waits {
        let whom = children().filter(is_meant).map(|it| it.id).collect();
        return Ok(vec![Event::Awaits { agent: agent.id, call, whom }]);
    }
    Ok(vec![returned(agent, call, true, account_of_all(children().filter(is_meant)))])
}

fn hand_off(stage: &Stage, agent: &Agent, wanted: HandedOff) -> Result<Vec<Event>, String> {
    let HandedOff { call, to, note, value } = wanted;
    let is_done = agent.kin.handed_off.as_ref().is_some_and(|it| it.call == call);
    let mut facts = Vec::new();
    if !is_done {
        may_hand_off(stage, agent, &to)?;
        let value = (!value.is_null()).then(|| Box::new(value));
        let (agent, to) = (agent.id, to.clone());
        facts.push(Event::HandedOff { agent, to, note, call: Some(call), value });
    }
    facts.push(returned(agent, call, true, format!("handed off to {to}")));
    Ok(facts)
}

fn may_hand_off(stage: &Stage, agent: &Agent, to: &str) -> Result<(), String> {
    let limits = agent.casting.delegation.as_deref().and_then(|it| it.hand_off.as_ref());
    let limits = limits.ok_or("you may hand off to nobody")?;
    named(to, &limits.to)?;
    filled(stage, agent, to).ok_or_else(|| not_filled(to))?;
    let hands = stage.hands_before(agent).len();
    if hands >= limits.most as usize {
        return Err(format!(
            "this work was handed off {hands} times, and may go no further: finish it yourself"
        ));
    }
    if agent.pending().next().is_some() {
        return Err("a message waits for you: take a turn first".to_owned());
    }
    let living = agent.kin.children.iter().filter_map(|it| stage.agent(*it));
    let living: Vec<&str> =
        living.filter(|it| !it.is_over()).map(|it| it.casting.name.as_str()).collect();
    if !living.is_empty() {
        return Err(format!("{} still works for you: wait for that first", living.join(", ")));
    }
    let is_waited_for = agent.casting.assignment.as_deref().is_none_or(|it| {
        it.judges.is_none()
            && stage.play(it.spot.play).is_some_and(|play| {
                play.find(&it.spot).and_then(|it| play.part(it)).and_then(|it| it.agent)
                    == Some(agent.id)
            })
    });
    if is_waited_for { Ok(()) } else { Err("nobody waits for your work any more".to_owned()) }
}

/// One that goes on with what another has handed off, but for its name and its brief.
pub fn successor(giver: &Agent, handed: &HandedOff, filled: &Casting) -> Casting {
    let (agent, call, bond) = (giver.id, handed.call, Bond::Successor);
    let hands_on = giver.casting.delegation.clone();
    Casting {
        delegation: hands_on,
        origin: Some(Box::new(Origin { agent, call, bond, ..Origin::default() })),
        onto: giver.tree.as_deref().cloned().map(Box::new),
        ..filled.clone()
    }
}

/// A role as it was filled for an agent and those that work for it: by its script, or
/// when it was cast itself.
fn filled<'a>(stage: &'a Stage, agent: &'a Agent, role: &str) -> Option<&'a Casting> {
    match stage.head(agent).casting.assignment.as_deref() {
        Some(assignment) => stage.play(assignment.spot.play)?.script.roles.get(role),
        None => agent.casting.delegation.as_deref()?.roles.get(role),
    }
}

fn not_filled(role: &str) -> String {
    format!("nobody can play {role} here")
}

fn named(role: &str, roles: &[String]) -> Result<(), String> {
    if roles.iter().any(|it| it == role) {
        return Ok(());
    }
    Err(format!("not `{role}`: there is {}", roles.join(", ")))
}

fn depth(agent: &Agent) -> u32 {
    agent.casting.origin.as_ref().filter(|it| it.bond == Bond::Child).map_or(0, |it| it.depth)
}

fn returned(agent: &Agent, call: CallId, ok: bool, text: String) -> Event {
    Event::Returned { agent: agent.id, call, ok, text }
}
