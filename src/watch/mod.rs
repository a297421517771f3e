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

mod drafts;
mod error_spiral;
mod same_call;
mod scope;
mod sight;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;

pub use drafts::{Drafts, drafts};

use crate::model::{Action, Agent, DriftEvent, Event, Rule, Sign, Stage};
use sight::{Finding, Sight};

/// For so many turns a sign has to be seen no more before it has passed by itself.
const STANDS: u32 = 5;

/// A rule and how it looks.
type Look = fn(&Sight<'_>) -> Option<Finding>;

/// All rules, in the order in which they have their say.
const RULES: [(Rule, Look); 3] = [
    (Rule::Scope, scope::look),
    (Rule::SameCall, same_call::look),
    (Rule::ErrorSpiral, error_spiral::look),
];

/// What the watches say to a fact, given where things stand after it.
pub fn after(stage: &Stage, event: &Event) -> Vec<Event> {
    let (agent, may_pass) = match event {
        Event::ToolEnded { agent, .. } => (*agent, false),
        Event::TurnEnded { agent, .. } | Event::Checkpointed { agent, .. } => (*agent, true),
        _ => return Vec::new(),
    };
    let Some(agent) = stage.agent(agent).filter(|it| !it.is_watched()) else { return Vec::new() };
    let mut said: Vec<DriftEvent> = Vec::new();
    for (rule, look) in RULES {
        let open = agent.drift.signs().find(|it| it.rule == rule);
        match open {
            Some(sign) if may_pass => said.extend(passed(agent, sign, look)),
            Some(_) => {}
            None => said.extend(seen(agent, (rule, look), said.len())),
        }
    }
    let told = said.into_iter();
    told.map(|event| Event::Drifted { agent: agent.id, event: Box::new(event) }).collect()
}

/// What a rule sees that has no open sign; `before` others were seen with it.
fn seen(agent: &Agent, (rule, look): (Rule, Look), before: usize) -> Option<DriftEvent> {
    if agent.is_over() || agent.drift.rests(rule, agent.turn) {
        return None;
    }
    let Finding { since, words, evidence } = look(&Sight::new(agent, rule))?;
    let sign = agent.drift.next().saturating_add(u32::try_from(before).unwrap_or_default());
    Some(DriftEvent::Seen { sign, rule, since, words, evidence, action: Action::Warn })
}

/// That a sign has passed, if it has: it is seen no more since somebody told the agent
/// something, or for long enough.
fn passed(agent: &Agent, sign: &Sign, look: Look) -> Option<DriftEvent> {
    let was_told = sign.seq < agent.trail.told();
    let now = Sight::new(agent, sign.rule);
    let stands = if was_told {
        look(&now).is_some()
    } else {
        let is_new = agent.turn.0 < sign.turn.0.saturating_add(STANDS);
        is_new || now.lately(STANDS).any(|it| look(&it).is_some())
    };
    if stands {
        return None;
    }
    let why = if was_told { "it was told, and goes on otherwise" } else { "it goes on otherwise" };
    Some(DriftEvent::Passed { sign: sign.number, why: why.to_owned() })
}
