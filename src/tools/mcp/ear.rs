//! What a server says without being asked.

use super::wish::{Asking, Reply, Wish};
use crate::text::{one_line, sanitise};
use rmcp::{
    ClientHandler, ErrorData, RoleClient,
    model::{
        ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult, ElicitationCapability,
        FormElicitationCapability, Implementation, ProgressNotificationParam, ProgressToken,
    },
    service::{NotificationContext, RequestContext},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::sync::{Mutex, broadcast, mpsc};

/// So many words about progress may wait for whoever listens; older ones are lost.
const WORDS: usize = 32;
/// So many questions may wait to be asked.
const QUESTIONS: usize = 8;
/// How wide a word about progress is, in columns.
const PROGRESS: usize = 200;

/// Hears one server. A clone is the same ear.
#[derive(Debug, Clone)]
pub(super) struct Ear {
    /// What config calls the server.
    name: Arc<str>,
    has_changed: Arc<AtomicBool>,
    progress: broadcast::Sender<(ProgressToken, String)>,
    /// How many calls are under way: where there are none, nobody is asked anything.
    calls: Arc<AtomicUsize>,
    asks: mpsc::Sender<Question>,
    /// A lock, because any of the calls that are under way may hear a question. It is
    /// held while one waits for the next.
    asked: Arc<Mutex<mpsc::Receiver<Question>>>,
}

/// What a server asks the director; or why that is not asked.
pub(super) type Question = Result<Asking, String>;

/// A call that is under way, and hears what the server asks meanwhile.
#[derive(Debug)]
pub(super) struct Listening(Ear);

impl Ear {
    pub(super) fn new(name: &str) -> Self {
        let (progress, _) = broadcast::channel(WORDS);
        let (asks, asked) = mpsc::channel(QUESTIONS);
        Self {
            name: name.into(),
            has_changed: Arc::default(),
            progress,
            calls: Arc::default(),
            asks,
            asked: Arc::new(Mutex::new(asked)),
        }
    }

    /// Listens for questions from now on, and until that is dropped.
    pub(super) fn listen(&self) -> Listening {
        self.calls.fetch_add(1, Ordering::AcqRel);
        Listening(self.clone())
    }

    /// What comes of progress from now on: of which call, and a line for the screen.
    pub(super) fn progress(&self) -> broadcast::Receiver<(ProgressToken, String)> {
        self.progress.subscribe()
    }

    /// Whether it has said that its tools have changed.
    pub(super) fn has_changed(&self) -> bool {
        self.has_changed.load(Ordering::Acquire)
    }

    /// Its tools have changed.
    pub(super) fn has_to_look(&self) {
        self.has_changed.store(true, Ordering::Release);
    }

    /// Its tools are about to be looked at again.
    pub(super) fn look(&self) {
        self.has_changed.store(false, Ordering::Release);
    }
}

impl Listening {
    /// What the server asks next.
    pub(super) async fn next(&self) -> Question {
        // There is a way to ask as long as there is an ear.
        match self.0.asked.lock().await.recv().await {
            Some(question) => question,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // What the last call leaves unheard nobody answers any more.
        if self.0.calls.fetch_sub(1, Ordering::AcqRel) == 1
            && let Ok(mut asked) = self.0.asked.try_lock()
        {
            while asked.try_recv().is_ok() {}
        }
    }
}

impl ClientHandler for Ear {
    fn get_info(&self) -> ClientConfig {
        let us = Implementation::new("auteur", env!("CARGO_PKG_VERSION"));
        let forms = ElicitationCapability::new().with_form(FormElicitationCapability::new());
        let mut able = ClientCapabilities::default();
        able.elicitation = Some(forms);
        ClientConfig::new(able, us)
    }

    async fn create_elicitation(
        &self,
        asked: ElicitRequestParams,
        context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        if self.calls.load(Ordering::Acquire) == 0 {
            tracing::warn!(server = &*self.name, "it asks the director while nobody calls it");
            return Ok(Reply::Declined.result());
        }
        let wish = match Wish::read(&self.name, &asked) {
            Ok(wish) => wish,
            Err(why) => {
                // One that asks without measure is declined without a word.
                let _unheard = self.asks.try_send(Err(why));
                return Ok(Reply::Declined.result());
            }
        };
        let (asking, replied) = Asking::of(wish);
        if self.asks.try_send(Ok(asking)).is_err() {
            return Ok(Reply::Dropped.result());
        }
        let reply = tokio::select! {
            reply = replied => reply.unwrap_or(Reply::Dropped),
            () = context.ct.cancelled() => Reply::Dropped,
        };
        Ok(reply.result())
    }

    async fn on_progress(
        &self,
        said: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let far = match said.total {
            Some(total) => format!("{} of {total}", said.progress),
            None => said.progress.to_string(),
        };
        let words = said.message.map(|it| format!(": {}", sanitise(&it))).unwrap_or_default();
        let line = format!("{}\n", one_line(&format!("{far}{words}"), PROGRESS));
        // Nobody may listen.
        let _unheard = self.progress.send((said.progress_token, line));
    }
}
