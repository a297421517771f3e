//! A shell command under its guard: what it prints, how it ends, and how it is held.

use super::{
    guard::{self, Word},
    kept::Kept,
    toolbox::{Ended, Limits, Progress},
};
use crate::text::Sanitiser;
use std::{
    ffi::OsStr,
    io::{self, PipeWriter, Write},
    path::Path,
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::AsyncReadExt,
    process::{Child, ChildStderr, ChildStdout, Command},
    time::{Instant, sleep_until},
};

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

/// What starts a command: where, with what, guarded by whom.
pub(super) struct Start<'a> {
    pub(super) program: &'a Path,
    pub(super) folder: &'a Path,
    pub(super) environment: &'a [(String, String)],
    pub(super) limits: &'a Limits,
}

/// A command that runs. Dropping it closes the control pipe, and the guard ends the tree.
pub(super) struct Shell {
    control: PipeWriter,
    child: Child,
    mark: String,
    output: Option<ChildStdout>,
    words: Option<ChildStderr>,
    said: Vec<u8>,
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
    Words(io::Result<usize>),
    PieceIsDue,
    TimeIsUp,
    NoMore,
}

impl Shell {
    /// Starts a command. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the guard can't be started.
    pub(super) fn start(start: &Start<'_>, command: &str, timeout: Duration) -> io::Result<Self> {
        let (orders, control) = io::pipe()?;
        let mark = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        let mut child = Command::new(start.program)
            .args([OsStr::new("guard"), OsStr::new(command)])
            .current_dir(start.folder)
            .env_clear()
            .envs(start.environment.iter().map(|(name, value)| (name, value)))
            .env(guard::MARK, &mark)
            .stdin(Stdio::from(orders))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        Ok(Self {
            control,
            mark,
            output: child.stdout.take(),
            words: child.stderr.take(),
            child,
            said: Vec::new(),
            gulp: Vec::with_capacity(GULP),
            kept: Kept::new(start.limits.head, start.limits.tail),
            piece: Piece { room: start.limits.shown, ..Piece::default() },
            clock: Clock::new(timeout),
            over: None,
            notes: Vec::new(),
            give_up: None,
        })
    }

    /// Stops the whole tree where it stands; time held counts against no timeout.
    pub(super) fn freeze(&mut self) {
        self.clock.hold();
        self.order(guard::FREEZE);
    }

    /// Lets the tree go on.
    pub(super) fn thaw(&mut self) {
        self.clock.go_on();
        self.order(guard::THAW);
    }

    /// Ends the tree; the end comes through [`Self::next`].
    pub(super) fn kill(&mut self, note: String) {
        if self.give_up.is_none() {
            self.notes.push(note);
            self.order(guard::KILL);
            self.give_up = Some(Instant::now() + PATIENCE);
        }
    }

    /// One byte fits the pipe unless the guard is gone, and then its end is on its way.
    fn order(&mut self, order: u8) {
        drop(self.control.write_all(&[order]));
    }

    /// What happens next. May be dropped at any await and called again.
    pub(super) async fn next(&mut self) -> Progress {
        loop {
            // Words that came together with one that was told are heard first.
            if let Some(progress) = self.listen() {
                return progress;
            }
            if self.is_over() {
                return match self.piece.take() {
                    Some(text) => Progress::Output(text),
                    None => Progress::Ended(self.end().await),
                };
            }
            match self.hear().await {
                Heard::Output(Ok(0) | Err(_)) => self.output = None,
                Heard::Output(Ok(_)) => {
                    self.kept.push(&self.gulp);
                    self.piece.push(&self.gulp);
                    self.gulp.clear();
                }
                Heard::Words(Ok(0) | Err(_)) => {
                    self.words = None;
                    self.guard_is_gone().await;
                }
                Heard::Words(Ok(_)) => {
                    if let Some(progress) = self.listen() {
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
                    // It fails only when the guard has just ended, as it should.
                    drop(self.child.start_kill());
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
            read = maybe_read(&mut self.words, &mut self.said) => Heard::Words(read),
            () = maybe_at(piece) => Heard::PieceIsDue,
            () = maybe_at(deadline) => Heard::TimeIsUp,
            () = maybe_at(give_up) => Heard::NoMore,
        }
    }

    fn is_over(&self) -> bool {
        self.over.is_some() && self.output.is_none()
    }

    /// Takes whole lines from the guard.
    fn listen(&mut self) -> Option<Progress> {
        while let Some(end) = memchr::memchr(b'\n', &self.said) {
            let line: Vec<u8> = self.said.drain(..=end).collect();
            match Word::read(&String::from_utf8_lossy(&line)) {
                Some(Word::Frozen(processes)) => return Some(Progress::Frozen { processes }),
                Some(word) => {
                    self.over = Some(word);
                    self.give_up = Some(Instant::now() + SETTLE);
                }
                None => {}
            }
        }
        None
    }

    /// The guard has ended. Without its last word, what it watched is swept up
    /// by its mark.
    async fn guard_is_gone(&mut self) {
        if self.over.is_some() {
            return;
        }
        let mark = self.mark.clone();
        let ended = tokio::task::spawn_blocking(move || guard::sweep(&mark)).await.unwrap_or(0);
        self.over = Some(Word::Over { code: None, signal: None, ended, left: 0 });
        self.notes.push("its guard was killed".to_owned());
        self.give_up = Some(Instant::now() + SETTLE);
    }

    async fn end(&mut self) -> Ended {
        // The guard ends right after its last word; this collects it.
        drop(tokio::time::timeout(SETTLE, self.child.wait()).await);
        let kept = std::mem::replace(&mut self.kept, Kept::new(0, 0));
        let (bytes, output) = (kept.bytes(), kept.text());
        let (ok, outcome) = match self.over.take() {
            Some(Word::Over { code, signal, ended, left }) => {
                self.note_rest(ended, left);
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
        Ended { ok, text, bytes, changes: Vec::new(), note }
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
    note.starts_with("timed out") || note.starts_with("stopped") || note.starts_with("its guard")
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

async fn maybe_at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
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

/// A timeout that stands still while the command is frozen.
#[derive(Debug)]
struct Clock {
    timeout: Duration,
    left: Duration,
    /// Since when it runs; `None` while it is held.
    since: Option<Instant>,
}

impl Clock {
    fn new(timeout: Duration) -> Self {
        Self { timeout, left: timeout, since: Some(Instant::now()) }
    }

    fn hold(&mut self) {
        if let Some(since) = self.since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
    }

    fn go_on(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    fn deadline(&self) -> Option<Instant> {
        self.since.map(|since| since + self.left)
    }
}
