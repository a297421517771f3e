//! The sessions there are: what was run, when, by whom, at what cost.

use super::{FILE, JournalError, Reader, paper};
use crate::model::{Cost, Header, Millis, Status, play::PlayStatus};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The folder that holds all sessions.
#[derive(Debug, Clone)]
pub struct Sessions {
    folder: PathBuf,
}

/// One session in a few words.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The name of its folder.
    pub id: String,
    /// Its journal.
    pub path: PathBuf,
    /// When it opened: wall time, RFC 3339.
    pub opened: String,
    /// What it worked on.
    pub project: String,
    /// Who opened it.
    pub by: String,
    /// What it is about; may be empty.
    pub title: String,
    /// How many agents it has.
    pub agents: usize,
    /// How many of them stand how.
    pub outcomes: BTreeMap<Status, u32>,
    /// The scripts that were played, and how each stands; not those that others play.
    pub plays: Vec<(String, PlayStatus)>,
    /// What it cost.
    pub cost: Cost,
    /// How long it lasted.
    pub lasted: Millis,
    /// Somebody writes it now.
    pub running: bool,
    /// Why it was closed; none after a crash, or while it runs.
    pub closed: Option<String>,
    /// How long its journal is.
    pub bytes: u64,
    /// How many stretches of the journal can't be read.
    pub damaged: u64,
}

impl Sessions {
    /// The sessions below this folder, which need not exist.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All journals that can be opened, the newest session first. Reads no more
    /// than their headers.
    pub fn journals(&self) -> Vec<Reader> {
        // A folder that can't be listed holds nothing to choose from.
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path().join(FILE));
        let mut journals: Vec<_> = paths.filter_map(|path| Reader::open(&path).ok()).collect();
        journals.sort_by_cached_key(|it| std::cmp::Reverse((opened(it.header()), id(it))));
        journals
    }

    /// The sessions of which nothing is left to read: their folders, and why.
    pub fn lost(&self) -> Vec<(PathBuf, JournalError)> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let folders = entries.filter(|it| it.file_type().is_ok_and(|it| it.is_dir()));
        let lost = folders.filter_map(|entry| {
            let folder = entry.path();
            let journal = folder.join(FILE);
            let error = Reader::open(&journal).err().filter(JournalError::is_lost)?;
            // One that was only just made has nothing in it yet, and a writer.
            (!is_written(&journal)).then_some((folder, error))
        });
        lost.collect()
    }

    /// All sessions, the newest first. Reads every journal to its end.
    pub fn list(&self) -> Vec<Summary> {
        self.journals().iter().map(Summary::of).collect()
    }

    /// The journal of the session with that id, of the only one whose id begins
    /// like that, or of the `last` one.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn find(&self, name: &str) -> Result<PathBuf, JournalError> {
        let journals = self.journals();
        let found: Vec<_> = match name {
            "last" => journals.iter().take(1).collect(),
            name => match journals.iter().find(|it| id(it) == name) {
                Some(exact) => vec![exact],
                None if name.is_empty() => Vec::new(),
                None => journals.iter().filter(|it| id(it).starts_with(name)).collect(),
            },
        };
        match found.as_slice() {
            [] if name == "last" => Err(JournalError::NoneYet),
            [] => Err(JournalError::Unknown(name.to_owned())),
            [one] => Ok(one.path().to_owned()),
            many => Err(JournalError::Ambiguous { prefix: name.to_owned(), count: many.len() }),
        }
    }
}

impl Summary {
    /// Reads a journal to its end and says what is in it.
    pub fn of(reader: &Reader) -> Self {
        let stage = reader.fold(None);
        let totals = stage.totals();
        let header = reader.header().clone();
        let plays = stage.plays().filter(|it| it.parent.is_none());
        Self {
            id: id(reader),
            path: reader.path().to_owned(),
            opened: header.opened,
            project: header.project,
            by: header.by,
            title: stage.title().to_owned(),
            agents: stage.agents().len(),
            outcomes: totals.by_status,
            plays: plays.map(|it| (it.script.name.clone(), it.status())).collect(),
            cost: totals.spent,
            lasted: stage.now(),
            running: is_running(reader),
            closed: stage.closed().map(ToOwned::to_owned),
            bytes: reader.len(),
            damaged: stage.damaged(),
        }
    }
}

/// The least of an id that is told: as much of one as says when the session
/// opened, to the millisecond, so that it stays the only one that begins like that.
const SHORT: usize = 13;

impl Sessions {
    /// The names of all sessions: their ids, unless somebody renamed a folder.
    pub fn names(&self) -> Vec<String> {
        // A folder that can't be listed holds nothing to choose from.
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.map(|it| it.file_name().to_string_lossy().into_owned()).collect()
    }
}

/// As much of a session's id as is enough to [find](Sessions::find) it among
/// these.
pub fn short_id<'a>(id: &'a str, names: &[String]) -> &'a str {
    let shared = |it: &String| id.bytes().zip(it.bytes()).take_while(|(a, b)| a == b).count();
    let longest = names.iter().filter(|it| *it != id).map(shared).max().unwrap_or(0);
    id.get(..(longest + 1).max(SHORT)).unwrap_or(id)
}

/// Whether somebody writes the journal now.
pub fn is_running(reader: &Reader) -> bool {
    is_written(reader.path())
}

/// Whether somebody holds the file of a journal, to write it.
fn is_written(journal: &Path) -> bool {
    // A lock belongs to an open file, so it is asked for with one of its own.
    journal.is_file() && std::fs::File::open(journal).is_ok_and(paper::is_locked)
}

fn id(reader: &Reader) -> String {
    let folder = reader.path().parent().and_then(Path::file_name);
    folder.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// When a session opened, whatever zone it was written in.
fn opened(header: &Header) -> Option<jiff::Timestamp> {
    header.opened.parse().ok()
}
