//! What the supervisor tells the show: the newest records, a position in the
//! journal, and a wake-up. It never waits for a screen: a show that looked away
//! for too long reads what it missed from the journal.

use crate::model::{DeskId, Record, Refusal};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Records that wait for the show. More, and the show reads the journal.
const WAITING: usize = 32 * 1024;

/// The supervisor's end and the show's end of the same feed.
#[derive(Debug, Clone, Default)]
pub struct Feed {
    // A lock, because two tasks share it; held only to move records, never
    // across an await, and never by the supervisor for longer than a push.
    state: Arc<Mutex<State>>,
    news: Arc<Notify>,
}

#[derive(Debug, Default)]
struct State {
    batches: Vec<Vec<Record>>,
    /// Records in the batches.
    waiting: usize,
    position: u64,
    missed: bool,
    refusals: Vec<Refusal>,
    refused_at: Vec<(DeskId, Refusal)>,
    granted_at: Vec<DeskId>,
    trouble: Option<String>,
    ended: bool,
}

/// What a show finds in the feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct News {
    /// Records since the last look, unless some were missed: in the batches in
    /// which they were written, for a batch is passed on and never copied.
    pub records: Vec<Vec<Record>>,
    /// How far the journal goes with them, in bytes.
    pub position: u64,
    /// Some records are not here: read the journal up to `position`.
    pub missed: bool,
    /// Commands that were refused, and why.
    pub refusals: Vec<Refusal>,
    /// Commands that were refused to another desk, and why.
    pub refused_at: Vec<(DeskId, Refusal)>,
    /// Desks at which it is waited for what a command comes to, and where one was
    /// carried out: its facts are before `position`.
    pub granted_at: Vec<DeskId>,
    /// What keeps the journal from being written, while it does.
    pub trouble: Option<String>,
    /// There will be no more records.
    pub ended: bool,
}

impl Feed {
    /// Takes what is new.
    pub fn take(&self) -> News {
        let mut state = self.lock();
        state.waiting = 0;
        News {
            records: std::mem::take(&mut state.batches),
            position: state.position,
            missed: std::mem::take(&mut state.missed),
            refusals: std::mem::take(&mut state.refusals),
            refused_at: std::mem::take(&mut state.refused_at),
            granted_at: std::mem::take(&mut state.granted_at),
            trouble: state.trouble.clone(),
            ended: state.ended,
        }
    }

    /// Waits until there may be something new. Cancelling the wait loses nothing.
    pub async fn changed(&self) {
        self.news.notified().await;
    }

    pub(super) fn push(&self, records: Vec<Record>, position: u64, trouble: Option<String>) {
        let mut state = self.lock();
        state.position = position;
        state.trouble = trouble;
        state.waiting += records.len();
        state.missed |= state.waiting > WAITING;
        // A show that has to read them in the journal needs none of them.
        let unneeded = if state.missed {
            state.waiting = 0;
            std::mem::take(&mut state.batches)
        } else {
            state.batches.push(records);
            Vec::new()
        };
        drop(state);
        self.news.notify_one();
        drop(unneeded);
    }

    /// Tells the show how far the journal goes, and that it is to read there
    /// what it does not know: what the link tells of a session in another process.
    pub(crate) fn point(&self, position: u64) {
        let mut state = self.lock();
        (state.position, state.missed) = (position, true);
        drop(state);
        self.news.notify_one();
    }

    pub(crate) fn refuse(&self, desk: Option<DeskId>, refusal: Refusal) {
        let mut state = self.lock();
        match desk {
            Some(desk) => state.refused_at.push((desk, refusal)),
            None => state.refusals.push(refusal),
        }
        drop(state);
        self.news.notify_one();
    }

    /// Tells these desks that a command of theirs was carried out; none is left of them.
    pub(crate) fn grant(&self, desks: &mut Vec<DeskId>) {
        if !desks.is_empty() {
            self.lock().granted_at.append(desks);
            self.news.notify_one();
        }
    }

    pub(crate) fn trouble(&self, trouble: Option<String>) {
        self.lock().trouble = trouble;
        self.news.notify_one();
    }

    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.news.notify_one();
    }

    /// A poisoned lock means that a holder panicked between two moves of whole
    /// values; what is in it is still whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, Level, Millis, Seq};

    fn records(n: usize) -> Vec<Record> {
        let event = Event::NoticeRaised { level: Level::Note, text: String::new() };
        vec![Record { seq: Seq(1), at: Millis(0), event }; n]
    }

    #[test]
    fn a_show_that_looked_away_is_told_to_read_the_journal() {
        let feed = Feed::default();
        feed.push(records(WAITING), 10, None);
        feed.push(records(1), 20, None);
        let news = feed.take();
        assert_eq!((news.records.len(), news.position, news.missed), (0, 20, true));
        feed.push(records(1), 30, None);
        let news = feed.take();
        assert_eq!((news.records.len(), news.position, news.missed), (1, 30, false));
    }
}
