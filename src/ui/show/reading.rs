//! Reads a stretch of an agent's log from the journal. Blocks, so it runs on a
//! thread that may.

use crate::{
    journal::{self, Reader},
    model::{AgentId, Log, LogBounds, Seq},
    ui::desk::{Anchor, ReadWish, Reading},
};
use std::ops::Range;

/// How many records are taken in at once.
const BATCH: usize = 4096;

/// How many entries are read at once: some screens full.
const ENTRIES: usize = 400;

/// Reads what is wished for, up to the journal's end.
pub fn read(reader: &Reader, wish: ReadWish) -> Reading {
    read_upto(reader, wish, None)
}

/// Reads what is wished for, but nothing from `upto` on: a record's number and
/// the place where it ends. A replay shows nothing that has not happened yet.
pub fn read_upto(reader: &Reader, wish: ReadWish, upto: Option<(Seq, u64)>) -> Reading {
    let agent = wish.agent;
    let end = upto.map_or_else(|| reader.len(), |(_, end)| end);
    let anchor = match wish.anchor {
        Anchor::Start => journal::Anchor::Start,
        Anchor::End => journal::Anchor::Offset(end),
        Anchor::Around(place) => journal::Anchor::Offset(place.min(end)),
        Anchor::Whole => return whole(reader, agent, upto, end),
    };
    let wanted = if wish.anchor == Anchor::End { ENTRIES * 2 } else { ENTRIES };
    let (_, first, last) = journal::read_log(reader, agent, anchor, wanted);
    let at_end = last >= end
        || wish.anchor == Anchor::End
        || reader.after(last, Some(agent), 1).first().is_none_or(|(at, _)| *at >= end);
    let last = if at_end { end } else { last };
    let log = fold(reader, agent, first..last, LogBounds::READING);
    let before = reader.before(first, Some(agent), 1);
    let through = through(reader, upto, last);
    Reading { agent, log, first, last, at_start: before.is_empty(), at_end, through }
}

/// All that an agent's log says, up to this place.
fn whole(reader: &Reader, agent: AgentId, upto: Option<(Seq, u64)>, end: u64) -> Reading {
    let log = fold(reader, agent, 0..end, LogBounds::WHOLE);
    let through = through(reader, upto, end);
    Reading { agent, log, first: 0, last: end, at_start: true, at_end: true, through }
}

/// The last record that was taken in.
fn through(reader: &Reader, upto: Option<(Seq, u64)>, last: u64) -> Seq {
    match upto {
        Some((seq, _)) => seq,
        None => reader.before(last, None, 1).last().map_or(Seq(0), |(_, record)| record.seq),
    }
}

/// The log that the records of an agent make which begin in a stretch.
fn fold(reader: &Reader, agent: AgentId, stretch: Range<u64>, bounds: LogBounds) -> Log {
    let mut log = Log::new(bounds);
    let mut next = Some(stretch.start);
    let mut told = None;
    while let Some(from) = next.take() {
        for (at, record) in reader.after(from, Some(agent), BATCH) {
            if told.is_none_or(|told| at > told) && at < stretch.end {
                log.apply(&record);
                told = Some(at);
                next = Some(at);
            }
        }
        next = next.filter(|it| *it > from);
    }
    log
}
