//! Reads a journal, live or closed, whatever has become of it.

use super::{
    FILE, JournalError,
    index::Mark,
    lines::{Line, Lines, read_at},
    parse::{self, Place},
    quick,
};
use crate::model::{AHEAD, AgentId, FORMAT, Header, Record, Seq, Stage};
use rustix::fs::{Mode, OFlags};
use std::{
    collections::VecDeque,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How far the beginning of a file without a header is searched for a record.
const BEGINNING: u64 = 1 << 20;

/// An open journal, for reading. A copy is cheap; any number may be open.
#[derive(Debug, Clone)]
pub struct Reader {
    file: Arc<File>,
    path: Arc<Path>,
    header: Arc<Header>,
    /// Where the records begin.
    body: u64,
}

impl Reader {
    /// Opens a journal by its file or by its session's folder.
    ///
    /// # Errors
    /// When there is no such file, it holds no journal, or a newer program wrote
    /// it in a format that this one would misread.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let path = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = rustix::fs::open(&path, flags, Mode::empty())
            .map_err(|error| JournalError::disk("open", &path, error))?;
        Self::of(Arc::new(file.into()), path)
    }

    /// A reader of a file that is open already.
    pub(super) fn of(file: Arc<File>, path: PathBuf) -> Result<Self, JournalError> {
        let fail = |error| JournalError::disk("read", &path, error);
        if !file.metadata().map_err(fail)?.is_file() {
            return Err(JournalError::NotAJournal(path));
        }
        let mut lines = Lines::new(Arc::clone(&file), 0, u64::MAX);
        let (first, torn) = match lines.next().map_err(fail)? {
            None => return Err(JournalError::Empty(path)),
            Some(Line::Whole(_, line)) => (line.to_vec(), false),
            Some(Line::Tail(_, line)) => (line.to_vec(), true),
            Some(Line::Long(..)) => return Err(JournalError::NotAJournal(path)),
        };
        let behind = if torn { first.len() as u64 } else { lines.offset() };
        let mut reader = Self { file, path: path.into(), header: Arc::default(), body: behind };
        match head(&first) {
            Some((header, _)) if header.auteur > FORMAT => Err(JournalError::TooNew {
                path: reader.path.to_path_buf(),
                found: header.auteur,
                known: FORMAT,
            }),
            Some((header, length)) => {
                reader.header = Arc::new(header);
                // A record that lost the newline before it stands there too.
                if !first.get(length..).unwrap_or_default().trim_ascii().is_empty() {
                    reader.body = length as u64;
                }
                Ok(reader)
            }
            None => reader.without_header(&first, torn),
        }
    }

    /// A journal whose header is damaged is read from its first byte, so that
    /// the damage is counted; anything else is no journal.
    fn without_header(mut self, first: &[u8], torn: bool) -> Result<Self, JournalError> {
        self.body = 0;
        let sign = b"{\"auteur\":";
        // A first write that was cut may have left less than that.
        let is_cut = torn && !first.is_empty() && sign.starts_with(first);
        let is_ours = first.starts_with(sign)
            || is_cut
            || self
                .between(0, BEGINNING.min(self.len()), Place::default())
                .any(|(_, record)| !matches!(record.event, crate::model::Event::Unreadable { .. }));
        if is_ours { Ok(self) } else { Err(JournalError::NotAJournal(self.path.to_path_buf())) }
    }

    /// The first line; empty where it is damaged.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The file that is read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes the journal has now.
    pub fn len(&self) -> u64 {
        self.file.metadata().map_or(0, |it| it.len())
    }

    /// Whether the journal has no record yet.
    pub fn is_empty(&self) -> bool {
        self.len() <= self.body
    }

    /// Where the first record begins.
    pub const fn body(&self) -> u64 {
        self.body
    }

    /// Reads the bytes at an offset, as far as there are any; gives how many came.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn bytes_at(&self, offset: u64, room: &mut [u8]) -> io::Result<usize> {
        let mut got = 0;
        while let Some(rest) = room.get_mut(got..).filter(|it| !it.is_empty()) {
            match read_at(&self.file, rest, offset + got as u64)? {
                0 => break,
                more => got += more,
            }
        }
        Ok(got)
    }

    pub(super) const fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// The records from `offset` on (an offset that was told with a record, or
    /// [`Self::body`]), up to where the journal ends now, each with its offset.
    ///
    /// A stretch that can't be read is a record of
    /// [`Event::Unreadable`](crate::model::Event::Unreadable) with the number
    /// and time of the record before it.
    pub fn records_from(&self, offset: u64) -> Records {
        self.records_between(offset, self.len())
    }

    /// The same, up to an offset where a record ends.
    pub fn records_between(&self, offset: u64, to: u64) -> Records {
        let place = if offset <= self.body { Place::default() } else { Place::ADRIFT };
        self.between(offset.max(self.body), to, place)
    }

    /// The records that begin in a stretch of the file.
    pub(super) fn between(&self, from: u64, to: u64, place: Place) -> Records {
        let lines = Lines::new(Arc::clone(&self.file), from, to);
        let (waiting, spares) = (VecDeque::new(), Vec::new());
        Records { lines, place, waiting, spares, keeps_tail: false, failed: false }
    }

    /// All records, or those up to and with `upto`, folded, as they are shown.
    pub fn fold(&self, upto: Option<Seq>) -> Stage {
        let mut stage = Stage::new(self.header().clone()).without_trails();
        let is_in = |record: &Record| upto.is_none_or(|upto| record.seq <= upto);
        let (mut records, mut block) = (self.records_from(0), Vec::new());
        loop {
            records.ahead(&mut block);
            stage.call_up(speakers(&block));
            if block.is_empty() {
                return stage;
            }
            for Told { record, .. } in block.drain(..) {
                if !is_in(&record) {
                    return stage;
                }
                stage.apply(&record);
                records.take_back(record);
            }
        }
    }
}

/// The header that a line begins with, and how many bytes it takes.
fn head(line: &[u8]) -> Option<(Header, usize)> {
    let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Header>();
    let header = values.next()?.ok()?;
    // Every field of a header has a default, so a record would pass for one.
    (header.auteur > 0).then(|| (header, line.len() - text.len() + values.byte_offset()))
}

/// A record, and what is known when it is read.
#[derive(Debug)]
pub(super) struct Told {
    /// Where it begins.
    pub(super) offset: u64,
    pub(super) record: Record,
    /// Where the next one begins.
    pub(super) behind: Mark,
    /// Whether reading can be broken off behind it, and go on by that mark.
    pub(super) is_between: bool,
}

/// Whom these records are about.
pub(super) fn speakers(block: &[Told]) -> impl Iterator<Item = AgentId> {
    block.iter().filter_map(|it| it.record.event.agent())
}

/// Records of a journal, in the order of the file, each with its offset.
#[derive(Debug)]
pub struct Records {
    lines: Lines,
    place: Place,
    waiting: VecDeque<(u64, Record)>,
    /// Memory for the next texts.
    spares: Vec<Vec<u8>>,
    /// A tail is left alone: it is still being written.
    keeps_tail: bool,
    failed: bool,
}

impl Records {
    /// Goes on where more may be written: a line without its end is not told.
    pub(super) const fn live(mut self) -> Self {
        self.keeps_tail = true;
        self
    }

    /// Takes back a record that was told: its memory serves for the next.
    pub(super) fn take_back(&mut self, record: Record) {
        self.keep(quick::spare(record));
    }

    fn keep(&mut self, spare: Vec<u8>) {
        if spare.capacity() > 0 && self.spares.len() < AHEAD {
            self.spares.push(spare);
        }
    }

    /// Reads the next records, each with what is known behind it: as many as a
    /// stage [is told of](Stage::call_up) together. None are left when it reads none.
    pub(super) fn ahead(&mut self, block: &mut Vec<Told>) {
        while block.len() < AHEAD
            && let Some((offset, record)) = self.next()
        {
            let behind = Mark { offset: self.offset(), place: self.place };
            block.push(Told { offset, record, behind, is_between: self.is_between_lines() });
        }
    }

    /// What was read last.
    pub(super) const fn place(&self) -> Place {
        self.place
    }

    /// Whether everything of the lines that were read is told: only here can
    /// reading be broken off and go on by offset and place.
    pub(super) fn is_between_lines(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Where reading goes on, once everything that was read is told.
    pub fn offset(&self) -> u64 {
        self.waiting.front().map_or_else(|| self.lines.offset(), |(offset, _)| *offset)
    }

    fn read(&mut self) -> Option<(u64, Record)> {
        while !self.failed {
            let (offset, line, is_tail) = match self.lines.next() {
                Ok(None) => return None,
                Ok(Some(Line::Whole(offset, line))) => (offset, line, false),
                Ok(Some(Line::Tail(..))) if self.keeps_tail => return None,
                Ok(Some(Line::Tail(offset, line))) => (offset, line, true),
                Ok(Some(Line::Long(offset, bytes))) => {
                    return Some((offset, self.place.long(bytes)));
                }
                // What the disk does not give is a stretch that can't be read.
                Err(_) => {
                    self.failed = true;
                    return Some((self.lines.offset(), self.place.long(0)));
                }
            };
            let mut spare = self.spares.pop().unwrap_or_default();
            let found = parse::whole(line, &mut self.place, &mut spare);
            if found.is_none() {
                let tell = |at, record| self.waiting.push_back((offset + at as u64, record));
                parse::pieces(line, &mut self.place, tell);
            }
            if is_tail {
                self.lines.skip_tail();
            }
            self.keep(spare);
            if let Some(record) = found {
                return Some((offset, record));
            }
            if let Some(record) = self.waiting.pop_front() {
                return Some(record);
            }
        }
        None
    }
}

impl Iterator for Records {
    type Item = (u64, Record);

    fn next(&mut self) -> Option<Self::Item> {
        self.waiting.pop_front().or_else(|| self.read())
    }
}
