//! A stage in whose logs words are still missing. It is folded on before they are
//! read: what the fold pushes out of a log need not be read at all.

use super::{
    Reader,
    outline::{Outline, Piece, with_log},
    refill::read,
};
use crate::model::{Agent, AgentId, Entry, Stage};
use std::sync::Arc;

/// So many entries at the end of a log have their words from the beginning. The fold
/// goes on with the last; an agent's end looks at the last three, and before that a
/// retry may have taken one away.
const NEWEST: usize = 4;

/// The entries without words, by agent, in the order of the stage's agents.
#[derive(Debug, Default)]
pub(super) struct Blanks(Vec<Page>);

/// Those of one agent's log, in its order.
#[derive(Debug)]
struct Page {
    agent: AgentId,
    /// How many entries had been dropped when the places were counted.
    dropped: u64,
    places: Vec<usize>,
    /// They are held here too: a fold that changes one has to put another there.
    entries: Vec<Arc<Entry>>,
    pieces: Vec<Piece>,
}

/// What a log still has of a page.
struct Left<'a> {
    agent: &'a Agent,
    places: Vec<usize>,
    pieces: &'a [Piece],
}

/// The stage that was outlined, of its words only the newest.
pub(super) fn open(outline: &Outline, reader: &Reader) -> (Stage, Blanks) {
    let split = |pieces: &Arc<[Piece]>| pieces.len().saturating_sub(NEWEST);
    let newest = outline.stage.agents().zip(&outline.logs);
    let newest: Vec<_> =
        newest.map(|(agent, it)| (agent, it.get(split(it)..).unwrap_or_default())).collect();
    let mut newest = read(&newest, reader).into_iter();
    let (mut logs, mut pages) = (outline.logs.iter(), Vec::new());
    let stage = outline.stage.with_each(|agent| {
        let older = logs.next().and_then(|it| it.get(..split(it))).unwrap_or_default();
        let mut page = Page::new(agent);
        let older: Vec<_> =
            older.iter().enumerate().map(|(place, piece)| page.take(place, piece)).collect();
        pages.push(page);
        let newest = newest.next().unwrap_or_default().into_iter().flatten();
        with_log(agent, older.into_iter().chain(newest))
    });
    (stage, Blanks(pages))
}

/// The stage with all its words; what the disk does not give any more is missing.
/// None where a record since then has changed an entry without words: what came of
/// it is not known.
pub(super) fn fill(stage: &Stage, Blanks(pages): &Blanks, reader: &Reader) -> Option<Stage> {
    let left: Vec<_> = pages.iter().map(|it| it.left(stage)).collect::<Option<_>>()?;
    let wanted: Vec<_> = left.iter().map(|it| (it.agent, it.pieces)).collect();
    let mut left = left.iter().zip(read(&wanted, reader)).peekable();
    Some(stage.with_each(|agent| {
        let Some((Left { places, .. }, words)) = left.next_if(|(it, _)| it.agent.id == agent.id)
        else {
            return Arc::clone(agent);
        };
        let mut words = places.iter().zip(words).peekable();
        let entries = agent.log.entries().enumerate().filter_map(|(place, entry)| {
            match words.next_if(|(it, _)| **it == place) {
                Some((_, found)) => found,
                None => Some(Arc::clone(entry)),
            }
        });
        with_log(agent, entries)
    }))
}

impl Page {
    fn new(agent: &Agent) -> Self {
        let (places, entries, pieces) = <(Vec<_>, Vec<_>, Vec<_>)>::default();
        Self { agent: agent.id, dropped: agent.log.dropped(), places, entries, pieces }
    }

    /// The entry of a piece, without its words where those would have to be read.
    fn take(&mut self, place: usize, piece: &Piece) -> Arc<Entry> {
        let blank = match piece {
            Piece::Kept(entry) => return Arc::clone(entry),
            Piece::Words(words) => Arc::new(words.blank()),
            Piece::Call(call) => Arc::new(call.blank()),
        };
        self.places.push(place);
        self.entries.push(Arc::clone(&blank));
        self.pieces.push(piece.clone());
        blank
    }

    /// What the log has of it by now, if that is as it was.
    fn left<'a>(&'a self, stage: &'a Stage) -> Option<Left<'a>> {
        let agent = stage.agent(self.agent)?;
        let gone = usize::try_from(agent.log.dropped().checked_sub(self.dropped)?).ok()?;
        let first = self.places.partition_point(|it| *it < gone);
        let places: Vec<_> = self.places.get(first..)?.iter().map(|it| it - gone).collect();
        let mut entries = self.entries.get(first..)?.iter().zip(&places);
        let is_still = |(blank, place): (&Arc<Entry>, &usize)| {
            agent.log.entries().nth(*place).is_some_and(|it| Arc::ptr_eq(it, blank))
        };
        let is_as_it_was = entries.all(is_still);
        is_as_it_was.then_some(Left { agent, places, pieces: self.pieces.get(first..)? })
    }
}
