//! Puts the words back into the logs of an outlined stage: reads each record
//! that an entry was made of, once, in the order of the file.

use super::{
    Reader,
    lines::read_at,
    outline::{Outline, Piece, Spot, Words, with_log},
    quick,
};
use crate::model::{Agent, Entry, EntryKind, Event, Log, Record, Stage, ToolState};
use serde::Deserialize as _;
use std::{fs::File, num::NonZero, sync::Arc, thread};

/// How much is read at once, at most and at least.
const BLOCK: usize = 256 << 10;
const PAGE: usize = 4 << 10;
/// What lies between two records is read too when it is shorter than this.
const GAP: u64 = 8 << 10;

/// An entry that is being put together.
enum Slot<'a> {
    Whole(Arc<Entry>),
    Words(&'a Words, String),
    Call(Spot, ToolState, Log),
}

/// So many pieces are worth a thread of their own.
const SHARE: usize = 256;
/// More threads would read the same stretches of the file once more.
const HANDS: usize = 4;

/// The stage that was outlined. What the disk does not give any more is missing
/// in its logs.
pub(super) fn refill(outline: &Outline, reader: &Reader) -> Stage {
    let logs: Vec<_> = outline.stage.agents().zip(outline.logs.iter().map(|it| &**it)).collect();
    let mut entries = read(&logs, reader).into_iter();
    outline.stage.with_each(|agent| {
        with_log(agent, entries.next().unwrap_or_default().into_iter().flatten())
    })
}

/// The entries of each of these logs; none for a piece that the disk does not give
/// any more.
pub(super) fn read(logs: &[(&Agent, &[Piece])], reader: &Reader) -> Vec<Vec<Option<Arc<Entry>>>> {
    let pieces: usize = logs.iter().map(|(_, pieces)| pieces.len()).sum();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let hands = cores.min(HANDS).min(pieces / SHARE).max(1);
    let mut shares = logs.chunks(logs.len().div_ceil(hands).max(1));
    let own = shares.next().unwrap_or_default();
    // A director waits for it, and all of it is the parsing of records.
    thread::scope(|scope| {
        let others: Vec<_> = shares
            .map(|share| {
                let hand = move || entries(share, reader);
                (
                    share,
                    thread::Builder::new().name("journal-refill".into()).spawn_scoped(scope, hand),
                )
            })
            .collect();
        let own = entries(own, reader);
        let others = others.into_iter().flat_map(|(share, hand)| {
            let done = hand.ok().and_then(|it| it.join().ok());
            done.unwrap_or_else(|| entries(share, reader))
        });
        own.into_iter().chain(others.collect::<Vec<_>>()).collect()
    })
}

/// The entries of each of these logs.
fn entries(logs: &[(&Agent, &[Piece])], reader: &Reader) -> Vec<Vec<Option<Arc<Entry>>>> {
    let (mut slots, mut wanted) = (Vec::new(), Vec::new());
    for (agent, pieces) in logs {
        for piece in *pieces {
            let slot = slots.len();
            slots.push(Slot::of(piece, agent, |offset| wanted.push((offset, slot))));
        }
    }
    wanted.sort_unstable();
    let (mut pages, mut spare) = (Pages::new(reader.file()), Vec::new());
    for (nth, (offset, slot)) in wanted.iter().enumerate() {
        let ahead = wanted.get(nth..).unwrap_or_default().iter().map(|(it, _)| *it);
        if let Some(slot) = slots.get_mut(*slot)
            && let Some(record) = pages.line(*offset, ahead).and_then(|it| record(it, &mut spare))
        {
            slot.take(&record);
            spare = quick::spare(record);
        }
    }
    let mut slots = slots.into_iter();
    let of =
        |(_, pieces): &(_, &[Piece])| slots.by_ref().take(pieces.len()).map(Slot::entry).collect();
    logs.iter().map(of).collect()
}

impl<'a> Slot<'a> {
    fn of(piece: &'a Piece, agent: &Agent, mut want: impl FnMut(u64)) -> Self {
        match piece {
            Piece::Kept(entry) => Self::Whole(Arc::clone(entry)),
            Piece::Words(words) => {
                want(words.first);
                words.further.iter().for_each(|it| want(words.first + u64::from(*it)));
                Self::Words(words, String::with_capacity(words.shown as usize))
            }
            Piece::Call(call) => {
                want(call.called);
                want(call.ended);
                Self::Call(call.spot, call.state, agent.log.with_entries([]))
            }
        }
    }

    /// Takes in one of the records that it was made of.
    fn take(&mut self, record: &Record) {
        match (self, &record.event) {
            (
                Self::Words(_, text),
                Event::Said { text: chunk, .. } | Event::Thought { text: chunk, .. },
            ) => {
                text.push_str(chunk);
            }
            (Self::Call(_, _, log), _) => log.apply(record),
            (Self::Whole(_) | Self::Words(..), _) => {}
        }
    }

    fn entry(self) -> Option<Arc<Entry>> {
        let entry = |Spot { seq, at, turn }, kind| Arc::new(Entry { seq, at, turn, kind });
        match self {
            Self::Whole(entry) => Some(entry),
            Self::Words(words, mut text) => {
                let surplus = text.len().checked_sub(words.shown as usize)?;
                if words.is_cut && text.is_char_boundary(surplus) {
                    text.replace_range(..surplus, "…");
                }
                Some(entry(
                    words.spot,
                    if words.is_thought {
                        EntryKind::Thought { text }
                    } else {
                        EntryKind::Said { text, cut: false }
                    },
                ))
            }
            Self::Call(spot, now, log) => {
                let mut kind = Arc::unwrap_or_clone(log.into_entries().next()?).kind;
                if let EntryKind::Tool { state, .. } = &mut kind {
                    *state = now;
                }
                Some(entry(spot, kind))
            }
        }
    }
}

/// The record that a line begins with. Where a line lost its end, another one
/// stands behind it.
fn record(line: &[u8], spare: &mut Vec<u8>) -> Option<Record> {
    let slowly = || Record::deserialize(&mut serde_json::Deserializer::from_slice(line)).ok();
    quick::record(line, spare).or_else(slowly)
}

/// A file that is read forwards, here and there.
struct Pages<'a> {
    file: &'a File,
    buffer: Vec<u8>,
    base: u64,
}

impl<'a> Pages<'a> {
    const fn new(file: &'a File) -> Self {
        Self { file, buffer: Vec::new(), base: 0 }
    }

    /// The line from `offset` on; `ahead` says what will be wanted, in order,
    /// from this one on.
    fn line(&mut self, offset: u64, ahead: impl Iterator<Item = u64>) -> Option<&[u8]> {
        if self.end_of(offset).is_none() {
            let mut last = offset;
            for next in ahead {
                if next > last + GAP || next > offset + BLOCK as u64 {
                    break;
                }
                last = next;
            }
            let mut most = usize::try_from(last - offset).unwrap_or(BLOCK) + PAGE;
            // A line may be longer than what was guessed.
            while self.fill(offset, most) && self.end_of(offset).is_none() {
                most *= 4;
            }
        }
        let from = usize::try_from(offset.checked_sub(self.base)?).ok()?;
        let to = self.end_of(offset).unwrap_or(self.buffer.len());
        self.buffer.get(from..to)
    }

    /// Where the line from `offset` on ends in the buffer.
    fn end_of(&self, offset: u64) -> Option<usize> {
        let from = usize::try_from(offset.checked_sub(self.base)?).ok()?;
        memchr::memchr(b'\n', self.buffer.get(from..)?).map(|it| from + it)
    }

    /// Reads from `offset` on; tells whether there may be more.
    fn fill(&mut self, offset: u64, most: usize) -> bool {
        self.base = offset;
        self.buffer.resize(most, 0);
        let mut got = 0;
        while let Some(room) = self.buffer.get_mut(got..).filter(|room| !room.is_empty()) {
            match read_at(self.file, room, offset + got as u64) {
                Ok(0) | Err(_) => break,
                Ok(more) => got += more,
            }
        }
        self.buffer.truncate(got);
        got == most
    }
}
