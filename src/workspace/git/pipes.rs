//! A process's three pipes, served until it has nothing more to say.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{
    io::{self, Write as _},
    os::fd::AsFd,
    process::{Child, ChildStderr, ChildStdin, ChildStdout},
};

/// So much can be written to a pipe that is ready without waiting (`PIPE_BUF`).
const PIECE: usize = 4096;
/// Of what it says about itself, the end is kept.
const WORDS: usize = 8 * 1024;

/// How a process was served.
pub(super) enum Served {
    /// It closed its pipes; what it put out, and what it said beside that.
    Whole(Vec<u8>, Vec<u8>),
    /// It did nothing for so long.
    Silent,
    /// It put out more than that.
    TooMuch,
}

/// Gives a process its input and takes what it puts out. Each wait is at most
/// `patience` seconds; no clock is read.
///
/// # Errors
/// When the pipes can't be served.
pub(super) fn serve(
    child: &mut Child,
    input: &[u8],
    (patience, most): (u64, usize),
) -> io::Result<Served> {
    let patience = Timespec { tv_sec: i64::try_from(patience).unwrap_or(i64::MAX), tv_nsec: 0 };
    let mut desk = Desk {
        input,
        stdin: child.stdin.take().filter(|_| !input.is_empty()),
        stdout: child.stdout.take(),
        stderr: child.stderr.take(),
        out: Vec::new(),
        said: Vec::new(),
    };
    while desk.stdout.is_some() || desk.stderr.is_some() {
        match desk.turn(&patience) {
            Ok(false) => return Ok(Served::Silent),
            Ok(true) if desk.out.len() > most => return Ok(Served::TooMuch),
            Ok(true) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Served::Whole(desk.out, desk.said))
}

struct Desk<'a> {
    input: &'a [u8],
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    out: Vec<u8>,
    said: Vec<u8>,
}

impl Desk<'_> {
    /// Waits for a pipe and serves it; tells whether there was one.
    fn turn(&mut self, patience: &Timespec) -> io::Result<bool> {
        let (to_read, to_write) = (PollFlags::IN, PollFlags::OUT);
        let wanted = [
            self.stdin.as_ref().map(|it| PollFd::from_borrowed_fd(it.as_fd(), to_write)),
            self.stdout.as_ref().map(|it| PollFd::from_borrowed_fd(it.as_fd(), to_read)),
            self.stderr.as_ref().map(|it| PollFd::from_borrowed_fd(it.as_fd(), to_read)),
        ];
        let is_there = wanted.each_ref().map(Option::is_some);
        let mut waiting: Vec<_> = wanted.into_iter().flatten().collect();
        if poll(&mut waiting, Some(patience))? == 0 {
            return Ok(false);
        }
        let mut answers = waiting.iter().map(|it| !it.revents().is_empty());
        let ready = is_there.map(|it| it && answers.next().unwrap_or(false));
        drop(waiting);
        let [takes, gives, tells] = ready;
        if takes {
            self.give();
        }
        if gives {
            take(&mut self.stdout, &mut self.out)?;
        }
        if tells {
            take(&mut self.stderr, &mut self.said)?;
            let old = self.said.len().saturating_sub(WORDS);
            self.said.drain(..old);
        }
        Ok(true)
    }

    /// Gives a piece of the input. One who does not want it gets no more.
    fn give(&mut self) {
        let Some(stdin) = &mut self.stdin else { return };
        let piece = &self.input[..self.input.len().min(PIECE)];
        let given = stdin.write(piece).unwrap_or(self.input.len());
        self.input = self.input.get(given..).unwrap_or_default();
        if self.input.is_empty() {
            self.stdin = None;
        }
    }
}

/// Reads what a pipe has, and lets it go at its end.
fn take(pipe: &mut Option<impl io::Read>, to: &mut Vec<u8>) -> io::Result<()> {
    let Some(open) = pipe else { return Ok(()) };
    // One read, not all that there will ever be.
    let mut piece = vec![0; 64 * 1024];
    let read = open.read(&mut piece)?;
    to.extend_from_slice(piece.get(..read).unwrap_or_default());
    if read == 0 {
        *pipe = None;
    }
    Ok(())
}
