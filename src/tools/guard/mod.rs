//! The process between us and an agent's command, so that nothing of the
//! command outlives it.
//!
//! # Theory of operation
//!
//! The program runs itself again as `auteur guard COMMAND`. That process, one
//! thread without a runtime, is the *subreaper* of the command: a descendant
//! whose parent dies becomes the guard's own child, whatever sessions and
//! double forks lie between. So the guard can find all of them, and knows that
//! none is left when the kernel says it has no child.
//!
//! ```text
//! auteur ──control pipe──▶ stdin  guard  stdout, then given away ──▶ output pipe ──▶ auteur
//!        ◀──status pipe─── stderr   │
//!                                   └─ sh -c COMMAND   stdin /dev/null, both outputs on the output pipe
//! ```
//!
//! The end of the control pipe is the order to kill: it comes even when the
//! parent is killed with SIGKILL. Deliberately absent: `PR_SET_PDEATHSIG`. It
//! fires when the *thread* that made the guard ends, and it would kill the
//! guard before the guard has killed the tree.

mod tree;

pub(super) use tree::sweep;

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, WaitOptions, WaitStatus},
};
use std::{
    ffi::OsString,
    io::{self, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

/// Stop everything of the command where it stands.
pub(super) const FREEZE: u8 = b'f';
/// Let it go on.
pub(super) const THAW: u8 = b't';
/// End everything of the command. The end of the control pipe says the same.
pub(super) const KILL: u8 = b'k';

/// The variable by which a command's processes are known if the guard itself is killed.
pub(super) const MARK: &str = "AUTEUR_GUARD";

/// How often orphans that ended are collected while the command runs.
const COLLECT_EVERY: Duration = Duration::from_secs(1);
/// What a background process may take to end by itself after its command.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// What a process may take to end after SIGTERM.
const GRACE: Duration = Duration::from_millis(300);
/// What the kernel may take to end all after SIGKILL, before they are reported as left.
const KILLING: Duration = Duration::from_millis(1200);
/// Between two looks at a tree that is ending.
const GLANCE: Duration = Duration::from_millis(4);
/// Between two rounds of SIGKILL.
const BLOW: Duration = Duration::from_millis(20);

/// What the guard says of the command, one line each on the status pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// The shell could not be started.
    Failed(String),
    /// So many processes stand still.
    Frozen(usize),
    /// All is over.
    Over {
        /// The command's exit code, unless a signal ended it.
        code: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
        /// Background processes that had to be ended.
        ended: usize,
        /// Processes that even SIGKILL did not end in time.
        left: usize,
    },
}

impl Word {
    fn line(&self) -> String {
        let number = |n: &Option<i32>| n.map_or("-".to_owned(), |n| n.to_string());
        match self {
            Self::Failed(why) => format!("failed {}\n", why.replace('\n', " ")),
            Self::Frozen(count) => format!("frozen {count}\n"),
            Self::Over { code, signal, ended, left } => {
                format!("over {} {} {ended} {left}\n", number(code), number(signal))
            }
        }
    }

    /// Reads a line of the status pipe; anything else on it is no word.
    pub(super) fn read(line: &str) -> Option<Self> {
        let (word, rest) = line.trim_end().split_once(' ')?;
        match word {
            "failed" => Some(Self::Failed(rest.to_owned())),
            "frozen" => rest.parse().ok().map(Self::Frozen),
            "over" => {
                let mut parts = rest.split(' ');
                let (code, signal) = (parts.next()?.parse().ok(), parts.next()?.parse().ok());
                let (ended, left) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
                Some(Self::Over { code, signal, ended, left })
            }
            _ => None,
        }
    }
}

/// Makes this process the parent of orphans among its descendants: the second
/// line behind the guards, for when a guard itself is killed. Call it once at
/// the start. The orphans are ended and collected by the tool they belong to.
pub fn adopt_orphans() {
    // A kernel without it leaves the first line, the guards.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Is the guard: runs the shell command in `arguments` and answers for its
/// processes. `main` calls this before anything else when the program's first
/// argument is `guard`.
pub fn guard_main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let command: Vec<OsString> = arguments.into_iter().collect();
    let [command] = command.as_slice() else { return ExitCode::from(2) };
    match begin(command) {
        Ok(guard) => {
            guard.watch();
            ExitCode::SUCCESS
        }
        Err(error) => {
            tell(&Word::Failed(error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// Leads its own session, without a terminal, and starts the shell in another
/// process group of it.
fn begin(command: &OsString) -> io::Result<Guard> {
    // Fails only when we lead one already, and then we have what we want.
    let _ = rustix::process::setsid();
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let output = || io::stdout().as_fd().try_clone_to_owned();
    let child = shell(command)
        .stdin(Stdio::null())
        .stdout(output()?)
        .stderr(output()?)
        .process_group(0)
        .spawn()?;
    // The output pipe ends when the command's processes have ended, not when we do.
    rustix::stdio::dup2_stdout(std::fs::File::options().write(true).open("/dev/null")?)?;
    let shell = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let shell = shell.ok_or_else(|| io::Error::other("the shell has no process number"))?;
    let watched = rustix::process::pidfd_open(shell, PidfdFlags::empty())?;
    Ok(Guard { shell, watched, status: None })
}

/// The shell for a command. What we hold is closed on exec; files that *our*
/// parents left open are closed by a first shell, as far as a shell can name
/// them: with one digit.
fn shell(command: &OsString) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c");
    let left_open: Vec<_> =
        (3..10).filter(|fd| is_left_open(*fd)).map(|fd| format!("{fd}>&-")).collect();
    if !left_open.is_empty() {
        shell.arg(format!("exec {}; exec sh -c \"$0\"", left_open.join(" ")));
    }
    shell.arg(command);
    shell
}

fn is_left_open(fd: i32) -> bool {
    const CLOSED_ON_EXEC: u32 = 0o2_000_000;
    let Ok(about) = std::fs::read_to_string(format!("/proc/self/fdinfo/{fd}")) else {
        return false;
    };
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & CLOSED_ON_EXEC == 0)
}

/// Says a word to the parent, if there still is one.
fn tell(word: &Word) {
    drop(io::stderr().write_all(word.line().as_bytes()));
}

struct Guard {
    shell: Pid,
    watched: OwnedFd,
    status: Option<WaitStatus>,
}

impl Guard {
    /// Waits for the command's end or an order, until all is over.
    fn watch(mut self) {
        loop {
            match self.wait() {
                Some(true) => match order() {
                    Some(FREEZE) => tell(&Word::Frozen(tree::stop_all())),
                    Some(THAW) => drop(tree::signal_all(Signal::CONT)),
                    Some(KILL) | None => return self.kill(),
                    Some(_) => {}
                },
                Some(false) => {}
                None => return self.kill(),
            }
            let none_left = self.collect();
            if self.status.is_some() {
                return self.conclude(none_left);
            }
        }
    }

    /// Waits a while for an order, or the shell's end; whether there is an
    /// order, or `None` when that can't be known any more.
    fn wait(&self) -> Option<bool> {
        let stdin = io::stdin();
        let watched = PollFd::new(&self.watched, PollFlags::IN);
        let mut both = [PollFd::new(&stdin, PollFlags::IN), watched];
        match poll(&mut both, Some(&timespec(COLLECT_EVERY))) {
            Ok(_) => Some(!both[0].revents().is_empty()),
            Err(rustix::io::Errno::INTR) => Some(false),
            Err(_) => None,
        }
    }

    /// Collects every child that has ended; whether none is left at all. A
    /// subreaper without children has no descendants.
    fn collect(&mut self) -> bool {
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.shell => self.status = Some(status),
                Ok(Some(_)) => {}
                Ok(None) => return false,
                Err(_) => return true,
            }
        }
    }

    /// Asks everything to end, then makes it.
    fn kill(mut self) {
        self.end_all();
        self.say_over(0);
    }

    /// The command has ended by itself: ends what it left in the background.
    fn conclude(mut self, none_left: bool) {
        let none_left = none_left || until(LAST_WORDS, GLANCE, || self.collect());
        let ended = if none_left { 0 } else { self.end_all() };
        self.say_over(ended);
    }

    /// SIGTERM, a moment, then SIGKILL until none is left or the kernel takes
    /// too long; returns how many there were.
    fn end_all(&mut self) -> usize {
        let ended = tree::signal_all(Signal::TERM);
        // Only a process that runs can end in its own way.
        tree::signal_all(Signal::CONT);
        if !until(GRACE, GLANCE, || self.collect()) {
            until(KILLING, BLOW, || {
                // A stopped process makes no new ones.
                tree::stop_all();
                tree::signal_all(Signal::KILL);
                self.collect()
            });
        }
        ended
    }

    fn say_over(&mut self, ended: usize) {
        let left = if self.collect() { 0 } else { tree::living().len() };
        tell(&Word::Over {
            code: self.status.and_then(WaitStatus::exit_status),
            signal: self.status.and_then(WaitStatus::terminating_signal),
            ended,
            left,
        });
    }
}

/// Looks again and again until it is so, at most about this long; says whether it is.
fn until(most: Duration, glance: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let mut waited = Duration::ZERO;
    while !is_so() {
        if waited >= most {
            return false;
        }
        let _ = poll(&mut [], Some(&timespec(glance)));
        waited += glance;
    }
    true
}

fn timespec(span: Duration) -> Timespec {
    Timespec { tv_sec: span.as_secs().cast_signed(), tv_nsec: span.subsec_nanos().into() }
}

/// The next byte of the control pipe; `None` at its end.
fn order() -> Option<u8> {
    let mut byte = [0];
    matches!(rustix::io::read(io::stdin(), &mut byte), Ok(1)).then_some(byte[0])
}
