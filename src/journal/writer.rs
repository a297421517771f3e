//! The one writer of a journal.

use super::{
    JournalError, Paper, Reader, Redactor, encode, lines::read_at, paper, pen::Pen, sync::Syncer,
};
use crate::model::{Event, Header, Record, Stage};
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

/// An open journal, locked for as long as this lives. When it is dropped,
/// everything is on the disk.
#[derive(Debug)]
pub struct Journal {
    pen: Pen<Box<dyn Paper>>,
    syncer: Syncer,
    redactor: Redactor,
    path: PathBuf,
}

/// What stood in a journal that was taken up again.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovered {
    /// Its first line; empty where that is damaged.
    pub header: Header,
    /// All its records, folded.
    pub stage: Stage,
    /// How many bytes of a last line are there without its end. They stay, as
    /// damage that is counted; at most what was never acknowledged is in them.
    pub torn: Option<u64>,
    /// How many stretches could not be read, the torn one with them.
    pub damaged: u64,
    /// How many records have an event that this program does not know.
    pub unknown: u64,
}

impl Journal {
    /// Makes the folder of a new session below `sessions`, locks its journal and
    /// writes the header.
    ///
    /// # Errors
    /// When the session exists, its id can't be a folder's name, `sessions` is a
    /// link, or the disk says no.
    pub fn create(sessions: &Path, header: &Header) -> Result<Self, JournalError> {
        let (file, path) = paper::make(sessions, &header.session)?;
        let journal = Self::at(file, path, 0, false)?;
        journal.begin(header)
    }

    fn begin(mut self, header: &Header) -> Result<Self, JournalError> {
        let encode = |header: &Header, line: &mut Vec<u8>| serde_json::to_writer(line, header);
        self.pen.append(&self.path, std::slice::from_ref(header), encode, |_| ())?;
        self.syncer.grown(self.pen.end(), true);
        Ok(self)
    }

    /// Takes up a journal where it ends, given its file or its session's folder.
    /// Changes no byte: a torn last line stays, and the next record starts with
    /// a newline.
    ///
    /// # Errors
    /// When another program writes it, it is no journal, or the disk says no.
    pub fn reopen(path: &Path) -> Result<(Self, Recovered), JournalError> {
        let (file, path) = paper::open(path)?;
        let shared = file.try_clone().map_err(|error| JournalError::disk("open", &path, error))?;
        let reader = Reader::of(Arc::new(shared), path)?;
        let (recovered, is_open) = recover(&reader);
        let path = reader.path().to_owned();
        let journal = Self::at(file, path, reader.len(), is_open)?;
        Ok((journal, recovered))
    }

    fn at(file: File, path: PathBuf, end: u64, is_open: bool) -> Result<Self, JournalError> {
        let syncer = Syncer::start(&file, &path, end)?;
        let redactor = Redactor::default();
        let paper: Box<dyn Paper> = Box::new(file);
        Ok(Self { pen: Pen::new(paper, end, is_open), syncer, redactor, path })
    }

    /// Writes on another paper from here on, made of the one it has: so a
    /// simulation has a disk that fills up, tears lines and comes back.
    #[must_use]
    pub fn on(self, other: impl FnOnce(Box<dyn Paper>) -> Box<dyn Paper>) -> Self {
        Self { pen: self.pen.on(other), ..self }
    }

    /// Keeps these secrets off the disk, too. What is shaped like one never gets
    /// there.
    pub fn redact(&mut self, redactor: Redactor) {
        self.redactor = redactor;
    }

    /// What keeps secrets off the disk.
    pub const fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Appends records, all in one write. When this returns they have left the
    /// process; the disk has them within 200 ms, or as soon as it can when one of
    /// them is decisive.
    ///
    /// # Errors
    /// Nothing of the batch counts as written then, and the same batch may be
    /// appended again: see [`JournalError::is_full`]. So, too, while the journal
    /// has been moved or deleted, which is seen a moment later.
    pub fn append(&mut self, records: &[Record]) -> Result<(), JournalError> {
        if records.is_empty() {
            return Ok(());
        }
        if self.syncer.is_gone(&self.path) {
            return Err(JournalError::Gone(self.path.clone()));
        }
        let redact = |lines: &mut Vec<u8>| self.redactor.clean_lines(lines);
        self.pen.append(&self.path, records, encode::record, redact)?;
        let urgent = records.iter().any(|record| record.event.is_decisive());
        self.syncer.grown(self.pen.end(), urgent);
        Ok(())
    }

    /// How many bytes are written.
    pub const fn position(&self) -> u64 {
        self.pen.end()
    }

    /// How many bytes the disk is known to have.
    pub fn synced(&self) -> u64 {
        self.syncer.synced()
    }

    /// The file that is written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What went wrong behind the writer's back: a sync that failed, a journal
    /// that was moved away.
    pub fn trouble(&self) -> Option<String> {
        self.syncer.trouble(&self.path)
    }
}

/// Folds what is there. Also tells whether its last line lacks a newline.
fn recover(reader: &Reader) -> (Recovered, bool) {
    let mut stage = Stage::new(reader.header().clone());
    let mut last = None;
    for (offset, record) in reader.records_from(0) {
        stage.apply(&record);
        last = Some((offset, record.event));
    }
    let mut byte = [0];
    let end = reader.len();
    let got = read_at(reader.file(), &mut byte, end.saturating_sub(1));
    let is_open = !matches!(got, Ok(1)) || byte != *b"\n";
    let torn = match last {
        Some((_, Event::Unreadable { name: None, bytes })) if is_open => Some(bytes),
        _ => None,
    };
    let (damaged, unknown) = (stage.damaged(), stage.unknown());
    let header = reader.header().clone();
    (Recovered { header, stage, torn, damaged, unknown }, is_open)
}
