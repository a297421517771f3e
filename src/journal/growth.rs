//! How far a journal has come that is read while it is still written: one that is made of
//! another tool's log.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What a writer has done so far, as its readers see it. A copy tells of the same.
#[derive(Debug, Clone)]
pub struct Growth(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    is_over: AtomicBool,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// Whole records end here.
    end: u64,
    /// Nothing more comes.
    is_whole: bool,
    /// How much of its source was read, and of how much; none where nobody knows.
    source: (u64, Option<u64>),
    /// Why it ends before its source does.
    trouble: Option<String>,
}

impl Growth {
    /// Of a journal that has only begun: so many bytes.
    pub fn from(end: u64) -> Self {
        Self::of(State { end, ..State::default() })
    }

    /// Of a journal that is as long as it will be.
    pub fn whole(end: u64) -> Self {
        Self::of(State { end, is_whole: true, ..State::default() })
    }

    fn of(state: State) -> Self {
        let (state, changed, is_over) = (Mutex::new(state), Condvar::new(), AtomicBool::new(false));
        Self(Arc::new(Shared { state, changed, is_over }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whole records were written up to here, from so much of so much.
    pub fn reached(&self, end: u64, read: u64, of: Option<u64>) {
        let mut state = self.state();
        (state.end, state.source) = (end, (read, of));
        drop(state);
        self.0.changed.notify_all();
    }

    /// All is written, up to here; or no more than that can be, for this reason.
    pub fn ended(&self, end: u64, trouble: Option<String>) {
        let mut state = self.state();
        (state.end, state.is_whole, state.trouble) = (end, true, trouble);
        drop(state);
        self.0.changed.notify_all();
    }

    /// Whether anybody still reads it.
    pub fn is_wanted(&self) -> bool {
        !self.0.is_over.load(Ordering::Acquire)
    }

    /// Waits until it is whole, but no longer than that; says whether it is.
    pub fn wait(&self, most: Duration) -> bool {
        let waited = self.0.changed.wait_timeout_while(self.state(), most, |it| !it.is_whole);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_whole
    }

    /// Nobody reads it any more.
    pub(super) fn let_go(&self) {
        self.0.is_over.store(true, Ordering::Release);
        // Taken, so that nobody goes to sleep between looking and being woken.
        drop(self.state());
        self.0.changed.notify_all();
    }

    /// Waits until there is more than that; gives where it ends then, or none where no more
    /// comes, or nobody wants it.
    pub fn beyond(&self, offset: u64) -> Option<u64> {
        let waits = |it: &mut State| it.end <= offset && !it.is_whole && self.is_wanted();
        let waited = self.0.changed.wait_while(self.state(), waits);
        let end = waited.unwrap_or_else(PoisonError::into_inner).end;
        (end > offset && self.is_wanted()).then_some(end)
    }

    /// Where whole records end, as far as is known now.
    pub fn end(&self) -> u64 {
        self.state().end
    }

    /// Whether nothing more comes.
    pub fn is_whole(&self) -> bool {
        self.state().is_whole
    }

    /// How much of its source was read, and of how much.
    pub(super) fn source(&self) -> (u64, Option<u64>) {
        self.state().source
    }

    /// Why it ends before its source does, if it does.
    pub(super) fn trouble(&self) -> Option<String> {
        self.state().trouble.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn whoever_waits_for_more_gets_it_and_is_told_that_none_comes() {
        let growth = Growth::from(10);
        let reader = growth.clone();
        let waiting = thread::spawn(move || {
            let mut seen = vec![10];
            while let Some(end) = seen.last().and_then(|it| reader.beyond(*it)) {
                seen.push(end);
            }
            seen.last().copied()
        });
        growth.reached(20, 5, Some(9));
        assert_eq!(growth.source(), (5, Some(9)));
        assert!(!growth.wait(Duration::ZERO));
        growth.ended(30, Some("no room".into()));
        assert_eq!(waiting.join().unwrap(), Some(30));
        assert!(growth.wait(Duration::MAX) && growth.is_whole());
        assert_eq!(growth.trouble().as_deref(), Some("no room"));
    }

    #[test]
    fn whoever_waits_is_let_go_when_nobody_wants_it() {
        let growth = Growth::from(10);
        let reader = growth.clone();
        let waiting = thread::spawn(move || reader.beyond(10));
        growth.let_go();
        assert_eq!((waiting.join().unwrap(), growth.is_wanted()), (None, false));
    }
}
