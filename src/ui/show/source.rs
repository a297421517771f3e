//! Where facts come from: a supervisor, or a player.

use crate::{
    journal::Reader,
    model::{Millis, Record, Refusal, Seq, Stage},
    ui::desk::{Detach, Play, Playhead},
};

/// What a source has to tell since it was last asked.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// The stage as a whole, in place of what was shown: a replay was wound, or
    /// a screen that looked away has caught up. The records come after it.
    pub stage: Option<Box<Stage>>,
    /// Records, in order, in the batches in which they came.
    pub records: Vec<Vec<Record>>,
    /// Commands that were refused, and why.
    pub refusals: Vec<Refusal>,
    /// What keeps the journal from being written, while it does.
    pub trouble: Option<String>,
    /// There will be no more records.
    pub ended: bool,
    /// Whether the session goes on without this screen, where that became known.
    pub detach: Option<Detach>,
    /// Where the replay stands now, if this is one.
    pub playhead: Option<Playhead>,
}

impl News {
    /// Whether a picture drawn from it could differ.
    pub fn is_news(&self, trouble: Option<&String>) -> bool {
        self.stage.is_some()
            || self.records.iter().any(|it| !it.is_empty())
            || !self.refusals.is_empty()
            || self.trouble.is_some() != trouble.is_some()
            || self.ended
            || self.playhead.is_some()
    }
}

/// Where nothing happens: for a screen that asks something before a session.
#[derive(Debug, Clone, Copy, Default)]
pub struct Still;

impl Source for Still {
    fn take(&mut self) -> News {
        News::default()
    }

    async fn changed(&mut self) {
        std::future::pending::<()>().await;
    }

    fn now(&self) -> Millis {
        Millis(0)
    }

    fn reader(&self) -> Option<Reader> {
        None
    }
}

/// Where facts come from. Live and replayed sessions differ in this alone.
pub trait Source {
    /// Takes what is new, without waiting.
    fn take(&mut self) -> News;

    /// Waits until there may be something new. Giving up the wait loses nothing.
    fn changed(&mut self) -> impl Future<Output = ()>;

    /// The time of the session.
    fn now(&self) -> Millis;

    /// The journal, to read logs from.
    fn reader(&self) -> Option<Reader>;

    /// The last record that may be shown; none where that is the latest.
    fn upto(&self) -> Option<(Seq, u64)> {
        None
    }

    /// Whether there will never be anything to show.
    fn is_over(&self) -> bool {
        false
    }

    /// Moves a replay. A live session can't be moved.
    fn play(&mut self, _play: Play) {}
}
