//! The git program, the only place that calls it. Nothing that a repository
//! configures runs: no hook, filter, monitor, pager, editor, signer, helper,
//! alias, driver or transport of its own.
//!
//! There are two ways to call it. [`Git::call`] asks the repository itself, with
//! every setting that names a program overruled: for references and commits.
//! [`Git::apart`] works with a git folder of our own ([`Apart`]) over
//! the repository's objects: its settings are not even read, and so nothing of
//! them can be missed. Whatever reads or writes an agent's files goes that way. In
//! the git folder that is an agent's own ([`Own`]) no git of ours works at all.

mod apart;
mod bring;
mod call;
mod hardened;
mod learn;
mod own;
mod pipes;
mod version;

#[cfg(test)]
pub(super) mod tests;

pub use apart::Apart;
pub use call::{Answer, Call};
pub use own::Own;
pub use version::GitVersion;

use crate::config::Environment;
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What git gets to see of our environment: where programs and its user's own
/// settings are.
const SEEN: &[&str] = &["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "USER", "LOGNAME"];

/// Git did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It could not be run.
    #[error("git could not be started")]
    Start(#[source] io::Error),
    /// It ended badly.
    #[error("git {what}: {said}")]
    Failed {
        /// The words of the command that matter.
        what: String,
        /// The code it ended with; none where a signal ended it.
        code: Option<i32>,
        /// The last line that it said about it, harmless.
        said: String,
    },
    /// It said nothing for too long and was ended.
    #[error("git {what}: it did nothing for {seconds} s and was ended")]
    Hung {
        /// The words of the command that matter.
        what: String,
        /// How long.
        seconds: u64,
    },
    /// It put out more than anybody wants to hold.
    #[error("git {what}: it put out more than {most} bytes")]
    TooMuch {
        /// The words of the command that matter.
        what: String,
        /// The most that is read.
        most: usize,
    },
    /// A file or folder beside it could not be read or written.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The git program of this machine.
#[derive(Debug, Clone)]
pub struct Git {
    program: PathBuf,
    environment: Arc<[(String, String)]>,
}

impl Git {
    /// Finds git as a shell would, in absolute folders only; none where there is
    /// none.
    pub fn find(environment: &Environment) -> Option<Self> {
        let program = environment.find_program("git")?;
        Some(Self { program, environment: environment.only(SEEN).into() })
    }

    /// A call in a folder of a repository, with its settings overruled.
    pub fn call<A>(&self, folder: &Path, arguments: impl IntoIterator<Item = A>) -> Call
    where
        A: Into<OsString>,
    {
        Call::new(self.clone(), folder, arguments)
    }

    /// A call apart from the repository's settings, over its objects and files.
    pub fn apart<A>(&self, apart: &Apart, arguments: impl IntoIterator<Item = A>) -> Call
    where
        A: Into<OsString>,
    {
        Call::apart(self.clone(), apart, arguments)
    }

    /// Which version this is.
    ///
    /// # Errors
    /// When it does not run, or does not say.
    pub fn version(&self) -> Result<GitVersion, GitError> {
        let said = self.call(Path::new("/"), ["--version"]).line()?;
        GitVersion::parse(&said).ok_or_else(|| GitError::Failed {
            what: "--version".to_owned(),
            code: Some(0),
            said: crate::text::one_line(&said, 80),
        })
    }
}
