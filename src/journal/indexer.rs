//! Builds a reel's index: one thread reads and parses, another folds.

use super::{Reader, index::Mark, parse::Place, reel::Shared};
use crate::model::{Record, Stage};
use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

/// How much of the journal is one batch, and so how far marks stand apart.
const BATCH: u64 = 64 << 10;
/// How many batches may wait to be folded.
const AHEAD: usize = 8;

/// Records that were read together, and where reading went on.
struct Batch {
    records: Vec<(u64, Record)>,
    behind: Mark,
}

/// Reads the journal to its end, or until nobody needs it.
pub(super) fn run(reader: &Reader, shared: &Shared) {
    thread::scope(|scope| {
        let (sender, batches) = sync_channel(AHEAD);
        scope.spawn(move || read(reader, &sender));
        fold(reader, shared, &batches);
        // The reader ends when nobody takes its batches.
        drop(batches);
    });
    shared.done();
}

fn read(reader: &Reader, sender: &SyncSender<Batch>) {
    let mut records = reader.between(reader.body(), reader.len(), Place::default());
    let mut begin = reader.body();
    let mut batch = Vec::new();
    let mut size = 0;
    while let Some(record) = records.next() {
        batch.push(record);
        let offset = records.offset();
        if offset >= begin + BATCH && records.is_between_lines() {
            begin = offset;
            size = size.max(batch.len());
            let behind = Mark { offset, place: records.place() };
            let full = std::mem::replace(&mut batch, Vec::with_capacity(size));
            if sender.send(Batch { records: full, behind }).is_err() {
                return;
            }
        }
    }
    let behind = Mark { offset: records.offset(), place: records.place() };
    // Nobody may need it any more; then nothing is lost.
    drop(sender.send(Batch { records: batch, behind }));
}

fn fold(reader: &Reader, shared: &Shared, batches: &Receiver<Batch>) {
    let mut stage = Stage::new(reader.header().clone());
    for Batch { records, behind } in batches {
        for (_, record) in &records {
            stage.apply(record);
        }
        let mut index = shared.index();
        index.add(&records, behind);
        if index.is_due(behind.offset) {
            index.keep(behind, &stage);
        }
        drop(index);
        shared.reached(behind.offset);
        if shared.is_over() {
            return;
        }
    }
}
