//! Builds a reel's index, on one thread.
//!
//! Two threads, one that parses and one that folds, were slower: nearly all of
//! a record is its texts, and what one thread allocates and another frees costs
//! more than parsing it.

use super::{Reader, index::Mark, parse::Place, reel::Shared};
use crate::model::{Record, Stage};

/// How much of the journal is one batch, and so how far marks stand apart.
const BATCH: u64 = 64 << 10;

/// Reads the journal to its end, or until nobody needs it.
pub(super) fn run(reader: &Reader, shared: &Shared) {
    let mut stage = Stage::new(reader.header().clone());
    let mut records = reader.between(reader.body(), reader.len(), Place::default());
    let mut begin = reader.body();
    let mut batch = Vec::new();
    while let Some((offset, record)) = records.next() {
        stage.apply(&record);
        batch.push((offset, record));
        let offset = records.offset();
        if offset >= begin + BATCH && records.is_between_lines() {
            begin = offset;
            take_in(&mut batch, Mark { offset, place: records.place() }, &stage, shared);
            if shared.is_over() {
                return;
            }
        }
    }
    take_in(&mut batch, Mark { offset: records.offset(), place: records.place() }, &stage, shared);
    shared.done();
}

/// Indexes records that were read together, and keeps the stage behind them
/// where it is time to.
fn take_in(records: &mut Vec<(u64, Record)>, behind: Mark, stage: &Stage, shared: &Shared) {
    let mut index = shared.index();
    index.add(records, behind);
    if index.is_due(behind.offset) {
        index.keep(behind, stage);
    }
    drop(index);
    records.clear();
    shared.reached(behind.offset);
}
