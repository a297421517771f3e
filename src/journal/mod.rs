//! The session on disk: write, recover, lock, index, seek, follow.
//!
//! A session is a folder with one file, `journal.jsonl`: first a
//! [`Header`](crate::model::Header), then one [`Record`](crate::model::Record) a
//! line. [`Journal`] is its one writer. Readers are any number and lock nothing.
//! Nothing here ever changes a byte before the end of a journal, and nothing
//! found in one is fatal: what can't be read is counted and shown.

mod backwards;
mod blanks;
mod bookmarks;
mod cleaned;
mod curve;
mod encode;
mod ends;
mod error;
mod follower;
mod growth;
mod index;
mod indexer;
mod lines;
mod outline;
mod paper;
mod parse;
mod pen;
mod quick;
mod reader;
mod redact;
mod reel;
mod refill;
mod scratch;
mod sessions;
mod sources;
mod sync;
mod window;
mod writer;

pub use bookmarks::{BOOKMARKS, Bookmark, Bookmarks};
pub use curve::Sample;
pub use error::JournalError;
pub use follower::Follower;
pub use growth::Growth;
pub use index::{Marker, MarkerKind};
pub use lines::LONGEST;
pub use pen::Paper;
pub use reader::{Reader, Records};
pub use redact::Redactor;
pub use reel::Reel;
pub use scratch::Scratch;
pub use sessions::{Sessions, Summary, is_running, short_id};
pub use window::{Anchor, read_log};
pub use writer::{Journal, Recovered};

/// The name of the file in a session's folder.
pub const FILE: &str = "journal.jsonl";

#[cfg(test)]
mod tests;
