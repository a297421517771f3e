//! Brings what was written onto the disk, beside the one who writes.

use super::{JournalError, paper};
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

/// The longest that a written byte waits for the disk.
const WAIT: Duration = Duration::from_millis(200);
/// Between two syncs, however urgent: what comes meanwhile is synced together.
/// A sync costs as much CPU as a hundred lines.
const GAP: Duration = Duration::from_millis(20);

/// A thread that syncs a file: within [`WAIT`] after a write, or at once.
#[derive(Debug)]
pub(super) struct Syncer {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
    file: File,
}

/// What writer and syncer share. The lock is held for a few instructions; the
/// disk is never waited for under it.
#[derive(Debug, Default)]
struct Desk {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct State {
    written: u64,
    synced: u64,
    urgent: bool,
    over: bool,
    failed: Option<String>,
    gone: bool,
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is something to do; gives how far to sync, and whether
    /// that is the last time.
    fn next(&self) -> (u64, bool) {
        let idle = |it: &mut State| it.written == it.synced && !it.over;
        let state = self.wake.wait_while(self.state(), idle);
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let calm = |it: &mut State| !it.urgent && !it.over;
        let (mut state, _) =
            self.wake.wait_timeout_while(state, WAIT, calm).unwrap_or_else(PoisonError::into_inner);
        state.urgent = false;
        (state.written, state.over)
    }

    fn sync(&self, file: &File, path: &Path) {
        loop {
            let (upto, is_last) = self.next();
            let result = rustix::fs::fdatasync(file);
            let gone = !paper::is_there(file, path);
            let mut state = self.state();
            state.synced = upto;
            state.gone = gone;
            if let Err(error) = result {
                let error = std::io::Error::from(error);
                state.failed = Some(format!("lines of {} may be lost: {error}", path.display()));
            }
            if is_last {
                return;
            }
            // Poisoned or not: the state is whole, and looked at again.
            drop(self.wake.wait_timeout_while(state, GAP, |it| !it.over));
        }
    }
}

impl Syncer {
    /// Starts the thread.
    pub(super) fn start(file: &File, path: &Path, end: u64) -> Result<Self, JournalError> {
        let fail = |error| JournalError::disk("watch over", path, error);
        let desk = Arc::new(Desk::default());
        {
            let mut state = desk.state();
            (state.written, state.synced) = (end, 0);
        }
        let (shared, place) = (Arc::clone(&desk), PathBuf::from(path));
        let (theirs, file) = (file.try_clone().map_err(fail)?, file.try_clone().map_err(fail)?);
        let builder = thread::Builder::new().name("journal-sync".into());
        let thread = builder.spawn(move || shared.sync(&theirs, &place)).map_err(fail)?;
        Ok(Self { desk, thread: Some(thread), file })
    }

    /// Tells it that the file has grown.
    pub(super) fn grown(&self, end: u64, urgent: bool) {
        let mut state = self.desk.state();
        let was_idle = state.written == state.synced;
        let was_urgent = state.urgent;
        state.written = end;
        state.urgent |= urgent;
        drop(state);
        if was_idle || (urgent && !was_urgent) {
            self.desk.wake.notify_one();
        }
    }

    /// Up to where the disk has it.
    pub(super) fn synced(&self) -> u64 {
        self.desk.state().synced
    }

    /// Whether the file no longer stands where it was made. Seen after a sync; one
    /// that was put back is found again at once.
    pub(super) fn is_gone(&self, path: &Path) -> bool {
        if !self.desk.state().gone {
            return false;
        }
        let gone = !paper::is_there(&self.file, path);
        self.desk.state().gone = gone;
        gone
    }

    /// What went wrong. A failed sync stays wrong: the system may have dropped
    /// what it could not write.
    pub(super) fn trouble(&self, path: &Path) -> Option<String> {
        let state = self.desk.state();
        let gone = || format!("{} was moved or deleted; nothing more is kept", path.display());
        state.failed.clone().or_else(|| state.gone.then(gone))
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.desk.state().over = true;
        self.desk.wake.notify_one();
        if let Some(thread) = self.thread.take() {
            // It has no way to panic, and nobody is left to hear of it.
            drop(thread.join());
        }
    }
}
