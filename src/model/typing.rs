//! What becomes of keys for a terminal, and of its size.

use super::{
    Agent, Author, EngineKind, Event, Keys, Refusal,
    decide::{can, not},
};

/// The largest terminal there is, in columns and rows: each cell takes memory.
const LARGEST: (u16, u16) = (1000, 500);

/// Types into a terminal. What is frozen reads nothing, and would take it in one
/// gulp later, when nobody looks.
pub(super) fn type_into(agent: &Agent, by: Author, keys: Keys) -> Result<Vec<Event>, Refusal> {
    can(agent, agent.casting.engine == EngineKind::Pty, "be typed to")?;
    if !agent.is_on() {
        return Err(not(agent, "nobody reads what is typed"));
    }
    if agent.frozen.is_some() {
        return Err(not(agent, "it is frozen and reads nothing; resume it"));
    }
    let bytes = keys.0.len() as u64;
    Ok(vec![Event::Typed { agent: agent.id, bytes, by, keys }])
}

pub(super) fn resize(agent: &Agent, columns: u16, rows: u16) -> Vec<Event> {
    let (columns, rows) = (columns.clamp(2, LARGEST.0), rows.clamp(1, LARGEST.1));
    let is_news = agent.terminal != (columns, rows) && !agent.is_over();
    if !is_news || agent.casting.engine != EngineKind::Pty {
        return Vec::new();
    }
    vec![Event::TerminalResized { agent: agent.id, columns, rows }]
}
