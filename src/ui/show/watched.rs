//! Logs of other tools as a source: whoever reads them beside the screen passes on what
//! has come. Nobody is commanded here, and nothing is wound.

use super::{News, Source};
use crate::{
    journal::Reader,
    model::{Millis, Record, Stage},
    supervisor::Clock,
};
use std::collections::VecDeque;
use tokio::sync::mpsc::Receiver;

/// What was read of logs that are followed.
#[derive(Debug)]
pub enum Heard {
    /// More has come.
    More(Vec<Record>),
    /// A log is another one than before: this is the stage now, and its journal.
    Anew(Box<Stage>, Reader),
    /// They can't be read; or they can again.
    Trouble(Option<String>),
}

/// Logs that are followed.
#[derive(Debug)]
pub struct Watched {
    ear: Receiver<Heard>,
    waiting: VecDeque<Heard>,
    reader: Reader,
    clock: Clock,
    trouble: Option<String>,
}

impl Watched {
    /// What is heard by this ear, from where this journal ends.
    pub const fn new(ear: Receiver<Heard>, reader: Reader, clock: Clock) -> Self {
        Self { ear, waiting: VecDeque::new(), reader, clock, trouble: None }
    }
}

impl Source for Watched {
    fn take(&mut self) -> News {
        let mut news = News::default();
        while let Ok(heard) = self.ear.try_recv() {
            self.waiting.push_back(heard);
        }
        for heard in self.waiting.drain(..) {
            match heard {
                Heard::More(records) => news.records.push(records),
                Heard::Anew(stage, reader) => {
                    (news.stage, self.reader) = (Some(stage), reader);
                    news.records.clear();
                }
                Heard::Trouble(trouble) => self.trouble = trouble,
            }
        }
        news.trouble.clone_from(&self.trouble);
        news
    }

    async fn changed(&mut self) {
        if self.waiting.is_empty() {
            match self.ear.recv().await {
                Some(heard) => self.waiting.push_back(heard),
                // Nobody reads any more: what is shown stays.
                None => std::future::pending().await,
            }
        }
    }

    fn now(&self) -> Millis {
        self.clock.now()
    }

    fn reader(&self) -> Option<Reader> {
        Some(self.reader.clone())
    }
}
