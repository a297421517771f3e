//! A shell command under its guard: what it prints, how it ends, and how it is held.

use super::{
    clock::{Clock, maybe_at},
    guard::{self, Guarded, Pool, Said, Word},
    hindrance::{SIGXFSZ, hindrances},
    kept::Kept,
    plain,
    toolbox::{Ended, Limits, Progress},
};
use crate::text::Sanitiser;
use std::{ffi::OsStr, io, os::fd::AsFd, path::PathBuf, sync::Arc, time::Duration};
use tokio::{io::AsyncReadExt, net::unix::pipe, time::Instant};

/// Between two pieces of output that are shown.
const PIECE_EVERY: Duration = Duration::from_millis(50);
/// A piece that is shown is no longer than this, in bytes; the rest is counted.
const PIECE: usize = 8 * 1024;
/// An output pipe that stays open this long after all is over is left to its holder.
const SETTLE: Duration = Duration::from_millis(500);
/// A guard that has not answered an order to kill by then is killed itself.
const PATIENCE: Duration = Duration::from_secs(4);
/// At once from the pipe, in bytes.
const GULP: usize = 64 * 1024;

/// A guard that is gone before it took its command is replaced so many times.
const REPLACED: u32 = 3;

/// What starts a command: where, with what, guarded by whom.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) guards: Pool,
    pub(super) folder: PathBuf,
    pub(super) environment: Arc<[(String, String)]>,
    pub(super) command: String,
    /// It is in a sandbox that it may leave, if the director lets it.
    pub(super) may_leave: bool,
}

impl Plan {
    /// Starts it as the program that it names, where it is words and nothing else.
    fn begin_plainly(&self) -> Option<io::Result<(Guarded, pipe::Receiver)>> {
        let argv = plain::words(&self.command)?;
        // A shell would say so, too.
        let folder = ("PWD".to_owned(), self.folder.to_str()?.to_owned());
        let others = self.environment.iter().filter(|(name, _)| name != "PWD").cloned();
        Some(self.start(&argv, &others.chain([folder]).collect::<Vec<_>>()))
    }

    /// Gives it to a shell.
    fn begin(&self) -> io::Result<(Guarded, pipe::Receiver)> {
        self.start(&["/bin/sh", "-c", &self.command].map(OsStr::new), &self.environment)
    }

    /// Starts it, with both outputs on one pipe; we hold only the end that is read.
    fn start(
        &self,
        argv: &[&OsStr],
        environment: &[(String, String)],
    ) -> io::Result<(Guarded, pipe::Receiver)> {
        let (output, into) = io::pipe()?;
        let guarded = self.guards.start(&guard::Start {
            argv,
            folder: &self.folder,
            environment,
            is_on_terminal: false,
            stdin: None,
            stdout: Some(into.as_fd()),
            stderr: Some(into.as_fd()),
        })?;
        Ok((guarded, pipe::Receiver::from_owned_fd(output.into())?))
    }
}

/// A command that runs. Dropping it lets its guard end the tree.
pub(super) struct Shell {
    plan: Plan,
    guarded: Guarded,
    /// It was started without a shell.
    is_plain: bool,
    replaced: u32,
    output: Option<pipe::Receiver>,
    gulp: Vec<u8>,
    kept: Kept,
    piece: Piece,
    clock: Clock,
    over: Option<Word>,
    notes: Vec<String>,
    /// When to stop waiting for what can't be relied on any more.
    give_up: Option<Instant>,
}

/// What can happen next.
enum Heard {
    Output(io::Result<usize>),
    Guard(Said),
    PieceIsDue,
    TimeIsUp,
    NoMore,
}

impl Shell {
    /// Starts a command. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When it can't be given to a guard.
    pub(super) fn start(plan: Plan, limits: &Limits, timeout: Duration) -> io::Result<Self> {
        let plainly = plan.begin_plainly();
        let is_plain = plainly.is_some();
        let (guarded, output) = plainly.unwrap_or_else(|| plan.begin())?;
        Ok(Self {
            plan,
            guarded,
            is_plain,
            replaced: 0,
            output: Some(output),
            gulp: Vec::with_capacity(GULP),
            kept: Kept::new(limits.head, limits.tail),
            piece: Piece { room: limits.shown, ..Piece::default() },
            clock: Clock::new(timeout),
            over: None,
            notes: Vec::new(),
            give_up: None,
        })
    }

    /// Stops the whole tree where it stands; time held counts against no timeout.
    pub(super) fn freeze(&mut self) {
        self.clock.hold();
        self.guarded.freeze();
    }

    /// Lets the tree go on.
    pub(super) fn thaw(&mut self) {
        self.clock.go_on();
        self.guarded.thaw();
    }

    /// Ends the tree; the end comes through [`Self::next`].
    pub(super) fn kill(&mut self, note: String) {
        if self.give_up.is_none() {
            self.notes.push(note);
            self.guarded.kill();
            self.give_up = Some(Instant::now() + PATIENCE);
        }
    }

    /// What happens next. May be dropped at any await and called again.
    pub(super) async fn next(&mut self) -> Progress {
        loop {
            if self.is_over() {
                return match self.piece.take() {
                    Some(text) => Progress::Output(text),
                    None => Progress::Ended(self.end()),
                };
            }
            match self.hear().await {
                Heard::Output(Ok(0) | Err(_)) => self.output = None,
                Heard::Output(Ok(_)) => {
                    self.kept.push(&self.gulp);
                    self.piece.push(&self.gulp);
                    self.gulp.clear();
                }
                Heard::Guard(said) => {
                    if let Some(progress) = self.listen(said) {
                        return progress;
                    }
                }
                Heard::PieceIsDue => {
                    if let Some(text) = self.piece.take() {
                        return Progress::Output(text);
                    }
                }
                Heard::TimeIsUp => {
                    let seconds = self.clock.timeout.as_secs();
                    self.kill(format!("timed out after {seconds} s"));
                }
                Heard::NoMore if self.over.is_some() => {
                    self.notes.push("its output is still held open elsewhere".to_owned());
                    self.output = None;
                }
                Heard::NoMore => {
                    self.guarded.kill_guard();
                    self.give_up = Some(Instant::now() + PATIENCE);
                }
            }
        }
    }

    async fn hear(&mut self) -> Heard {
        let deadline = self.clock.deadline().filter(|_| self.give_up.is_none());
        let (piece, give_up) = (self.piece.due, self.give_up);
        tokio::select! {
            read = maybe_read(&mut self.output, &mut self.gulp) => Heard::Output(read),
            said = self.guarded.hear() => Heard::Guard(said),
            () = maybe_at(piece) => Heard::PieceIsDue,
            () = maybe_at(deadline) => Heard::TimeIsUp,
            () = maybe_at(give_up) => Heard::NoMore,
        }
    }

    fn is_over(&self) -> bool {
        self.over.is_some() && self.output.is_none()
    }

    /// Whether it was told to stand still or to end.
    const fn is_ordered(&self) -> bool {
        self.give_up.is_some() || self.clock.since.is_none()
    }

    /// Takes what the guard says.
    fn listen(&mut self, said: Said) -> Option<Progress> {
        match said {
            Said::Word(Word::Frozen(processes)) => return Some(Progress::Frozen { processes }),
            // There is no such program, or none that the system starts by itself:
            // a shell knows what to do then, or what to say.
            Said::Word(Word::Failed(_)) if self.is_plain && !self.is_ordered() => {
                self.begin_again();
                return None;
            }
            Said::Word(Word::Noted(what)) => {
                self.notes.push(what);
                return None;
            }
            Said::Word(word) => self.over = Some(word),
            Said::NotBegun => {
                self.replaced += 1;
                self.begin_again();
                return None;
            }
            Said::Killed { ended } => {
                self.over = Some(Word::Over { code: None, signal: None, ended, left: 0 });
                self.notes.push("its guard was killed".to_owned());
            }
        }
        self.give_up = Some(Instant::now() + SETTLE);
        None
    }

    /// Gives the command to another guard, because the first was gone before it
    /// took it, or could not start it without a shell.
    fn begin_again(&mut self) {
        self.is_plain = false;
        let begun = if self.replaced > REPLACED {
            Err(io::Error::other("its guards end before they begin"))
        } else {
            self.plan.begin()
        };
        match begun {
            Ok((guarded, output)) => (self.guarded, self.output) = (guarded, Some(output)),
            Err(error) => (self.over, self.output) = (Some(Word::Failed(error.to_string())), None),
        }
    }

    fn end(&mut self) -> Ended {
        let kept = std::mem::replace(&mut self.kept, Kept::new(0, 0));
        let (bytes, output) = (kept.bytes(), kept.text());
        let mut exit = None;
        let (ok, outcome) = match self.over.take() {
            Some(Word::Over { code, signal, ended, left }) => {
                exit = code;
                self.note_rest(ended, left);
                let quota = self.plan.guards.restraint().map(|it| it.quota).unwrap_or_default();
                let met = hindrances(&output, (code, signal), quota, self.plan.may_leave);
                self.notes.extend(met.into_iter().map(str::to_owned));
                let ok = code == Some(0) && self.notes.iter().all(|note| !is_cut_off(note));
                (ok, outcome(code, signal))
            }
            Some(Word::Failed(why)) => (false, format!("could not be started: {why}")),
            _ => (false, "ended in an unknown way".to_owned()),
        };
        let note = (!self.notes.is_empty()).then(|| self.notes.join("; "));
        let gap = if output.is_empty() || output.ends_with('\n') { "" } else { "\n" };
        let said = note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
        let text = format!("{output}{gap}[{outcome}{said}]");
        Ended { ok, text, bytes, changes: Vec::new(), code: exit, note }
    }

    fn note_rest(&mut self, ended: usize, left: usize) {
        if ended > 0 {
            let s = if ended == 1 { "" } else { "es" };
            self.notes.push(format!("{ended} background process{s} ended"));
        }
        if left > 0 {
            self.notes.push(format!("{left} could not be killed"));
        }
    }
}

/// A command that was cut off did not succeed, whatever its exit code.
fn is_cut_off(note: &str) -> bool {
    note.starts_with("timed out")
        || note.starts_with("stopped")
        || note.starts_with("its guard")
        || note.starts_with("it was ended")
}

fn outcome(code: Option<i32>, signal: Option<i32>) -> String {
    match (code, signal) {
        (Some(code), _) => match signal_name(code - 128) {
            Some(name) => format!("exit {code}, {name}"),
            None => format!("exit {code}"),
        },
        (None, Some(signal)) => match signal_name(signal) {
            Some(name) => format!("ended by {name}"),
            None => format!("ended by signal {signal}"),
        },
        (None, None) => "killed".to_owned(),
    }
}

fn signal_name(signal: i32) -> Option<&'static str> {
    const NAMES: [&str; 15] = [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE",
        "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
    ];
    if signal == SIGXFSZ {
        return Some("SIGXFSZ");
    }
    NAMES.get(usize::try_from(signal).ok()?.checked_sub(1)?).copied()
}

async fn maybe_read<R>(from: &mut Option<R>, into: &mut Vec<u8>) -> io::Result<usize>
where
    R: AsyncReadExt + Unpin,
{
    match from {
        Some(from) => from.read_buf(into).await,
        None => std::future::pending().await,
    }
}

/// Output on its way to the screen: joined, and bounded in rate and in all.
#[derive(Debug, Default)]
struct Piece {
    bytes: Vec<u8>,
    skipped: u64,
    sanitiser: Sanitiser,
    /// How much may still be shown, in bytes.
    room: usize,
    due: Option<Instant>,
}

impl Piece {
    fn push(&mut self, bytes: &[u8]) {
        if self.room == 0 {
            return;
        }
        let (shown, skipped) =
            bytes.split_at(bytes.len().min(PIECE.saturating_sub(self.bytes.len())));
        self.bytes.extend_from_slice(shown);
        self.skipped += skipped.len() as u64;
        self.due.get_or_insert_with(|| Instant::now() + PIECE_EVERY);
    }

    fn take(&mut self) -> Option<String> {
        self.due = None;
        let mut text = self.sanitiser.push(&std::mem::take(&mut self.bytes));
        if self.skipped > 0 {
            // What follows the gap belongs to no sequence or character before it.
            text.push_str(&self.sanitiser.finish());
            text = format!("{text}\n… {} bytes not shown …\n", std::mem::take(&mut self.skipped));
        }
        if text.is_empty() {
            return None;
        }
        self.room = self.room.saturating_sub(text.len());
        if self.room == 0 {
            text.push_str("\n… the rest is not shown while it runs …\n");
        }
        Some(text)
    }
}
