//! Draws from the purses that sessions share, off the loop: a disk may be slow, and another
//! session may hold the lock.

use crate::{
    history::Till,
    model::{Draw, Drawn, Drew, Input, Money, Purse, Stage},
};
use std::time::Duration;
use tokio::{
    task::{JoinSet, spawn_blocking},
    time::{Instant, sleep_until},
};

/// How long until a disk that said no is asked again.
const RETRY: Duration = Duration::from_secs(1);
/// While somebody is held by a purse it is looked into so often: another session may have
/// given something back, or midnight may have passed.
const LOOK: Duration = Duration::from_secs(20);

/// Draws for a session.
pub(super) struct Purser {
    /// None where no other session counts.
    till: Option<Till>,
    tasks: JoinSet<Drew>,
    /// When the purses are to be looked into again.
    due: Option<Instant>,
}

impl Purser {
    /// Nothing is drawn yet.
    pub(super) fn new(till: Option<Till>) -> Self {
        Self { till, tasks: JoinSet::new(), due: None }
    }

    /// Begins to draw.
    pub(super) fn draw(&mut self, draw: Draw) {
        let purse = draw.purse;
        let Some(till) = self.till.clone() else {
            let drawn = draw.share(Money(0));
            let drawn = Drawn { drawn, ..Drawn::default() };
            self.tasks.spawn(async move { Drew { purse, outcome: Ok(drawn) } });
            return;
        };
        self.tasks.spawn(async move {
            let drawn = spawn_blocking(move || till.draw(&draw)).await;
            let drawn = drawn.map_err(|error| error.to_string());
            let outcome = drawn.and_then(|it| it.map_err(|error| error.to_string()));
            Drew { purse, outcome }
        });
    }

    /// Waits for an answer. Cancelling the wait loses nothing.
    pub(super) async fn next(&mut self) -> Input {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(drew)) => {
                    if drew.outcome.is_err() {
                        self.due = Some(Instant::now() + RETRY);
                    }
                    return Input::Drew(Box::new(drew));
                }
                // Nothing ends such a task before its time.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// Looks after those who are held by a purse.
    pub(super) fn attend(&mut self, stage: &Stage) {
        match self.due {
            None if stage.waits_for_purse() => self.due = Some(Instant::now() + LOOK),
            _ => {}
        }
    }

    /// Waits until the purses are to be looked into.
    pub(super) fn due(&self) -> impl Future<Output = ()> + use<> {
        let due = self.due;
        async move {
            match due {
                Some(due) => sleep_until(due).await,
                None => std::future::pending().await,
            }
        }
    }

    /// Looks into them.
    pub(super) fn look(&mut self, stage: &Stage) {
        self.due = None;
        for draw in Purse::ALL.into_iter().filter_map(|it| stage.draw(it)) {
            self.draw(draw);
        }
    }

    /// Gives back what was not spent; `spent` is what was.
    pub(super) async fn close(&mut self, spent: [Money; 2]) {
        // Nothing is drawn any more behind what is given back.
        while self.tasks.join_next().await.is_some() {}
        let Some(till) = self.till.take() else { return };
        let spent = move |purse| match purse {
            Purse::Day => spent[0],
            Purse::Project => spent[1],
        };
        match spawn_blocking(move || till.close(spent)).await {
            Ok(Ok(())) | Err(_) => {}
            // Whoever draws next finds that the journal is nobody's, and counts it.
            Ok(Err(error)) => tracing::warn!(%error, "what was not spent was not given back"),
        }
    }
}
