//! An assistant's place at a session that another process serves.

use crate::{
    journal::{Follower, JournalError, Reader},
    link::{self, LinkError},
    model::{Author, Command, Input, Millis, Record, Refusal, Stage},
    supervisor::{Clock, Feed},
};
use std::{path::Path, time::Duration};
use tokio::{
    sync::{
        mpsc::{Receiver, Sender, channel},
        watch,
    },
    time::timeout,
};

/// How long the session may take to say what comes of a command.
const PATIENCE: Duration = Duration::from_secs(20);
/// Commands are given one at a time.
const INPUTS: usize = 4;
/// What is said once nobody serves the session any more.
const OVER: &str = "the session has ended: `auteur resume` goes on with it";

/// A place at a session.
#[derive(Debug)]
pub(super) struct Chair {
    inbox: Sender<Input>,
    outcomes: Receiver<Result<(), Refusal>>,
    news: watch::Receiver<()>,
    reader: Reader,
    follower: Follower,
    clock: Clock,
    stage: Stage,
    /// What came of a command was not heard: the next outcome would be another's.
    is_lost: bool,
}

/// There is no place to be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoChair {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Chair {
    /// Takes a place at the session in this folder. Must be called inside a tokio
    /// runtime. The place is left when this is dropped.
    ///
    /// # Errors
    /// When nobody serves it, or it does not let us in.
    pub(super) async fn take(folder: &Path) -> Result<Self, NoChair> {
        let (inbox, inputs) = channel(INPUTS);
        let attached = link::attach(folder, inputs).await?;
        let reader = Reader::open(folder)?;
        let stage = Stage::new(reader.header().clone()).without_logs().without_trails();
        let follower = Follower::new(&reader, reader.body());
        let (told, outcomes) = channel(INPUTS);
        let (tell, news) = watch::channel(());
        tokio::spawn(listen(attached.feed, told, tell));
        let clock = attached.clock;
        Ok(Self { inbox, outcomes, news, reader, follower, clock, stage, is_lost: false })
    }

    /// Whether nothing can be done from here any more.
    pub(super) fn is_over(&self) -> bool {
        self.is_lost || self.news.has_changed().is_err()
    }

    /// The session as far as it has come.
    pub(super) fn look(&mut self) -> &Stage {
        self.look_on(|_| {});
        &self.stage
    }

    /// The session as it was looked at last.
    pub(super) const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// What there is to read beside the stage.
    pub(super) const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The session's time.
    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Hears that something has happened.
    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.news.clone()
    }

    /// Has a command carried out; gives its facts, and what was recorded with them.
    ///
    /// # Errors
    /// When it was refused, with the reason, or the session is over.
    pub(super) async fn direct(&mut self, command: Command) -> Result<Vec<Record>, String> {
        self.look();
        let input = Input::Command { by: Author::Assistant, command };
        self.inbox.send(input).await.map_err(|_| OVER.to_owned())?;
        match timeout(PATIENCE, self.outcomes.recv()).await {
            Ok(Some(Ok(()))) => {
                let mut records = Vec::new();
                self.look_on(|record| records.push(record.clone()));
                Ok(records)
            }
            Ok(Some(Err(refusal))) => Err(refusal.to_string()),
            Ok(None) => Err(OVER.to_owned()),
            Err(_) => {
                self.is_lost = true;
                Err("the session does not answer; look whether it was done".to_owned())
            }
        }
    }

    fn look_on(&mut self, mut each: impl FnMut(&Record)) {
        for (_, record) in self.follower.by_ref() {
            self.stage.apply(&record);
            each(&record);
        }
    }
}

/// Hears what is told until the session is over.
async fn listen(feed: Feed, told: Sender<Result<(), Refusal>>, tell: watch::Sender<()>) {
    loop {
        feed.changed().await;
        let news = feed.take();
        tell.send_replace(());
        let granted = news.granted_at.into_iter().map(|_| Ok(()));
        for outcome in granted.chain(news.refusals.into_iter().map(Err)) {
            if told.send(outcome).await.is_err() {
                return;
            }
        }
        if news.ended {
            return;
        }
    }
}
