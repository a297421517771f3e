//! Which records the newest entries of each agent's log were made of.

use super::outline::{Call, Piece, Sketch, Spot, Words};
use crate::model::{AgentId, CallId, Entry, EntryKind, Event, Record, Seq, ToolState};
use std::{collections::BTreeMap, sync::Arc};

/// How a text begins whose beginning was cut off.
const CUT: &str = "…";

/// What the records since the last outline were about.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// In the order of their agents' numbers.
    agents: Vec<(AgentId, Source)>,
}

/// What is known of one agent.
#[derive(Debug, Default)]
pub(super) struct Source {
    is_stale: bool,
    /// The number of its last record, and the last number that did not rise:
    /// what is told by numbers is not believed up to there.
    last: Seq,
    muddled: Seq,
    chunks: Vec<Chunk>,
    calls: BTreeMap<CallId, Ends>,
    pub(super) sketch: Option<Sketch>,
}

#[derive(Debug)]
struct Chunk {
    seq: Seq,
    offset: u64,
    bytes: usize,
    is_thought: bool,
}

/// Where the records of a tool call stand.
#[derive(Debug)]
struct Ends {
    seq: Seq,
    called: u64,
    ended: Option<u64>,
}

impl Sources {
    /// What is known of an agent. Numbers are given one after the other, so it
    /// nearly always stands where its number says.
    pub(super) fn of(&mut self, id: AgentId) -> &mut Source {
        let guess = (id.0 as usize).wrapping_sub(1);
        let place = match self.agents.get(guess) {
            Some((it, _)) if *it == id => guess,
            _ => self.agents.binary_search_by_key(&id, |(it, _)| *it).unwrap_or_else(|place| {
                self.agents.insert(place, (id, Source::default()));
                place
            }),
        };
        &mut self.agents[place].1
    }

    /// Takes in a record and where it stands.
    pub(super) fn add(&mut self, offset: u64, record: &Record) {
        if let Some(agent) = record.event.agent() {
            self.of(agent).add(offset, record);
        }
    }

    /// All agents are outlined: who has no sketch is a stranger.
    pub(super) fn settle(&mut self) {
        self.agents.retain(|(_, it)| it.sketch.is_some());
    }
}

impl Source {
    /// Whether a record was about it since it was outlined.
    pub(super) const fn is_stale(&self) -> bool {
        self.is_stale
    }

    fn add(&mut self, offset: u64, record: &Record) {
        self.is_stale = true;
        let seq = record.seq;
        if seq <= self.last {
            self.muddled = self.last;
            self.chunks.clear();
        }
        self.last = self.last.max(seq);
        match &record.event {
            Event::Said { text, .. } => {
                self.chunks.push(Chunk { seq, offset, bytes: text.len(), is_thought: false });
            }
            Event::Thought { text, .. } => {
                self.chunks.push(Chunk { seq, offset, bytes: text.len(), is_thought: true });
            }
            Event::ToolCalled { call, .. } => {
                self.calls.insert(*call, Ends { seq, called: offset, ended: None });
            }
            Event::ToolEnded { call, .. } => {
                if let Some(it) = self.calls.get_mut(call) {
                    it.ended = Some(offset);
                }
            }
            // What still comes when it has ended, its ends don't tell.
            Event::ToolStarted { call, .. } | Event::ToolPrinted { call, .. }
                if self.calls.get(call).is_some_and(|it| it.ended.is_some()) =>
            {
                self.calls.remove(call);
            }
            _ => {}
        }
    }

    /// Its log was outlined: of what is known, only that stays which an entry
    /// may still grow by.
    pub(super) fn rest<'a>(
        &mut self,
        mut entries: impl DoubleEndedIterator<Item = &'a Arc<Entry>>,
    ) {
        self.is_stale = false;
        let first = entries.next().map_or(self.last.next(), |it| it.seq);
        let newest = entries.next_back().map_or(first, |it| it.seq);
        self.chunks.retain(|it| it.seq >= newest);
        self.calls.retain(|_, it| it.ended.is_none() && it.seq >= first);
    }

    /// An entry, as where it stands; `next` is the number of the entry behind it.
    pub(super) fn piece(&self, entry: &Arc<Entry>, next: Seq) -> Piece {
        let light = match &entry.kind {
            _ if entry.seq <= self.muddled => None,
            EntryKind::Said { text, cut: false } => self.words(entry, next, text, false),
            EntryKind::Thought { text } => self.words(entry, next, text, true),
            EntryKind::Tool { call, state, .. } => self.call(entry, *call, *state),
            _ => None,
        };
        light.unwrap_or_else(|| Piece::Kept(Arc::clone(entry)))
    }

    fn words(&self, entry: &Entry, next: Seq, text: &str, is_thought: bool) -> Option<Piece> {
        if !Piece::is_heavy(text) {
            return None;
        }
        let from = self.chunks.partition_point(|it| it.seq < entry.seq);
        let to = self.chunks.partition_point(|it| it.seq < next);
        let chunks = self.chunks.get(from..to)?;
        if chunks.iter().any(|it| it.is_thought != is_thought) {
            return None;
        }
        let sum: usize = chunks.iter().map(|it| it.bytes).sum();
        let (is_cut, shown) = match text.strip_prefix(CUT) {
            _ if sum == text.len() => (false, sum),
            Some(rest) if sum > text.len() => (true, rest.len()),
            _ => return None,
        };
        // The last chunks that have all that is shown.
        let mut start = chunks.len();
        let mut bytes = 0;
        while bytes < shown && start > 0 {
            start -= 1;
            bytes += chunks.get(start)?.bytes;
        }
        let (first, further) = chunks.get(start..)?.split_first()?;
        let behind = |it: &Chunk| u32::try_from(it.offset - first.offset).ok();
        Some(Piece::Words(Arc::new(Words {
            spot: Spot::of(entry),
            is_thought,
            shown: u32::try_from(shown).ok()?,
            is_cut,
            first: first.offset,
            further: further.iter().map(behind).collect::<Option<_>>()?,
        })))
    }

    fn call(&self, entry: &Entry, call: CallId, state: ToolState) -> Option<Piece> {
        let ends = self.calls.get(&call).filter(|it| it.seq == entry.seq)?;
        let ended = ends.ended.filter(|_| matches!(state, ToolState::Ended { .. }))?;
        let (spot, called) = (Spot::of(entry), ends.called);
        Some(Piece::Call(Arc::new(Call { spot, id: call, state, called, ended })))
    }
}
