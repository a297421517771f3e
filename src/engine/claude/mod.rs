//! Claude Code as an engine: its own machine protocol, JSON lines both ways.
//!
//! The program makes its model calls and runs its tools by itself, but it asks
//! before: we register hooks, and it waits for our answer to each.
//!
//! ```text
//!  boundary                    where Claude Code waits        how it goes on
//!  before a prompt's first     we have not sent the prompt    the prompt is sent
//!    model call
//!  before each later call      hook PostToolBatch             the hook is answered
//!  before a tool call          hook PreToolUse                allowed, or denied
//! ```
//! So a pause is exact, step by step. A message is handed over before the hook
//! is answered, and stands in the very next model call. Permissions are judged
//! at the hook as well, by our policy; what it allows the program does not ask
//! about again.
//!
//! The program can't change its system prompt while it runs: for new
//! instructions it is interrupted at the boundary, ended, and started again in
//! its own session. The same way it is taken up after it was killed.
//!
//! Its sub-agents run inside a tool call. They are judged and held at the same
//! hooks, and what they do is shown as what that call prints. Nothing is left
//! to run in the background, where nobody could hold it.

mod aides;
mod arguments;
mod bill;
mod ends;
mod gates;
mod line;
mod listen;
mod orders;
mod prompt;
mod tell;
mod tool;
mod worker;

use super::{Engine, Seat, Start, Work, program::Troupe};
use crate::model::Outcome;
use std::sync::Arc;
use worker::{Unseated, Worker};

pub(crate) use line::words;
pub(crate) use tool::{changes_by, is_aide, title_by};

/// A Claude Code agent before it starts.
#[derive(Debug)]
pub struct Claude {
    troupe: Arc<Troupe>,
    start: Start,
}

impl Claude {
    /// An agent that this company's Claude Code plays.
    pub const fn new(troupe: Arc<Troupe>, start: Start) -> Self {
        Self { troupe, start }
    }
}

impl Engine for Claude {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            let Self { troupe, start } = *self;
            // A supervisor that has gone needs no last word.
            let _gone = match Worker::start(troupe, &start, seat) {
                Ok(worker) => worker.work().await,
                Err(Unseated { seat, why }) => seat.end(Outcome::Failed { why }).await,
            };
        })
    }
}

/// Any value as a message of the program.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(message: &serde_json::Value) {
    let _line = line::read(message);
    let _hidden = line::unseen(message);
}
