//! How full the window of each agent was at the end of its turns.

use crate::model::{Agent, AgentId, Event, Record, Turn};
use std::collections::{BTreeMap, VecDeque};

/// So many turns of an agent are kept, the latest.
const TURNS: usize = 1024;

/// How full windows were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fills {
    agents: BTreeMap<AgentId, VecDeque<(Turn, u64)>>,
}

impl Fills {
    pub(super) fn take(&mut self, record: &Record, agent: &Agent) {
        if !matches!(
            record.event,
            Event::TurnEnded { .. } | Event::WindowSeen { .. } | Event::Compacted { .. }
        ) {
            return;
        }
        let turns = self.agents.entry(agent.id).or_default();
        match turns.back_mut() {
            // What is told of the same turn later holds.
            Some((turn, tokens)) if *turn == agent.turn => *tokens = agent.context,
            _ => turns.push_back((agent.turn, agent.context)),
        }
        if turns.len() > TURNS {
            turns.pop_front();
        }
    }

    /// The turns of an agent, oldest first, with the tokens that were in its window.
    pub fn of(&self, agent: AgentId) -> impl ExactSizeIterator<Item = (Turn, u64)> {
        self.agents.get(&agent).map(VecDeque::iter).unwrap_or_default().copied()
    }
}
