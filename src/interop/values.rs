//! The JSON values of a file, whatever has become of it, in bounded memory.
//!
//! A line holds no value, one, or two that lost the newline between them. One that
//! is broken hides nothing but itself: reading goes on where the next whole value
//! begins and is followed by the end of the line, or by another.

use super::mend::mend;
use crate::journal::LONGEST;
use memchr::{memchr, memmem};
use serde_json::Value;
use std::{
    collections::VecDeque,
    io::{self, BufRead, ErrorKind},
    mem,
};

/// In so many places a line is tried to be read again.
const TRIES: usize = 64;
/// A buffer that has grown beyond this is given back.
const ROOMY: usize = 1 << 20;

/// What stands in a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// A JSON object.
    Value(Value),
    /// So many bytes that are none.
    Unreadable(u64),
    /// The same at the end of a file: it may be only half written.
    Torn(u64),
    /// From here on nothing can be read any more, and why: what was packed is torn.
    Lost(String),
}

/// How many lines there were, and what was wrong with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// Lines that are not blank.
    pub(super) all: u64,
    /// Lines with more than one value.
    pub(super) glued: u64,
    /// Lines of which something can't be read.
    pub(super) unreadable: u64,
}

/// A walk over the values of a file.
#[derive(Debug)]
pub(super) struct Values<R> {
    source: R,
    line: Vec<u8>,
    waiting: VecDeque<Piece>,
    lines: Lines,
    /// So many bytes were read.
    bytes: u64,
    longest: usize,
    /// So many bytes of a line that is too long were passed over.
    passed: u64,
    /// More may be written: what has no newline yet waits for it.
    grows: bool,
    /// Nothing more can be read.
    is_lost: bool,
}

impl<R: BufRead> Values<R> {
    pub(super) fn new(source: R) -> Self {
        let lines = Lines { all: 0, glued: 0, unreadable: 0 };
        let (line, waiting) = (Vec::new(), VecDeque::new());
        let (bytes, passed, grows, is_lost) = (0, 0, false, false);
        Self { source, line, waiting, lines, bytes, longest: LONGEST, passed, grows, is_lost }
    }

    /// The same walk, over a file that is being written: at its end there is nothing
    /// yet, and more later.
    pub(super) fn growing(mut self) -> Self {
        self.grows = true;
        self
    }

    /// What was seen of lines so far.
    pub(super) const fn lines(&self) -> Lines {
        self.lines
    }

    /// How many bytes were read so far.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next piece; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        loop {
            if let Some(piece) = self.waiting.pop_front() {
                return Ok(Some(piece));
            }
            if self.is_lost {
                return Ok(None);
            }
            let ended = match self.read_line() {
                // What came before holds all the same.
                Err(error) if self.bytes > 0 && !self.grows => {
                    self.lines.unreadable += 1;
                    self.is_lost = true;
                    return Ok(Some(Piece::Lost(error.to_string())));
                }
                ended => ended?,
            };
            match ended {
                Ended::File => return Ok(None),
                Ended::Long(bytes) => {
                    self.lines.all += 1;
                    self.lines.unreadable += 1;
                    self.waiting.push_back(Piece::Unreadable(bytes));
                }
                Ended::Line => self.take(false),
                Ended::Tail => self.take(true),
            }
        }
    }

    /// Takes in the line that was read.
    fn take(&mut self, is_tail: bool) {
        let mut line = mem::take(&mut self.line);
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line).trim_ascii();
        if !text.is_empty() {
            self.lines.all += 1;
            let before = self.waiting.len();
            pieces(text, is_tail, &mut self.waiting);
            let told = self.waiting.iter().skip(before);
            let values = told.filter(|it| matches!(it, Piece::Value(_))).count();
            self.lines.glued += u64::from(values > 1);
            self.lines.unreadable += u64::from(values < self.waiting.len() - before);
        }
        if line.capacity() <= ROOMY {
            line.clear();
            self.line = line;
        }
    }

    /// Reads up to the next newline, and keeps no more of it than may be kept.
    fn read_line(&mut self) -> io::Result<Ended> {
        loop {
            let room = match self.source.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                room => room?,
            };
            let end = memchr(b'\n', room);
            let part = room.get(..end.unwrap_or(room.len())).unwrap_or_default();
            let is_over = room.is_empty();
            if self.passed == 0 && self.line.len() + part.len() <= self.longest {
                self.line.extend_from_slice(part);
            } else {
                self.passed += (mem::take(&mut self.line).len() + part.len()) as u64;
            }
            let taken = part.len() + usize::from(end.is_some());
            self.source.consume(taken);
            self.bytes += taken as u64;
            if is_over && self.grows {
                let is_whole = self.passed == 0 && is_whole(&self.line);
                return Ok(if is_whole { Ended::Line } else { Ended::File });
            }
            if end.is_some() || is_over {
                return Ok(match (mem::take(&mut self.passed), is_over) {
                    (0, true) if self.line.is_empty() => Ended::File,
                    (0, true) => Ended::Tail,
                    (0, false) => Ended::Line,
                    (passed, _) => Ended::Long(passed),
                });
            }
        }
    }
}

/// How a line ended.
enum Ended {
    Line,
    /// With the file, and no newline.
    Tail,
    /// It was too long to be kept.
    Long(u64),
    /// There was none.
    File,
}

/// Whether a line is whole although no newline has come: a value ends where it ends.
fn is_whole(line: &[u8]) -> bool {
    let mut rest = line.trim_ascii();
    rest.last() == Some(&b'}') && values(&mut rest, &mut VecDeque::new()).is_ok()
}

/// The values of a line. At the end of a file nothing is looked for behind what is
/// broken: it may yet be whole, and mean something else.
fn pieces(line: &[u8], is_tail: bool, told: &mut VecDeque<Piece>) {
    let mut rest = line;
    if values(&mut rest, told).is_ok() {
        return;
    }
    let mended = mend(rest);
    rest = &mended;
    while values(&mut rest, told).is_err() {
        let bytes = rest.len() as u64;
        if is_tail {
            return told.push_back(Piece::Torn(bytes));
        }
        let next = resume(rest).unwrap_or(rest.len());
        told.push_back(Piece::Unreadable(next as u64));
        rest = rest.get(next..).unwrap_or_default();
    }
}

/// Reads values as long as they are whole; stands before the first that is not.
fn values(rest: &mut &[u8], told: &mut VecDeque<Piece>) -> Result<(), ()> {
    loop {
        *rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return Ok(());
        }
        let (value, length) = value(rest).ok_or(())?;
        told.push_back(Piece::Value(value));
        *rest = rest.get(length..).unwrap_or_default();
    }
}

/// The object that stands here, and how long it is.
fn value(text: &[u8]) -> Option<(Value, usize)> {
    // Only an object ends where it ends, whatever stands behind it.
    if text.first() != Some(&b'{') {
        return None;
    }
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, values.byte_offset()))
}

/// Where the next whole value begins behind a broken one. A part of the broken one
/// has a comma or a brace behind it.
fn resume(rest: &[u8]) -> Option<usize> {
    let found = memmem::find_iter(rest.get(1..)?, b"{\"").map(|at| at + 1);
    found.take(TRIES).find(|at| {
        let Some((_, length)) = rest.get(*at..).and_then(value) else { return false };
        let behind = rest.get(at + length..).unwrap_or_default().trim_ascii_start();
        matches!(behind.first(), None | Some(b'{'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(bytes: &[u8]) -> (Vec<Piece>, Lines) {
        let mut values = Values::new(bytes);
        let mut pieces = Vec::new();
        while let Some(piece) = values.next().unwrap() {
            pieces.push(piece);
        }
        (pieces, values.lines())
    }

    fn a(number: u32) -> Piece {
        Piece::Value(json!({ "a": number }))
    }

    #[test]
    fn a_lost_newline_loses_nothing() {
        let (pieces, lines) = read(b"\xEF\xBB\xBF{\"a\":1}{\"a\":2}\r\n\n  {\"a\":3} \n");
        assert_eq!(pieces, [a(1), a(2), a(3)]);
        assert_eq!(lines, Lines { all: 2, glued: 1, unreadable: 0 });
    }

    #[test]
    fn a_broken_value_hides_itself_alone() {
        let (pieces, lines) = read(b"{\"b\":[{\"c\":1},\"tor{\"a\":1}\n12\n{\"a\":2}\n");
        assert_eq!(pieces, [Piece::Unreadable(18), a(1), Piece::Unreadable(2), a(2)]);
        assert_eq!(lines, Lines { all: 3, glued: 0, unreadable: 2 });
    }

    #[test]
    fn what_is_half_written_is_told_as_torn() {
        let (pieces, lines) = read(b"{\"a\":1}\n{\"a\":2}{\"a\":");
        assert_eq!(pieces, [a(1), a(2), Piece::Torn(5)]);
        assert_eq!(lines.unreadable, 1);
    }

    #[test]
    fn a_file_that_grows_is_told_as_far_as_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut file = std::fs::File::create(&path).unwrap();
        let bytes = io::BufReader::with_capacity(7, std::fs::File::open(&path).unwrap());
        let mut values = Values::new(bytes).growing();
        let mut pieces = Vec::new();
        for part in ["{\"a\":1}\n{\"a\"", ":2", "}", "\n", "\n{\"a\":3}\n12", "\n"] {
            io::Write::write_all(&mut file, part.as_bytes()).unwrap();
            while let Some(piece) = values.next().unwrap() {
                pieces.push((part, piece));
            }
        }
        let first = "{\"a\":1}\n{\"a\"";
        let third = "\n{\"a\":3}\n12";
        let told = [(first, a(1)), ("}", a(2)), (third, a(3)), ("\n", Piece::Unreadable(2))];
        assert_eq!(pieces, told);
        assert_eq!(values.lines(), Lines { all: 4, glued: 0, unreadable: 1 });
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let text = format!("{{\"a\":1}}\n{{\"b\":\"{}\"}}\n{{\"a\":2}}\n", "x".repeat(40_000));
        let mut values = Values::new(io::BufReader::with_capacity(7, text.as_bytes()));
        values.longest = 100;
        let mut pieces = Vec::new();
        while let Some(piece) = values.next().unwrap() {
            pieces.push(piece);
        }
        assert_eq!(pieces, [a(1), Piece::Unreadable(40_008), a(2)]);
    }

    #[test]
    fn what_stands_before_a_tear_is_read_and_the_tear_is_told() {
        struct Torn(&'static [u8]);
        impl io::Read for Torn {
            fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
                match io::Read::read(&mut self.0, room)? {
                    0 => Err(io::Error::other("incomplete frame")),
                    got => Ok(got),
                }
            }
        }
        let read = |text: &'static str| {
            let mut values = Values::new(io::BufReader::new(Torn(text.as_bytes())));
            let mut pieces = Vec::new();
            while let Some(piece) = values.next()? {
                pieces.push(piece);
            }
            io::Result::Ok((pieces, values.lines()))
        };
        let lost = Piece::Lost("incomplete frame".to_owned());
        let (pieces, lines) = read("{\"a\":1}\n{\"a\":2}\n{\"a\":").unwrap();
        assert_eq!(pieces, [a(1), a(2), lost]);
        assert_eq!(lines, Lines { all: 2, glued: 0, unreadable: 1 });
        assert!(read("").is_err(), "of which nothing can be read");
    }

    #[test]
    fn a_surrogate_alone_is_no_damage() {
        let (pieces, lines) = read(b"{\"a\":1}{\"t\":\"\\ud83d\"}{\"a\":2}\n");
        assert_eq!(pieces, [a(1), Piece::Value(json!({ "t": "\u{fffd}" })), a(2)]);
        assert_eq!((lines.glued, lines.unreadable), (1, 0));
    }
}
