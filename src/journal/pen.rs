//! Appends batches of lines: each is written whole, or not at all.

use super::{JournalError, lines::LONGEST};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, ErrorKind, Write},
    path::Path,
};

/// A buffer bigger than this is given back after use.
const ROOMY: usize = 1 << 20;

/// What a pen writes on.
pub(super) trait Paper {
    /// Writes at the end; may write less than it was given, as a full disk does.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Cuts everything behind `length` off.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Paper for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(self, bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// Writes lines at the end of a paper, and knows where the last whole one ends.
#[derive(Debug)]
pub(super) struct Pen<P> {
    paper: P,
    end: u64,
    /// What stands at the end has no newline: the next line starts with one.
    is_open: bool,
    /// A failed write left something behind `end`.
    is_ragged: bool,
    buffer: Vec<u8>,
}

impl<P: Paper> Pen<P> {
    /// A pen at `end`; `is_open` when the last line there has no newline.
    pub(super) const fn new(paper: P, end: u64, is_open: bool) -> Self {
        Self { paper, end, is_open, is_ragged: false, buffer: Vec::new() }
    }

    /// Where the last whole line ends.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// Writes a line for each value, all in one write.
    pub(super) fn append<T: Serialize>(
        &mut self,
        path: &Path,
        lines: &[T],
        mend: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), JournalError> {
        self.encode(lines)?;
        mend(&mut self.buffer);
        if self.is_open {
            self.buffer.insert(0, b'\n');
        }
        let written = self.write().map_err(|error| JournalError::disk("append to", path, error));
        if self.buffer.capacity() > ROOMY {
            self.buffer = Vec::new();
        }
        written
    }

    fn encode<T: Serialize>(&mut self, lines: &[T]) -> Result<(), JournalError> {
        self.buffer.clear();
        for line in lines {
            let start = self.buffer.len();
            serde_json::to_writer(&mut self.buffer, line).map_err(JournalError::Encode)?;
            let bytes = self.buffer.len() - start;
            if bytes > LONGEST {
                return Err(JournalError::TooLong { bytes, most: LONGEST });
            }
            self.buffer.push(b'\n');
        }
        Ok(())
    }

    /// Writes the buffer. What a full disk took of it is cut off again, so that
    /// the next batch never stands behind half a line.
    fn write(&mut self) -> io::Result<()> {
        if self.is_ragged {
            self.paper.cut(self.end)?;
            self.is_ragged = false;
        }
        let mut rest = self.buffer.as_slice();
        while !rest.is_empty() {
            match self.paper.write(rest) {
                Ok(0) => return self.cut_back(ErrorKind::WriteZero.into()),
                // A short write: the next one tells why.
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return self.cut_back(error),
            }
        }
        self.end += self.buffer.len() as u64;
        self.is_open = false;
        Ok(())
    }

    fn cut_back(&mut self, error: io::Error) -> io::Result<()> {
        // If even this fails, nothing is written until it does not.
        self.is_ragged = self.paper.cut(self.end).is_err();
        Err(error)
    }
}
