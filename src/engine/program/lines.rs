//! A program that speaks JSON lines on its standard output and input.

use super::Launch;
use crate::{
    text::one_line,
    tools::{
        LastWords,
        guard::{Guarded, Pool, Said, Start, Word},
    },
};
use serde_json::Value;
use std::{
    ffi::OsStr,
    fmt,
    io::{self, pipe},
    os::fd::{AsFd, OwnedFd},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::unix::pipe::{Receiver, Sender},
    time::{Instant, sleep_until},
};

/// A line may be this long, in bytes: an ACP agent was seen to send 0.56 MB, and
/// whole files travel in one line.
const LONGEST: usize = 64 << 20;
/// At once from a pipe, in bytes.
const GULP: usize = 64 << 10;
/// How long output may stay open after the program is over.
const SETTLE: Duration = Duration::from_millis(500);
/// How long a program whose input has ended may take to end by itself.
const FAREWELL: Duration = Duration::from_millis(1500);
/// How much of a line that is no JSON is shown, in columns.
const NOISE: usize = 200;
/// So many lines of its standard error are shown with its end.
const LINES: usize = 12;

/// What is heard of a program.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// A message.
    Message(Value),
    /// A line that is no JSON, cut and fit for the screen.
    Noise(String),
    /// Everything of it stands still: so many processes.
    Frozen(usize),
    /// It is over. Nothing comes after it.
    Over(Exit),
}

/// How a program ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code, unless a signal ended it or it never ran.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Why it never ran.
    pub failed: Option<String>,
    /// The last lines of its standard error; may be empty.
    pub last_words: String,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.failed, self.code, self.signal) {
            (Some(why), ..) => write!(f, "could not be started: {why}")?,
            (None, Some(code), _) => write!(f, "exit {code}")?,
            (None, None, Some(signal)) => write!(f, "ended by signal {signal}")?,
            (None, None, None) => f.write_str("killed")?,
        }
        if self.last_words.is_empty() { Ok(()) } else { write!(f, "\n{}", self.last_words) }
    }
}

/// A program that runs. Dropping it ends it with everything that it started.
#[derive(Debug)]
pub struct Program {
    guarded: Guarded,
    input: Option<Sender>,
    /// What it has not read yet.
    unsent: Vec<u8>,
    /// It is to read no more once it has read that.
    is_last: bool,
    output: Option<Receiver>,
    errors: Option<Receiver>,
    read: Vec<u8>,
    /// There is no line's end before this.
    looked: usize,
    /// Bytes of a line that is too long, left out so far.
    skipped: usize,
    errors_read: Vec<u8>,
    last_words: LastWords,
    exit: Option<Exit>,
    give_up: Option<Instant>,
}

impl Program {
    /// Starts a program. Must be called inside a tokio runtime. That it can't be
    /// started is the first thing heard of it.
    ///
    /// # Errors
    /// When there are no pipes, or no guard, to be had.
    pub fn start(guards: &Pool, launch: &Launch) -> io::Result<Self> {
        let (their_input, input) = pipe()?;
        let (output, their_output) = pipe()?;
        let (errors, their_errors) = pipe()?;
        let argv: Vec<&OsStr> = launch.argv.iter().map(AsRef::as_ref).collect();
        let guarded = launch.guards(guards).start(&Start {
            argv: &argv,
            folder: &launch.folder,
            environment: &launch.environment,
            is_on_terminal: false,
            stdin: Some(their_input.as_fd()),
            stdout: Some(their_output.as_fd()),
            stderr: Some(their_errors.as_fd()),
        })?;
        Ok(Self {
            guarded,
            input: Some(Sender::from_owned_fd(OwnedFd::from(input))?),
            unsent: Vec::new(),
            is_last: false,
            output: Some(Receiver::from_owned_fd(OwnedFd::from(output))?),
            errors: Some(Receiver::from_owned_fd(OwnedFd::from(errors))?),
            read: Vec::with_capacity(GULP),
            looked: 0,
            skipped: 0,
            errors_read: Vec::new(),
            last_words: LastWords::default(),
            exit: None,
            give_up: None,
        })
    }

    /// Sends a message. It is on its way while the program is listened to; one
    /// that a program does not read any more is lost with it.
    pub fn send(&mut self, message: &Value) {
        if self.input.is_some() && !self.is_last {
            self.unsent.extend_from_slice(message.to_string().as_bytes());
            self.unsent.push(b'\n');
        }
    }

    /// Ends its input, after what was sent.
    pub fn send_no_more(&mut self) {
        self.is_last = true;
        if self.unsent.is_empty() {
            self.input = None;
        }
    }

    /// Stops everything of it where it stands; [`Heard::Frozen`] follows.
    pub fn freeze(&mut self) {
        self.guarded.freeze();
    }

    /// Lets it go on.
    pub fn thaw(&mut self) {
        self.guarded.thaw();
    }

    /// Ends everything of it; [`Heard::Over`] follows.
    pub fn kill(&mut self) {
        self.guarded.kill();
    }

    /// The last lines of its standard error so far; may be empty.
    pub fn last_words(&self) -> String {
        self.last_words.lines(LINES)
    }

    /// Ends its input, waits a moment, and ends everything of it.
    pub async fn end(mut self) -> Exit {
        self.leave().await
    }

    /// The same, where something else takes its place.
    pub async fn leave(&mut self) -> Exit {
        self.send_no_more();
        let farewell = tokio::time::timeout(FAREWELL, self.last()).await;
        if let Ok(exit) = farewell {
            return exit;
        }
        self.kill();
        self.last().await
    }

    async fn last(&mut self) -> Exit {
        loop {
            if let Heard::Over(exit) = self.hear().await {
                return exit;
            }
        }
    }

    /// What is heard next. May be dropped at any await and called again.
    pub async fn hear(&mut self) -> Heard {
        loop {
            if let Some(heard) = self.take_line() {
                return heard;
            }
            if self.output.is_none()
                && self.errors.is_none()
                && let Some(exit) = self.exit.clone()
            {
                return Heard::Over(Exit { last_words: self.last_words(), ..exit });
            }
            let give_up = self.give_up;
            let is_writing = !self.unsent.is_empty() && self.input.is_some();
            tokio::select! {
                read = read_some(&mut self.output, &mut self.read) => if is_end(&read) {
                    self.output = None;
                    // Its last line may have no end.
                    if !self.read.is_empty() || self.skipped > 0 {
                        self.read.push(b'\n');
                    }
                },
                read = read_some(&mut self.errors, &mut self.errors_read) => {
                    self.last_words.push(&self.errors_read);
                    self.errors_read.clear();
                    if is_end(&read) {
                        self.errors = None;
                    }
                }
                wrote = write_some(&mut self.input, &self.unsent), if is_writing => match wrote {
                    Ok(count) => self.wrote(count),
                    Err(_gone) => {
                        self.input = None;
                        self.unsent = Vec::new();
                    }
                },
                said = self.guarded.hear(), if self.exit.is_none() => match said {
                    Said::Word(Word::Frozen(count)) => return Heard::Frozen(count),
                    Said::Word(Word::Noted(what)) => self.last_words.push(what.as_bytes()),
                    said => self.is_over(said),
                },
                () = until(give_up) => {
                    self.output = None;
                    self.errors = None;
                    self.give_up = None;
                }
            }
        }
    }

    fn wrote(&mut self, count: usize) {
        self.unsent.drain(..count);
        if self.unsent.is_empty() && self.is_last {
            self.input = None;
        }
    }

    fn is_over(&mut self, said: Said) {
        self.exit = Some(match said {
            Said::Word(Word::Over { code, signal, .. }) => Exit { code, signal, ..Exit::default() },
            Said::Word(Word::Failed(why)) => Exit { failed: Some(why), ..Exit::default() },
            Said::NotBegun => {
                Exit { failed: Some("its guard was gone".to_owned()), ..Exit::default() }
            }
            Said::Killed { .. } | Said::Word(Word::Frozen(_) | Word::Noted(_)) => Exit::default(),
        });
        self.input = None;
        self.give_up = Some(Instant::now() + SETTLE);
    }

    /// The next whole line; empty ones are passed over.
    fn take_line(&mut self) -> Option<Heard> {
        loop {
            let rest = self.read.get(self.looked..).unwrap_or_default();
            let Some(end) = memchr::memchr(b'\n', rest).map(|at| self.looked + at) else {
                self.looked = self.read.len();
                if self.read.len() > LONGEST {
                    self.skipped += self.read.len();
                    self.read.clear();
                    self.looked = 0;
                }
                return None;
            };
            let line: Vec<u8> = self.read.drain(..=end).collect();
            self.looked = 0;
            let skipped = std::mem::take(&mut self.skipped);
            if skipped > 0 {
                return Some(Heard::Noise(format!("a line of {} bytes", skipped + line.len())));
            }
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            if let Ok(message @ Value::Object(_)) = serde_json::from_slice(line) {
                return Some(Heard::Message(message));
            }
            let start = line.get(..line.len().min(4 * NOISE)).unwrap_or_default();
            return Some(Heard::Noise(one_line(&String::from_utf8_lossy(start), NOISE)));
        }
    }
}

const fn is_end(read: &io::Result<usize>) -> bool {
    matches!(read, Ok(0) | Err(_))
}

async fn read_some(from: &mut Option<Receiver>, into: &mut Vec<u8>) -> io::Result<usize> {
    match from {
        Some(from) => {
            into.reserve(GULP);
            from.read_buf(into).await
        }
        None => std::future::pending().await,
    }
}

async fn write_some(to: &mut Option<Sender>, bytes: &[u8]) -> io::Result<usize> {
    match to {
        Some(to) => to.write(bytes).await,
        None => std::future::pending().await,
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
