//! Where guards come from: a process of this program that does nothing but fork
//! into them.
//!
//! To load the program anew for each guard would take milliseconds, and nearly a
//! megabyte for each: that is what its own addresses are written into. What forks
//! off the nursery shares them with all the others.
//!
//! ```text
//! auteur ──▶ nursery ──▶ guard ──▶ command
//!    ◀── handle of the guard ┘ (to kill it by, whatever becomes of the nursery)
//! ```
//!
//! The nursery is one thread without a runtime, as its guards are: a fork is safe
//! only there. When it is killed, its guards go on, as our own children; another
//! is made for those that come after. Deliberately absent: it is no subreaper, so
//! what a killed guard leaves behind is ours to find, not the nursery's.

use super::request::{Request, Start};
use fork::Fork;
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::retry_on_intr,
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
    },
    process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid},
    stdio::{dup2_stderr, dup2_stdin},
};
use std::{
    ffi::{OsStr, OsString},
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::{
        fd::{AsFd as _, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    path::Path,
    process::Stdio,
    time::Duration,
};
use tokio::process::{Child, Command};

/// What this program is told to be a nursery.
pub(super) const NURSERY: &str = "nursery";

/// The byte that a guard's handle comes with.
const BORN: u8 = b'b';
/// A nursery that takes longer than this was stopped, and is given up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Our end of a nursery. It ends when this is dropped; its guards don't.
#[derive(Debug)]
pub(super) struct Nursery {
    control: UnixStream,
    process: Child,
}

impl Nursery {
    /// A nursery of this program. It stands in no folder that may go away, and
    /// there is nothing in its environment. Must be called inside a tokio runtime,
    /// which collects it when it has ended.
    ///
    /// # Errors
    /// When the program can't be started.
    pub(super) fn start(program: &Path) -> io::Result<Self> {
        let (control, theirs) = UnixStream::pair()?;
        control.set_read_timeout(Some(PATIENCE))?;
        control.set_write_timeout(Some(PATIENCE))?;
        let process = Command::new(program)
            .args(["guard", NURSERY])
            .current_dir("/")
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { control, process })
    }

    /// Has it fork into a guard that is told these words, with these as its control
    /// socket and its stderr; gives the guard's handle.
    ///
    /// # Errors
    /// When the nursery is gone, or can't fork: another may be made.
    pub(super) fn fork(
        &self,
        words: &[OsString],
        control: BorrowedFd<'_>,
        stderr: Option<BorrowedFd<'_>>,
    ) -> io::Result<OwnedFd> {
        let words: Vec<&OsStr> = words.iter().map(AsRef::as_ref).collect();
        let start = Start::silent(&words, Path::new("/"));
        Start { stdin: Some(control), stderr, ..start }.send(self.control.as_fd(), "")?;
        receive(self.control.as_fd())?.ok_or_else(|| io::Error::other("no guard could be forked"))
    }

    /// Ends one that does not answer: it may have been stopped, and would wake up
    /// to make a guard that nobody waits for.
    pub(super) fn give_up(&mut self) {
        // It fails only where the nursery has ended.
        drop(self.process.start_kill());
    }
}

/// Forks into guards until the program is gone, or its end of the control socket
/// that is stdin. Gives, in each guard, the words that it is told.
///
/// # Errors
/// When the control socket is none, or what comes is no request.
pub(super) fn keep() -> io::Result<Option<Vec<OsString>>> {
    let control = io::stdin().as_fd().try_clone_to_owned()?;
    let mut brood = Vec::new();
    loop {
        if !wait(control.as_fd(), &mut brood) {
            continue;
        }
        let Some(request) = Request::receive(control.as_fd())? else { return Ok(None) };
        match fork::fork() {
            Ok(Fork::Child) => return take_post(request).map(Some),
            Ok(Fork::Parent(guard)) => {
                let guard = Pid::from_raw(guard);
                let handle = guard.and_then(|it| pidfd_open(it, PidfdFlags::empty()).ok());
                answer(control.as_fd(), handle.as_ref());
                brood.extend(handle);
            }
            Err(_too_many) => answer(control.as_fd(), None),
        }
    }
}

/// Waits until something comes, whether it is a request; collects the guards that
/// have ended.
fn wait(control: BorrowedFd<'_>, brood: &mut Vec<OwnedFd>) -> bool {
    let all = std::iter::once(control).chain(brood.iter().map(|it| it.as_fd()));
    let mut all: Vec<_> = all.map(|it| PollFd::from_borrowed_fd(it, PollFlags::IN)).collect();
    if poll(&mut all, None).is_err() {
        return false;
    }
    let mut stirs: Vec<bool> = all.iter().map(|it| !it.revents().is_empty()).collect();
    let is_asked = stirs.remove(0);
    let mut stirs = stirs.into_iter();
    brood.retain(|guard| {
        let is_over = stirs.next().unwrap_or_default();
        if is_over {
            // It is ours, and has ended.
            let _ = waitid(WaitId::PidFd(guard.as_fd()), WaitIdOptions::EXITED);
        }
        !is_over
    });
    is_asked
}

/// Makes of this process, which was just forked, one that stands as if it had been
/// started as a guard.
fn take_post(request: Request) -> io::Result<Vec<OsString>> {
    dup2_stdin(request.stdin.ok_or(io::ErrorKind::InvalidData)?)?;
    if let Some(stderr) = request.stderr {
        dup2_stderr(stderr)?;
    }
    Ok(request.argv)
}

fn answer(to: BorrowedFd<'_>, handle: Option<&OwnedFd>) {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let handed = handle.map(|it| [it.as_fd()]);
    if let Some(handed) = &handed {
        // There is room for one.
        let _ = ancillary.push(SendAncillaryMessage::ScmRights(handed));
    }
    // Who is gone has no use for it.
    let _ = sendmsg(to, &[IoSlice::new(&[BORN])], &mut ancillary, SendFlags::NOSIGNAL);
}

fn receive(from: BorrowedFd<'_>) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let mut into = [IoSliceMut::new(&mut byte)];
    // A wait that has an end is interrupted by every child of ours that ends.
    let message =
        retry_on_intr(|| recvmsg(from, &mut into, &mut ancillary, RecvFlags::CMSG_CLOEXEC))?;
    if message.bytes == 0 {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Ok(ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    }))
}
