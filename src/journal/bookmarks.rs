//! What the director has marked in a session, with a note where there is one.
//!
//! A journal never changes, and a replay writes none. So bookmarks stand in a file of
//! their own: a line for each that was set or taken away, the last word on a record
//! counts. They are written on a thread, one after the other, and all of them before
//! they are let go.

use crate::model::{Millis, Seq};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

/// The name of the file in the folder of a session.
pub const BOOKMARKS: &str = "bookmarks.jsonl";

/// One place that was marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The last record before it.
    pub seq: Seq,
    /// The session's time there.
    pub at: Millis,
    /// What is noted; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    bookmark: Bookmark,
    /// It was taken away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    gone: bool,
}

/// The bookmarks of one journal.
#[derive(Debug, Default)]
pub struct Bookmarks {
    all: BTreeMap<Seq, Bookmark>,
    pen: Option<Pen>,
}

/// Writes them.
#[derive(Debug)]
struct Pen {
    lines: Option<mpsc::Sender<String>>,
    writer: Option<JoinHandle<()>>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl Bookmarks {
    /// Those in that file, which need not exist. A line that can't be read is passed over:
    /// it may be torn.
    ///
    /// # Errors
    /// When the file is there and can't be read, or no thread can be started.
    pub fn open(path: &Path) -> io::Result<Self> {
        let text = match fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut all = BTreeMap::new();
        for line in text.lines() {
            match serde_json::from_str(line) {
                Ok(Line { bookmark, gone: true }) => drop(all.remove(&bookmark.seq)),
                Ok(Line { bookmark, gone: false }) => drop(all.insert(bookmark.seq, bookmark)),
                Err(_) => {}
            }
        }
        // What is written next does not go on with a torn line.
        let is_torn = !text.is_empty() && !text.ends_with('\n');
        Ok(Self { all, pen: Some(Pen::new(path.to_owned(), is_torn)?) })
    }

    /// All, in order.
    pub fn all(&self) -> impl Iterator<Item = &Bookmark> {
        self.all.values()
    }

    /// Marks a place, or notes something else there.
    pub fn set(&mut self, bookmark: Bookmark) {
        self.write(&Line { bookmark: bookmark.clone(), gone: false });
        self.all.insert(bookmark.seq, bookmark);
    }

    /// Takes a mark away.
    pub fn remove(&mut self, seq: Seq) {
        if let Some(bookmark) = self.all.remove(&seq) {
            self.write(&Line { bookmark, gone: true });
        }
    }

    /// Why what was marked last is not on the disk, where that is so.
    pub fn trouble(&self) -> Option<String> {
        let trouble = &self.pen.as_ref()?.trouble;
        trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self, line: &Line) {
        let lines = self.pen.as_ref().and_then(|it| it.lines.as_ref());
        if let (Some(lines), Ok(text)) = (lines, serde_json::to_string(line)) {
            // It fails only when the writer is gone, which says why in `trouble`.
            drop(lines.send(text + "\n"));
        }
    }
}

impl Pen {
    fn new(path: PathBuf, is_torn: bool) -> io::Result<Self> {
        let (lines, wanted) = mpsc::channel::<String>();
        let trouble = Arc::new(Mutex::new(None));
        let told = Arc::clone(&trouble);
        let write = move || {
            let mut torn = if is_torn { "\n" } else { "" };
            for line in wanted {
                let written = append(&path, &format!("{torn}{line}"));
                torn = if written.is_ok() { "" } else { torn };
                let why = written
                    .err()
                    .map(|error| format!("the bookmark is not kept: {}: {error}", path.display()));
                *told.lock().unwrap_or_else(PoisonError::into_inner) = why;
            }
        };
        let writer = thread::Builder::new().name("bookmarks".into()).spawn(write)?;
        Ok(Self { lines: Some(lines), writer: Some(writer), trouble })
    }
}

impl Drop for Pen {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(writer) = self.writer.take() {
            // A writer that has panicked has nothing left to write.
            drop(writer.join());
        }
    }
}

/// Adds to a file that nobody else may read.
fn append(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bookmark(seq: u64, note: &str) -> Bookmark {
        Bookmark { seq: Seq(seq), at: Millis(seq * 10), note: note.into() }
    }

    #[test]
    fn what_was_marked_is_there_again_and_what_was_taken_away_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper").join(BOOKMARKS);
        let mut marks = Bookmarks::open(&path).unwrap();
        marks.set(bookmark(7, ""));
        marks.set(bookmark(3, "here it drifts"));
        marks.set(bookmark(9, "no"));
        marks.set(bookmark(7, "it asks"));
        marks.remove(Seq(9));
        marks.remove(Seq(1));
        drop(marks);
        let marks = Bookmarks::open(&path).unwrap();
        let all: Vec<_> = marks.all().cloned().collect();
        assert_eq!(all, [bookmark(3, "here it drifts"), bookmark(7, "it asks")]);
    }

    #[test]
    fn a_torn_line_costs_itself_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(BOOKMARKS);
        fs::write(&path, "{\"seq\":1,\"at\":10}\n{\"seq\":2,\"at").unwrap();
        let mut marks = Bookmarks::open(&path).unwrap();
        assert_eq!(marks.all().count(), 1);
        marks.set(bookmark(4, "on"));
        drop(marks);
        let marks = Bookmarks::open(&path).unwrap();
        let all: Vec<_> = marks.all().map(|it| it.seq).collect();
        assert_eq!(all, [Seq(1), Seq(4)]);
    }

    #[test]
    fn that_one_could_not_be_kept_is_said() {
        let folder = tempfile::tempdir().unwrap();
        // A folder stands where the file would be.
        let path = folder.path().join(BOOKMARKS);
        let mut marks = Bookmarks::open(&path).unwrap();
        fs::create_dir(&path).unwrap();
        marks.set(bookmark(4, "on"));
        while marks.trouble().is_none() {
            thread::yield_now();
        }
        assert!(marks.trouble().unwrap().contains("is not kept"));
        assert_eq!(marks.all().count(), 1, "it is there as long as the replay");
    }
}
