//! The guard's own process: runs what it is given and answers for all of it.

use super::{
    request::Request,
    tree,
    word::{FREEZE, KILL, THAW, Word},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Access, access},
    net::SendFlags,
    process::{Pid, PidfdFlags, Signal, WaitOptions, WaitStatus},
};
use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{self, Read, Write},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::{ffi::OsStrExt, net::UnixStream, process::CommandExt},
    },
    path::PathBuf,
    process::{Child, Command, ExitCode, Stdio},
    time::Duration,
};

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

/// What a guard calls its own program with to bring a command to its terminal.
const TERMINAL: &str = "terminal";

/// Is a guard: takes commands from the socket that is its stdin, one after the
/// other, until that ends. With `terminal` and a command in `arguments` it
/// becomes that command, on the terminal that is its stdin. `main` calls this
/// before anything else when the program's first argument is `guard`.
pub fn guard_main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Fails only when we lead a session already, and then we have what we want.
    let _ = rustix::process::setsid();
    let mut arguments = arguments.into_iter();
    let ended = match arguments.next() {
        None => serve(),
        Some(word) if word == TERMINAL => return become_it(&arguments.collect::<Vec<_>>()),
        Some(_) => Err(no_program()),
    };
    if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// Takes the terminal as the session's own, and becomes the program.
fn become_it(argv: &[OsString]) -> ExitCode {
    let error = rustix::process::ioctl_tiocsctty(io::stdin())
        .map_err(io::Error::from)
        .and_then(|()| argv.split_first().ok_or_else(no_program))
        .map_or_else(|error| error, |(program, rest)| Command::new(program).args(rest).exec());
    // Nobody is left to be told when this fails.
    drop(writeln!(io::stderr(), "could not be started: {error}"));
    ExitCode::from(127)
}

fn serve() -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let control = io::stdin().as_fd().try_clone_to_owned()?;
    let (ends, told) = UnixStream::pair()?;
    ends.set_nonblocking(true)?;
    signal_hook::low_level::pipe::register(signal_hook::consts::SIGCHLD, told)?;
    let left_open = left_open();
    while let Some(request) = Request::receive(control.as_fd())? {
        let word = match begin(request, &left_open) {
            // An error behind it ends this guard, and its parent sweeps up.
            Ok(child) => Watch::new(control.as_fd(), &ends, &child)?.until_over(),
            Err(error) => Word::Failed(error.to_string()),
        };
        tell(control.as_fd(), &word);
        if !word.is_clean_end() {
            break;
        }
    }
    Ok(())
}

/// Starts what is asked for, in a process group of its own. Our copies of its
/// descriptors are closed then: a pipe ends when the command's processes have
/// ended, not when we do.
fn begin(request: Request, left_open: &[String]) -> io::Result<Child> {
    let end = |given: Option<OwnedFd>| given.map_or_else(Stdio::null, Stdio::from);
    let mut argv = without_left_open(request.argv, left_open);
    let mut command = if request.is_on_terminal {
        argv.splice(0..0, ["/proc/self/exe", "guard", TERMINAL].map(OsString::from));
        program(&argv, &request.environment)?
    } else {
        let mut command = program(&argv, &request.environment)?;
        // Who is to lead a session must lead no group before.
        command.process_group(0);
        command
    };
    command
        .current_dir(request.folder)
        .env_clear()
        .envs(request.environment)
        .stdin(end(request.stdin))
        .stdout(end(request.stdout))
        .stderr(end(request.stderr))
        .spawn()
}

/// A command that is found here where it is named without a slash: to let the
/// library look for it takes a fork of this process, and that costs more.
fn program(argv: &[OsString], environment: &[(OsString, OsString)]) -> io::Result<Command> {
    let (name, arguments) = argv.split_first().ok_or_else(no_program)?;
    let mut command = match find(name, environment) {
        Some(path) => Command::new(path),
        None => Command::new(name),
    };
    command.arg0(name).args(arguments);
    Ok(command)
}

/// Where a program stands in the `PATH` of its environment. A folder that is not
/// told from the root is not for us to look in.
fn find(name: &OsStr, environment: &[(OsString, OsString)]) -> Option<PathBuf> {
    let (_, path) = environment.iter().rev().find(|(variable, _)| variable == "PATH")?;
    let is_there = |it: &PathBuf| it.is_file() && access(it, Access::EXEC_OK).is_ok();
    let is_named = !name.as_bytes().contains(&b'/');
    std::env::split_paths(path)
        .filter(|_| is_named)
        .take_while(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(is_there)
}

fn no_program() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "no program is named")
}

/// What we hold is closed on exec; files that *our* parents left open are
/// closed by a first shell, as far as a shell can name them: with one digit.
fn without_left_open(mut argv: Vec<OsString>, left_open: &[String]) -> Vec<OsString> {
    if !left_open.is_empty() {
        let first = format!("exec {}; exec \"$@\"", left_open.join(" "));
        argv.splice(0..0, ["/bin/sh", "-c", &first, "sh"].map(OsString::from));
    }
    argv
}

/// As a shell closes them. Every guard looks once: it opens nothing that stays
/// open on exec, and nobody else opens anything for it.
fn left_open() -> Vec<String> {
    (3..10).filter(|fd| is_left_open(*fd)).map(|fd| format!("{fd}>&-")).collect()
}

fn is_left_open(fd: i32) -> bool {
    const CLOSED_ON_EXEC: u32 = 0o2_000_000;
    let Ok(about) = fs::read_to_string(format!("/proc/self/fdinfo/{fd}")) else {
        return false;
    };
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & CLOSED_ON_EXEC == 0)
}

/// Says a word to the parent, if there still is one.
fn tell(control: BorrowedFd<'_>, word: &Word) {
    let _ = rustix::net::send(control, word.line().as_bytes(), SendFlags::NOSIGNAL);
}

/// One command and everything below it.
struct Watch<'a> {
    control: BorrowedFd<'a>,
    shell: Pid,
    watched: OwnedFd,
    status: Option<WaitStatus>,
    /// Has something to read when a child, or an orphan of one, has ended.
    ends: &'a UnixStream,
}

impl<'a> Watch<'a> {
    fn new(control: BorrowedFd<'a>, ends: &'a UnixStream, child: &Child) -> io::Result<Self> {
        let shell = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let shell = shell.ok_or_else(|| io::Error::other("the command has no process number"))?;
        let watched = rustix::process::pidfd_open(shell, PidfdFlags::empty())?;
        Ok(Self { control, shell, watched, status: None, ends })
    }

    /// Waits for the command's end or an order, until all is over.
    fn until_over(mut self) -> Word {
        loop {
            match self.wait() {
                Some(true) => match order(self.control) {
                    Some(FREEZE) => tell(self.control, &Word::Frozen(tree::stop_all())),
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

    /// Waits for an order, the command's end or that of an orphan; whether there
    /// is an order, or `None` when that can't be known any more. A command that
    /// waits all day wakes nobody.
    fn wait(&self) -> Option<bool> {
        let watched = PollFd::new(&self.watched, PollFlags::IN);
        let ends = PollFd::new(self.ends, PollFlags::IN);
        let mut all = [PollFd::new(&self.control, PollFlags::IN), watched, ends];
        match poll(&mut all, None) {
            Ok(_) => {
                let mut ends = self.ends;
                while matches!(ends.read(&mut [0; 64]), Ok(1..)) {}
                Some(!all[0].revents().is_empty())
            }
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
    fn kill(mut self) -> Word {
        self.end_all();
        self.over(0)
    }

    /// The command has ended by itself: ends what it left in the background.
    fn conclude(mut self, none_left: bool) -> Word {
        let none_left = none_left || until(LAST_WORDS, GLANCE, || self.collect());
        let ended = if none_left { 0 } else { self.end_all() };
        self.over(ended)
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

    /// The last word. None is left only when the kernel says so, however few
    /// are seen to live.
    fn over(&mut self, ended: usize) -> Word {
        Word::Over {
            left: if self.collect() { 0 } else { tree::living().len().max(1) },
            code: self.status.and_then(WaitStatus::exit_status),
            signal: self.status.and_then(WaitStatus::terminating_signal),
            ended,
        }
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

/// The next byte of the control socket; `None` at its end.
fn order(control: BorrowedFd<'_>) -> Option<u8> {
    let mut byte = [0];
    matches!(rustix::io::read(control, &mut byte), Ok(1)).then_some(byte[0])
}
