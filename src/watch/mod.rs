//! Rules over what agents do that spot drift, each with what shows it.
//!
//! A rule is a pure look at what an agent has done lately ([`Trail`]). It is looked
//! through when something of the agent has ended, never at a chunk of a stream; what it
//! sees becomes a fact, with its evidence, and a replay reads it there. A watch says
//! what it sees, or holds; it ends nobody.
//!
//! False alarms cost more than late ones: each rule stands beside a healthy twin of what
//! it looks for (its tests), and `tests/drift` holds all of them to whole sessions.
//!
//! [`Trail`]: crate::model::Trail

mod acts;
mod context;
mod cost_slope;
mod drafts;
mod error_spiral;
mod judge;
mod no_change;
mod ping_pong;
mod plan_changed;
mod repeats;
mod same_call;
mod scope;
mod sight;
mod silence;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;
mod tests_bent;

pub use drafts::{Drafts, drafts};

use crate::model::{Action, Agent, DriftEvent, Event, Millis, Rule, Sign, Stage};
use sight::{Finding, Sight};

/// For so many turns a sign has to be seen no more before it has passed by itself.
const STANDS: u32 = 5;

/// A rule and how it looks.
type Look = fn(&Sight<'_>) -> Option<Finding>;

/// How a rule looks.
const fn look(rule: Rule) -> Look {
    match rule {
        Rule::Scope => scope::look,
        Rule::TestsBent => tests_bent::look,
        Rule::PingPong => ping_pong::look,
        Rule::SameCall => same_call::look,
        Rule::ErrorSpiral => error_spiral::look,
        Rule::NoChange => no_change::look,
        Rule::Context => context::look,
        Rule::PlanChanged => plan_changed::look,
        Rule::CostSlope => cost_slope::look,
        Rule::Repeats => repeats::look,
        // It is seen when nothing happens: see [`next`].
        Rule::Silence => |_| None,
        // Somebody else sees it: see [`judge`].
        Rule::Judge => |_| None,
    }
}

/// What the watches say to a fact, given where things stand after it.
pub fn after(stage: &Stage, event: &Event) -> Vec<Event> {
    let (agent, may_pass) = match event {
        Event::ToolEnded { agent, .. } | Event::WindowSeen { agent, .. } => (*agent, false),
        Event::AgentEnded { agent, .. } => return judge::over(stage, *agent),
        Event::TurnEnded { agent, .. } | Event::Checkpointed { agent, .. } => (*agent, true),
        _ => return Vec::new(),
    };
    let Some(agent) = stage.agent(agent).filter(|it| !it.is_watched()) else { return Vec::new() };
    let mut said: Vec<Event> = Vec::new();
    if let Event::TurnEnded { .. } = event {
        said.extend(judge::asked(stage, agent));
    }
    let mut signs = 0;
    for rule in Rule::ALL {
        match agent.drift.signs().find(|it| it.rule == rule) {
            Some(sign) if !is_seen_anew(agent, sign) => {
                let passed = may_pass.then(|| passed(agent, sign)).flatten();
                said.extend(passed.map(|it| fact(agent, it)));
            }
            _ => {
                let facts = told(agent, rule, seen(agent, rule), signs);
                signs += u32::from(!facts.is_empty());
                said.extend(facts);
            }
        }
    }
    said
}

/// What the watches say by themselves, when nothing has happened until now.
pub fn next(stage: &Stage, now: Millis) -> Vec<Event> {
    let is_due = |it: &&Agent| silent_from(it).is_some_and(|due| due <= now);
    let silent = stage.agents().filter(is_due);
    silent.flat_map(|it| told(it, Rule::Silence, silence::found(it, now), 0)).collect()
}

/// When to ask for that at the latest: nothing is due before it, whatever happens until
/// then.
pub fn wake(stage: &Stage, now: Millis) -> Millis {
    let limit = |it: &Agent| Millis(u64::from(it.heeds(Rule::Silence).limit) * 1000);
    // Whoever is heard from now on is due no sooner.
    let usual = Millis(u64::from(Rule::Silence.usual().limit) * 1000);
    let shortest = stage.agents().map(limit).chain([usual]).min().unwrap_or(usual);
    stage.agents().filter_map(silent_from).chain([now.plus(shortest)]).min().unwrap_or(now)
}

/// From when on its silence is to be told.
fn silent_from(agent: &Agent) -> Option<Millis> {
    let rule = Rule::Silence;
    let is_heeded = agent.heeds(rule).action != Action::Off
        && !agent.is_watched()
        && !agent.drift.rests(rule, agent.turn)
        && agent.drift.signs().all(|it| it.rule != rule);
    silence::due(agent).filter(|_| is_heeded)
}

fn fact(agent: &Agent, event: DriftEvent) -> Event {
    Event::Drifted { agent: agent.id, event: Box::new(event) }
}

/// What is told of a finding, and done about it; `before` others were seen with it.
fn told(agent: &Agent, rule: Rule, found: Option<Finding>, before: u32) -> Vec<Event> {
    let Some(found) = found else { return Vec::new() };
    let sign = agent.drift.next().saturating_add(before);
    // Only the first that is seen at a time is acted upon.
    let (action, deeds) = match before {
        0 => acts::of(agent, agent.heeds(rule).action, (sign, rule, &found)),
        _ => (Action::Warn, Vec::new()),
    };
    let Finding { since, words, evidence } = found;
    let seen = DriftEvent::Seen { sign, rule, since, words, evidence, action };
    [fact(agent, seen)].into_iter().chain(deeds).collect()
}

/// What a rule sees that is heeded, and does not rest.
fn seen(agent: &Agent, rule: Rule) -> Option<Finding> {
    let is_off = agent.heeds(rule).action == Action::Off;
    if is_off || agent.is_over() || agent.drift.rests(rule, agent.turn) {
        return None;
    }
    look(rule)(&Sight::new(agent, rule))
}

/// Whether an agent was told, and has done it all over again since.
fn is_seen_anew(agent: &Agent, sign: &Sign) -> bool {
    let was_told = sign.seq < agent.trail.told();
    was_told && is_of_calls(sign.rule) && seen(agent, sign.rule).is_some()
}

/// Whether a rule looks at calls, and at those alone that were made since the agent was told
/// something.
const fn is_of_calls(rule: Rule) -> bool {
    matches!(rule, Rule::SameCall | Rule::PingPong | Rule::ErrorSpiral)
}

/// That a sign has passed, if it has: it is seen no more since somebody told the agent
/// something, or for long enough.
fn passed(agent: &Agent, sign: &Sign) -> Option<DriftEvent> {
    let look = look(sign.rule);
    let was_told = sign.seq < agent.trail.told();
    let now = Sight::new(agent, sign.rule);
    let stands = if sign.rule == Rule::Silence {
        false
    } else if sign.rule == Rule::Judge {
        // It is judged again.
        !was_told
    } else if was_told {
        let repeats = is_of_calls(sign.rule) && now.repeats(&sign.evidence);
        look(&now).is_some() || !now.has_gone_on() || repeats
    } else {
        let is_new = agent.turn.0 < sign.turn.0.saturating_add(STANDS);
        is_new || now.lately(STANDS).any(|it| look(&it).is_some())
    };
    if stands {
        return None;
    }
    let why = if sign.rule == Rule::Silence {
        "it was heard again"
    } else if was_told {
        "it was told, and goes on otherwise"
    } else {
        "it goes on otherwise"
    };
    Some(DriftEvent::Passed { sign: sign.number, why: why.to_owned() })
}
