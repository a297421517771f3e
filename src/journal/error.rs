//! Why a journal could not be opened, read or written.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The disk, or what is on it, was not what the journal needs.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A session's id is a folder's name, so not everything can be one.
    #[error("expected a session id of letters, digits, dots and dashes, not {0:?}")]
    BadId(String),
    /// There is a session of that id already.
    #[error("the session {} exists already", .0.display())]
    Exists(PathBuf),
    /// A link could lead the journal to where others can read or change it.
    #[error("{} is a link; expected a folder or a file of its own", .0.display())]
    Link(PathBuf),
    /// One journal has one writer.
    #[error("another auteur is writing {}", .0.display())]
    Busy(PathBuf),
    /// What is written there would be lost.
    #[error("{} was moved or deleted; put it back, or quit", .0.display())]
    Gone(PathBuf),
    /// The disk said no.
    #[error("could not {doing} {}", .path.display())]
    Disk {
        /// What was tried: `append to`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not even a header was written.
    #[error("{} is empty; expected a journal", .0.display())]
    Empty(PathBuf),
    /// Something else than a journal.
    #[error("{} is no journal: neither a header nor a record in its beginning", .0.display())]
    NotAJournal(PathBuf),
    /// Written by a later program.
    #[error("{} has format {found}; this program reads up to {known}", .path.display())]
    TooNew {
        /// Which journal.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// A record could not be put into JSON.
    #[error("could not encode a record")]
    Encode(#[source] serde_json::Error),
    /// A record is longer than a reader would take.
    #[error("a record of {bytes} bytes; a line may have {most}")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The bound.
        most: usize,
    },
    /// The last session is wanted, and there was none.
    #[error(
        "there is no session yet: `auteur run` begins one, `auteur demo` shows what that is like"
    )]
    NoneYet,
    /// No session goes by that name.
    #[error("no session goes by {0:?}; `auteur sessions` lists them")]
    Unknown(String),
    /// More than one session begins like that.
    #[error("{count} sessions begin with {prefix:?}; say more of the id")]
    Ambiguous {
        /// What was asked for.
        prefix: String,
        /// How many there are.
        count: usize,
    },
}

impl JournalError {
    /// Whether nothing is left that could be read: it is empty, gone, or something else.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            Self::Empty(_) | Self::NotAJournal(_) => true,
            Self::Disk { source, .. } => source.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }

    pub(super) fn disk(doing: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Disk { doing, path: path.to_owned(), source: source.into() }
    }

    /// Whether a record is to blame, not the disk: it can never be written.
    pub const fn is_about_a_record(&self) -> bool {
        matches!(self, Self::Encode(_) | Self::TooLong { .. })
    }

    /// Whether there was no room: a full disk, a quota, a limit on the file's
    /// size. The same batch may be appended again when there is.
    pub fn is_full(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull, WriteZero};
        let full = |kind| matches!(kind, StorageFull | QuotaExceeded | FileTooLarge | WriteZero);
        matches!(self, Self::Disk { source, .. } if full(source.kind()))
    }
}
