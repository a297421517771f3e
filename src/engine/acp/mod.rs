//! Drives any agent that speaks the Agent Client Protocol on its standard input
//! and output.
//!
//! # Theory of operation
//! The messages are the official crate's types. The connection is our own
//! [`Line`](crate::engine::program::Line): the program runs under a guard, is
//! shared by agents that are started alike, and what it says is heard in one
//! `select!` with what the supervisor orders. So an answer can be held back for
//! as long as a hold lasts, and a message that strict types refuse is kept and
//! counted, not an error.
//!
//! A prompt is a turn. The protocol does not show model calls; where it does
//! stop is at a request for leave to run a tool. There the turn is over, the tool
//! is a step that the supervisor grants, and the model call that follows it is
//! the next turn. Leave that is not given holds the agent for as long as we like;
//! in the midst of a model call it has to be cancelled, and told to go on.
//!
//! There is no system prompt in the protocol: instructions go with the first
//! prompt. Changed ones go with the next: the one that is under way is cancelled
//! for that, when the tool that runs has ended.

mod bill;
mod gates;
mod listen;
mod opening;
mod orders;
mod record;
mod said;
mod sign;
mod tell;
mod terminals;
#[cfg(test)]
mod tests;
mod turns;
mod worker;

use super::{Engine, Seat, Start, Work, program::Troupe};
use crate::model::{Outcome, Report};
use std::sync::Arc;

/// An agent that speaks the Agent Client Protocol.
#[derive(Debug)]
pub struct Acp {
    troupe: Arc<Troupe>,
    start: Start,
}

impl Acp {
    /// An engine for this agent.
    pub const fn new(troupe: Arc<Troupe>, start: Start) -> Self {
        Self { troupe, start }
    }
}

impl Engine for Acp {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            let launch = (self.troupe.launch)(&self.start.agent.casting);
            let line = launch.and_then(|launch| {
                let joined = self.troupe.hubs.join(&self.troupe.guards, &launch, tell::dialect());
                let line =
                    joined.map_err(|error| format!("no program could be started: {error}"))?;
                Ok((launch, line))
            });
            match line {
                Ok(line) => worker::Worker::new(*self, line, seat).work().await,
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
    let parameters = &message["params"];
    let _news = (said::news(&parameters["update"]), said::news(parameters));
    let method = message["method"].as_str().unwrap_or_default();
    if let said::Wanted::Leave(sign, _) = said::wanted(method, parameters) {
        let _judged = (sign.accesses(None), sign.tool(), sign.title());
    }
}
