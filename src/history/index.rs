//! Which words stand in which blocks of which journals: a database beside the sessions.
//!
//! It is never the truth. It holds no text, only the words of each block, so that most
//! blocks need not be read; what is found is read from the journal. It is made anew when
//! it is missing, of another version, or damaged, and whatever it does not know is looked
//! for in the journals themselves.

use super::{block::BLOCK, query::Query};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// Changed when an older index would be misread.
const VERSION: i32 = 3;
/// What tells it from other databases.
const OURS: i32 = 0x4155_5452;
/// The name of its file.
const FILE: &str = "history.db";
/// How long one program waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// A longer word is known by its beginning.
const LONGEST_WORD: usize = 24;
/// So many bits of a row's number say which block of its journal it is.
const BLOCK_BITS: u32 = 24;

const TABLES: &str = "
    CREATE TABLE journals (
        id INTEGER PRIMARY KEY,
        session TEXT NOT NULL UNIQUE,
        inode INTEGER NOT NULL,
        bytes INTEGER NOT NULL
    );
    CREATE TABLE summaries (
        session TEXT PRIMARY KEY,
        bytes INTEGER NOT NULL,
        summary TEXT NOT NULL
    );
    CREATE VIRTUAL TABLE words USING fts5 (
        word, content='', contentless_delete=1, detail='none', tokenize='ascii'
    );
    INSERT INTO words (words, rank) VALUES ('hashsize', 16777216);
";

/// Why the index can't be used. Whoever searches goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The database says no.
    #[error("the index of former sessions")]
    Database(#[from] rusqlite::Error),
    /// The disk says no.
    #[error("the file {}", .0.display())]
    Disk(PathBuf, #[source] std::io::Error),
}

/// The index, open.
#[derive(Debug)]
pub(super) struct Index {
    connection: Connection,
}

/// What the index knows of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Its number there.
    pub(super) id: i64,
    /// What told its file from others.
    pub(super) inode: u64,
    /// How many bytes of it are in.
    pub(super) bytes: u64,
}

/// The journals that the index knows, by their sessions.
pub(super) type Journals = BTreeMap<String, Known>;
/// The blocks that it names, by the number of their journal.
pub(super) type Named = BTreeMap<i64, Vec<u64>>;

/// Where the index is, in the folder that holds the sessions' folder.
pub(super) fn file(state: &Path) -> PathBuf {
    state.join(FILE)
}

impl Index {
    /// Opens the index to look something up. None where there is none that can be used.
    pub(super) fn look(path: &Path) -> Option<Self> {
        if !path.is_file() {
            return None;
        }
        let index = Self::connect(path).ok()?;
        index.is_ours().ok()?.then_some(index)
    }

    /// Opens the index, or makes it, anew where it can't be used.
    pub(super) fn open(path: &Path) -> Result<Self, IndexError> {
        if let Ok(index) = Self::connect(path).and_then(Self::made) {
            return Ok(index);
        }
        remove(path)?;
        Ok(Self::connect(path).and_then(Self::made)?)
    }

    fn connect(path: &Path) -> rusqlite::Result<Self> {
        // Made here, so that it is for nobody else to read; what stands beside it later
        // is made like it.
        let _made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "secure_delete", "on")?;
        Ok(Self { connection })
    }

    fn number(&self, pragma: &str) -> rusqlite::Result<i32> {
        self.connection.pragma_query_value(None, pragma, |row| row.get(0))
    }

    fn is_ours(&self) -> rusqlite::Result<bool> {
        Ok(self.number("application_id")? == OURS && self.number("user_version")? == VERSION)
    }

    /// The same with its tables, where it has none at all yet.
    fn made(mut self) -> rusqlite::Result<Self> {
        if self.is_ours()? {
            return Ok(self);
        }
        let making = self.connection.transaction()?;
        making.execute_batch(TABLES)?;
        making.pragma_update(None, "application_id", OURS)?;
        making.pragma_update(None, "user_version", VERSION)?;
        making.commit()?;
        Ok(self)
    }

    /// The journals that are in, by their sessions.
    pub(super) fn journals(&self) -> rusqlite::Result<Journals> {
        let mut asked =
            self.connection.prepare_cached("SELECT session, id, inode, bytes FROM journals")?;
        let rows = asked.query_map([], |row| {
            let (inode, bytes): (i64, i64) = (row.get(2)?, row.get(3)?);
            let (inode, bytes) = (inode.cast_unsigned(), bytes.cast_unsigned());
            Ok((row.get(0)?, Known { id: row.get(1)?, inode, bytes }))
        })?;
        rows.collect()
    }

    /// What it knows, and of that the blocks that may hold what is searched for: as it is
    /// at one moment, whoever writes.
    pub(super) fn look_up(&self, query: &Query) -> rusqlite::Result<(Journals, Named)> {
        let moment = self.connection.unchecked_transaction()?;
        let found = (self.journals()?, self.blocks(query)?);
        moment.finish()?;
        Ok(found)
    }

    fn blocks(&self, query: &Query) -> rusqlite::Result<Named> {
        let words = query.terms().iter().flat_map(|term| {
            let last = term.words.len() - 1;
            term.words.iter().enumerate().map(move |(nth, word)| {
                let is_begun = nth == last && term.is_begun;
                let word = beginning(word);
                let mark = if is_begun { " *" } else { "" };
                format!("\"{word}\"{mark}")
            })
        });
        let wanted = words.collect::<Vec<_>>().join(" ");
        let mut asked =
            self.connection.prepare_cached("SELECT rowid FROM words WHERE words MATCH ?1")?;
        let rows = asked.query_map([wanted], |row| row.get::<_, i64>(0))?;
        let mut blocks = Named::new();
        for row in rows {
            let (journal, nth) = parts(row?);
            blocks.entry(journal).or_default().push(nth);
        }
        Ok(blocks)
    }

    /// What a session comes to, if that was kept when its journal had so many bytes.
    pub(super) fn summary(&self, session: &str, bytes: u64) -> rusqlite::Result<Option<String>> {
        let asked = "SELECT summary FROM summaries WHERE session = ?1 AND bytes = ?2";
        let mut asked = self.connection.prepare_cached(asked)?;
        asked.query_row(params![session, bytes.cast_signed()], |row| row.get(0)).optional()
    }

    /// Keeps what a session comes to.
    pub(super) fn keep_summary(
        &self,
        session: &str,
        bytes: u64,
        summary: &str,
    ) -> rusqlite::Result<()> {
        let kept = "INSERT OR REPLACE INTO summaries (session, bytes, summary) VALUES (?1, ?2, ?3)";
        let mut kept = self.connection.prepare_cached(kept)?;
        kept.execute(params![session, bytes.cast_signed(), summary]).map(drop)
    }

    /// Takes in the words of blocks, all or none.
    pub(super) fn add(
        &mut self,
        session: &str,
        (inode, upto): (u64, u64),
        blocks: &[(u64, String)],
    ) -> rusqlite::Result<()> {
        let adding = self.connection.transaction()?;
        {
            let mut known = adding.prepare_cached(
                "INSERT INTO journals (session, inode, bytes) VALUES (?1, ?2, ?3)
                 ON CONFLICT (session) DO UPDATE SET inode = ?2, bytes = ?3 RETURNING id",
            )?;
            let journal: i64 = known
                .query_row(params![session, inode.cast_signed(), upto.cast_signed()], |row| {
                    row.get(0)
                })?;
            let mut gone = adding.prepare_cached("DELETE FROM words WHERE rowid = ?1")?;
            let mut added =
                adding.prepare_cached("INSERT INTO words (rowid, word) VALUES (?1, ?2)")?;
            for (nth, words) in blocks {
                let row = row(journal, *nth);
                gone.execute([row])?;
                added.execute(params![row, words])?;
            }
        }
        adding.commit()
    }

    /// Forgets sessions, and sees to it that nothing of them is left in the file.
    pub(super) fn forget(&mut self, sessions: &[String]) -> rusqlite::Result<()> {
        let known = self.journals()?;
        let forgetting = self.connection.transaction()?;
        for session in sessions {
            if let Some(known) = known.get(session) {
                for nth in 0..=known.bytes / BLOCK {
                    forgetting
                        .execute("DELETE FROM words WHERE rowid = ?1", [row(known.id, nth)])?;
                }
                forgetting.execute("DELETE FROM journals WHERE id = ?1", [known.id])?;
            }
            forgetting.execute("DELETE FROM summaries WHERE session = ?1", [session])?;
        }
        forgetting.execute("INSERT INTO words (words) VALUES ('optimize')", [])?;
        forgetting.commit()?;
        // What was overwritten stands in the log beside it until that is emptied.
        self.connection.pragma_update(None, "wal_checkpoint", "truncate")
    }
}

/// The beginning of a word by which it is known.
pub(super) fn beginning(word: &str) -> &str {
    word.get(..word.floor_char_boundary(LONGEST_WORD)).unwrap_or(word)
}

fn row(journal: i64, nth: u64) -> i64 {
    (journal << BLOCK_BITS) | (nth.cast_signed() & ((1 << BLOCK_BITS) - 1))
}

const fn parts(row: i64) -> (i64, u64) {
    (row >> BLOCK_BITS, (row & ((1 << BLOCK_BITS) - 1)).cast_unsigned())
}

/// Removes the files of the index.
pub(super) fn remove(path: &Path) -> Result<(), IndexError> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(IndexError::Disk(name.into(), error));
            }
            _ => {}
        }
    }
    Ok(())
}
