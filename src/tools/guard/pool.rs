//! Guards that wait for a command, and a command under one of them.

use super::{
    bubblewrap, door,
    request::Start,
    restraint::{Holder, Restraint},
    tree,
    word::{self, Word},
};
use crate::tools::hosts::Host;
use rustix::{fs::MemfdFlags, net::SendFlags};
use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read as _, Seek as _},
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{
    io::AsyncReadExt,
    net::UnixStream,
    process::{Child, Command},
};

/// So many guards may wait that are held to nothing; each holds a little more
/// than a megabyte.
const MOST_WAITING: usize = 4;
/// So many that are held to something; the one that waited longest makes room.
const MOST_RESTRAINED: usize = 16;
/// So much is read of what bubblewrap or a guard complains of, in bytes.
const COMPLAINT: u64 = 1000;

/// The guards of this program. A clone is the same pool; with the last of it
/// end the guards that wait.
#[derive(Debug, Clone)]
pub struct Pool {
    shared: Arc<Shared>,
    /// What the guards that are taken from here are held to.
    restraint: Option<Arc<Restraint>>,
}

#[derive(Debug)]
struct Shared {
    program: PathBuf,
    /// A lock, because agents of all threads take from here and give back. It
    /// is held for a push or a pop, never while anything is waited for.
    waiting: Mutex<Vec<Waiting>>,
    /// How often what lies around guards has changed.
    changes: AtomicU64,
}

#[derive(Debug)]
struct Waiting {
    restraint: Option<Arc<Restraint>>,
    guard: Guard,
}

impl Default for Pool {
    fn default() -> Self {
        Self::new(PathBuf::from("/proc/self/exe"))
    }
}

impl Pool {
    /// A pool of guards that are this program: one whose `main` calls
    /// [`super::guard_main`]. None is started before there is a command for it.
    pub fn new(program: PathBuf) -> Self {
        let shared =
            Arc::new(Shared { program, waiting: Mutex::default(), changes: AtomicU64::default() });
        Self { shared, restraint: None }
    }

    /// The same pool, for those who are held to this.
    #[must_use]
    pub fn restrained(&self, restraint: Arc<Restraint>) -> Self {
        Self { shared: self.shared.clone(), restraint: Some(restraint) }
    }

    /// The same pool, for what is let out of its sandbox: its quota holds on.
    #[must_use]
    pub(crate) fn outside(&self) -> Self {
        let free = |it: &Arc<Restraint>| {
            Arc::new(Restraint { by: Holder::Nobody, ..Restraint::clone(it) })
        };
        Self { shared: self.shared.clone(), restraint: self.restraint.as_ref().map(free) }
    }

    /// What the guards that are taken from here are held to.
    pub fn restraint(&self) -> Option<&Restraint> {
        self.restraint.as_deref()
    }

    /// Whether this machine can hold a guard to that: has one run nothing. Gives
    /// what it lacks that can be done without; empty where that is nothing.
    ///
    /// # Errors
    /// In the words of bubblewrap, or of the kernel.
    pub async fn prove(&self) -> io::Result<String> {
        let argv = ["/bin/sh", "-c", ":"].map(OsStr::new);
        let folder = Path::new("/");
        let mut guarded = self.start(&Start::silent(&argv, folder))?;
        let complaint = guarded.guard.as_ref().and_then(Guard::complaint);
        loop {
            match guarded.hear().await {
                Said::Word(Word::Over { code: Some(0), .. }) => break,
                Said::Word(Word::Failed(why)) => return Err(io::Error::other(why)),
                Said::Word(Word::Frozen(_) | Word::Noted(_)) => {}
                said => {
                    return Err(io::Error::other(format!("a first command ended so: {said:?}")));
                }
            }
        }
        Ok(complaint.map(read_complaint).unwrap_or_default())
    }

    /// Ends the guards that wait for what these are held to: nobody comes any more.
    pub fn forget(&self) {
        self.lock().retain(|it| it.restraint != self.restraint);
    }

    /// Ends all guards that are held to something once they have no command: what
    /// lies around them has changed, and those that come after see it.
    pub fn forget_held(&self) {
        self.shared.changes.fetch_add(1, Ordering::Relaxed);
        self.lock().retain(|it| it.restraint.is_none());
    }

    /// Starts a program under a guard. Must be called inside a tokio runtime.
    /// The descriptors have been handed over when this returns, so the ends
    /// that are the program's can be dropped.
    ///
    /// # Errors
    /// When the guard can't be started, or an argument holds a zero byte. That
    /// the program itself can't be started is its first and last [`Word`].
    pub fn start(&self, start: &Start<'_>) -> io::Result<Guarded> {
        let mark = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        while let Some(guard) = self.take() {
            match start.send(guard.control.as_fd(), &mark) {
                Ok(()) => return Ok(self.guarded(guard, mark)),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(error) => {
                    self.give_back(guard);
                    return Err(error);
                }
            }
        }
        let changes = self.changes();
        let guard = Guard::start(&self.shared.program, self.restraint.as_deref(), changes)?;
        start.send(guard.control.as_fd(), &mark).map_err(|error| guard.explain(error))?;
        Ok(self.guarded(guard, mark))
    }

    /// How many guards wait for a command.
    pub fn waiting(&self) -> usize {
        self.lock().len()
    }

    fn guarded(&self, guard: Guard, mark: String) -> Guarded {
        let pool = self.clone();
        Guarded { pool, guard: Some(guard), mark, said: Vec::new(), trust: Trust::Fresh }
    }

    fn take(&self) -> Option<Guard> {
        let mut waiting = self.lock();
        let place = waiting.iter().rposition(|it| it.restraint == self.restraint)?;
        Some(waiting.remove(place).guard)
    }

    fn give_back(&self, guard: Guard) {
        if self.restraint.is_some() && guard.changes != self.changes() {
            return;
        }
        let most = if self.restraint.is_some() { MOST_RESTRAINED } else { MOST_WAITING };
        let mut waiting = self.lock();
        let is_like = |it: &Waiting| it.restraint.is_some() == self.restraint.is_some();
        if waiting.iter().filter(|it| is_like(it)).count() >= most
            && let Some(oldest) = waiting.iter().position(is_like)
        {
            waiting.remove(oldest);
        }
        waiting.push(Waiting { restraint: self.restraint.clone(), guard });
    }

    fn changes(&self) -> u64 {
        self.shared.changes.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A guard's process. Dropping it closes the control socket, and the guard
/// ends its command, if it has one, and itself.
#[derive(Debug)]
struct Guard {
    control: UnixStream,
    child: Child,
    /// What is said on its stderr, where it is held to something.
    complaint: Option<File>,
    /// Whether the child is bubblewrap, with the guard below it.
    is_wrapped: bool,
    /// The changes around it that it has seen.
    changes: u64,
}

impl Guard {
    /// What a guard knows is handed to it with each command, so nothing of
    /// ours is in its environment, and it stands in no folder that may go away.
    fn start(program: &Path, restraint: Option<&Restraint>, changes: u64) -> io::Result<Self> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let control = UnixStream::from_std(ours)?;
        let mut command = Command::new(program);
        let (mut complaint, mut is_wrapped) = (None, false);
        if let Some(restraint) = restraint {
            complaint = Some(File::from(rustix::fs::memfd_create("said", MemfdFlags::CLOEXEC)?));
            if let Holder::Bubblewrap(bwrap) = &restraint.by {
                command = Command::new(bwrap);
                command.args(bubblewrap::arguments(restraint)).stdout(File::open(program)?);
                is_wrapped = true;
            }
        }
        command.arg("guard").args(restraint.map(Restraint::words).unwrap_or_default());
        if !is_wrapped {
            command.stdout(Stdio::null());
        }
        let said = match restraint.and_then(Restraint::hosts) {
            Some(hosts) => Some(OwnedFd::from(open_door(hosts)?)),
            None => complaint.as_ref().map(File::try_clone).transpose()?.map(OwnedFd::from),
        };
        let child = command
            .current_dir("/")
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stderr(said.map_or_else(Stdio::null, Stdio::from))
            .spawn()?;
        Ok(Self { control, child, complaint, is_wrapped, changes })
    }

    /// Why it took nothing: what it complained of, if it did.
    fn explain(&self, error: io::Error) -> io::Error {
        let said = self.complaint().map(read_complaint).unwrap_or_default();
        if said.is_empty() { error } else { io::Error::other(said) }
    }

    fn complaint(&self) -> Option<File> {
        self.complaint.as_ref()?.try_clone().ok()
    }

    /// Kills it. What is wrapped ends with the first process inside, not with
    /// bubblewrap itself.
    fn kill(&mut self) {
        if let Some(pid) = self.child.id().filter(|_| self.is_wrapped) {
            tree::kill_children(pid);
        }
        // It fails only when the guard has just ended, which is as well.
        drop(self.child.start_kill());
    }
}

/// The end of a guard's door that is the guard's; at the other end we answer for
/// these hosts. It is all that such a guard can say on its stderr.
fn open_door(hosts: &[String]) -> io::Result<std::os::unix::net::UnixStream> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let hosts = hosts.iter().filter_map(|it| Host::read(it)).collect();
    tokio::spawn(door::answer(UnixStream::from_std(ours)?, hosts));
    Ok(theirs)
}

/// What was complained of, on one line.
fn read_complaint(mut said: File) -> String {
    let mut bytes = Vec::new();
    // What can't be read was not said.
    drop(said.rewind().and_then(|()| said.take(COMPLAINT).read_to_end(&mut bytes)));
    String::from_utf8_lossy(&bytes).trim().replace('\n', "; ")
}

/// How sure we are of a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// It got its command and nothing else, and has said nothing yet.
    Fresh,
    /// Orders or words went to and fro.
    Known,
    /// It said what is no word.
    Lost,
}

/// What is heard of a guarded program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// By its guard. Nothing comes after [`Word::Failed`] and [`Word::Over`].
    Word(Word),
    /// The guard was gone before it took the command: nothing was started, so
    /// it may be started again.
    NotBegun,
    /// The guard was killed, and so many processes after it. Nothing comes after it.
    Killed {
        /// Processes that were found by the command's mark and ended.
        ended: usize,
    },
}

/// A program under its guard. Dropping it ends the program with everything
/// that it started.
#[derive(Debug)]
pub struct Guarded {
    pool: Pool,
    /// Ours until nothing more is to be said.
    guard: Option<Guard>,
    mark: String,
    said: Vec<u8>,
    trust: Trust,
}

impl Guarded {
    /// Stops every process of it where it stands; [`Word::Frozen`] follows.
    pub fn freeze(&mut self) {
        self.order(word::FREEZE);
    }

    /// Lets them go on.
    pub fn thaw(&mut self) {
        self.order(word::THAW);
    }

    /// Asks everything of it to end, then makes it; [`Word::Over`] follows.
    pub fn kill(&mut self) {
        self.order(word::KILL);
    }

    /// Kills a guard that does not answer; [`Said::Killed`] follows.
    pub fn kill_guard(&mut self) {
        self.trust = Trust::Lost;
        if let Some(guard) = &mut self.guard {
            guard.kill();
        }
    }

    /// A byte fits unless the guard is gone, and then its end is on its way.
    fn order(&mut self, order: u8) {
        if self.trust == Trust::Fresh {
            self.trust = Trust::Known;
        }
        if let Some(guard) = &self.guard {
            let _ = rustix::net::send(&guard.control, &[order], SendFlags::NOSIGNAL);
        }
    }

    /// What its guard says next; after the last nothing comes. May be dropped
    /// at any await and called again.
    pub async fn hear(&mut self) -> Said {
        loop {
            // Words that came together with one that was told are heard first.
            if let Some(word) = self.word() {
                return Said::Word(word);
            }
            let Some(guard) = &mut self.guard else { return std::future::pending().await };
            match guard.control.read_buf(&mut self.said).await {
                Ok(0) => return self.sweep().await,
                Ok(_) => {}
                // The kernel says so when what we sent was never read.
                Err(error) if is_unread(&error) && self.trust == Trust::Fresh => {
                    return self.not_begun();
                }
                Err(_) => return self.sweep().await,
            }
        }
    }

    /// The guard was gone before it took the command: it complained, or was killed.
    fn not_begun(&mut self) -> Said {
        let guard = self.guard.take();
        let said = guard.and_then(|it| it.complaint).map(read_complaint).unwrap_or_default();
        if said.is_empty() { Said::NotBegun } else { Said::Word(Word::Failed(said)) }
    }

    /// The next whole line of the guard. With its last word it is free again.
    fn word(&mut self) -> Option<Word> {
        while let Some(end) = memchr::memchr(b'\n', &self.said) {
            let line: Vec<u8> = self.said.drain(..=end).collect();
            let Some(word) = Word::read(&String::from_utf8_lossy(&line)) else {
                self.trust = Trust::Lost;
                continue;
            };
            if self.trust == Trust::Fresh {
                self.trust = Trust::Known;
            }
            if matches!(word, Word::Failed(_) | Word::Over { .. }) {
                self.let_go(word.is_clean_end());
            }
            return Some(word);
        }
        None
    }

    fn let_go(&mut self, is_clean: bool) {
        let is_trusted = self.trust == Trust::Known && self.said.is_empty();
        if let Some(guard) = self.guard.take().filter(|_| is_clean && is_trusted) {
            self.pool.give_back(guard);
        }
        self.said.clear();
    }

    /// The guard has ended without a last word: what it watched is found by its mark.
    async fn sweep(&mut self) -> Said {
        let mark = self.mark.clone();
        let ended = tokio::task::spawn_blocking(move || tree::sweep(&mark)).await.unwrap_or(0);
        self.guard = None;
        Said::Killed { ended }
    }
}

fn is_unread(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionReset
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A command under a guard that is this test's own to speak for.
    fn guarded(pool: &Pool) -> (Guarded, std::os::unix::net::UnixStream) {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let control = UnixStream::from_std(ours).unwrap();
        let child = Command::new("true").spawn().unwrap();
        let guard = Guard { control, child, complaint: None, is_wrapped: false, changes: 0 };
        (pool.guarded(guard, "no-such-mark".to_owned()), theirs)
    }

    fn over(left: usize) -> Word {
        Word::Over { code: Some(0), signal: None, ended: 0, left }
    }

    #[tokio::test]
    async fn words_that_come_together_are_heard_one_by_one() {
        let (mut guarded, mut guard) = guarded(&Pool::default());
        guard.write_all(b"frozen 2\nfrozen 1\nover 0 - 0 0\n").unwrap();
        assert_eq!(guarded.hear().await, Said::Word(Word::Frozen(2)));
        assert_eq!(guarded.hear().await, Said::Word(Word::Frozen(1)));
        assert_eq!(guarded.hear().await, Said::Word(over(0)));
    }

    #[tokio::test]
    async fn a_word_may_come_in_pieces() {
        let (mut guarded, mut guard) = guarded(&Pool::default());
        guard.write_all(b"over 0").unwrap();
        assert!(futures::FutureExt::now_or_never(guarded.hear()).is_none());
        guard.write_all(b" - 0 0\n").unwrap();
        assert_eq!(guarded.hear().await, Said::Word(over(0)));
    }

    #[tokio::test]
    async fn only_a_guard_that_left_nothing_and_said_nothing_strange_is_used_again() {
        let is_used_again = async |said: &str| {
            let pool = Pool::default();
            let (mut guarded, mut guard) = guarded(&pool);
            guard.write_all(said.as_bytes()).unwrap();
            while !matches!(guarded.hear().await, Said::Word(Word::Failed(_) | Word::Over { .. })) {
            }
            pool.waiting() == 1
        };
        assert!(is_used_again("over 0 - 0 0\n").await);
        assert!(is_used_again("over - 9 7 0\n").await);
        assert!(is_used_again("failed no such file\n").await);
        assert!(!is_used_again("over 0 - 3 1\n").await);
        assert!(!is_used_again("what?\nover 0 - 0 0\n").await);
        assert!(!is_used_again("over 0 - 0 0\nfrozen 1\n").await);
    }

    #[tokio::test]
    async fn a_guard_that_does_not_answer_is_not_used_again() {
        let pool = Pool::default();
        let (mut guarded, mut guard) = guarded(&pool);
        guarded.kill_guard();
        guard.write_all(b"over 0 - 0 0\n").unwrap();
        assert_eq!(guarded.hear().await, Said::Word(over(0)));
        assert_eq!(pool.waiting(), 0);
    }

    #[tokio::test]
    async fn few_guards_wait() {
        let pool = Pool::default();
        for _ in 0..MOST_WAITING + 3 {
            let (mut guarded, mut guard) = guarded(&pool);
            guard.write_all(b"over 0 - 0 0\n").unwrap();
            guarded.hear().await;
        }
        assert_eq!(pool.waiting(), MOST_WAITING);
    }

    #[tokio::test]
    async fn a_command_is_known_not_to_have_begun_only_when_nothing_else_was_sent() {
        let pool = Pool::default();
        let (mut one, guard) = guarded(&pool);
        rustix::net::send(&one.guard.as_ref().unwrap().control, b"r", SendFlags::NOSIGNAL).unwrap();
        drop(guard);
        assert_eq!(one.hear().await, Said::NotBegun);
        let (mut other, guard) = guarded(&pool);
        other.freeze();
        drop(guard);
        assert_eq!(other.hear().await, Said::Killed { ended: 0 });
        let (mut third, guard) = guarded(&pool);
        drop(guard);
        assert_eq!(third.hear().await, Said::Killed { ended: 0 });
    }
}
