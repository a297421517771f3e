//! A session that is on its way: its process is being started, or has not let us
//! in yet. The first picture waits for neither.

use super::{Live, News, Source};
use crate::{
    journal::Reader,
    link::{Attached, End},
    model::{Millis, Stage},
    ui::desk::{Detach, Play},
};
use std::{fmt, pin::Pin};
use tokio::task::JoinHandle;

/// What brings the session.
pub type Coming = Pin<Box<dyn Future<Output = Result<Option<Arrived>, String>> + Send>>;

/// A session that has arrived.
#[derive(Debug)]
pub struct Arrived {
    /// The stage, where the show does not have it yet.
    pub stage: Option<Box<Stage>>,
    /// Where facts come from.
    pub live: Live,
    /// The session itself.
    pub attached: Attached,
}

/// A session in another process, from before it is there until it is over.
#[derive(Debug)]
pub struct Later {
    state: State,
    stage: Option<Box<Stage>>,
    detach: Option<Detach>,
    /// The session's time when it was lost.
    lost: Option<Millis>,
}

enum State {
    /// Nobody has begun to wait.
    Asked(Option<Coming>),
    Coming(JoinHandle<Result<Option<Arrived>, String>>),
    Here(Box<(Live, Attached)>),
    /// It did not come, and why; nothing to say where none was needed.
    Failed(Option<String>),
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asked(_) => "Asked",
            Self::Coming(_) => "Coming",
            Self::Here(_) => "Here",
            Self::Failed(_) => "Failed",
        })
    }
}

impl Later {
    /// A session that this brings. It is begun with the first wait, and so after
    /// the first picture.
    pub fn new(coming: Coming) -> Self {
        Self { state: State::Asked(Some(coming)), stage: None, detach: None, lost: None }
    }

    /// Waits until the session is there, or is known not to come. Giving up the
    /// wait loses nothing.
    async fn arrive(&mut self) {
        if let State::Asked(coming) = &mut self.state
            && let Some(coming) = coming.take()
        {
            self.state = State::Coming(tokio::spawn(coming));
        }
        let State::Coming(task) = &mut self.state else { return };
        self.state = match task.await {
            Ok(Ok(Some(Arrived { stage, live, attached }))) => {
                self.stage = stage;
                self.detach = attached.is_kept.then_some(Detach::Kept);
                State::Here(Box::new((live, attached)))
            }
            Ok(Ok(None)) => State::Failed(None),
            Ok(Err(why)) => State::Failed(Some(why)),
            Err(crash) => State::Failed(Some(crash.to_string())),
        };
    }

    /// How the session ended, if it was there and has.
    pub fn ended(&self) -> Option<End> {
        match &self.state {
            State::Here(here) => here.1.ended(),
            State::Asked(_) | State::Coming(_) | State::Failed(_) => None,
        }
    }

    /// The session, once it is there.
    ///
    /// # Errors
    /// Why it did not come, in words.
    pub async fn into_session(mut self) -> Result<Option<Attached>, String> {
        self.arrive().await;
        match self.state {
            State::Here(here) => Ok(Some(here.1)),
            State::Failed(Some(why)) => Err(why),
            State::Failed(None) | State::Asked(_) | State::Coming(_) => Ok(None),
        }
    }
}

impl Source for Later {
    fn take(&mut self) -> News {
        let State::Here(here) = &mut self.state else { return News::default() };
        let mut news = here.0.take();
        news.stage = self.stage.take().or(news.stage);
        news.detach = self.detach.take();
        if news.ended && matches!(here.1.ended(), Some(End::Lost)) {
            self.lost.get_or_insert(here.0.now());
        }
        news
    }

    async fn changed(&mut self) {
        match &mut self.state {
            State::Here(here) => here.0.changed().await,
            State::Failed(_) => std::future::pending().await,
            State::Asked(_) | State::Coming(_) => self.arrive().await,
        }
    }

    fn now(&self) -> Millis {
        match &self.state {
            // Nothing goes on any more: nothing grows older.
            State::Here(here) => self.lost.unwrap_or_else(|| here.0.now()),
            State::Asked(_) | State::Coming(_) | State::Failed(_) => Millis(0),
        }
    }

    fn reader(&self) -> Option<Reader> {
        match &self.state {
            State::Here(here) => here.0.reader(),
            State::Asked(_) | State::Coming(_) | State::Failed(_) => None,
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Failed(_))
    }

    fn play(&mut self, _play: Play) {}
}
