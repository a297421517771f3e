//! A guard at its post: how its process begins, and how it is ended.

use super::{
    bubblewrap, door,
    nursery::Nursery,
    restraint::{Holder, Restraint},
    tree,
};
use crate::tools::hosts::Host;
use rustix::{
    fs::{MemfdFlags, memfd_create},
    process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid},
};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::net::UnixStream as StdStream,
    },
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Mutex, PoisonError},
};
use tokio::{
    net::UnixStream,
    process::{Child, Command},
};

/// So much is read of what bubblewrap or a guard complains of, in bytes.
const COMPLAINT: u64 = 1000;

/// Where guards are made: of this program, in a nursery of its own.
#[derive(Debug)]
pub(super) struct Maker {
    program: PathBuf,
    /// A lock, because agents of all threads want guards. It is held while the
    /// nursery forks, which takes a fraction of a millisecond.
    nursery: Mutex<Option<Nursery>>,
}

/// A guard's process. Dropping it closes the control socket, and the guard
/// ends its command, if it has one, and itself.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) control: UnixStream,
    process: Process,
    /// What is said on its stderr, where it is held to something.
    complaint: Option<File>,
}

/// What a guard is ended by.
#[derive(Debug)]
enum Process {
    /// Bubblewrap, with the guard below it.
    Wrapped(Child),
    /// The guard, a child of the nursery.
    Forked(OwnedFd),
}

/// Our end of its control socket, and its process.
type Posted = (StdStream, Process);

impl Maker {
    /// Makes guards of this program. None is made yet.
    pub(super) fn new(program: PathBuf) -> Self {
        Self { program, nursery: Mutex::default() }
    }

    /// Starts the nursery, if there is none. Where that fails, whoever needs a guard
    /// is told why.
    pub(super) fn prepare(&self) {
        let mut nursery = self.nursery.lock().unwrap_or_else(PoisonError::into_inner);
        if nursery.is_none() {
            *nursery = Nursery::start(&self.program).ok();
        }
    }

    /// A guard that is held to this. What it knows is handed to it with each
    /// command, so nothing of ours is in its environment, and it stands in no
    /// folder that may go away. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When this program, or bubblewrap, can't be started.
    pub(super) fn make(&self, restraint: Option<&Restraint>) -> io::Result<Guard> {
        let complaint = match restraint {
            Some(_) => Some(File::from(memfd_create("said", MemfdFlags::CLOEXEC)?)),
            None => None,
        };
        let (control, process) = match restraint {
            Some(held @ Restraint { by: Holder::Bubblewrap(bwrap), .. }) => {
                self.wrap(bwrap, held, complaint.as_ref())?
            }
            _ => self.fork(restraint, complaint.as_ref())?,
        };
        control.set_nonblocking(true)?;
        let control = UnixStream::from_std(control)?;
        Ok(Guard { control, process, complaint })
    }

    /// Of the nursery. One that was killed or stopped gets a successor; with it goes
    /// the socket that it may have made a guard of.
    fn fork(&self, restraint: Option<&Restraint>, said: Option<&File>) -> io::Result<Posted> {
        let words = restraint.map(Restraint::words).unwrap_or_default();
        let attempt = |nursery: &Nursery| {
            let (ours, theirs) = StdStream::pair()?;
            let guard = nursery.fork(&words, theirs.as_fd(), said.map(File::as_fd))?;
            Ok((ours, Process::Forked(guard)))
        };
        let mut nursery = self.nursery.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &mut *nursery {
            match attempt(known) {
                Ok(posted) => return Ok(posted),
                Err(_gone) => known.give_up(),
            }
        }
        attempt(nursery.insert(Nursery::start(&self.program)?))
    }

    /// Inside of bubblewrap, where no nursery reaches.
    fn wrap(&self, bwrap: &Path, restraint: &Restraint, said: Option<&File>) -> io::Result<Posted> {
        let (ours, theirs) = StdStream::pair()?;
        let said = match restraint.hosts() {
            Some(hosts) => Some(OwnedFd::from(open_door(hosts)?)),
            None => said.map(File::try_clone).transpose()?.map(OwnedFd::from),
        };
        let child = Command::new(bwrap)
            .args(bubblewrap::arguments(restraint))
            .arg("guard")
            .args(restraint.words())
            .current_dir("/")
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(File::open(&self.program)?)
            .stderr(said.map_or_else(Stdio::null, Stdio::from))
            .spawn()?;
        Ok((ours, Process::Wrapped(child)))
    }
}

impl Guard {
    /// Why it took nothing: what it complained of, if it did.
    pub(super) fn explain(&self, error: io::Error) -> io::Error {
        let said = self.complaint().map(read_complaint).unwrap_or_default();
        if said.is_empty() { error } else { io::Error::other(said) }
    }

    /// Where its complaints are, if it may have any.
    pub(super) fn complaint(&self) -> Option<File> {
        self.complaint.as_ref()?.try_clone().ok()
    }

    /// Kills it. What is wrapped ends with the first process inside, not with
    /// bubblewrap itself. It fails only when the guard has just ended, which is as well.
    pub(super) fn kill(&mut self) {
        match &mut self.process {
            Process::Wrapped(child) => {
                child.id().into_iter().for_each(tree::kill_children);
                drop(child.start_kill());
            }
            Process::Forked(guard) => drop(pidfd_send_signal(guard, Signal::KILL)),
        }
    }

    /// Collects it, now that it has ended, if its nursery has ended before it.
    pub(super) fn collect(&self) {
        if let Process::Forked(guard) = &self.process {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
            // Otherwise it is no child of ours.
            let _ = waitid(WaitId::PidFd(guard.as_fd()), options);
        }
    }
}

#[cfg(test)]
impl Guard {
    /// One that a test speaks for.
    pub(super) const fn of(control: UnixStream, child: Child) -> Self {
        Self { control, process: Process::Wrapped(child), complaint: None }
    }
}

/// The end of a guard's door that is the guard's; at the other end we answer for
/// these hosts. It is all that such a guard can say on its stderr.
fn open_door(hosts: &[String]) -> io::Result<StdStream> {
    let (ours, theirs) = StdStream::pair()?;
    ours.set_nonblocking(true)?;
    let hosts = hosts.iter().filter_map(|it| Host::read(it)).collect();
    tokio::spawn(door::answer(UnixStream::from_std(ours)?, hosts));
    Ok(theirs)
}

/// What was complained of, on one line.
pub(super) fn read_complaint(mut said: File) -> String {
    let mut bytes = Vec::new();
    // What can't be read was not said.
    drop(said.rewind().and_then(|()| said.take(COMPLAINT).read_to_end(&mut bytes)));
    String::from_utf8_lossy(&bytes).trim().replace('\n', "; ")
}
