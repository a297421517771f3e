//! A log of another tool's: opened, translated, counted.

use super::{
    Format, Tally, TellRead, Together, claude,
    container::Container,
    detect::Beginning,
    read::{Aide, Feed, Source, read},
};
use crate::{
    journal::{JournalError, Reader},
    llm::PriceTable,
    model::{FORMAT, Header},
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::{
    error::Error as _,
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
};

/// How much is read at once.
const BLOCK: usize = 256 << 10;

/// A log that could not be read or translated.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The disk said no.
    #[error("could not read {}", .path.display())]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What it is translated to could not be written.
    #[error("could not translate {}", .path.display())]
    Journal {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: JournalError,
    },
}

impl ImportError {
    /// What went wrong, down to what the system said.
    pub(super) fn told(&self) -> String {
        let (mut told, mut why) = (self.to_string(), self.source());
        while let Some(error) = why {
            told = format!("{told}: {error}");
            why = error.source();
        }
        told
    }
}

/// A log of another tool's.
#[derive(Debug, Clone)]
pub struct Foreign {
    path: PathBuf,
    format: Format,
    beginning: Beginning,
    container: Container,
}

impl Foreign {
    /// Opens a log, if the file or the folder is one of a tool that is known.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn open(path: &Path) -> Result<Option<Self>, ImportError> {
        let fail = |source| ImportError::Disk { path: path.to_owned(), source };
        let Some((container, beginning)) = Container::look(path).map_err(fail)? else {
            return Ok(None);
        };
        let format = beginning.format;
        Ok(format.map(|format| Self { path: path.to_owned(), format, beginning, container }))
    }

    /// Whose it is.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that it works in, and what it calls its session, as far as it says.
    pub fn about(&self) -> (&str, &str) {
        (&self.beginning.folder, &self.beginning.session)
    }

    /// The first time that it tells.
    pub(super) const fn opened(&self) -> Option<Timestamp> {
        self.beginning.opened
    }

    /// Whether it is written as a whole or not at all: then it does not grow, it is
    /// another one.
    pub(super) fn is_whole(&self) -> bool {
        self.container.is_whole(self.format)
    }

    /// Whether its bytes are its lines, as they are: then it is known how much is left.
    pub(super) const fn is_plain(&self) -> bool {
        matches!(self.container, Container::Lines)
    }

    /// Translates it into a journal without a name, on the disk of this folder.
    ///
    /// # Errors
    /// When the log can't be read, or the journal can't be written.
    pub fn translate(
        &self,
        prices: &Arc<PriceTable>,
        folder: &Path,
    ) -> Result<Reader, ImportError> {
        self.translate_telling(prices, folder, &mut |_| ())
    }

    /// The same, and tells how far it has come.
    ///
    /// # Errors
    /// When the log can't be read, or the journal can't be written.
    pub fn translate_telling(
        &self,
        prices: &Arc<PriceTable>,
        folder: &Path,
        tell: TellRead<'_>,
    ) -> Result<Reader, ImportError> {
        Together::once(vec![self.clone()], prices, folder, tell)
    }

    /// Counts what is in it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn tally(&self, prices: &Arc<PriceTable>) -> Result<Tally, ImportError> {
        let mut tally = read(self.format, prices, self.sources()?, &mut |_, _| Ok(()))?;
        if matches!(self.container, Container::Document(_)) {
            tally.lines = None;
        }
        Ok(tally)
    }

    /// A digest of all its bytes, in hexadecimal digits, and how many they are.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn digest(&self) -> Result<(String, u64), ImportError> {
        let mut files = self.container.files(&self.path);
        files.extend(self.aides().into_iter().map(|it| it.0));
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        for path in files {
            let fail = |source| ImportError::Disk { path: path.clone(), source };
            let mut file = File::open(&path).map_err(fail)?;
            let length = io::copy(&mut file, &mut hash).map_err(fail)?;
            // Where one file ends and the next begins is a part of it.
            hash.update(length.to_le_bytes());
            bytes += length;
        }
        Ok((format!("{:x}", hash.finalize()), bytes))
    }

    /// What a journal of it alone begins with.
    pub fn header(&self) -> Header {
        Header {
            auteur: FORMAT,
            session: self.beginning.session.clone(),
            opened: self.beginning.opened.map(|it| it.to_string()).unwrap_or_default(),
            project: self.beginning.folder.clone(),
            by: self.format.to_string(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Its files, opened: itself, and those of its sub-agents.
    pub(super) fn sources(&self) -> Result<Vec<Source>, ImportError> {
        let path = self.path.clone();
        let fail = |source| ImportError::Disk { path: path.clone(), source };
        let feed = self.container.feed(&self.path, self.format).map_err(fail)?;
        let main = Source { path: self.path.clone(), aide: None, feed };
        let aides = self.aides().into_iter().map(|(path, aide)| open(&path, Some(aide)));
        std::iter::once(Ok(main)).chain(aides).collect()
    }

    /// The files of its sub-agents.
    pub(super) fn aides(&self) -> Vec<(PathBuf, Aide)> {
        if self.format == Format::ClaudeCode { claude::aides(&self.path) } else { Vec::new() }
    }
}

/// Opens a file that holds JSON values in lines.
pub(super) fn open(path: &Path, aide: Option<Aide>) -> Result<Source, ImportError> {
    let fail = |source| ImportError::Disk { path: path.to_owned(), source };
    let file = File::open(path).map_err(fail)?;
    let feed = Feed::Lines(Box::new(BufReader::with_capacity(BLOCK, file)));
    Ok(Source { path: path.to_owned(), aide, feed })
}
