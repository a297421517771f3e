//! Why a session could not be served, or attached to.

use std::{io, path::PathBuf};

/// One side of the link, or what lies between, was not as expected.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nobody listens.
    #[error("nobody serves the session in {}", .0.display())]
    NotServed(PathBuf),
    /// The other side said no, in its own words.
    #[error("{0}")]
    Refused(String),
    /// Somebody listens and says nothing.
    #[error("the process that serves the session does not answer; it may be stopped")]
    Silent,
    /// The socket belongs to another user.
    #[error("the session's socket belongs to user {theirs}, and you are user {ours}")]
    Stranger {
        /// Whose it is.
        theirs: u32,
        /// Who asks.
        ours: u32,
    },
    /// What came is nothing that this program says.
    #[error("what listens at the session's socket is no auteur")]
    Gibberish,
    /// The folder is not only ours.
    #[error("the session's folder {} belongs to somebody else", .0.display())]
    NotOurs(PathBuf),
    /// The system said no.
    #[error("could not {doing} the session's socket {}", .path.display())]
    Socket {
        /// What was tried: `open`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
