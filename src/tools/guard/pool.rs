//! Guards that wait for a command.

use super::{
    guarded::{Guarded, Said},
    posted::{Guard, Maker, read_complaint},
    request::Start,
    restraint::{Holder, Restraint},
    word::Word,
};
use std::{
    ffi::OsStr,
    io,
    os::fd::AsFd as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// So many guards may wait that are held to nothing.
pub(super) const MOST_WAITING: usize = 4;
/// So many that are held to something; the one that waited longest makes room.
const MOST_RESTRAINED: usize = 16;

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
    maker: Maker,
    /// A lock, because agents of all threads take from here and give back. It
    /// is held for a push or a pop, never while anything is waited for.
    waiting: Mutex<Vec<Waiting>>,
    /// For whom nobody comes any more, while their last commands end. A lock, as above;
    /// none is asked for while it is held.
    forgotten: Mutex<Vec<Weak<Restraint>>>,
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
        let (maker, waiting) = (Maker::new(program), Mutex::default());
        let shared = Shared { maker, waiting, forgotten: Mutex::default() };
        Self { shared: Arc::new(shared), restraint: None }
    }

    /// Has what the first command would wait for made ready: for those who know that
    /// one will come. Must be called inside a tokio runtime; blocks.
    pub fn prepare(&self) {
        self.shared.maker.prepare();
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
        let complaint = guarded.complaint();
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

    /// Ends the guards that wait for what these are held to, and those that are still to
    /// be given back: nobody comes any more.
    pub fn forget(&self) {
        if let Some(restraint) = &self.restraint {
            let mut forgotten = self.forgotten();
            forgotten.retain(|it| it.strong_count() > 0);
            forgotten.push(Arc::downgrade(restraint));
        }
        self.lock().retain(|it| it.restraint != self.restraint);
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
                Ok(()) => return Ok(Guarded::new(self.clone(), guard, mark)),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(error) => {
                    self.give_back(guard);
                    return Err(error);
                }
            }
        }
        let guard = self.shared.maker.make(self.restraint.as_deref())?;
        start.send(guard.control.as_fd(), &mark).map_err(|error| guard.explain(error))?;
        Ok(Guarded::new(self.clone(), guard, mark))
    }

    /// How many guards wait for a command.
    pub fn waiting(&self) -> usize {
        self.lock().len()
    }

    fn take(&self) -> Option<Guard> {
        let mut waiting = self.lock();
        let place = waiting.iter().rposition(|it| it.restraint == self.restraint)?;
        Some(waiting.remove(place).guard)
    }

    /// A guard whose command is over and left nothing.
    pub(super) fn give_back(&self, guard: Guard) {
        if self.is_forgotten() {
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

    /// Whether what these are held to is nobody's any more.
    fn is_forgotten(&self) -> bool {
        let restraint = self.restraint.as_ref().map(Arc::as_ptr);
        restraint.is_some_and(|it| self.forgotten().iter().any(|its| its.as_ptr() == it))
    }

    fn forgotten(&self) -> MutexGuard<'_, Vec<Weak<Restraint>>> {
        self.shared.forgotten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
