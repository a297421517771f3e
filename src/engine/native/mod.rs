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
mod recall;
mod retry;
mod services;
mod tool;

mod worker;

pub use recall::{retell, sum_up};
pub use retry::Patience;
pub use services::{FindEndpoint, Services, Tariff};

use super::{Engine, Seat, Start, Work};
use crate::{model::Outcome, tools::Toolbox};
use recall::recall;
use std::sync::Arc;
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
