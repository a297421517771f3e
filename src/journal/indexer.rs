//! Builds a reel's index, on one thread.
//!
//! Two threads, one that parses and one that folds, were slower: nearly all of
//! a record is its texts, and what one thread allocates and another frees costs
//! more than parsing it.

use super::{
    Growth, Reader,
    index::{Found, Mark},
    outline::outline,
    parse::Place,
    reader::{Records, Told, speakers},
    reel::Shared,
    sources::Sources,
};
use crate::model::Stage;
use std::mem;

/// How much of the journal is one batch, and so how far marks stand apart.
const BATCH: u64 = 64 << 10;

/// Reads the journal to its end, however long that takes to be written, or until nobody
/// needs it.
pub(super) fn run(reader: &Reader, growth: &Growth, shared: &Shared) {
    let mut work = Work {
        stage: Stage::new(reader.header().clone()).without_trails(),
        found: Found::default(),
        sources: Sources::default(),
        block: Vec::new(),
    };
    let mut at = Mark { offset: reader.body(), place: Place::default() };
    while let Some(end) = growth.beyond(at.offset) {
        let mut records = reader.between(at.offset, end, at.place);
        if !work.read(&mut records, at.offset, shared) {
            return;
        }
        at = Mark { offset: records.offset(), place: records.place() };
        work.take_in(at, shared);
        // What was left behind the last whole line is not asked for again.
        at.offset = at.offset.max(end);
    }
    if growth.is_wanted() {
        shared.done();
    }
}

/// What is read of a journal, before it is in the index.
struct Work {
    stage: Stage,
    found: Found,
    sources: Sources,
    block: Vec<Told>,
}

impl Work {
    /// Reads these records, a batch at a time; says whether anybody still needs that.
    fn read(&mut self, records: &mut Records, from: u64, shared: &Shared) -> bool {
        let mut begin = from;
        loop {
            let mut block = mem::take(&mut self.block);
            records.ahead(&mut block);
            self.stage.call_up(speakers(&block));
            if block.is_empty() {
                return true;
            }
            for Told { offset, record, behind, is_between } in block.drain(..) {
                self.stage.apply(&record);
                self.found.add(offset, &record, &self.stage);
                self.sources.add(offset, &record);
                records.take_back(record);
                if behind.offset >= begin + BATCH && is_between {
                    begin = behind.offset;
                    self.take_in(behind, shared);
                }
            }
            self.block = block;
            if shared.is_over() {
                return false;
            }
        }
    }

    /// Indexes what was read together, and keeps the stage behind it where it is time to.
    fn take_in(&mut self, behind: Mark, shared: &Shared) {
        let is_due = {
            let mut index = shared.index();
            index.add(&mut self.found, behind);
            index.is_due(behind.offset)
        };
        if is_due {
            let kept = outline(&self.stage, &mut self.sources);
            shared.index().keep(behind, kept);
        }
        shared.reached(behind.offset);
    }
}
