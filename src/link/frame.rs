//! What is said over a socket: lines of JSON, none longer than its bound.

use crate::model::Command;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The longest first line of either side: who speaks may be anybody.
pub(super) const GREETING: usize = 4 * 1024;
/// The longest line after that: a pasted text in a command, and room to spare.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// The first line of the one who comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Hello {
    /// The version of the link that it speaks.
    pub(super) auteur_link: u32,
    /// The version of its program.
    #[serde(default)]
    pub(super) program: String,
}

/// The first line of the one who serves. How a refusal looks never changes, so
/// that every version can say why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Greeting {
    /// Come in.
    Welcome(Welcome),
    /// No, and why.
    Refused(String),
}

/// What one who comes in must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Welcome {
    /// The version of the link that is spoken.
    pub(super) auteur_link: u32,
    /// The session's time, in milliseconds.
    pub(super) now: u64,
    /// The session was begun to be served, so it outlives whoever looks at it.
    pub(super) is_kept: bool,
}

/// What the one who came wants, after the first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Wish {
    /// A command of the director's.
    Command(Command),
    /// A command of a program that assists the director: what comes of it is told in
    /// either case.
    Assist(Command),
}

/// What the one who serves tells, after the first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Told {
    /// The journal goes so far, in bytes.
    Position(u64),
    /// What keeps the journal from being written; none: nothing any more.
    Trouble(Option<String>),
    /// A command from here was refused, and why.
    Refusal(String),
    /// A command from here was carried out, where that is to be told: its facts are
    /// before the latest position.
    Granted,
    /// The session is closed; what went wrong, if anything did.
    Ended(Option<String>),
}

/// Reads a line of at most so many bytes. None where there is no more.
///
/// # Errors
/// When the line is longer, is not what was expected, or the connection fails.
pub(super) async fn read<T: DeserializeOwned>(
    from: &mut (impl AsyncBufRead + Unpin),
    most: usize,
) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    loop {
        let bytes = from.fill_buf().await?;
        if bytes.is_empty() {
            // A line without its end was never said.
            return Ok(None);
        }
        let end = memchr::memchr(b'\n', bytes);
        let taken = end.map_or(bytes.len(), |it| it + 1);
        if line.len() + taken > most {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long"));
        }
        line.extend_from_slice(&bytes[..taken]);
        from.consume(taken);
        if end.is_some() {
            // The reason would show what was typed.
            let wrong = |_| io::Error::new(io::ErrorKind::InvalidData, "a line of another kind");
            return serde_json::from_slice(&line).map(Some).map_err(wrong);
        }
    }
}

/// Writes a line.
///
/// # Errors
/// When it would be longer than the other side takes, or the connection fails.
pub(super) async fn write(
    to: &mut (impl AsyncWrite + Unpin),
    what: &impl Serialize,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    if line.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a line is too long"));
    }
    to.write_all(&line).await
}
