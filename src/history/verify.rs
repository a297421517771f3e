//! Reads a block for what is searched for. Whatever was known before, this decides.

use super::{
    Excerpt, Filter, Kind, Label, Who,
    block::Blocks,
    passage::Passage,
    search::Wanted,
    telling::{Told, told},
    who::Cast,
};
use crate::{
    journal::Summary,
    model::{AgentId, CallId, Event, Millis, Seq},
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

/// So many records of an agent are looked through at once for a call.
const BACK: usize = 64;

/// Something that was found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The session: the name of its folder.
    pub session: String,
    /// Its journal.
    pub journal: PathBuf,
    /// When it opened: wall time, RFC 3339.
    pub opened: String,
    /// What it worked on.
    pub project: String,
    /// What it is called; may be empty.
    pub title: String,
    /// The agent, where it is of one.
    pub agent: Option<AgentId>,
    /// Who that is, where that is known.
    pub who: Option<Who>,
    /// What was found.
    pub kind: Kind,
    /// The record in which it stands.
    pub seq: Seq,
    /// When that was.
    pub at: Millis,
    /// The text around it.
    pub excerpt: Excerpt,
}

/// A journal that is searched, and what is known of it by now.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) session: String,
    pub(super) blocks: Blocks,
    /// Locked while an agent or a call is looked for: seldom, and then for all who ask.
    pub(super) cast: Mutex<Cast>,
    calls: Mutex<BTreeMap<(AgentId, CallId), Option<Called>>>,
    is_costly: OnceLock<bool>,
    title: OnceLock<String>,
}

/// A call, as far as a filter asks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Called {
    tool: String,
    text: String,
}

impl Room {
    pub(super) fn new(session: String, blocks: Blocks) -> Self {
        let cast = Mutex::new(Cast::of(blocks.reader().clone()));
        Self {
            session,
            blocks,
            cast,
            calls: Mutex::default(),
            is_costly: OnceLock::new(),
            title: OnceLock::new(),
        }
    }

    /// What a block holds of what is searched for, the latest first.
    pub(super) fn hits(&self, nth: u64, wanted: &Wanted) -> Vec<Hit> {
        let mut hits = Vec::new();
        // What the disk does not give holds nothing.
        let _unread = self.blocks.passages(nth, |passage| {
            if let Some(places) = fits(&passage, wanted)
                && self.is_wanted(&passage, nth, wanted)
            {
                hits.push(self.hit(&passage, &places));
            }
        });
        hits.sort_by_key(|it| std::cmp::Reverse(it.seq));
        hits
    }

    fn hit(&self, passage: &Passage, places: &[std::ops::Range<usize>]) -> Hit {
        // Where the first of it is whole: who goes there sees it.
        let first = places.iter().min_by_key(|it| it.start).map_or(passage.fresh, |it| it.end - 1);
        let (seq, at) = passage.record_at(first);
        let header = self.blocks.reader().header();
        let title = self.title().to_owned();
        let mut cast = open(&self.cast);
        let who = passage.agent.and_then(|it| cast.of_agent(it)).cloned();
        Hit {
            session: self.session.clone(),
            journal: self.blocks.reader().path().to_owned(),
            opened: header.opened.clone(),
            project: header.project.clone(),
            title,
            agent: passage.agent,
            who,
            kind: passage.kind,
            seq,
            at,
            excerpt: Excerpt::of(&passage.text, places),
        }
    }

    /// Whether what was found passes the filter.
    fn is_wanted(&self, passage: &Passage, nth: u64, wanted: &Wanted) -> bool {
        let filter = &wanted.filter;
        let is_agent = || {
            let mut cast = open(&self.cast);
            let who = passage.agent.and_then(|it| {
                if filter.asks_what_became() {
                    cast.of_agent_to_its_end(it)
                } else {
                    cast.of_agent(it)
                }
            });
            filter.takes_agent(who)
        };
        (!filter.asks_who() || is_agent())
            && (!filter.asks_for_call() || self.is_of_call(passage, nth, wanted))
            && self.is_costly(filter)
    }

    /// Whether the session cost as much as is wanted.
    pub(super) fn is_costly(&self, filter: &Filter) -> bool {
        filter.cost_over.is_none_or(|over| {
            *self.is_costly.get_or_init(|| Summary::of(self.blocks.reader()).cost.known > over)
        })
    }

    /// What the session is called; may be empty.
    pub(super) fn title(&self) -> &str {
        self.title.get_or_init(|| {
            let label = Label::of(self.blocks.reader().path()).title;
            if label.is_empty() { open(&self.cast).title() } else { label }
        })
    }

    fn is_of_call(&self, passage: &Passage, nth: u64, wanted: &Wanted) -> bool {
        let filter = &wanted.filter;
        let named = |text: &str| filter.file.as_ref().is_none_or(|it| text.contains(it.as_str()));
        if passage.kind == Kind::Files {
            return filter.tool.is_none() && named(&passage.text);
        }
        let (Some(agent), Some(call)) = (passage.agent, passage.call) else { return false };
        let called = self.call(agent, call, nth);
        let is_tool = filter.tool.as_ref().is_none_or(|it| {
            called.as_ref().is_some_and(|called| called.tool.eq_ignore_ascii_case(it))
        });
        is_tool
            && (called.is_some_and(|it| named(&it.text)) || is_line(passage, filter.file.as_ref()))
    }

    /// The call of that number, which was asked for in this block or before it.
    fn call(&self, agent: AgentId, call: CallId, nth: u64) -> Option<Called> {
        let mut calls = open(&self.calls);
        let known = calls.entry((agent, call));
        known.or_insert_with(|| self.find_call(agent, call, nth)).clone()
    }

    fn find_call(&self, agent: AgentId, call: CallId, nth: u64) -> Option<Called> {
        let reader = self.blocks.reader();
        let mut before = self.blocks.stretch(nth).ok()?.end;
        loop {
            let records = reader.before(before, Some(agent), BACK);
            before = records.first()?.0;
            for (_, record) in records.into_iter().rev() {
                let Event::ToolCalled { call: of, tool, .. } = &record.event else { continue };
                if *of == call {
                    let (tool, mut text) = (tool.clone(), String::new());
                    told(&record.event, &mut |it: Told| text = it.text);
                    return Some(Called { tool, text });
                }
            }
        }
    }
}

/// Where a passage has what is searched for. What was told with the block before is not
/// told again.
fn fits(passage: &Passage, wanted: &Wanted) -> Option<Vec<std::ops::Range<usize>>> {
    if !wanted.filter.takes_kind(passage.kind) {
        return None;
    }
    let query = &wanted.query;
    let places = query.places(&passage.text)?;
    let told = passage.text.get(..passage.fresh).unwrap_or_default();
    let is_told = passage.fresh > 0 && query.places(told).is_some();
    (!is_told).then_some(places)
}

/// Whether a result tells of a changed file: its name is a line of its own.
fn is_line(passage: &Passage, file: Option<&String>) -> bool {
    file.is_some_and(|file| {
        passage.kind == Kind::Result
            && passage.text.lines().any(|it| it.contains(file.as_str()) && !it.contains(' '))
    })
}

pub(super) fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
