//! A server's process, in a task that owns it. What it writes to its standard
//! error goes to the program's log.

use super::server::Command;
use crate::{
    text::one_line,
    tools::{
        LastWords,
        clock::maybe_at,
        guard::{Guarded, Said, Start, Word},
    },
};
use std::{
    ffi::OsStr,
    io::{self, pipe},
    os::fd::{AsFd as _, OwnedFd},
    time::Duration,
};
use tokio::{
    io::AsyncReadExt as _,
    net::unix::pipe::{Receiver, Sender},
    sync::{mpsc, watch},
    time::Instant,
};

/// How long a server whose input has ended may take to end by itself.
const FAREWELL: Duration = Duration::from_millis(1500);
/// A guard that has not answered an order to kill by then is killed itself.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long its standard error may stay open after it is over.
const SETTLE: Duration = Duration::from_millis(300);
/// So many lines of its standard error are shown with its end.
const LINES: usize = 6;
/// How wide a line in the log is, in columns.
const LINE: usize = 400;
/// At once from its standard error, in bytes.
const GULP: usize = 8 * 1024;

/// A server's process. Dropping it ends the process with everything that it started.
#[derive(Debug)]
pub(super) struct Process {
    orders: mpsc::Sender<Order>,
    end: watch::Receiver<Option<String>>,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Freeze,
    Thaw,
}

impl Process {
    /// Starts a server; gives what it says and what it hears. Must be called inside
    /// a tokio runtime.
    ///
    /// # Errors
    /// When there are no pipes, or no guard, to be had. That the program itself
    /// can't be started is its end.
    pub(super) fn start(name: &str, command: &Command) -> io::Result<(Self, Receiver, Sender)> {
        let (their_input, input) = pipe()?;
        let (output, their_output) = pipe()?;
        let (errors, their_errors) = pipe()?;
        let argv: Vec<&OsStr> = command.argv.iter().map(AsRef::as_ref).collect();
        let guarded = command.guards.start(&Start {
            argv: &argv,
            folder: &command.folder,
            environment: &command.environment,
            is_on_terminal: false,
            stdin: Some(their_input.as_fd()),
            stdout: Some(their_output.as_fd()),
            stderr: Some(their_errors.as_fd()),
        })?;
        let output = Receiver::from_owned_fd(OwnedFd::from(output))?;
        let input = Sender::from_owned_fd(OwnedFd::from(input))?;
        let errors = Receiver::from_owned_fd(OwnedFd::from(errors))?;
        let (orders, ordered) = mpsc::channel(8);
        let (ended, end) = watch::channel(None);
        let keeper = Keeper {
            name: name.to_owned(),
            guarded,
            errors: Some(errors),
            words: LastWords::default(),
        };
        let unneeded = command.is_apart.then(|| command.guards.clone());
        tokio::spawn(async move {
            let how = keeper.keep(ordered).await;
            unneeded.iter().for_each(crate::tools::guard::Pool::forget);
            // Nobody may care any more.
            let _unheard = ended.send(Some(how));
        });
        Ok((Self { orders, end }, output, input))
    }

    /// Stops everything of it where it stands.
    pub(super) fn freeze(&self) {
        // One that is full has enough to do; one that is gone stands still.
        let _late = self.orders.try_send(Order::Freeze);
    }

    /// Lets it go on.
    pub(super) fn thaw(&self) {
        let _late = self.orders.try_send(Order::Thaw);
    }

    /// Waits until it is over; says how it ended.
    pub(super) async fn end(&self) -> String {
        let mut end = self.end.clone();
        let how = end.wait_for(Option::is_some).await;
        how.ok().and_then(|it| it.clone()).unwrap_or_else(|| "it was ended".to_owned())
    }
}

struct Keeper {
    name: String,
    guarded: Guarded,
    errors: Option<Receiver>,
    words: LastWords,
}

impl Keeper {
    /// Keeps it until it is over, or nobody wants it any more; says how it ended.
    async fn keep(mut self, mut orders: mpsc::Receiver<Order>) -> String {
        let mut read = Vec::with_capacity(GULP);
        let (mut give_up, mut is_wanted, mut is_killed) = (None, true, false);
        let how = loop {
            tokio::select! {
                order = orders.recv(), if is_wanted => match order {
                    Some(Order::Freeze) => self.guarded.freeze(),
                    Some(Order::Thaw) => self.guarded.thaw(),
                    None => {
                        // One that stands still could not end by itself.
                        self.guarded.thaw();
                        is_wanted = false;
                        give_up = Some(Instant::now() + FAREWELL);
                    }
                },
                said = self.guarded.hear() => if let Some(how) = how(said) {
                    break how;
                },
                () = read_some(&mut self.errors, &mut read) => self.log(&mut read),
                () = maybe_at(give_up) => {
                    if is_killed {
                        self.guarded.kill_guard();
                    } else {
                        self.guarded.kill();
                    }
                    is_killed = true;
                    give_up = Some(Instant::now() + PATIENCE);
                }
            }
        };
        let rest = async {
            while self.errors.is_some() {
                read_some(&mut self.errors, &mut read).await;
                self.log(&mut read);
            }
        };
        // What something else holds open is not waited for.
        let _open = tokio::time::timeout(SETTLE, rest).await;
        match self.words.lines(LINES) {
            said if said.is_empty() => how,
            said => format!("{how}\n{said}"),
        }
    }

    fn log(&mut self, read: &mut Vec<u8>) {
        self.words.push(read);
        for line in String::from_utf8_lossy(read).lines().filter(|it| !it.trim().is_empty()) {
            tracing::info!(server = self.name, "{}", one_line(line, LINE));
        }
        read.clear();
    }
}

/// How it ended, if that is what is said.
fn how(said: Said) -> Option<String> {
    match said {
        Said::Word(Word::Frozen(_) | Word::Noted(_)) => None,
        Said::Word(Word::Failed(why)) => Some(format!("could not be started: {why}")),
        Said::Word(Word::Over { code: Some(code), .. }) => Some(format!("it ended: exit {code}")),
        Said::Word(Word::Over { signal: Some(signal), .. }) => {
            Some(format!("it was ended by signal {signal}"))
        }
        Said::Word(Word::Over { .. }) => Some("it was killed".to_owned()),
        Said::NotBegun => Some("could not be started: its guard was gone".to_owned()),
        Said::Killed { .. } => Some("its guard was killed".to_owned()),
    }
}

async fn read_some(from: &mut Option<Receiver>, into: &mut Vec<u8>) {
    let Some(pipe) = from else { return std::future::pending().await };
    if !matches!(pipe.read_buf(into).await, Ok(1..)) {
        *from = None;
    }
}
