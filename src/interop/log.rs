//! A log with the files that belong to it, as they grow.

use super::{
    Foreign, ImportError,
    desk::Seats,
    foreign::open,
    read::{LONG, Reading},
};
use crate::llm::PriceTable;
use jiff::Timestamp;
use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A log, and what of it was read.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) foreign: Foreign,
    /// When its file came to be, where the disk tells: a fork's comes behind that of
    /// its parent, whose times it repeats.
    pub(super) born: Option<Timestamp>,
    pub(super) reading: Reading,
    /// Its files as they were seen last, in the order in which they are read.
    files: Vec<(PathBuf, Option<Stamp>)>,
}

/// What tells whether a file has changed, and whether it is the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    length: u64,
    modified: Option<Timestamp>,
}

impl Log {
    /// Opens all files of a log; it may be followed as they grow.
    ///
    /// # Errors
    /// When one can't be read.
    pub(super) fn open(
        foreign: Foreign,
        prices: &Arc<PriceTable>,
        is_live: bool,
    ) -> Result<Self, ImportError> {
        let mut reading = Reading::new(foreign.format(), prices, is_live);
        let mut files = Vec::new();
        for source in foreign.sources()? {
            files.push((source.path.clone(), stamp(&source.path)));
            reading.add(source)?;
        }
        let born = born(foreign.path());
        Ok(Self { foreign, born, reading, files })
    }

    /// Nothing more comes for now.
    pub(super) fn rest(&mut self, seats: &mut Seats, now: Timestamp) {
        let is_long = self.moved().is_none_or(|it| now.duration_since(it) > LONG);
        self.reading.rest(seats, is_long);
    }

    /// Whether it is not there any more.
    pub(super) fn is_gone(&self) -> bool {
        stamp(self.foreign.path()).is_none()
    }

    /// Whether one of its files is another one than before.
    pub(super) fn is_replaced(&self) -> bool {
        self.files.iter().any(|(path, seen)| {
            let (Some(seen), Some(now)) = (*seen, stamp(path)) else { return false };
            let is_other = seen.inode != now.inode || now.length < seen.length;
            is_other || (self.foreign.is_whole() && seen != now)
        })
    }

    pub(super) fn look_again(&mut self) -> Result<(), ImportError> {
        for (place, (path, seen)) in self.files.iter_mut().enumerate() {
            let now = stamp(path);
            if now.is_some() && now != *seen {
                *seen = now;
                self.reading.look_again(place)?;
            }
        }
        for (path, aide) in self.foreign.aides() {
            if !self.files.iter().any(|(known, _)| *known == path) {
                self.files.push((path.clone(), stamp(&path)));
                self.reading.add(open(&path, Some(aide))?)?;
            }
        }
        Ok(())
    }

    /// How long its files were when they were seen last.
    pub(super) fn length(&self) -> u64 {
        self.files.iter().filter_map(|(_, stamp)| Some(stamp.as_ref()?.length)).sum()
    }

    /// When it was written last.
    pub(super) fn moved(&self) -> Option<Timestamp> {
        self.files.iter().filter_map(|(_, stamp)| stamp.as_ref()?.modified).max()
    }
}

/// When a file came to be; none where the disk does not tell.
pub(super) fn born(path: &Path) -> Option<Timestamp> {
    fs::metadata(path).ok()?.created().ok()?.try_into().ok()
}

/// A file as it is now; none where there is none.
fn stamp(path: &Path) -> Option<Stamp> {
    let about = fs::metadata(path).ok()?;
    let modified = about.modified().ok().and_then(|it| it.try_into().ok());
    Some(Stamp { inode: about.ino(), length: about.len(), modified })
}
