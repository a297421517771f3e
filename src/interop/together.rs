//! Logs that are played side by side, as agents of one session: once, or as they grow.
//!
//! They are merged by their times. What is written while they are followed comes behind
//! all that was told, whatever time it tells: a journal only grows. A file that was
//! replaced, or that got shorter, is another one, and all is told anew.

use super::{
    Foreign, ImportError,
    desk::Seats,
    log::Log,
    read::{BATCH, LONG, end},
};
use crate::{
    journal::{Follower, Growth, Reader, Scratch},
    llm::PriceTable,
    model::{FORMAT, Header, Record},
};
use jiff::Timestamp;
use std::{
    cmp::Reverse,
    path::{Path, PathBuf},
    sync::Arc,
};

/// So many logs are shown together at most: each may have hundreds of files.
const MOST: usize = 64;

/// Logs that are read side by side.
#[derive(Debug)]
pub struct Together {
    logs: Vec<Log>,
    seats: Seats,
    scratch: Scratch,
    prices: Arc<PriceTable>,
    /// Where the journal lies that they are translated to.
    folder: PathBuf,
    /// What is translated, for whoever asks why it can't be: the log, where it is one.
    about: PathBuf,
    /// They are followed as they grow.
    is_live: bool,
    /// How many bytes were read of those that are over.
    over: u64,
    /// How many bytes they have, where that can be known before.
    length: Option<u64>,
}

/// How much of logs was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of lines.
    pub read: u64,
    /// So many there are; none where nobody knows before all of them was read.
    pub of: Option<u64>,
}

/// Who is told of that.
pub type TellRead<'a> = &'a mut dyn FnMut(Progress);

/// What has become of logs that are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// More may stand behind what was told.
    More,
    /// A file was replaced: what was told does not hold any more.
    Anew,
}

impl Together {
    /// Translates logs into one journal without a name, on the disk of this folder, and
    /// tells how far it has come.
    ///
    /// # Errors
    /// When one can't be read, or the journal can't be written.
    pub fn once(
        logs: Vec<Foreign>,
        prices: &Arc<PriceTable>,
        folder: &Path,
        tell: TellRead<'_>,
    ) -> Result<Reader, ImportError> {
        let mut all = Self::begin(logs, prices, folder, false)?;
        all.read_on(tell)?;
        all.close()?;
        all.scratch.read().map_err(|source| ImportError::Journal { path: all.about, source })
    }

    /// Begins to translate logs into one journal without a name, on the disk of this folder:
    /// gives what reads it, how far it has come, and what does the rest, on a thread that
    /// may block.
    ///
    /// # Errors
    /// When one can't be read, or the journal can't be written.
    pub fn growing(
        logs: Vec<Foreign>,
        prices: &Arc<PriceTable>,
        folder: &Path,
    ) -> Result<(Reader, Growth, impl FnOnce() + Send + 'static), ImportError> {
        let all = Self::begin(logs, prices, folder, false)?;
        let (reader, growth) = (all.reader()?, Growth::from(all.scratch.end()));
        growth.reached(all.scratch.end(), 0, all.progress().of);
        let told = growth.clone();
        Ok((reader, growth, move || all.grow(&told)))
    }

    /// Translates all there is, as long as that is wanted, and tells how far it has come.
    fn grow(mut self, growth: &Growth) {
        let told = self.read_while(&mut |all| {
            let Progress { read, of } = all.progress();
            growth.reached(all.scratch.end(), read, of);
            growth.is_wanted()
        });
        let ended = told.and_then(|()| self.close());
        let trouble = ended.err().map(|it| it.told());
        growth.ended(self.scratch.end(), trouble);
    }

    /// Nothing more comes of these logs.
    fn close(&mut self) -> Result<(), ImportError> {
        while !self.logs.is_empty() {
            self.close_one(0);
        }
        end(&mut self.seats);
        self.write()
    }

    /// Nothing more comes of this log.
    fn close_one(&mut self, place: usize) {
        let log = self.logs.remove(place);
        self.over += log.reading.bytes();
        log.reading.close(&mut self.seats);
    }

    /// Reads what there is of these logs, to go on as they grow, and tells how far it has
    /// come.
    ///
    /// # Errors
    /// When one can't be read, or the journal can't be written.
    pub fn follow(
        logs: Vec<Foreign>,
        prices: &Arc<PriceTable>,
        folder: &Path,
        tell: TellRead<'_>,
    ) -> Result<Self, ImportError> {
        let mut all = Self::begin(logs, prices, folder, true)?;
        all.read_on(tell)?;
        Ok(all)
    }

    fn begin(
        logs: Vec<Foreign>,
        prices: &Arc<PriceTable>,
        folder: &Path,
        is_live: bool,
    ) -> Result<Self, ImportError> {
        let (header, path) = match logs.as_slice() {
            [only] => (only.header(), only.path().to_owned()),
            several => (header(several), folder.to_owned()),
        };
        let about = logs.first().map_or(folder, Foreign::path).to_owned();
        let seats = if logs.len() == 1 { Seats::default() } else { Seats::entitled(&title(&logs)) };
        let scratch = Scratch::begin(folder, &path, &header)
            .map_err(|source| ImportError::Journal { path: about.clone(), source })?;
        let (prices, folder) = (Arc::clone(prices), folder.to_owned());
        let mut all = Self {
            logs: Vec::new(),
            seats,
            scratch,
            prices,
            folder,
            about,
            is_live,
            over: 0,
            length: Some(0),
        };
        for log in logs {
            all.add(log)?;
        }
        Ok(all)
    }

    /// Takes in one more log. What it tells of before comes now.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn add(&mut self, foreign: Foreign) -> Result<(), ImportError> {
        if self.logs.len() >= MOST {
            return Ok(());
        }
        let log = Log::open(foreign, &self.prices, self.is_live)?;
        let length = log.foreign.is_plain().then(|| log.length());
        self.length = self.length.zip(length).map(|(all, more)| all + more);
        self.logs.push(log);
        Ok(())
    }

    /// Whether a log is among them.
    pub fn has(&self, path: &Path) -> bool {
        self.logs.iter().any(|it| it.foreign.path() == path)
    }

    /// Those that are not there any more: nothing more comes of them.
    pub fn gone(&self) -> Vec<&Path> {
        let gone = self.logs.iter().filter(|it| it.is_gone());
        gone.map(|it| it.foreign.path()).collect()
    }

    /// The journal that they are translated to, as far as it goes.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn reader(&self) -> Result<Reader, ImportError> {
        let path = self.about.clone();
        self.scratch.reader().map_err(|source| ImportError::Journal { path, source })
    }

    /// Reads what has come since.
    ///
    /// # Errors
    /// When a log can't be read, or the journal can't be written.
    pub fn poll(&mut self, now: Timestamp) -> Result<Told, ImportError> {
        if self.logs.iter().any(Log::is_replaced)
            && let Some(anew) = self.anew()?
        {
            *self = anew;
            return Ok(Told::Anew);
        }
        for log in &mut self.logs {
            log.look_again()?;
        }
        self.read_on(&mut |_| ())?;
        for log in &mut self.logs {
            log.rest(&mut self.seats, now);
        }
        self.write()?;
        Ok(Told::More)
    }

    /// The same logs, read from their beginning; none where one is not whole now.
    fn anew(&self) -> Result<Option<Self>, ImportError> {
        let mut logs = Vec::new();
        for log in &self.logs {
            // One that is gone stays as it was, by what is open of it.
            let path = log.foreign.path();
            let Some(log) = Foreign::open(path).ok().flatten() else { return Ok(None) };
            logs.push(log);
        }
        Self::follow(logs, &self.prices, &self.folder, &mut |_| ()).map(Some)
    }

    /// Reads all that there is now, in the order of the times.
    fn read_on(&mut self, tell: TellRead<'_>) -> Result<(), ImportError> {
        self.read_while(&mut |all| {
            tell(all.progress());
            true
        })
    }

    /// The same, as long as whoever is told of each batch wants more.
    fn read_while(&mut self, tell: &mut dyn FnMut(&Self) -> bool) -> Result<(), ImportError> {
        let newest = self.logs.iter().filter_map(Log::moved).max();
        loop {
            let logs = self.logs.iter_mut().enumerate();
            let waiting = logs.filter(|(_, it)| it.reading.is_waiting());
            let earliest = waiting
                .min_by_key(|(place, it)| (it.reading.next_time(), it.born, Reverse(*place)));
            let Some((place, log)) = earliest else { return self.write() };
            log.reading.step(&mut self.seats)?;
            // Others may go on for long: one that nobody writes any more has come to its
            // end now.
            let is_left = || {
                let moved = log.moved().zip(newest);
                moved.is_some_and(|(it, newest)| newest.duration_since(it) > LONG)
            };
            match log.reading.is_waiting() {
                false if !self.is_live => self.close_one(place),
                false if is_left() => log.reading.rest(&mut self.seats, true),
                _ => {}
            }
            if self.seats.waiting() >= BATCH {
                self.write()?;
                if !tell(self) {
                    return Ok(());
                }
            }
        }
    }

    /// How much of them was read so far.
    fn progress(&self) -> Progress {
        let read: u64 = self.logs.iter().map(|it| it.reading.bytes()).sum();
        Progress { read: self.over + read, of: self.length }
    }

    fn write(&mut self) -> Result<(), ImportError> {
        let records = self.seats.take();
        let fail = |source| ImportError::Journal { path: self.about.clone(), source };
        if records.is_empty() { Ok(()) } else { self.scratch.append(&records).map_err(fail) }
    }
}

/// What was written behind the records that were told, up to so many.
pub fn news(follower: &mut Follower, most: usize) -> Vec<Record> {
    follower.take(most).map(|(_, record)| record).collect()
}

/// What a journal of several logs begins with.
fn header(logs: &[Foreign]) -> Header {
    let opened = logs.iter().filter_map(Foreign::opened).min();
    Header {
        auteur: FORMAT,
        opened: opened.map(|it| it.to_string()).unwrap_or_default(),
        by: "several tools".to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        ..Header::default()
    }
}

fn title(logs: &[Foreign]) -> String {
    match logs.len() {
        0 => "agents on this machine".to_owned(),
        count => format!("{count} logs of other tools"),
    }
}
