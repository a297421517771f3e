//! Our end of a terminal, and the command at the other end.

use super::beat::Beat;
use crate::{
    engine::program::Launch,
    tools::guard::{Guarded, Pool, Said, Start, Word},
};
use rustix::{
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{InputModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize},
};
use std::{
    ffi::OsStr,
    io,
    os::fd::{AsFd, OwnedFd},
    time::Duration,
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    time::{Instant, sleep_until},
};

/// At once from the kernel, in bytes; it gives no more than 4 KiB.
const GULP: usize = 4 * 1024;
/// A command that has printed so much since it was last listened to, in bytes, would
/// wait for us: it is listened to all the time until it prints less than a gulp.
const FLOOD: usize = 16 * 1024;
/// At once to whoever listens, in bytes.
const MOST: usize = 64 * 1024;
/// So long after a key an answer is still one to it: then it is listened to all the
/// time.
const ECHO: Duration = Duration::from_millis(250);
/// How long output may go on after the command is over.
const SETTLE: Duration = Duration::from_millis(500);

/// A command in a terminal. Dropping it ends the command with everything that it
/// started.
#[derive(Debug)]
pub(super) struct Terminal {
    guarded: Guarded,
    /// None when everybody at the other end has gone.
    ours: Option<Ours>,
    unsent: Vec<u8>,
    /// When somebody typed last.
    typed: Option<Instant>,
    beat: Beat,
    /// Nothing is read before this, unless somebody types: then it may be an answer.
    rests: Option<Instant>,
    is_flooding: bool,
    over: Option<Over>,
    give_up: Option<Instant>,
}

/// Our end. The kernel tells of each line that is printed at an end that is watched,
/// so one that rests is not.
#[derive(Debug)]
enum Ours {
    Watched(AsyncFd<OwnedFd>),
    Resting(OwnedFd),
}

/// What is heard of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It printed this.
    Printed(Vec<u8>),
    /// So many processes stand still.
    Frozen(usize),
    /// It is over, and nothing comes after this.
    Over(Over),
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Over {
    Exited(i32),
    Signalled(i32),
    Killed,
    NotStarted(String),
}

impl Terminal {
    /// Starts a command in a terminal of so many columns and rows. Must be called
    /// inside a tokio runtime. That it can't be started is heard of it.
    ///
    /// # Errors
    /// When there is no terminal, or no guard, to be had.
    pub(super) fn open(
        (guards, beat): (&Pool, Beat),
        launch: &Launch,
        size: (u16, u16),
    ) -> io::Result<Self> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let ours = openpt(flags)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let theirs = ioctl_tiocgptpeer(&ours, flags)?;
        let mut modes = tcgetattr(&theirs)?;
        modes.input_modes |= InputModes::IUTF8;
        tcsetattr(&theirs, OptionalActions::Now, &modes)?;
        tcsetwinsize(&ours, window(size))?;
        rustix::io::ioctl_fionbio(&ours, true)?;
        let argv: Vec<&OsStr> = launch.argv.iter().map(AsRef::as_ref).collect();
        let guarded = launch.guards(guards).start(&Start {
            argv: &argv,
            folder: &launch.folder,
            environment: &launch.environment,
            is_on_terminal: true,
            stdin: Some(theirs.as_fd()),
            stdout: Some(theirs.as_fd()),
            stderr: Some(theirs.as_fd()),
        })?;
        Ok(Self {
            guarded,
            ours: Some(Ours::Resting(ours).watched()?),
            unsent: Vec::new(),
            typed: None,
            beat,
            rests: None,
            is_flooding: false,
            over: None,
            give_up: None,
        })
    }

    /// Types this. What the terminal does not take at once is on its way while it is
    /// listened to.
    pub(super) fn send(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.rests = None;
        self.typed = Some(Instant::now());
        let mut rest = text.as_bytes();
        if let Some(ours) = self.ours.as_ref().filter(|_| self.unsent.is_empty()) {
            while !rest.is_empty()
                && let Ok(count) = rustix::io::write(ours.end(), rest)
            {
                rest = rest.get(count..).unwrap_or_default();
            }
        }
        self.unsent.extend_from_slice(rest);
    }

    /// Whether what it prints now may be an answer to what was typed.
    pub(super) fn is_answering(&self) -> bool {
        self.typed.is_some_and(|it| it.elapsed() < ECHO)
    }

    /// Makes it this large; the command is told so.
    pub(super) fn resize(&self, size: (u16, u16)) {
        if let Some(ours) = &self.ours {
            // Fails only when the other end has gone.
            let _gone = tcsetwinsize(ours.end(), window(size));
        }
    }

    /// Stops everything of it where it stands; [`Heard::Frozen`] follows.
    pub(super) fn freeze(&mut self) {
        self.guarded.freeze();
    }

    /// Lets it go on.
    pub(super) fn thaw(&mut self) {
        self.guarded.thaw();
    }

    /// Ends everything of it; [`Heard::Over`] follows.
    pub(super) fn kill(&mut self) {
        self.guarded.kill();
    }

    /// What it has printed and nobody has read, as far as it is there now.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        while let Some(ours) = &self.ours {
            match read(ours.end()) {
                Ok(bytes) if !bytes.is_empty() => rest.extend(bytes),
                _ => break,
            }
        }
        rest
    }

    /// What was read, if there was anything to read. Then it is listened to again
    /// when the others are, or at once: where it is answering, or floods.
    fn heard(&mut self, printed: io::Result<Vec<u8>>) -> Option<Heard> {
        // The kernel's word for an end that is closed is an error.
        let Some(bytes) = printed.ok().filter(|it| !it.is_empty()) else {
            self.ours = None;
            return None;
        };
        self.is_flooding = bytes.len() >= FLOOD || (self.is_flooding && bytes.len() >= GULP);
        if !self.is_flooding && !self.is_answering() {
            self.rests = Some(self.beat.after(Instant::now()));
            self.ours = self.ours.take().map(Ours::resting);
        }
        Some(Heard::Printed(bytes))
    }

    /// What is heard next; what it prints only if `reads`. May be dropped at any
    /// await and called again.
    pub(super) async fn hear(&mut self, reads: bool) -> Heard {
        loop {
            if let (None, Some(over)) = (&self.ours, &self.over) {
                return Heard::Over(over.clone());
            }
            let (is_writing, give_up) = (!self.unsent.is_empty(), self.give_up);
            let rests = self.rests;
            if rests.is_none() || is_writing {
                // One that can't be watched is gone for us.
                self.ours = self.ours.take().and_then(|it| it.watched().ok());
            }
            tokio::select! {
                printed = read_some(self.ours.as_ref()), if reads && rests.is_none() => {
                    if let Some(heard) = self.heard(printed) {
                        return heard;
                    }
                }
                wrote = write_some(self.ours.as_ref(), &self.unsent), if is_writing => match wrote {
                    Ok(count) => drop(self.unsent.drain(..count)),
                    Err(_gone) => self.unsent.clear(),
                },
                said = self.guarded.hear(), if self.over.is_none() => match said {
                    Said::Word(Word::Frozen(count)) => return Heard::Frozen(count),
                    Said::Word(Word::Noted(what)) => return Heard::Printed(what.into_bytes()),
                    said => {
                        self.over = Some(Over::from(said));
                        self.give_up = Some(Instant::now() + SETTLE);
                    }
                },
                () = until(rests), if reads => {
                    self.rests = None;
                    let Some(ours) = &self.ours else { continue };
                    match read(ours.end()) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        printed => if let Some(heard) = self.heard(printed) {
                            return heard;
                        },
                    }
                }
                () = until(give_up) => self.ours = None,
            }
        }
    }
}

impl From<Said> for Over {
    fn from(said: Said) -> Self {
        match said {
            Said::Word(Word::Over { code: Some(code), .. }) => Self::Exited(code),
            Said::Word(Word::Over { signal: Some(signal), .. }) => Self::Signalled(signal),
            Said::Word(Word::Failed(why)) => Self::NotStarted(why),
            Said::NotBegun => Self::NotStarted("its guard was gone".to_owned()),
            Said::Word(Word::Over { .. } | Word::Frozen(_) | Word::Noted(_))
            | Said::Killed { .. } => Self::Killed,
        }
    }
}

impl Ours {
    fn end(&self) -> &OwnedFd {
        match self {
            Self::Watched(end) => end.get_ref(),
            Self::Resting(end) => end,
        }
    }

    #[expect(deprecated, reason = "a descriptor that is owned is as sound as it asks for")]
    fn watched(self) -> io::Result<Self> {
        match self {
            Self::Resting(end) => AsyncFd::new(end).map(Self::Watched),
            watched @ Self::Watched(_) => Ok(watched),
        }
    }

    fn resting(self) -> Self {
        match self {
            Self::Watched(end) => Self::Resting(end.into_inner()),
            resting @ Self::Resting(_) => resting,
        }
    }
}

const fn window((columns, rows): (u16, u16)) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

/// All that is there, up to a limit; nothing when the other end has gone.
fn read(ours: &OwnedFd) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        bytes.resize(before + GULP, 0);
        match rustix::io::read(ours, &mut bytes[before..]) {
            Ok(count) => {
                bytes.truncate(before + count);
                if count < GULP / 2 || bytes.len() >= MOST {
                    return Ok(bytes);
                }
            }
            Err(_later) if before > 0 => {
                bytes.truncate(before);
                return Ok(bytes);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn read_some(ours: Option<&Ours>) -> io::Result<Vec<u8>> {
    match ours {
        Some(Ours::Watched(ours)) => ours.async_io(Interest::READABLE, read).await,
        _ => std::future::pending().await,
    }
}

async fn write_some(ours: Option<&Ours>, bytes: &[u8]) -> io::Result<usize> {
    match ours {
        Some(Ours::Watched(ours)) => {
            let write = |ours: &OwnedFd| Ok(rustix::io::write(ours, bytes)?);
            ours.async_io(Interest::WRITABLE, write).await
        }
        _ => std::future::pending().await,
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
