//! The seam to the agents: one trait, one folder a kind.
//!
//! An engine drives one agent. It hears orders, says reports, and asks at every
//! step boundary before it goes on: "I stand at a boundary; may I?" The answer
//! comes from the supervisor, so a pause is exact. An engine never sees the
//! stage, never writes the journal and never touches the terminal.

pub mod acp;
pub mod claude;
pub mod codex;
pub mod cursor;
pub mod housed;
mod last_words;
pub mod native;
pub mod program;
pub mod pty;
mod quota;
mod seat;
mod voice;
pub mod watched;

pub(crate) use quota::codex_windows;
pub use seat::{Gone, Seat};

use crate::model::{Agent, Outcome};
use std::{path::PathBuf, pin::Pin, sync::Arc};

/// What an engine is when it works: boxed here, at the seam, so that a change
/// in the screen does not compile every protocol anew.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Drives one agent until its brief is done, it fails, or it is told to stop.
pub trait Engine: Send + 'static {
    /// Works. Says [`crate::model::Report::Ended`] as its last word; an engine
    /// that goes without it has crashed.
    fn work(self: Box<Self>, seat: Seat) -> Work;
}

/// What an engine needs to know to start, or to take a former run up again.
#[derive(Debug, Clone)]
pub struct Start {
    /// The agent as it stands.
    pub agent: Agent,
    /// The journal that holds its former runs; none for its first.
    pub past: Option<PathBuf>,
    /// What a program that is to go on from a session is told instead, where it has no such
    /// session any more.
    pub anew: Option<String>,
}

/// Finds an engine for an agent. Fails with a reason to show, as when a key is
/// missing.
pub type Hire = Arc<dyn Fn(Start) -> Result<Box<dyn Engine>, String> + Send + Sync>;

impl Seat {
    /// Says the last word.
    ///
    /// # Errors
    /// When the supervisor has gone.
    pub async fn end(&self, outcome: Outcome) -> Result<(), Gone> {
        self.say(crate::model::Report::Ended(outcome)).await
    }
}
