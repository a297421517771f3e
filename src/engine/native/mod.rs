//! The native engine: a loop over a model service, inside this program.
//!
//! Ask, call, run what the model asked for, ask again. Each ask is a step
//! boundary where the agent can be held; each order that comes in the middle of
//! a call or a tool is heard at once.

mod asked;
mod call;
mod compact;
mod conversation;
mod delegate;
mod digest;
mod lending;
mod retry;
mod services;
mod tool;

mod worker;

pub use retry::Patience;
pub use services::{FindEndpoint, Services, Tariff};

use super::{Engine, Seat, Start, Work};
use crate::{journal::Reader, model::Outcome, tools::Toolbox};
use conversation::Conversation;
use std::sync::Arc;
use tool::Wanted;
use worker::Worker;

/// A native agent before it starts.
pub struct Native {
    services: Arc<Services>,
    toolbox: Toolbox,
    start: Start,
}

impl Native {
    /// An agent that works with these services, in the toolbox's workspace.
    pub const fn new(services: Arc<Services>, toolbox: Toolbox, start: Start) -> Self {
        Self { services, toolbox, start }
    }
}

impl Engine for Native {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            match recall(&self.start).await {
                Ok((told, left)) => Worker::new(*self, seat, told).work(left).await,
                Err(why) => {
                    // A supervisor that has gone needs no explanation.
                    let _gone = seat.end(Outcome::Failed { why }).await;
                }
            }
        })
    }
}

/// The conversation so far: the brief, or what a former run left in the journal,
/// with the calls that it had not begun.
async fn recall(start: &Start) -> Result<(Conversation, Vec<Wanted>), String> {
    let Some(path) = start.past.clone() else {
        return Ok((Conversation::opening(&start.agent.casting.brief), Vec::new()));
    };
    let (id, open) = (start.agent.id, start.agent.tools_open.clone());
    let read = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&path).map_err(|error| error.to_string())?;
        let mut told = Conversation::default();
        for (_, record) in reader.records_of(id) {
            told.replay(&record.event);
        }
        let left = told.close_gaps_but(|call| open.contains_key(&call));
        Ok((told, left))
    });
    read.await.map_err(|error| error.to_string())?
}
