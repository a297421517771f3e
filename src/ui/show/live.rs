//! A live session as a source: the supervisor's feed, and the journal where the
//! feed did not wait for this screen.

use super::{News, Source};
use crate::{
    journal::{Follower, Reader},
    model::{Millis, Seq, Stage},
    supervisor::{Clock, Feed},
};

/// How many records are read at once while catching up: what fits a frame.
const BATCH: usize = 8192;
/// How many records are searched for the place where a stage ends.
const NEAR: usize = 256;

/// A live session.
#[derive(Debug)]
pub struct Live {
    feed: Feed,
    clock: Clock,
    reader: Reader,
    /// How far the journal was told, in bytes.
    position: u64,
    /// The last record that was told.
    last: Seq,
    /// Reads what the feed did not keep, up to this place.
    behind: Option<(Follower, u64)>,
}

impl Live {
    /// A session whose records up to those of `stage` are known.
    pub fn new(feed: Feed, clock: Clock, reader: Reader, stage: &Stage) -> Self {
        let last = stage.last();
        let near = reader.before(reader.len(), None, NEAR);
        let known = near.iter().rev().find(|(_, record)| record.seq <= last);
        let position = known.map_or_else(|| reader.body(), |(offset, _)| *offset);
        Self { feed, clock, reader, position, last, behind: None }
    }

    /// Reads on in the journal; says whether it has caught up.
    fn catch_up(&mut self, news: &mut News) -> bool {
        let Some((follower, target)) = &mut self.behind else { return true };
        let mut records = Vec::new();
        for (_, record) in follower.by_ref().take(BATCH) {
            if record.seq > self.last {
                self.last = record.seq;
                records.push(record);
            }
        }
        if !records.is_empty() {
            news.records.push(records);
        }
        let is_done = follower.offset() >= *target;
        if is_done {
            self.position = follower.offset();
            self.behind = None;
        }
        is_done
    }
}

impl Source for Live {
    fn take(&mut self) -> News {
        let mut news = News::default();
        if !self.catch_up(&mut news) {
            return news;
        }
        let fed = self.feed.take();
        if fed.missed {
            self.behind = Some((Follower::new(&self.reader, self.position), fed.position));
            self.catch_up(&mut news);
        } else {
            self.position = fed.position.max(self.position);
        }
        for mut batch in fed.records {
            if batch.first().is_some_and(|it| it.seq <= self.last) {
                batch.retain(|it| it.seq > self.last);
            }
            if let Some(last) = batch.last() {
                self.last = last.seq;
                news.records.push(batch);
            }
        }
        news.refusals = fed.refusals;
        news.trouble = fed.trouble;
        news.ended = fed.ended;
        news
    }

    async fn changed(&mut self) {
        if self.behind.is_none() {
            self.feed.changed().await;
        }
    }

    fn now(&self) -> Millis {
        self.clock.now()
    }

    fn reader(&self) -> Option<Reader> {
        Some(self.reader.clone())
    }
}
