//! A stretch of a journal, for reading: what a director scrolls.

use super::{
    Reader,
    backwards::Backwards,
    lines::{Line, Lines},
    parse::{self, Place},
};
use crate::model::{AgentId, Event, Log, LogBounds, Record};
use memchr::memmem::Finder;
use std::{collections::VecDeque, sync::Arc};

/// How many records are read at first for a log, and at most.
const FIRST: usize = 512;
const MOST: usize = 1 << 18;

/// Which stretch of a log is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The last entries.
    End,
    /// The first entries.
    Start,
    /// Half of the entries before this offset, half behind it.
    Offset(u64),
}

/// Records in the order of the journal, each with its offset.
type Stretch = Vec<(u64, Record)>;

/// Records of one agent, or of all: what can be told from a line's bytes
/// before it is parsed, which is most of the work saved.
struct Filter {
    agent: Option<AgentId>,
    field: Finder<'static>,
}

impl Filter {
    fn new(agent: Option<AgentId>) -> Self {
        Self { agent, field: Finder::new("\"agent\":") }
    }

    fn may_pass(&self, line: &[u8]) -> bool {
        self.agent.is_none_or(|agent| {
            self.field.find_iter(line).any(|at| {
                let rest = line.get(at + self.field.needle().len()..).unwrap_or_default();
                number(rest.trim_ascii_start()) == Some(u64::from(agent.0))
            })
        })
    }

    /// The records of a line that pass, in its order.
    fn records(&self, offset: u64, line: &[u8]) -> Stretch {
        let (mut records, mut place) = (Stretch::new(), Place::ADRIFT);
        if !self.may_pass(line) {
            return records;
        }
        match parse::whole(line, &mut place, &mut Vec::new()) {
            Some(record) => records.push((offset, record)),
            None => {
                parse::pieces(line, &mut place, |at, it| records.push((offset + at as u64, it)));
            }
        }
        records.retain(|(_, it)| self.agent.is_none() || it.event.agent() == self.agent);
        records
    }
}

/// The number that digits begin with.
fn number(digits: &[u8]) -> Option<u64> {
    let count = digits.iter().take_while(|it| it.is_ascii_digit()).count();
    std::str::from_utf8(digits.get(..count)?).ok()?.parse().ok()
}

impl Reader {
    /// The last `most` records that begin before `offset`, of one agent or of
    /// all, oldest first, each with its offset.
    pub fn before(&self, offset: u64, agent: Option<AgentId>, most: usize) -> Vec<(u64, Record)> {
        let filter = Filter::new(agent);
        let end = offset.min(self.len()).max(self.body());
        let mut lines = Backwards::new(Arc::clone(self.file()), self.body(), end);
        let mut found = VecDeque::new();
        // What the disk does not give ends the walk: there is no line before it.
        while found.len() < most
            && let Ok(Some((offset, line))) = lines.next()
        {
            let records = filter.records(offset, line);
            records.into_iter().rev().for_each(|it| found.push_front(it));
        }
        let surplus = found.len().saturating_sub(most);
        found.drain(..surplus);
        found.into()
    }

    /// All records of one agent, each with its offset. Others' lines are passed
    /// over unread.
    pub fn records_of(&self, agent: AgentId) -> impl Iterator<Item = (u64, Record)> {
        let filter = Filter::new(Some(agent));
        let mut lines = Lines::new(Arc::clone(self.file()), self.body(), self.len());
        let mut is_over = false;
        std::iter::from_fn(move || {
            while !is_over {
                match lines.next() {
                    Ok(Some(Line::Whole(offset, line))) => {
                        return Some(filter.records(offset, line));
                    }
                    Ok(Some(Line::Tail(offset, line))) => {
                        is_over = true;
                        return Some(filter.records(offset, line));
                    }
                    Ok(Some(Line::Long(..))) => {}
                    Ok(None) | Err(_) => is_over = true,
                }
            }
            None
        })
        .flatten()
    }

    /// The first `most` records from `offset` on, of one agent or of all.
    pub fn after(&self, offset: u64, agent: Option<AgentId>, most: usize) -> Vec<(u64, Record)> {
        let filter = Filter::new(agent);
        let from = offset.max(self.body());
        let mut lines = Lines::new(Arc::clone(self.file()), from, self.len());
        let mut found = Vec::new();
        while found.len() < most {
            let (records, is_tail) = match lines.next() {
                Ok(Some(Line::Whole(offset, line))) => (filter.records(offset, line), false),
                Ok(Some(Line::Tail(offset, line))) => (filter.records(offset, line), true),
                Ok(Some(Line::Long(..))) => continue,
                Ok(None) | Err(_) => break,
            };
            found.extend(records);
            if is_tail {
                break;
            }
        }
        found.truncate(most);
        found
    }
}

/// A stretch of an agent's log with about `entries` entries, folded from just
/// that stretch, and the offsets of its first record and behind its last one.
///
/// It begins and ends with a turn where it can, so that no entry is told in
/// part. To scroll on, ask for the stretch around one of its offsets.
pub fn read_log(
    reader: &Reader,
    agent: AgentId,
    around: Anchor,
    entries: usize,
) -> (Log, u64, u64) {
    let entries = entries.min(LogBounds::READING.entries);
    let (at, back, on) = match around {
        Anchor::End => (reader.len(), entries, 0),
        Anchor::Start => (reader.body(), 0, entries),
        Anchor::Offset(offset) => (offset, entries / 2, entries - entries / 2),
    };
    let mut records = records_back(reader, agent, at, back);
    let first = records.first().map_or(at, |(offset, _)| *offset);
    let last = match on {
        0 => at,
        on => {
            let (more, last) = records_on(reader, agent, at, on);
            records.extend(more);
            last
        }
    };
    let mut log = Log::new(LogBounds::READING);
    for (_, record) in &records {
        log.apply(record);
    }
    (log, first, last)
}

/// The records before `at` that make so many entries, back to a turn's start.
fn records_back(reader: &Reader, agent: AgentId, at: u64, entries: usize) -> Stretch {
    let mut records = Stretch::new();
    let mut wanted = FIRST;
    while entries > 0 && records.len() < MOST {
        records = reader.before(at, Some(agent), wanted);
        // The latest start from which there are enough: later ones leave fewer.
        let starts = starts(&records);
        let is_enough = |start: &usize| count(records.get(*start..)) >= entries;
        let enough = starts.partition_point(is_enough);
        if let Some(start) = enough.checked_sub(1).and_then(|it| starts.get(it)) {
            records.drain(..*start);
            break;
        }
        if records.len() < wanted {
            break;
        }
        wanted *= 4;
    }
    records
}

/// The records from `at` on that make so many entries, on to a turn's end, and
/// where the next one begins.
fn records_on(reader: &Reader, agent: AgentId, at: u64, entries: usize) -> (Stretch, u64) {
    let mut wanted = FIRST;
    loop {
        let mut records = reader.after(at, Some(agent), wanted);
        let starts = starts(&records);
        let is_short = |start: &usize| count(records.get(..*start)) < entries;
        let short = starts.partition_point(is_short);
        if let Some(start) = starts.get(short).copied() {
            let next = records.get(start).map_or(at, |(offset, _)| *offset);
            records.truncate(start);
            return (records, next);
        }
        if records.len() < wanted {
            return (records, reader.len());
        }
        if records.len() >= MOST {
            let next = records.pop().map_or(at, |(offset, _)| offset);
            return (records, next);
        }
        wanted *= 4;
    }
}

/// Which of these records begin a turn, or the whole log.
fn starts(records: &Stretch) -> Vec<usize> {
    let is_start =
        |event: &Event| matches!(event, Event::TurnStarted { .. } | Event::AgentAdded { .. });
    let all = records.iter().enumerate();
    all.filter(|(_, (_, record))| is_start(&record.event)).map(|(nth, _)| nth).collect()
}

/// How many entries these records make.
fn count(records: Option<&[(u64, Record)]>) -> usize {
    let mut log = Log::new(LogBounds { text: 64, ..LogBounds::READING });
    for (_, record) in records.into_iter().flatten() {
        log.apply(record);
    }
    log.entries().len()
}
