//! The lines of a file, read in big blocks and found with `memchr`.
//!
//! Memory is bounded: a line longer than [`LONGEST`] is passed over, and told.

use std::{fs::File, io, os::unix::fs::FileExt, sync::Arc};

/// The longest line that is read whole, in bytes. The writer keeps to it too.
pub const LONGEST: usize = 64 << 20;

/// How much is read at once: little enough that what comes does not drive out of
/// a processor's own memory what the lines are folded into.
const BLOCK: usize = 64 << 10;

/// A walk over the lines of a file, from an offset on.
#[derive(Debug)]
pub(super) struct Lines {
    file: Arc<File>,
    buffer: Vec<u8>,
    /// What of the buffer is still to be told.
    start: usize,
    end: usize,
    /// Up to where a newline was already looked for.
    searched: usize,
    /// The offset of `buffer[start]` in the file.
    offset: u64,
    /// Nothing at or behind this offset is read.
    limit: u64,
    longest: usize,
}

/// What stands between two newlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A line and where it begins; without its newline.
    Whole(u64, &'a [u8]),
    /// What stands behind the last newline.
    Tail(u64, &'a [u8]),
    /// A line that is too long: where it begins and how long it is.
    Long(u64, u64),
}

/// Where a line stands in the buffer, before it is lent out.
enum Found {
    Whole(usize, usize),
    Tail(usize, usize),
    Long(u64, u64),
    End,
}

impl Lines {
    /// Walks from `offset` up to `limit`, or to the end of the file.
    pub(super) fn new(file: Arc<File>, offset: u64, limit: u64) -> Self {
        let (start, end, searched) = (0, 0, 0);
        Self { file, buffer: Vec::new(), start, end, searched, offset, limit, longest: LONGEST }
    }

    #[cfg(test)]
    pub(super) const fn bounded(mut self, longest: usize) -> Self {
        self.longest = longest;
        self
    }

    /// Where the next line begins.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// The next line. After a [`Line::Tail`] and at the end there is none; a
    /// tail is not passed over, so that a walk goes on when it has grown.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let found = self.find()?;
        let slice = |from: usize, to: usize| self.buffer.get(from..to).unwrap_or_default();
        Ok(match found {
            Found::Whole(from, to) => {
                Some(Line::Whole(self.offset - (to + 1 - from) as u64, slice(from, to)))
            }
            Found::Tail(from, to) => Some(Line::Tail(self.offset, slice(from, to))),
            Found::Long(offset, bytes) => Some(Line::Long(offset, bytes)),
            Found::End => None,
        })
    }

    /// Passes over a tail that was told.
    pub(super) fn skip_tail(&mut self) {
        self.advance(self.end);
    }

    fn advance(&mut self, to: usize) {
        self.offset += (to - self.start) as u64;
        self.start = to;
        self.searched = self.searched.max(to);
    }

    fn find(&mut self) -> io::Result<Found> {
        loop {
            let rest = self.buffer.get(self.searched..self.end).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', rest) {
                let (from, to) = (self.start, self.searched + at);
                self.advance(to + 1);
                return Ok(Found::Whole(from, to));
            }
            self.searched = self.end;
            if self.end - self.start > self.longest {
                return self.pass_over();
            }
            if self.fill()? == 0 {
                return Ok(match self.end - self.start {
                    0 => Found::End,
                    _ => Found::Tail(self.start, self.end),
                });
            }
        }
    }

    /// Reads on to the end of a line that is too long, keeping nothing of it.
    fn pass_over(&mut self) -> io::Result<Found> {
        let begin = self.offset;
        loop {
            self.advance(self.end);
            if self.fill()? == 0 {
                return Ok(Found::Long(begin, self.offset - begin));
            }
            let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', rest) {
                self.advance(self.start + at + 1);
                return Ok(Found::Long(begin, self.offset - 1 - begin));
            }
        }
    }

    /// Reads one more block behind what is there; gives how much came.
    fn fill(&mut self) -> io::Result<usize> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.end, self.searched) = (self.end - self.start, self.searched - self.start);
            self.start = 0;
        }
        if self.buffer.len() > 4 * BLOCK && self.end < BLOCK {
            self.buffer.truncate(2 * BLOCK);
            self.buffer.shrink_to_fit();
        }
        if self.buffer.len() < self.end + BLOCK {
            self.buffer.resize((self.end + BLOCK).max(self.end * 2), 0);
        }
        let from = self.offset + self.end as u64;
        let most = usize::try_from(self.limit.saturating_sub(from)).unwrap_or(usize::MAX);
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let most = most.min(room.len());
        let got = read_at(&self.file, room.get_mut(..most).unwrap_or_default(), from)?;
        self.end += got;
        Ok(got)
    }
}

/// One `pread`, made again when a signal came between.
pub(super) fn read_at(file: &File, room: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(room, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
