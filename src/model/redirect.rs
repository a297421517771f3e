//! A message to a running agent, and how far it has come.

use super::{Author, Millis, RedirectId, Turn};

/// A redirect, from the pen to the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Its number.
    pub id: RedirectId,
    /// What it says now.
    pub text: String,
    /// Who wrote it.
    pub by: Author,
    /// When it was written.
    pub at: Millis,
    /// How far it has come.
    pub delivery: Delivery,
}

/// How far a redirect has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Waits for the next step boundary; it can still be edited or taken back.
    Queued,
    /// Its program has it and passes it on when it can; it can't be changed any more.
    Sent,
    /// The model has seen it in this turn.
    Delivered(Turn),
    /// The director took it back.
    TakenBack,
    /// The agent was over before it could be delivered.
    Failed(String),
}
