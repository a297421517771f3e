//! What former sessions said, ran and changed: found again, whatever words are left of it
//! in somebody's mind.
//!
//! The journals are the truth, and an index beside them says where not to look. Both
//! ways lead to the same texts and the same comparison, so with the index, without it,
//! and with one that is behind, the same is found; only sooner or later.

mod block;
mod card;
mod excerpt;
mod fill;
mod filter;
mod index;
mod itself;
mod label;
mod ledger;
mod passage;
mod purse;
mod query;
mod reckoning;
mod search;
mod sieve;
mod telling;
mod typed;
mod verify;
mod vocabulary;
mod who;
mod words;

#[cfg(test)]
mod tests;

pub use card::{Account, Card};
pub use excerpt::Excerpt;
pub use fill::Filled;
pub use filter::{Ended, Filter};
pub use index::IndexError;
pub use label::Label;
pub use ledger::{Book, By, Ledger, NotTold, Row, Sum, write_csv};
pub use passage::Kind;
pub use purse::{Till, Today};
pub use query::Query;
pub use reckoning::{Fills, Lane, Lanes, Pace, Reckoning, Stretch};
pub use search::Wanted;
pub use typed::{filter_names, moment};
pub use verify::Hit;
pub use who::{Models, Who};

use crate::journal::{Reader, Sessions};
use std::path::{Path, PathBuf};

/// All sessions there are, and the index beside them.
#[derive(Debug, Clone)]
pub struct History {
    sessions: Sessions,
    /// The folder of the index.
    state: PathBuf,
}

impl History {
    /// The history of these sessions; its index is in the folder that holds theirs.
    pub fn new(sessions: impl Into<PathBuf>) -> Self {
        let sessions = Sessions::new(sessions);
        let state = sessions.folder().parent().unwrap_or(Path::new(".")).to_owned();
        Self { sessions, state }
    }

    /// The sessions.
    pub const fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Forgets sessions that were removed, so that no word of them is left. What can't be
    /// forgotten now is when the index is next brought up to date.
    ///
    /// # Errors
    /// When the database says no.
    pub fn forget(&self, sessions: &[String]) -> Result<(), IndexError> {
        match index::Index::look(&self.index_file()) {
            Some(mut index) => Ok(index.forget(sessions)?),
            None => Ok(()),
        }
    }

    fn index_file(&self) -> PathBuf {
        index::file(&self.state)
    }

    fn lock_file(&self) -> PathBuf {
        self.index_file().with_extension("lock")
    }
}

/// The name of the session that a journal is of: of its folder; of a file of another name,
/// what its header says.
pub fn session_of(reader: &Reader) -> String {
    if reader.path().file_name().is_none_or(|it| it != crate::journal::FILE) {
        return reader.header().session.clone();
    }
    let folder = reader.path().parent().and_then(Path::file_name);
    folder.map_or_else(String::new, |it| it.to_string_lossy().into_owned())
}
