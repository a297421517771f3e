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
    self, Arc, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{Mutex, broadcast, mpsc};

/// So many words about progress may wait for whoever listens; older ones are lost.
const WORDS: usize = 32;
/// So many questions may wait to be asked.
const QUESTIONS: usize = 8;
/// How wide a word about progress is, in columns.
const PROGRESS: usize = 200;

/// Why a question of a server that several agents call is not asked.
const WHOSE: &str = "several agents call it just now, and it does not say which of them it asks";

/// Hears one server. A clone is the same ear.
#[derive(Debug, Clone)]
pub(super) struct Ear {
    /// What config calls the server.
    name: Arc<str>,
    has_changed: Arc<AtomicBool>,
    progress: broadcast::Sender<(ProgressToken, String)>,
    /// Who calls it just now: where nobody does, nobody is asked anything. Held for a
    /// look or a word, never while anything is waited for.
    callers: Arc<sync::Mutex<Vec<Caller>>>,
}

/// Tells those who call a server from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner(u64);

/// One agent, with calls under way.
#[derive(Debug)]
struct Caller {
    owner: Owner,
    calls: usize,
    asks: mpsc::Sender<Question>,
    asked: Asked,
}

/// Where questions come. A lock, because any of an agent's calls that are under way
/// may hear one. It is held while one waits for the next.
type Asked = Arc<Mutex<mpsc::Receiver<Question>>>;

/// What a server asks the director; or why that is not asked.
pub(super) type Question = Result<Asking, String>;

/// A call that is under way, and hears what the server asks meanwhile.
#[derive(Debug)]
pub(super) struct Listening {
    ear: Ear,
    owner: Owner,
    asked: Asked,
}

impl Owner {
    /// Somebody whom nobody else is.
    pub(super) fn new() -> Self {
        Self(fastrand::u64(..))
    }
}

impl Ear {
    pub(super) fn new(name: &str) -> Self {
        let (progress, _) = broadcast::channel(WORDS);
        Self { name: name.into(), has_changed: Arc::default(), progress, callers: Arc::default() }
    }

    /// Listens for questions to this agent from now on, and until that is dropped.
    pub(super) fn listen(&self, owner: Owner) -> Listening {
        let mut callers = self.callers();
        let known = callers.iter_mut().find(|it| it.owner == owner).map(|caller| {
            caller.calls += 1;
            caller.asked.clone()
        });
        let asked = known.unwrap_or_else(|| {
            let (asks, asked) = mpsc::channel(QUESTIONS);
            let asked = Arc::new(Mutex::new(asked));
            callers.push(Caller { owner, calls: 1, asks, asked: asked.clone() });
            asked
        });
        drop(callers);
        Listening { ear: self.clone(), owner, asked }
    }

    fn callers(&self) -> sync::MutexGuard<'_, Vec<Caller>> {
        // Nothing that panics is done under it.
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom a question goes to: the one agent that calls. The protocol does not say
    /// whose call a question is about, so of two nobody is asked.
    ///
    /// # Errors
    /// That there is no such agent. All that there are hear why nobody is asked.
    fn asker(&self) -> Result<mpsc::Sender<Question>, ()> {
        let callers = self.callers();
        match callers.as_slice() {
            [] => {
                tracing::warn!(server = &*self.name, "it asks the director while nobody calls it");
                Err(())
            }
            [caller] => Ok(caller.asks.clone()),
            several => {
                for caller in several {
                    // One that asks without measure is declined without a word.
                    let _unheard = caller.asks.try_send(Err(WHOSE.to_owned()));
                }
                Err(())
            }
        }
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
        match self.asked.lock().await.recv().await {
            Some(question) => question,
            None => std::future::pending().await,
        }
    }

    /// Why what it has asked until now was declined, as far as nobody has heard of that; what
    /// it asks and nobody has answered goes with it.
    pub(super) fn declined(&self) -> impl Iterator<Item = String> {
        let next = || self.asked.try_lock().ok()?.try_recv().ok();
        std::iter::from_fn(next).filter_map(Result::err)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut callers = self.ear.callers();
        let Some(place) = callers.iter().position(|it| it.owner == self.owner) else { return };
        let Some(caller) = callers.get_mut(place) else { return };
        caller.calls -= 1;
        if caller.calls == 0 {
            // What the last call leaves unheard nobody answers any more.
            callers.remove(place);
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
        let Ok(asks) = self.asker() else { return Ok(Reply::Declined.result()) };
        let wish = match Wish::read(&self.name, &asked) {
            Ok(wish) => wish,
            Err(why) => {
                // One that asks without measure is declined without a word.
                let _unheard = asks.try_send(Err(why));
                return Ok(Reply::Declined.result());
            }
        };
        let (asking, replied) = Asking::of(wish);
        if asks.try_send(Ok(asking)).is_err() {
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
