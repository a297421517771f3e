//! The guard's own process: runs what it is given and answers for all of it.

use super::{
    door,
    forks::Forks,
    nursery,
    request::Request,
    restrain::restrain,
    restraint::{RESTRAINED, Words},
    tree,
    word::{FREEZE, KILL, THAW, Word},
};
use fork::Fork;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Access, access},
    net::SendFlags,
    process::{Pid, PidfdFlags, Signal, WaitOptions, WaitStatus},
};
use signal_hook::consts::{SIGCHLD, SIGINT, SIGQUIT};
use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Read, Write},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::{ffi::OsStrExt, net::UnixStream, process::CommandExt},
    },
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    sync::Arc,
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
/// Between two counts of a command's processes, where the kernel does not count them:
/// at the least, and at the most where it does not tell of new ones either.
const COUNT_EVERY: Duration = Duration::from_millis(250);
/// Between two rounds of SIGKILL.
const BLOW: Duration = Duration::from_millis(20);

/// What is said of a command that was ended for the number of its processes.
const CROWDED: &str = "it was ended: more processes than sandbox.processes allows";

/// Is a guard: takes commands from the socket that is its stdin, one after the
/// other, until that ends. Told to be a nursery, it is one, and its forks are
/// guards. `main` calls this before anything else when the program's first argument
/// is `guard`.
pub fn guard_main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    lead_session();
    // Files that our parents left open are no business of a command.
    close_fds::set_fds_cloexec(3, &[]);
    let ended = default_signals().and_then(|()| be(&arguments.into_iter().collect::<Vec<_>>()));
    if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

/// Is what these words say.
fn be(words: &[OsString]) -> io::Result<()> {
    match words.split_first() {
        None => serve(None),
        Some((word, rest)) if word == RESTRAINED => serve_restrained(rest.iter().cloned()),
        Some((word, [])) if word == nursery::NURSERY => match nursery::keep()? {
            None => Ok(()),
            Some(words) => {
                lead_session();
                be(&words)
            }
        },
        Some(_) => Err(no_program()),
    }
}

fn lead_session() {
    // Fails only when we lead a session already, and then we have what we want.
    let _ = rustix::process::setsid();
}

/// A command is interrupted by its keys, even where we were started by one that
/// had itself left alone by them: what is ignored stays so, what is heeded does not.
fn default_signals() -> io::Result<()> {
    for signal in [SIGINT, SIGQUIT] {
        signal_hook::flag::register(signal, Arc::default())?;
    }
    Ok(())
}

/// Serves as one who is held to what the arguments say. What can't be done is
/// said on stderr: whoever started this guard reads it.
fn serve_restrained(arguments: impl Iterator<Item = OsString>) -> io::Result<()> {
    let words = Words::read(arguments).ok_or_else(no_program)?;
    // The kernel's own limit holds for everybody but root.
    let is_root = rustix::process::geteuid().is_root();
    let count = words.quota.processes.filter(|_| is_root);
    // Once it is held to anything it may not ask any more.
    let count = count.map(|most| Count { most, forks: Forks::listen(), rests: false });
    if words.has_door {
        door::hand_out(io::stderr().as_fd())?;
    }
    match restrain(&words) {
        Ok(lacks) => drop(io::stderr().write_all(lacks.as_bytes())),
        Err(error) => {
            drop(writeln!(io::stderr(), "{error}"));
            return Err(error);
        }
    }
    serve(count)
}

/// Takes commands one after the other, each with no more processes than that.
fn serve(mut count: Option<Count>) -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let control = io::stdin().as_fd().try_clone_to_owned()?;
    let (ends, told) = UnixStream::pair()?;
    ends.set_nonblocking(true)?;
    signal_hook::low_level::pipe::register(SIGCHLD, told)?;
    while let Some(request) = Request::receive(control.as_fd())? {
        let word = match begin(request) {
            // An error behind it ends this guard, and its parent sweeps up.
            Ok(shell) => Watch::new(control.as_fd(), &ends, shell, count.as_mut())?.until_over(),
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
fn begin(request: Request) -> io::Result<Pid> {
    let mut command = program(&request.argv, &request.environment)?;
    command.current_dir(request.folder).env_clear().envs(request.environment);
    let end = |given: Option<OwnedFd>| given.map_or_else(Stdio::null, Stdio::from);
    command.stdout(end(request.stdout));
    let number = match request.stdin {
        Some(terminal) if request.is_on_terminal => match fork::fork()? {
            Fork::Child => become_it(command, terminal, request.stderr),
            Fork::Parent(number) => number,
        },
        stdin => {
            command.stdin(end(stdin)).stderr(end(request.stderr)).process_group(0);
            command.spawn()?.id().cast_signed()
        }
    };
    Pid::from_raw(number).ok_or_else(|| io::Error::other("the command has no process number"))
}

/// Takes the terminal as the session's own, and becomes the command. Only a process
/// that was just forked may do this.
fn become_it(mut command: Command, terminal: OwnedFd, stderr: Option<OwnedFd>) -> ! {
    lead_session();
    let said = stderr.as_ref().and_then(|it| it.try_clone().ok());
    let taken = rustix::process::ioctl_tiocsctty(&terminal).map_err(io::Error::from);
    command.stdin(terminal).stderr(stderr.map_or_else(Stdio::null, Stdio::from));
    let error = taken.map_or_else(|error| error, |()| command.exec());
    if let Some(said) = said {
        // Nobody is left to be told when this fails.
        drop(writeln!(File::from(said), "could not be started: {error}"));
    }
    std::process::exit(127)
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
    /// Its processes are counted.
    count: Option<&'a mut Count>,
}

/// How a command's processes are counted.
struct Count {
    /// So many there may be.
    most: u64,
    /// Tells of new ones.
    forks: Option<Forks>,
    /// They were counted just now.
    rests: bool,
}

impl Count {
    /// When to count next, whatever is heard until then.
    fn due(&self) -> Option<Duration> {
        (self.rests || self.forks.is_none()).then_some(COUNT_EVERY)
    }

    /// Where new ones are heard of, when it may be counted again.
    fn ear(&self) -> Option<&Forks> {
        self.forks.as_ref().filter(|_| !self.rests)
    }

    /// Whether there are too many. They are counted only if there may be more.
    fn is_crowded(&mut self) -> bool {
        self.rests = self.forks.as_ref().is_none_or(Forks::hear);
        self.rests && tree::count() as u64 > self.most
    }
}

impl<'a> Watch<'a> {
    fn new(
        control: BorrowedFd<'a>,
        ends: &'a UnixStream,
        shell: Pid,
        count: Option<&'a mut Count>,
    ) -> io::Result<Self> {
        let watched = rustix::process::pidfd_open(shell, PidfdFlags::empty())?;
        Ok(Self { control, shell, watched, status: None, ends, count })
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
                Some(false) if self.is_crowded() => {
                    tell(self.control, &Word::Noted(CROWDED.to_owned()));
                    return self.kill();
                }
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
    /// waits all day wakes nobody, unless its processes have to be counted.
    fn wait(&self) -> Option<bool> {
        let watched = PollFd::new(&self.watched, PollFlags::IN);
        let ends = PollFd::new(self.ends, PollFlags::IN);
        let mut all = vec![PollFd::new(&self.control, PollFlags::IN), watched, ends];
        let ear = self.count.as_ref().and_then(|it| it.ear());
        all.extend(ear.map(|it| PollFd::new(it, PollFlags::IN)));
        let due = self.count.as_ref().and_then(|it| it.due()).map(timespec);
        match poll(&mut all, due.as_ref()) {
            Ok(_) => {
                let mut ends = self.ends;
                while matches!(ends.read(&mut [0; 64]), Ok(1..)) {}
                Some(!all[0].revents().is_empty())
            }
            Err(rustix::io::Errno::INTR) => Some(false),
            Err(_) => None,
        }
    }

    fn is_crowded(&mut self) -> bool {
        self.count.as_mut().is_some_and(|it| it.is_crowded())
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
