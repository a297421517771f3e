//! A log of another tool's: opened, translated, counted.

use super::{
    Format, Tally, Together, claude,
    detect::{self, Beginning},
    mend::mend,
    read::{Aide, Feed, Source, read},
};
use crate::{
    journal::{JournalError, LONGEST, Reader},
    llm::PriceTable,
    model::{FORMAT, Header},
};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    fs::{self, File},
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

/// A log of another tool's.
#[derive(Debug, Clone)]
pub struct Foreign {
    path: PathBuf,
    format: Format,
    beginning: Beginning,
    /// A log that is one JSON value, on one line.
    document: Option<Vec<u8>>,
}

impl Foreign {
    /// Opens a log, if the file is one of a tool that is known.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn open(path: &Path) -> Result<Option<Self>, ImportError> {
        let fail = |source| ImportError::Disk { path: path.to_owned(), source };
        let file = File::open(path).map_err(fail)?;
        if !file.metadata().map_err(fail)?.is_file() {
            return Ok(None);
        }
        let mut beginning = detect::look(BufReader::new(&file)).map_err(fail)?;
        let document = if beginning.format.is_some() { None } else { document(path) };
        if let Some(document) = &document {
            beginning.take(document);
        }
        let document = document.map(|it| it.to_string().into_bytes());
        let format = beginning.format;
        Ok(format.map(|format| Self { path: path.to_owned(), format, beginning, document }))
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

    /// Whether it is one JSON value, which is written as a whole or not at all.
    pub(super) const fn is_document(&self) -> bool {
        self.document.is_some()
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
        Together::once(vec![self.clone()], prices, folder)
    }

    /// Counts what is in it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn tally(&self, prices: &Arc<PriceTable>) -> Result<Tally, ImportError> {
        let mut tally = read(self.format, prices, self.sources()?, &mut |_, _| Ok(()))?;
        if self.is_document() {
            tally.lines = None;
        }
        Ok(tally)
    }

    /// What a journal of it alone begins with.
    pub(super) fn header(&self) -> Header {
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
        let mut main = open(&self.path, None)?;
        if let Some(document) = &self.document {
            main.feed = Feed::Lines(Box::new(io::Cursor::new(document.clone())));
        }
        let aides = self.aides().into_iter().map(|(path, aide)| open(&path, Some(aide)));
        std::iter::once(Ok(main)).chain(aides).collect()
    }

    /// The files of its sub-agents.
    pub(super) fn aides(&self) -> Vec<(PathBuf, Aide)> {
        match self.format {
            Format::ClaudeCode => claude::aides(&self.path),
            Format::Codex | Format::GeminiCli => Vec::new(),
        }
    }
}

/// Opens a file that holds JSON values in lines.
pub(super) fn open(path: &Path, aide: Option<Aide>) -> Result<Source, ImportError> {
    let fail = |source| ImportError::Disk { path: path.to_owned(), source };
    let file = File::open(path).map_err(fail)?;
    let feed = Feed::Lines(Box::new(BufReader::with_capacity(BLOCK, file)));
    Ok(Source { path: path.to_owned(), aide, feed })
}

/// A file that is one JSON value on many lines, if it is one.
fn document(path: &Path) -> Option<Value> {
    let is_small = path.metadata().is_ok_and(|it| it.len() <= LONGEST as u64);
    let bytes = is_small.then(|| fs::read(path).ok()).flatten()?;
    let value = serde_json::from_slice(&bytes).or_else(|_| serde_json::from_slice(&mend(&bytes)));
    value.ok().filter(Value::is_object)
}
