//! Appends batches of lines: each is written whole, or not at all.

use super::{JournalError, lines::LONGEST};
use std::{
    fmt,
    fs::File,
    io::{self, ErrorKind, Write},
    path::Path,
};

/// A buffer bigger than this is given back after use.
const ROOMY: usize = 1 << 20;

/// What a journal is written on: a file, or one that a simulation makes fail.
pub trait Paper: fmt::Debug + Send {
    /// Writes at the end; may write less than it was given, as a full disk does.
    ///
    /// # Errors
    /// When the disk says no.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Cuts everything behind `length` off.
    ///
    /// # Errors
    /// When the disk says no.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Paper for Box<dyn Paper> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (**self).write(bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        (**self).cut(length)
    }
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

    /// The same pen, on a paper made of the one it has.
    pub(super) fn on(self, other: impl FnOnce(P) -> P) -> Self {
        Self { paper: other(self.paper), ..self }
    }

    /// Where the last whole line ends.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// Writes a line for each value, all in one write. `encode` makes a value a
    /// line, `mend` has the last word about all of them.
    pub(super) fn append<T>(
        &mut self,
        path: &Path,
        lines: &[T],
        encode: impl Fn(&T, &mut Vec<u8>) -> serde_json::Result<()>,
        mend: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), JournalError> {
        self.encode(lines, encode)?;
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

    fn encode<T>(
        &mut self,
        lines: &[T],
        encode: impl Fn(&T, &mut Vec<u8>) -> serde_json::Result<()>,
    ) -> Result<(), JournalError> {
        self.buffer.clear();
        for line in lines {
            let start = self.buffer.len();
            encode(line, &mut self.buffer).map_err(JournalError::Encode)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A disk with room for so many bytes, that can also refuse to cut.
    #[derive(Debug, Default)]
    struct Disk {
        bytes: Vec<u8>,
        room: usize,
        is_stuck: bool,
    }

    impl Paper for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(self.room - self.bytes.len().min(self.room));
            self.bytes.extend_from_slice(&bytes[..count]);
            if count == 0 { Err(ErrorKind::StorageFull.into()) } else { Ok(count) }
        }

        fn cut(&mut self, length: u64) -> io::Result<()> {
            if self.is_stuck {
                return Err(ErrorKind::Other.into());
            }
            self.bytes.truncate(usize::try_from(length).unwrap());
            Ok(())
        }
    }

    fn append(pen: &mut Pen<Disk>, lines: &[&str]) -> Result<(), JournalError> {
        let encode = |line: &&str, buffer: &mut Vec<u8>| serde_json::to_writer(buffer, line);
        pen.append(Path::new("journal"), lines, encode, |_| ())
    }

    fn pen(room: usize) -> Pen<Disk> {
        Pen::new(Disk { room, ..Disk::default() }, 0, false)
    }

    #[test]
    fn a_full_disk_is_told_from_other_trouble() {
        let error = append(&mut pen(3), &["one", "two"]).unwrap_err();
        assert!(error.is_full(), "{error:?}");
        let error = JournalError::disk("append to", Path::new("j"), ErrorKind::BrokenPipe);
        assert!(!error.is_full());
    }

    #[test]
    fn f03_nothing_is_written_behind_what_could_not_be_cut_off() {
        let mut pen = pen(10);
        append(&mut pen, &["one"]).unwrap();
        pen.paper.is_stuck = true;
        append(&mut pen, &["two", "three"]).unwrap_err();
        pen.paper.room = 1000;
        append(&mut pen, &["two", "three"]).unwrap_err();
        assert_eq!(pen.end(), 6);
        pen.paper.is_stuck = false;
        append(&mut pen, &["two", "three"]).unwrap();
        assert_eq!(pen.paper.bytes, b"\"one\"\n\"two\"\n\"three\"\n");
    }

    #[test]
    fn what_has_no_newline_gets_one_first() {
        let disk = Disk { bytes: b"{\"torn".to_vec(), room: 10, is_stuck: false };
        let mut pen = Pen::new(disk, 6, true);
        append(&mut pen, &["two"]).unwrap_err();
        pen.paper.room = 1000;
        append(&mut pen, &["two"]).unwrap();
        append(&mut pen, &["three"]).unwrap();
        assert_eq!(pen.paper.bytes, b"{\"torn\n\"two\"\n\"three\"\n");
        assert_eq!(pen.end(), pen.paper.bytes.len() as u64);
    }

    proptest! {
        #[test]
        fn f03_a_batch_is_written_whole_or_not_at_all(
            batches in proptest::collection::vec(proptest::collection::vec("[a-z]{0,9}", 1..4), 1..9),
            room in 0_usize..120,
        ) {
            let mut pen = pen(room);
            let mut expected = Vec::new();
            for batch in &batches {
                let lines: Vec<_> = batch.iter().map(String::as_str).collect();
                let whole = format!("\"{}\"\n", lines.join("\"\n\""));
                let written = append(&mut pen, &lines);
                prop_assert_eq!(written.is_ok(), expected.len() + whole.len() <= room);
                if written.is_err() {
                    prop_assert_eq!(&pen.paper.bytes, &expected);
                    // There is room again: the same batch may be written.
                    pen.paper.room = 10_000;
                    append(&mut pen, &lines).unwrap();
                    pen.paper.room = room;
                }
                expected.extend(whole.bytes());
                prop_assert_eq!(&pen.paper.bytes, &expected);
                prop_assert_eq!(pen.end(), expected.len() as u64);
                if expected.len() > room {
                    break;
                }
            }
        }
    }
}
