//! What a server says without being asked.

use crate::text::{one_line, sanitise};
use rmcp::{
    ClientHandler, RoleClient,
    model::{
        ClientCapabilities, ClientConfig, Implementation, ProgressNotificationParam, ProgressToken,
    },
    service::NotificationContext,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::broadcast;

/// So many words about progress may wait for whoever listens; older ones are lost.
const WORDS: usize = 32;
/// How wide a word about progress is, in columns.
const PROGRESS: usize = 200;

/// Hears one server. A clone is the same ear.
#[derive(Debug, Clone)]
pub(super) struct Ear {
    has_changed: Arc<AtomicBool>,
    progress: broadcast::Sender<(ProgressToken, String)>,
}

impl Ear {
    pub(super) fn new() -> Self {
        let (progress, _) = broadcast::channel(WORDS);
        Self { has_changed: Arc::default(), progress }
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

impl ClientHandler for Ear {
    fn get_info(&self) -> ClientConfig {
        let us = Implementation::new("auteur", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), us)
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
