//! Drives Cursor's command line by its documented stream of JSON lines.
//!
//! # Theory of operation
//! One process a prompt: the prompt stands among its arguments, the next process
//! takes the session up by its id, and there is nobody to ask in between. So a
//! prompt is a turn. It can't be told to stop; to hold it, its process is ended
//! as soon as no tool runs, and the next one is told to go on. It was built from
//! the published format (cursor.com/docs/cli/reference/output-format) and is
//! tested with a program that plays it.

mod said;
mod worker;

use super::{Engine, Seat, Start, Work, program::Troupe};
use crate::model::{Outcome, Report};
use std::sync::Arc;

/// Cursor's command line.
#[derive(Debug)]
pub struct Cursor {
    troupe: Arc<Troupe>,
    start: Start,
}

impl Cursor {
    /// An engine for this agent.
    pub const fn new(troupe: Arc<Troupe>, start: Start) -> Self {
        Self { troupe, start }
    }
}

impl Engine for Cursor {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            match (self.troupe.launch)(&self.start.agent.casting) {
                Ok(launch) => worker::Worker::new(*self, launch, seat).work().await,
                Err(why) => {
                    // Nobody is left to hear it.
                    let _gone = seat.say(Report::Ended(Outcome::Failed { why })).await;
                }
            }
        })
    }
}

/// Any value as a message of the program.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(message: &serde_json::Value) {
    let _said = said::read(message);
}
