//! A command that is asked something: run under a guard to its end, for what it prints.

use super::guard::{Guarded, Pool, Said, Start, Word};
use rustix::fs::MemfdFlags;
use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Seek as _, Write as _},
    os::fd::AsFd,
    path::Path,
};
use tokio::{io::AsyncReadExt, net::unix::pipe};

/// How long a short answer is, in bytes.
const SHORT: u64 = 16_384;
/// A guard that is gone before it took its command is replaced so many times.
const REPLACED: u32 = 3;

/// What is asked, by a shell.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// In the shell's words.
    pub command: &'a str,
    /// Where it runs.
    pub folder: &'a Path,
    /// All of its environment.
    pub environment: &'a [(String, String)],
    /// What it reads.
    pub input: &'a [u8],
    /// Bytes of an answer that are kept; more are read and dropped.
    pub longest: u64,
}

/// What a command said, and how it ended.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it printed: perhaps a secret, so no debug text shows it.
    pub printed: Vec<u8>,
    /// What it printed of its troubles.
    pub errors: Vec<u8>,
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("code", &self.code).finish_non_exhaustive()
    }
}

impl<'a> Question<'a> {
    /// A command that reads nothing, and whose answer is short.
    pub const fn new(
        command: &'a str,
        folder: &'a Path,
        environment: &'a [(String, String)],
    ) -> Self {
        Self { command, folder, environment, input: &[], longest: SHORT }
    }

    /// Asks, and waits for the end. A caller that waits no longer drops this, and
    /// with it ends the command and everything that it has started.
    ///
    /// # Errors
    /// When the command can't be started, or its guard was killed.
    pub async fn ask(&self, guards: &Pool) -> io::Result<Answer> {
        for _ in 0..REPLACED {
            let (mut guarded, printed, errors) = self.begin(guards)?;
            let (end, printed, errors) = tokio::join!(
                end(&mut guarded),
                all_of(printed, self.longest),
                all_of(errors, self.longest)
            );
            if let Some(code) = end? {
                return Ok(Answer { printed: printed?, errors: errors?, code });
            }
        }
        Err(io::Error::other("no guard took it"))
    }

    fn begin(&self, guards: &Pool) -> io::Result<(Guarded, pipe::Receiver, pipe::Receiver)> {
        let ((printed, into), (errors, errors_into)) = (io::pipe()?, io::pipe()?);
        let input = if self.input.is_empty() { None } else { Some(in_memory(self.input)?) };
        let guarded = guards.start(&Start {
            argv: &["/bin/sh", "-c", self.command].map(OsStr::new),
            folder: self.folder,
            environment: self.environment,
            stdin: input.as_ref().map(AsFd::as_fd),
            stdout: Some(into.as_fd()),
            stderr: Some(errors_into.as_fd()),
            is_on_terminal: false,
        })?;
        let receiver = |it: io::PipeReader| pipe::Receiver::from_owned_fd(it.into());
        Ok((guarded, receiver(printed)?, receiver(errors)?))
    }
}

/// Its exit code at its end; none where it never began.
async fn end(guarded: &mut Guarded) -> io::Result<Option<Option<i32>>> {
    loop {
        match guarded.hear().await {
            Said::Word(Word::Over { code, .. }) => return Ok(Some(code)),
            Said::Word(Word::Failed(why)) => return Err(io::Error::other(why)),
            Said::Word(Word::Frozen(_) | Word::Noted(_)) => {}
            Said::NotBegun => return Ok(None),
            Said::Killed { .. } => return Err(io::Error::other("its guard was killed")),
        }
    }
}

/// A file in memory that holds this, to be read from its beginning.
fn in_memory(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(rustix::fs::memfd_create("input", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

async fn all_of(mut pipe: pipe::Receiver, longest: u64) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    (&mut pipe).take(longest).read_to_end(&mut kept).await?;
    tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await?;
    Ok(kept)
}
