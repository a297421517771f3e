//! What is exported: the records of a journal, without secrets, of all agents or of
//! some.

use super::wash::Wash;
use crate::{
    journal::{Reader, Redactor},
    model::{AgentId, Event, Header, Record, Seq, Stage},
};
use std::collections::BTreeSet;

/// A journal to be exported.
#[derive(Debug, Clone)]
pub struct Recording {
    reader: Reader,
    redactor: Redactor,
    /// Only these agents are told of; none for all.
    only: Option<BTreeSet<AgentId>>,
    /// What the director has called it since; empty where its own title holds.
    called: String,
}

/// No agent of the session has that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no agent is called {name:?}; there are {}", .known.join(", "))]
pub struct NoSuchAgent {
    name: String,
    known: Vec<String>,
}

impl Recording {
    /// All of a journal, without these secrets and without what is shaped like one.
    pub const fn new(reader: Reader, redactor: Redactor) -> Self {
        Self { reader, redactor, only: None, called: String::new() }
    }

    /// The same under the name that the director has given it since, in place of its title;
    /// an empty one changes nothing.
    #[must_use]
    pub fn called(mut self, name: String) -> Self {
        self.called = name;
        self
    }

    /// The same of these agents alone; of all where none is named.
    ///
    /// # Errors
    /// When nobody has one of these names.
    pub fn of_agents(mut self, names: &[String]) -> Result<Self, NoSuchAgent> {
        if names.is_empty() {
            return Ok(self);
        }
        let stage = self.reader.fold(None);
        let mut only = BTreeSet::new();
        for name in names {
            let agent = stage.agent_named(name).ok_or_else(|| NoSuchAgent {
                name: name.clone(),
                known: stage.agents().map(|it| it.casting.name.clone()).collect(),
            })?;
            only.insert(agent.id);
        }
        self.only = Some(only);
        Ok(self)
    }

    /// The first line of the journal, without secrets.
    pub fn header(&self) -> Header {
        let clean = |text: &str| self.redactor.clean(text).into_owned();
        let header = self.reader.header();
        Header {
            auteur: header.auteur,
            session: clean(&header.session),
            opened: clean(&header.opened),
            project: clean(&header.project),
            by: clean(&header.by),
            program: clean(&header.program),
        }
    }

    /// The records that are exported, without secrets, each with the place of its line.
    /// Where only some agents are told of, they are numbered anew, without gaps.
    pub(super) fn records(&self) -> impl Iterator<Item = (u64, Record)> {
        let mut last = Seq(0);
        self.reader.records_from(0).filter(|(_, it)| self.is_in(it)).map(move |(offset, record)| {
            let mut record = self.redactor.clean_record(self.named(record));
            if self.only.is_some() {
                let is_one = !matches!(record.event, Event::Unreadable { .. });
                last = if is_one { last.next() } else { last };
                record.seq = last;
            }
            (offset, record)
        })
    }

    /// What the session is called, which came to this stage.
    pub(super) fn title<'a>(&'a self, stage: &'a Stage) -> &'a str {
        if self.called.is_empty() { stage.title() } else { &self.called }
    }

    /// The record that opened the session gives it the name that it has now.
    fn named(&self, mut record: Record) -> Record {
        if let Event::SessionOpened { title, .. } = &mut record.event
            && !self.called.is_empty()
        {
            title.clone_from(&self.called);
        }
        record
    }

    fn is_in(&self, record: &Record) -> bool {
        let agent = record.event.agent();
        self.only.as_ref().is_none_or(|only| agent.is_none_or(|it| only.contains(&it)))
    }

    /// What washes the texts that are put together of several records.
    pub(super) fn wash(&self) -> Wash {
        Wash::new(self.redactor.clone())
    }

    /// JSON that no record is made of, without secrets.
    pub(super) fn clean_json(&self, written: Vec<u8>) -> Vec<u8> {
        self.redactor.clean_json(&written).unwrap_or(written)
    }

    pub(super) const fn reader(&self) -> &Reader {
        &self.reader
    }
}
