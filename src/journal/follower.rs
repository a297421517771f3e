//! Reads on in a journal that is being written: for a screen that was left
//! behind, and for watching a session from outside.

use super::{Reader, parse::Place, reader::Records};
use crate::model::Record;

/// A place in a live journal. It has no clock: whoever follows says when to look.
#[derive(Debug)]
pub struct Follower {
    records: Records,
}

impl Follower {
    /// Follows from `offset` on: where a record begins, or the end of the last.
    pub fn new(reader: &Reader, offset: u64) -> Self {
        let place = if offset <= reader.body() { Place::default() } else { Place::ADRIFT };
        let from = offset.max(reader.body());
        Self { records: reader.between(from, u64::MAX, place).live() }
    }

    /// Where the next record will begin.
    pub fn offset(&self) -> u64 {
        self.records.offset()
    }
}

/// What was written since; none when there is nothing new, and more later. A
/// line that is half written is not told yet.
impl Iterator for Follower {
    type Item = (u64, Record);

    fn next(&mut self) -> Option<Self::Item> {
        self.records.next()
    }
}
