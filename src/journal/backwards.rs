//! The lines of a file from a place back to its beginning: how a director
//! scrolls back in a journal of any size.

use super::lines::{LONGEST, read_at};
use std::{fs::File, io, sync::Arc};

/// How much is read at once.
const BLOCK: usize = 256 << 10;

/// A walk over the lines of a file, last line first.
#[derive(Debug)]
pub(super) struct Backwards {
    file: Arc<File>,
    /// The file's bytes from `base` on, as far as they are not told yet.
    buffer: Vec<u8>,
    base: u64,
    floor: u64,
    /// Behind this no newline is left in the buffer.
    unsearched: usize,
    /// The line is too long: its parts are dropped as they come.
    passing: bool,
}

impl Backwards {
    /// Walks from `end` back to `floor`; both are where lines begin or end.
    pub(super) const fn new(file: Arc<File>, floor: u64, end: u64) -> Self {
        Self { file, buffer: Vec::new(), base: end, floor, unsearched: 0, passing: false }
    }

    /// The line before, and where it begins. Lines that are too long are passed
    /// over.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        loop {
            let fresh = self.buffer.get(..self.unsearched).unwrap_or_default();
            if let Some(at) = memchr::memrchr(b'\n', fresh) {
                if let Some(line) = self.take(at + 1) {
                    return Ok(Some(line));
                }
            } else if self.base > self.floor {
                self.fill()?;
            } else if self.buffer.is_empty() {
                return Ok(None);
            } else if let Some(line) = self.take(0) {
                return Ok(Some(line));
            }
        }
    }

    /// Takes the line that begins at `from` in the buffer, and its newline.
    fn take(&mut self, from: usize) -> Option<(u64, Vec<u8>)> {
        let line = self.buffer.split_off(from);
        self.buffer.truncate(from.saturating_sub(1));
        self.unsearched = self.buffer.len();
        let passed = std::mem::take(&mut self.passing);
        (!passed && !line.is_empty()).then(|| (self.base + from as u64, line))
    }

    /// Puts the block before in front of what is there.
    fn fill(&mut self) -> io::Result<()> {
        if self.buffer.len() > LONGEST {
            self.passing = true;
            self.buffer.clear();
        }
        // Growing with a long line keeps moving it from costing its square.
        let most = BLOCK.max(self.buffer.len()) as u64;
        let count = most.min(self.base - self.floor);
        let mut block = vec![0; usize::try_from(count).unwrap_or(BLOCK)];
        let mut got = 0;
        while let Some(room) = block.get_mut(got..).filter(|room| !room.is_empty()) {
            match read_at(&self.file, room, self.base - count + got as u64)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => got += more,
            }
        }
        self.unsearched = block.len();
        block.append(&mut self.buffer);
        self.buffer = block;
        self.base -= count;
        Ok(())
    }
}
