//! A journal that can be wound to any place: what a replay plays from.
//!
//! It opens at once. An index is built beside it: the stage at checkpoints, the
//! places between them, and what is worth a mark on a timeline. Any stage is
//! the nearest checkpoint before it and the records since. A journal that is still
//! written is wound as far as it goes.

use super::{
    Growth, JournalError, Reader, Records,
    blanks::{self, Blanks},
    curve::Sample,
    index::{Checkpoint, Index, Mark, Marker},
    indexer,
    parse::Place,
    reader::{Told, speakers},
    refill::refill,
};
use crate::model::{AgentId, Millis, Record, Seq, Stage};
use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

/// How far a stage is folded where there is no index yet: what fits a frame.
const REACH: u64 = 4 << 20;

/// On the way to a stage, copies are kept this far apart, and this many: going
/// on from there, or a step back, is quick.
const STEP: u64 = 1 << 20;
const STEPS: usize = 12;

/// A journal for replay.
#[derive(Debug)]
pub struct Reel {
    reader: Reader,
    growth: Growth,
    shared: Arc<Shared>,
    /// Stages that were shown lately, by place.
    recent: Mutex<VecDeque<Stand>>,
    last: (Seq, Millis),
}

/// A stage, and the place of the journal it stands at.
#[derive(Debug, Clone)]
struct Stand {
    mark: Mark,
    stage: Stage,
    /// The words that its logs lack, if any.
    blanks: Option<Arc<Blanks>>,
}

impl Stand {
    /// Puts the words into its logs; tells whether that could be done.
    fn fill(&mut self, reader: &Reader) -> bool {
        let Some(blanks) = &self.blanks else { return true };
        let Some(stage) = blanks::fill(&self.stage, blanks, reader) else { return false };
        (self.stage, self.blanks) = (stage, None);
        true
    }
}

/// What the reel and its indexer share. The lock is held to look something up
/// or to add a batch, never while reading or folding.
#[derive(Debug)]
pub(super) struct Shared {
    index: Mutex<Index>,
    indexed: AtomicU64,
    is_done: AtomicBool,
    is_over: AtomicBool,
}

impl Shared {
    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Up to this offset the index is there.
    pub(super) fn reached(&self, offset: u64) {
        self.indexed.store(offset, Ordering::Release);
    }

    pub(super) fn done(&self) {
        self.is_done.store(true, Ordering::Release);
    }

    /// Nobody needs the index any more.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }
}

impl Reel {
    /// Takes a journal and starts to index it.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn new(reader: Reader) -> Result<Self, JournalError> {
        let growth = Growth::whole(reader.len());
        Self::growing(reader, growth)
    }

    /// The same, of one that is still written.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn growing(reader: Reader, growth: Growth) -> Result<Self, JournalError> {
        let (end, bytes) = (growth.end(), growth.source().1.unwrap_or_default());
        // More than one, for the last ones may be damaged.
        let ends = reader.before(end, None, 16);
        let last = ends.iter().map(|(_, it)| (it.seq, it.at)).max().unwrap_or_default();
        let first = Mark { offset: reader.body(), place: Place::default() };
        let empty = Stage::new(reader.header().clone()).without_trails();
        let shared = Arc::new(Shared {
            index: Mutex::new(Index::new(first, &empty, bytes.max(end))),
            indexed: AtomicU64::new(reader.body()),
            is_done: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
        });
        let (source, whole, target) = (reader.clone(), growth.clone(), Arc::clone(&shared));
        let builder = thread::Builder::new().name("journal-index".into());
        builder
            .spawn(move || indexer::run(&source, &whole, &target))
            .map_err(|error| JournalError::disk("index", reader.path(), error))?;
        Ok(Self { reader, growth, shared, recent: Mutex::default(), last })
    }

    /// The journal it plays.
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The records from `offset` on, as far as there are any now.
    pub fn records_from(&self, offset: u64) -> Records {
        self.reader.records_between(offset, self.growth.end())
    }

    /// Where whole records end, as far as it is written.
    pub fn end(&self) -> u64 {
        self.growth.end()
    }

    /// Whether more may be written.
    pub fn is_growing(&self) -> bool {
        !self.growth.is_whole()
    }

    /// Why no more of it could be written, if it could not.
    pub fn trouble(&self) -> Option<String> {
        self.growth.trouble()
    }

    /// How much of the journal is indexed, in bytes, and of how many; while it is written,
    /// how much of what it is made of was read.
    pub fn progress(&self) -> (u64, u64) {
        match self.growth.source() {
            (read, of) if self.is_growing() => (read, of.unwrap_or(u64::MAX)),
            _ => (self.shared.indexed.load(Ordering::Acquire), self.growth.end()),
        }
    }

    /// Whether the index is complete.
    pub fn is_indexed(&self) -> bool {
        self.shared.is_done.load(Ordering::Acquire)
    }

    /// The number of the last record.
    pub fn last_seq(&self) -> Seq {
        let found = self.shared.index().last().0;
        if self.is_indexed() { found } else { self.last.0.max(found) }
    }

    /// The time of the last record.
    pub fn duration(&self) -> Millis {
        let found = self.shared.index().last().1;
        if self.is_indexed() { found } else { self.last.1.max(found) }
    }

    /// What is worth a mark on the timeline, in order, as far as it is indexed.
    pub fn markers(&self) -> Arc<Vec<Marker>> {
        self.shared.index().markers()
    }

    /// What the session had cost and how full windows were, from turn to turn, as far as it
    /// is indexed.
    pub fn curve(&self) -> Arc<[Sample]> {
        self.shared.index().curve()
    }

    /// The stretches in which nothing happened, from when to when, as far as it is indexed.
    pub fn gaps(&self) -> Vec<(Millis, Millis)> {
        self.shared.index().gaps().to_vec()
    }

    /// The stage after the record of that number. Where there is no index yet,
    /// the stage as far as it can be had within a frame.
    pub fn stage_at(&self, seq: Seq) -> Stage {
        self.wind(seq).stage
    }

    /// Where the record after that number begins: where a log that is read up
    /// to the cursor ends.
    pub fn offset_after(&self, seq: Seq) -> u64 {
        self.wind(seq).mark.offset
    }

    fn wind(&self, seq: Seq) -> Stand {
        let mut at = self.nearest(seq);
        self.go_on(&mut at, seq);
        if at.fill(&self.reader) {
            return at;
        }
        // Rare: something changed what was said or done long before it.
        let mut at = self.whole(seq);
        self.go_on(&mut at, seq);
        at
    }

    /// Folds the records up to that number.
    fn go_on(&self, at: &mut Stand, seq: Seq) {
        let mut kept = at.mark.offset;
        let limit = self.shared.indexed.load(Ordering::Acquire).max(kept + REACH);
        let mut records = self.reader.between(kept, self.growth.end(), at.mark.place);
        let mut block = Vec::new();
        loop {
            records.ahead(&mut block);
            at.stage.call_up(speakers(&block));
            if block.is_empty() {
                return;
            }
            for Told { offset, record, behind, is_between } in block.drain(..) {
                if record.seq > seq || offset >= limit {
                    at.mark.offset = offset;
                    return;
                }
                at.stage.apply(&record);
                records.take_back(record);
                at.mark = behind;
                if behind.offset >= kept + STEP && is_between {
                    kept = behind.offset;
                    self.keep(at.clone());
                }
            }
        }
    }

    /// The nearest stage at or before that number that is at hand. Who comes back
    /// to one that was kept may come again: it gets its words then.
    fn nearest(&self, seq: Seq) -> Stand {
        let Checkpoint { mark, outline } = self.shared.index().checkpoint(seq);
        if let Some(mut near) = self.near(seq).filter(|it| it.mark.offset >= mark.offset) {
            if near.blanks.is_none() {
                return near;
            }
            if near.fill(&self.reader) {
                self.keep(near.clone());
                return near;
            }
        }
        let (stage, blanks) = blanks::open(&outline, &self.reader);
        let stand = Stand { mark, stage, blanks: Some(Arc::new(blanks)) };
        self.keep(stand.clone());
        stand
    }

    /// The stage of the checkpoint at or before that number, with all its words.
    fn whole(&self, seq: Seq) -> Stand {
        let Checkpoint { mark, outline } = self.shared.index().checkpoint(seq);
        let stand = Stand { mark, stage: refill(&outline, &self.reader), blanks: None };
        self.keep(stand.clone());
        stand
    }

    fn near(&self, seq: Seq) -> Option<Stand> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let near = recent.iter().filter(|it| it.mark.place.seq() <= seq);
        near.max_by_key(|it| it.mark.offset).cloned()
    }

    fn keep(&self, stand: Stand) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let same = recent.iter_mut().find(|it| it.mark.offset == stand.mark.offset);
        let old = if let Some(same) = same {
            Some(mem::replace(same, stand))
        } else {
            recent.push_back(stand);
            if recent.len() > STEPS { recent.pop_front() } else { None }
        };
        drop(recent);
        if let Some(old) = old {
            // To let go of a hundred logs takes as long as a picture, and somebody
            // waits for one. Where there can be no thread, it is let go here.
            let sweeper = thread::Builder::new().name("journal-sweep".into());
            drop(sweeper.spawn(move || drop(old)));
        }
    }

    /// The number of the last record up to that time.
    pub fn seq_at(&self, time: Millis) -> Seq {
        let mark = self.shared.index().mark_before(time);
        let mut records = self.reader.between(mark.offset, self.growth.end(), mark.place);
        let mut seq = mark.place.seq();
        let is_in = |record: &Record| record.at <= time;
        for (offset, record) in records.by_ref() {
            if !is_in(&record) || offset > mark.offset + REACH {
                break;
            }
            seq = record.seq;
        }
        seq
    }

    /// The start of the next turn behind that number, of one agent or of any.
    pub fn next_turn(&self, seq: Seq, agent: Option<AgentId>) -> Option<Seq> {
        self.shared.index().next_turn(seq, agent)
    }

    /// The start of the turn before that number.
    pub fn previous_turn(&self, seq: Seq, agent: Option<AgentId>) -> Option<Seq> {
        self.shared.index().previous_turn(seq, agent)
    }
}

impl Drop for Reel {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        self.growth.let_go();
    }
}
