//! Who the agents of a session are: read from its journal as far as it takes.

use super::{Filter, Hit, block::BLOCK, filter::Ended};
use crate::{
    journal::Reader,
    model::{AgentId, Event, Seq},
};
use memchr::memmem::Finder;
use std::{collections::BTreeMap, path::PathBuf};

/// How an event about an agent's life begins in its line.
const LIFE: &str = "\"event\":{\"agent-";
/// How the beginning of a turn begins, which tells what model is called.
const TURN: &str = "\"event\":{\"turn-started\":";
/// How what a program says of its session begins, with the model that plays it.
const LINK: &str = "\"event\":{\"linked\":";

/// An agent, for who finds something of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// What it is called.
    pub name: String,
    /// The role it played.
    pub role: String,
    /// The model it was cast with.
    pub model: String,
    /// The models it called, one after the other, and from which record on, as far as the
    /// journal was read: another than its own too, where the director or its program has
    /// changed it.
    pub called: Vec<(Seq, String)>,
    /// How it ended, as far as the journal was read.
    pub ended: Option<Ended>,
}

impl Who {
    /// Whether it was cast with a model with this in its name, or has called one.
    pub(super) fn has_called(&self, model: &str) -> bool {
        let model = model.to_ascii_lowercase();
        let is_it = |it: &String| it.to_ascii_lowercase().contains(&model);
        is_it(&self.model) || self.called.iter().any(|it| is_it(&it.1))
    }

    /// The model that it had called last at this record, as far as the journal was read.
    fn model_at(&self, seq: Seq) -> &str {
        let called = self.called.iter().rev().find(|it| it.0 <= seq);
        called.map_or(&self.model, |it| &it.1)
    }
}

/// Says what model was called where something was found, one session after the other.
#[derive(Debug, Default)]
pub struct Models {
    cast: Option<(PathBuf, Cast)>,
}

impl Models {
    /// The model that the agent of a hit had called last; none where it is of nobody.
    pub fn at(&mut self, hit: &Hit) -> Option<String> {
        let agent = hit.agent?;
        if self.cast.as_ref().is_none_or(|it| it.0 != hit.journal) {
            let reader = Reader::open(&hit.journal).ok()?;
            self.cast = Some((hit.journal.clone(), Cast::of(reader)));
        }
        let (_, cast) = self.cast.as_mut()?;
        Some(cast.of_agent_to_its_end(agent)?.model_at(hit.seq).to_owned())
    }
}

/// The agents of a session.
#[derive(Debug)]
pub(super) struct Cast {
    reader: Reader,
    agents: BTreeMap<AgentId, Who>,
    /// Up to here the journal was looked through: a line begins there.
    read: u64,
    finders: [Finder<'static>; 3],
}

impl Cast {
    pub(super) fn of(reader: Reader) -> Self {
        let (agents, read) = (BTreeMap::new(), reader.body());
        Self { reader, agents, read, finders: [LIFE, TURN, LINK].map(Finder::new) }
    }

    /// What the session is called; may be empty.
    pub(super) fn title(&self) -> String {
        match self.reader.after(0, None, 1).pop().map(|(_, record)| record.event) {
            Some(Event::SessionOpened { title, .. }) => title,
            _ => String::new(),
        }
    }

    /// An agent, as it was cast.
    pub(super) fn of_agent(&mut self, agent: AgentId) -> Option<&Who> {
        while !self.agents.contains_key(&agent) && self.read_on() {}
        self.agents.get(&agent)
    }

    /// An agent, what models it called, and how it ended.
    pub(super) fn of_agent_to_its_end(&mut self, agent: AgentId) -> Option<&Who> {
        while self.read_on() {}
        self.agents.get(&agent)
    }

    /// The agents that are wanted, as they were at their ends.
    pub(super) fn wanted(&mut self, filter: &Filter) -> Vec<(AgentId, Who)> {
        while self.read_on() {}
        let all = self.agents.iter().filter(|it| filter.takes_agent(Some(it.1)));
        all.map(|(agent, who)| (*agent, who.clone())).collect()
    }

    /// Looks through some more of the journal; says whether there was any.
    fn read_on(&mut self) -> bool {
        let mut room = vec![0; usize::try_from(BLOCK).unwrap_or(0)];
        loop {
            let Ok(got) = self.reader.bytes_at(self.read, &mut room) else { return false };
            let read = room.get(..got).unwrap_or_default();
            match memchr::memrchr(b'\n', read) {
                Some(end) => {
                    let lines = room.get(..=end).unwrap_or_default();
                    for finder in &self.finders {
                        take(&mut self.agents, finder, lines);
                    }
                    self.read += end as u64 + 1;
                    return true;
                }
                None if got < room.len() => return false,
                None => room.resize(room.len() * 2, 0),
            }
        }
    }
}

/// Takes in what lines tell of agents' lives, or of their turns.
fn take(agents: &mut BTreeMap<AgentId, Who>, finder: &Finder<'_>, lines: &[u8]) {
    for at in finder.find_iter(lines) {
        let (before, behind) = lines.split_at(at);
        let start = memchr::memrchr(b'\n', before).map_or(0, |it| it + 1);
        let end = memchr::memchr(b'\n', behind).map_or(lines.len(), |it| at + it);
        let line = lines.get(start..end).unwrap_or_default();
        // What is no record here is text of one.
        let Ok(record) = serde_json::from_slice::<crate::model::Record>(line) else { continue };
        match record.event {
            Event::AgentAdded { agent, casting, .. } => {
                let (name, role, model) = (casting.name, casting.role, casting.model);
                let who = Who { name, role, model, ..Who::default() };
                agents.insert(agent, who);
            }
            Event::TurnStarted { agent, model, .. } => {
                let is_other = |it: &&mut Who| {
                    !model.is_empty() && it.called.last().is_none_or(|it| it.1 != model)
                };
                if let Some(who) = agents.get_mut(&agent).filter(is_other) {
                    who.called.push((record.seq, model));
                }
            }
            // A program says which model plays it when its first turn has begun.
            Event::Linked { agent, model, .. } if !model.is_empty() => {
                if let Some(who) = agents.get_mut(&agent) {
                    who.called.push((record.seq, model.clone()));
                    who.called.sort_by_key(|it| it.0);
                    if who.model.is_empty() {
                        who.model = model;
                    }
                }
            }
            Event::AgentEnded { agent, outcome } => {
                if let Some(who) = agents.get_mut(&agent) {
                    who.ended = Some(Ended::from(&outcome));
                }
            }
            Event::AgentReopened { agent, .. } => {
                if let Some(who) = agents.get_mut(&agent) {
                    who.ended = None;
                }
            }
            _ => {}
        }
    }
}
