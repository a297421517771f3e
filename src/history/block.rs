//! The blocks of a journal: what an index points at, and what is looked through at once.
//!
//! A block is the lines that begin in a stretch of so many bytes. It is found without
//! reading what comes before it, and never changes but at the journal's end.

use super::passage::{Gathering, Passage};
use crate::journal::Reader;
use std::{io, ops::Range};

/// How long a block is, in bytes.
pub(super) const BLOCK: u64 = 256 << 10;

/// How much is read at once to find where a line begins: more than most lines are long.
const PIECE: usize = 4 << 10;

/// A journal, in blocks.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    reader: Reader,
    /// Behind its last whole line.
    end: u64,
}

impl Blocks {
    /// The blocks of a journal as it is now, without a line that is half written.
    pub(super) fn of(reader: Reader) -> io::Result<Self> {
        let end = reader.len();
        let end = whole_lines(&reader, end)?.max(reader.body());
        Ok(Self { reader, end })
    }

    /// The journal.
    pub(super) const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Behind the last line that is in a block.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// How many there are.
    pub(super) const fn count(&self) -> u64 {
        self.end.div_ceil(BLOCK)
    }

    /// Where the lines of a block stand; empty where none begins in it.
    pub(super) fn stretch(&self, nth: u64) -> io::Result<Range<u64>> {
        Ok(self.begin(nth)?..self.begin(nth + 1)?)
    }

    /// Where the first line begins at or behind a block's beginning.
    fn begin(&self, nth: u64) -> io::Result<u64> {
        let from = nth.saturating_mul(BLOCK);
        if from <= self.reader.body() {
            return Ok(self.reader.body());
        }
        let (mut at, mut room) = (from - 1, vec![0; PIECE]);
        while at < self.end {
            let got = self.reader.bytes_at(at, &mut room)?;
            let read = room.get(..got).unwrap_or_default();
            match memchr::memchr(b'\n', read) {
                Some(place) => return Ok((at + place as u64 + 1).min(self.end)),
                None if got == 0 => break,
                None => at += got as u64,
            }
        }
        Ok(self.end)
    }

    /// The bytes of a block.
    pub(super) fn bytes(&self, nth: u64, room: &mut Vec<u8>) -> io::Result<()> {
        let stretch = self.stretch(nth)?;
        room.resize(usize::try_from(stretch.end - stretch.start).unwrap_or(0), 0);
        let got = self.reader.bytes_at(stretch.start, room)?;
        room.truncate(got);
        Ok(())
    }

    /// Tells the passages of a block.
    pub(super) fn passages(&self, nth: u64, mut tell: impl FnMut(Passage)) -> io::Result<()> {
        let mut gathering = Gathering::default();
        if let Some(before) = nth.checked_sub(1) {
            self.gather(before, &mut gathering, &mut |_| {})?;
            gathering.turn();
        }
        self.gather(nth, &mut gathering, &mut tell)?;
        gathering.end(&mut tell);
        Ok(())
    }

    /// Takes in the records of a block.
    pub(super) fn gather(
        &self,
        nth: u64,
        gathering: &mut Gathering,
        tell: &mut impl FnMut(Passage),
    ) -> io::Result<()> {
        let stretch = self.stretch(nth)?;
        if stretch.is_empty() {
            return Ok(());
        }
        for (offset, record) in self.reader.records_from(stretch.start) {
            if offset >= stretch.end {
                break;
            }
            gathering.take(&record, tell);
        }
        Ok(())
    }
}

/// Where the last whole line before `end` ends.
fn whole_lines(reader: &Reader, end: u64) -> io::Result<u64> {
    let (mut to, mut room) = (end, vec![0; PIECE]);
    while to > 0 {
        let from = to.saturating_sub(PIECE as u64);
        let length = usize::try_from(to - from).unwrap_or(PIECE);
        let got = reader.bytes_at(from, room.get_mut(..length).unwrap_or_default())?;
        let read = room.get(..got).unwrap_or_default();
        if let Some(place) = memchr::memrchr(b'\n', read) {
            return Ok(from + place as u64 + 1);
        }
        to = from;
    }
    Ok(0)
}
