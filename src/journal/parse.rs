//! What a line says: records, and stretches that can't be read.
//!
//! A healthy line is one record. Anything else goes the slow way: value by
//! value, resuming where a record seems to begin, so that damage hides nothing
//! but itself.

use super::quick;
use crate::model::{Event, Millis, Record, Seq};
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// How a record begins as the writer writes it.
const BEGINNING: &[u8] = b"{\"seq\":";

/// How far a sequence number may jump ahead and still be believed; lines that
/// somebody took out leave such gaps, a flipped digit leaves bigger ones.
const JUMP: u64 = 64;

/// No session lasts longer: a hundred years. A later time is damage, and would
/// hide all times after it.
const LATEST: Millis = Millis(100 * 366 * 24 * 60 * 60 * 1000);

/// What was read last. A stretch that can't be read takes its number and time
/// from here, and a number that can't be right is set right by it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    seq: Seq,
    at: Millis,
    /// Tells a line that stands there twice.
    print: u64,
    /// Reading began in the middle: the first number is believed.
    adrift: bool,
}

impl Place {
    /// The place of one who starts in the middle.
    pub(super) const ADRIFT: Self = Self { seq: Seq(0), at: Millis(0), print: 0, adrift: true };

    /// The number of the last record.
    pub(super) const fn seq(&self) -> Seq {
        self.seq
    }

    /// The latest time of a record.
    pub(super) const fn at(&self) -> Millis {
        self.at
    }

    /// The number that a record read here gets. Numbers never fall: the record
    /// of two swapped lines that comes late shares the other's number.
    fn admit(&mut self, seq: Seq) -> Seq {
        let (last, next) = (self.seq, self.seq.next());
        let is_near = seq.0.saturating_sub(last.0) <= JUMP;
        self.seq = if self.adrift || (is_near && seq > last) {
            seq
        } else if is_near && seq.0.saturating_add(JUMP) >= last.0 {
            last
        } else {
            next
        };
        self.adrift = false;
        self.seq
    }

    fn unreadable(&self, name: Option<String>, bytes: u64) -> Record {
        Record { seq: self.seq, at: self.at, event: Event::Unreadable { name, bytes } }
    }

    /// A line that is too long to be read.
    pub(super) fn long(&self, bytes: u64) -> Record {
        self.unreadable(None, bytes)
    }

    fn take(&mut self, mut record: Record, text: &[u8]) -> Record {
        let print = print(text);
        let is_twice = record.seq == self.seq && print == self.print && !self.adrift;
        if is_twice || record.at > LATEST {
            return self.unreadable(None, text.len() as u64);
        }
        self.print = print;
        record.seq = self.admit(record.seq);
        self.at = self.at.max(record.at);
        record
    }
}

/// Reads a line the quick way: the one record that a healthy line is. A text is
/// written into the memory of `spare`.
pub(super) fn whole(line: &[u8], place: &mut Place, spare: &mut Vec<u8>) -> Option<Record> {
    let record = quick::record(line, spare).or_else(|| serde_json::from_slice(line).ok())?;
    Some(place.take(record, line.trim_ascii()))
}

/// Reads a line the slow way. Each record comes with its offset in the line.
pub(super) fn pieces(line: &[u8], place: &mut Place, mut tell: impl FnMut(usize, Record)) {
    let line_end = line.trim_ascii_end().len();
    let line = line.get(..line_end).unwrap_or_default();
    let mut at = match line.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => line.len() - rest.len(),
        None => 0,
    };
    let mut bad: Option<usize> = None;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((skipped, text)) = value(rest) {
            at += skipped;
            if let Some(record) = record(text, place) {
                if let Some(from) = bad.take() {
                    tell(from, place.unreadable(None, (at - skipped - from) as u64));
                }
                tell(at, place.settle(record, text));
                at += text.len();
            } else {
                bad.get_or_insert(at);
                at += passed(line.get(at..).unwrap_or_default(), text.len());
            }
        } else {
            bad.get_or_insert(at);
            at += resume(rest);
        }
    }
    if let Some(from) = bad {
        tell(from, place.unreadable(None, (line.len() - from) as u64));
    }
}

/// A record, or a record of something that this program does not know.
enum Piece {
    Known(Record),
    Foreign(Stranger),
}

impl Place {
    fn settle(&mut self, piece: Piece, text: &[u8]) -> Record {
        match piece {
            Piece::Known(record) => self.take(record, text),
            Piece::Foreign(stranger) => {
                let (seq, at) = (stranger.seq, stranger.at);
                let name = stranger.event.name();
                let event = Event::Unreadable { name, bytes: text.len() as u64 };
                match seq {
                    Some(seq) => {
                        let at = at.unwrap_or(self.at);
                        self.take(Record { seq, at, event }, text)
                    }
                    None => Record { seq: self.seq, at: self.at, event },
                }
            }
        }
    }
}

fn record(text: &[u8], _: &Place) -> Option<Piece> {
    if let Ok(record) = serde_json::from_slice(text) {
        return Some(Piece::Known(record));
    }
    serde_json::from_slice(text).ok().map(Piece::Foreign)
}

/// The next JSON value: how much space stands before it, and its text.
fn value(rest: &[u8]) -> Option<(usize, &[u8])> {
    let skipped = rest.len() - rest.trim_ascii_start().len();
    let rest = rest.get(skipped..)?;
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
    let text = values.next()?.ok()?.get().as_bytes();
    Some((skipped, text))
}

/// How far to go past a value that is no record. A lone quote takes the first
/// quote of the record behind it for its own end; that record begins before it.
fn passed(rest: &[u8], value: usize) -> usize {
    let seen = rest.get(..value + BEGINNING.len() - 1).unwrap_or(rest);
    let begun = memmem::rfind(seen, BEGINNING);
    begun.filter(|at| *at > 0 && at + BEGINNING.len() > value).unwrap_or(value)
}

/// How far it is to where the next record seems to begin.
fn resume(rest: &[u8]) -> usize {
    let behind = rest.get(1..).unwrap_or_default();
    memmem::find(behind, BEGINNING).map_or(rest.len(), |at| at + 1)
}

/// A record whose event is not one of ours.
#[derive(Deserialize)]
struct Stranger {
    #[serde(default)]
    seq: Option<Seq>,
    #[serde(default)]
    at: Option<Millis>,
    event: Named,
}

/// An event, of which only the name is read.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Bare(String),
    Full(serde_json::Map<String, serde_json::Value>),
}

impl Named {
    fn name(self) -> Option<String> {
        let name = match self {
            Self::Bare(name) => name,
            Self::Full(fields) => fields.into_iter().next()?.0,
        };
        let is_word = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
        Some(name.chars().filter(|it| is_word(*it)).take(64).collect())
    }
}

/// Tells apart two lines with the same number. It need not be strong: a line
/// that was written twice is equal in all of it. Four words are mixed side by
/// side, for each has to wait only for the one before it.
pub(super) fn print(text: &[u8]) -> u64 {
    let mix = |sum: u64, word: u64| (sum.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let mut lanes = [text.len() as u64, 1, 2, 3];
    let (words, rest) = text.as_chunks::<8>();
    let (fours, words) = words.as_chunks::<4>();
    for four in fours {
        for (lane, word) in lanes.iter_mut().zip(four) {
            *lane = mix(*lane, u64::from_le_bytes(*word));
        }
    }
    let sum = lanes.into_iter().fold(0, mix);
    let sum = words.iter().fold(sum, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)))
}
