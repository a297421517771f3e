//! A stage without the words of its logs: the journal has them.
//!
//! Of a stage with many agents, nearly all the weight is what they said and
//! what their tools printed. An outline keeps where that stands, so that many
//! outlines are lighter than a few stages; see [`super::refill`] for the way back.

use super::sources::Sources;
use crate::model::{Agent, CallId, Entry, EntryKind, Millis, Printed, Seq, Stage, ToolState, Turn};
use std::sync::Arc;

/// What is shorter is kept: to keep where it stands would save nothing.
const SHORT: usize = 96;

/// A stage, its logs only as pieces.
#[derive(Debug)]
pub(super) struct Outline {
    /// Its logs have no entries.
    pub(super) stage: Stage,
    /// The entries of its logs, in the order of its agents.
    pub(super) logs: Vec<Arc<[Piece]>>,
}

/// An entry of a log, or what it takes to have it again.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Kept(Arc<Entry>),
    Words(Arc<Words>),
    Call(Arc<Call>),
}

/// The place of an entry: what is not read again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) seq: Seq,
    pub(super) at: Millis,
    pub(super) turn: Turn,
}

/// What an agent said or thought, in chunks.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) spot: Spot,
    pub(super) is_thought: bool,
    /// How much of the end is shown, in bytes; of all chunks, where nothing is cut.
    pub(super) shown: u32,
    pub(super) is_cut: bool,
    /// Where the first chunk that is shown stands, and how far behind it the
    /// others do.
    pub(super) first: u64,
    pub(super) further: Box<[u32]>,
}

/// A tool call that has ended.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) spot: Spot,
    pub(super) id: CallId,
    pub(super) state: ToolState,
    /// Where its first and its last record stand.
    pub(super) called: u64,
    pub(super) ended: u64,
}

/// An agent as it was outlined last. While no record is about it, it is shared.
#[derive(Debug)]
pub(super) struct Sketch {
    agent: Arc<Agent>,
    pieces: Arc<[Piece]>,
    /// The entries that the pieces stand for. An entry that is still the same
    /// one is not looked at again: nothing that is shared can change.
    entries: Vec<Arc<Entry>>,
}

/// Outlines a stage; gives also what that holds beside what it shares with the
/// outlines before it, in bytes, roughly.
pub(super) fn outline(stage: &Stage, sources: &mut Sources) -> (Outline, usize) {
    let (mut logs, mut weight) = (Vec::with_capacity(stage.agents().len()), 0);
    let stage = stage.with_each(|agent| {
        let source = sources.of(agent.id);
        if source.is_stale() || source.sketch.is_none() {
            let old = source.sketch.take();
            let (sketch, load) = sketch(agent, old.as_ref(), source);
            source.rest(agent.log.entries());
            source.sketch = Some(sketch);
            weight += load;
        }
        weight += 32;
        let Some(Sketch { agent, pieces, .. }) = &source.sketch else { return bare(agent) };
        logs.push(Arc::clone(pieces));
        Arc::clone(agent)
    });
    sources.settle();
    (Outline { stage, logs }, weight)
}

/// An agent whose log is empty.
fn bare(agent: &Agent) -> Arc<Agent> {
    with_log(agent, [])
}

/// An agent with these entries in its log.
pub(super) fn with_log(agent: &Agent, entries: impl IntoIterator<Item = Arc<Entry>>) -> Arc<Agent> {
    let log = agent.log.with_entries(entries);
    Arc::new(Agent { log, ..agent.clone() })
}

fn sketch(agent: &Agent, old: Option<&Sketch>, source: &super::sources::Source) -> (Sketch, usize) {
    let entries: Vec<_> = agent.log.entries().cloned().collect();
    let mut weight = load(agent) + size_of::<Piece>() * entries.len();
    let mut before = old.iter().flat_map(|it| it.entries.iter().zip(&*it.pieces)).peekable();
    let pieces = entries.iter().enumerate().map(|(nth, entry)| {
        while before.next_if(|(it, _)| it.seq < entry.seq).is_some() {}
        if let Some((_, piece)) = before.next_if(|(it, _)| Arc::ptr_eq(it, entry)) {
            return piece.clone();
        }
        let next = entries.get(nth + 1).map_or(Seq(u64::MAX), |it| it.seq);
        let piece = source.piece(entry, next);
        weight += piece.weight();
        piece
    });
    let pieces = pieces.collect();
    (Sketch { agent: bare(agent), pieces, entries }, weight)
}

impl Spot {
    pub(super) fn of(entry: &Entry) -> Self {
        Self { seq: entry.seq, at: entry.at, turn: entry.turn }
    }
}

impl Words {
    /// Its entry, without the words.
    pub(super) fn blank(&self) -> Entry {
        let Spot { seq, at, turn } = self.spot;
        let text = String::new();
        let kind = if self.is_thought {
            EntryKind::Thought { text }
        } else {
            EntryKind::Said { text, cut: false }
        };
        Entry { seq, at, turn, kind }
    }
}

impl Call {
    /// Its entry, without a word.
    pub(super) fn blank(&self) -> Entry {
        let Spot { seq, at, turn } = self.spot;
        let kind = EntryKind::Tool {
            call: self.id,
            tool: String::new(),
            title: String::new(),
            input: Box::default(),
            state: self.state,
            output: String::new(),
            bytes: 0,
            changes: Vec::new(),
            note: String::new(),
        };
        Entry { seq, at, turn, kind }
    }
}

impl Piece {
    /// Whether an entry is worth to be read again.
    pub(super) fn is_heavy(text: &str) -> bool {
        text.len() > SHORT
    }

    fn weight(&self) -> usize {
        match self {
            Self::Kept(entry) => 300 + words(&entry.kind),
            Self::Words(words) => 96 + 4 * words.further.len(),
            Self::Call(_) => 96,
        }
    }
}

/// What an agent holds beside its log, in bytes, roughly.
fn load(agent: &Agent) -> usize {
    let casting = agent.casting.brief.len() + agent.casting.instructions.len();
    let files: usize = agent.files.keys().map(|it| it.len() + 64).sum();
    let redirects: usize = agent.redirects.iter().map(|it| it.text.len() + 96).sum();
    let tools = 256 * agent.tools.len();
    let printed = agent.log.printed().map_or(0, Printed::kept);
    casting + files + redirects + tools + printed + size_of::<Agent>() + 256
}

fn words(kind: &EntryKind) -> usize {
    match kind {
        EntryKind::Brief(text)
        | EntryKind::Said { text, .. }
        | EntryKind::Thought { text }
        | EntryKind::Direction { text, .. }
        | EntryKind::Redirect { text, .. }
        | EntryKind::Request { text, .. }
        | EntryKind::Report { text }
        | EntryKind::Note { text, .. }
        | EntryKind::Retry { why: text, .. }
        | EntryKind::End { text, .. } => text.capacity(),
        EntryKind::HandOff { note, .. } => note.capacity(),
        EntryKind::Tool { output, title, input, .. } => {
            let input = input.as_object().map_or(0, serde_json::Map::len);
            output.capacity() + title.len() + 200 * (1 + input)
        }
    }
}
