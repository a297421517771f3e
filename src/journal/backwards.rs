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
    /// The file's bytes from `base` on.
    buffer: Vec<u8>,
    base: u64,
    floor: u64,
    /// What of the buffer is not told yet.
    end: usize,
    /// What of that was not searched for a newline yet.
    unsearched: usize,
    /// The line is too long: its parts are dropped as they come.
    passing: bool,
}

impl Backwards {
    /// Walks from `end` back to `floor`; both are where lines begin or end.
    pub(super) fn new(file: Arc<File>, floor: u64, end: u64) -> Self {
        let (buffer, base) = (Vec::new(), end);
        Self { file, buffer, base, floor, end: 0, unsearched: 0, passing: false }
    }

    /// The line before, and where it begins. Lines that are too long are passed
    /// over.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        loop {
            let fresh = self.buffer.get(..self.unsearched).unwrap_or_default();
            let from = match memchr::memrchr(b'\n', fresh) {
                Some(at) => at + 1,
                None if self.base > self.floor => {
                    self.fill()?;
                    continue;
                }
                None if self.end == 0 => return Ok(None),
                None => 0,
            };
            let to = self.end;
            self.end = from.saturating_sub(1);
            self.unsearched = self.end;
            if !std::mem::take(&mut self.passing) && from < to {
                let line = self.buffer.get(from..to).unwrap_or_default();
                return Ok(Some((self.base + from as u64, line)));
            }
        }
    }

    /// Puts the block before in front of what is there.
    fn fill(&mut self) -> io::Result<()> {
        if self.end > LONGEST {
            self.passing = true;
            self.end = 0;
        }
        // Growing with a long line keeps moving it from costing its square.
        let most = BLOCK.max(self.end) as u64;
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
        block.extend_from_slice(self.buffer.get(..self.end).unwrap_or_default());
        self.end = block.len();
        self.buffer = block;
        self.base -= count;
        Ok(())
    }
}
