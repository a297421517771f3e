//! Builds a reel's index, on one thread.
//!
//! Two threads, one that parses and one that folds, were slower: nearly all of
//! a record is its texts, and what one thread allocates and another frees costs
//! more than parsing it.

use super::{
    Reader,
    index::{Found, Mark},
    outline::outline,
    parse::Place,
    reader::{Told, speakers},
    reel::Shared,
    sources::Sources,
};
use crate::model::Stage;

/// How much of the journal is one batch, and so how far marks stand apart.
const BATCH: u64 = 64 << 10;

/// Reads the journal to its end, or until nobody needs it.
pub(super) fn run(reader: &Reader, shared: &Shared) {
    let mut stage = Stage::new(reader.header().clone());
    let mut records = reader.between(reader.body(), reader.len(), Place::default());
    let mut begin = reader.body();
    let (mut found, mut sources) = (Found::default(), Sources::default());
    let mut block = Vec::new();
    loop {
        records.ahead(&mut block);
        stage.call_up(speakers(&block));
        if block.is_empty() {
            break;
        }
        for Told { offset, record, behind, is_between } in block.drain(..) {
            stage.apply(&record);
            found.add(offset, &record, &stage);
            sources.add(offset, &record);
            records.take_back(record);
            if behind.offset >= begin + BATCH && is_between {
                begin = behind.offset;
                take_in(&mut found, behind, &stage, &mut sources, shared);
            }
        }
        if shared.is_over() {
            return;
        }
    }
    let end = Mark { offset: records.offset(), place: records.place() };
    take_in(&mut found, end, &stage, &mut sources, shared);
    shared.done();
}

/// Indexes what was read together, and keeps the stage behind it where it is
/// time to.
fn take_in(found: &mut Found, behind: Mark, stage: &Stage, sources: &mut Sources, shared: &Shared) {
    let is_due = {
        let mut index = shared.index();
        index.add(found, behind);
        index.is_due(behind.offset)
    };
    if is_due {
        let kept = outline(stage, sources);
        shared.index().keep(behind, kept);
    }
    shared.reached(behind.offset);
}
