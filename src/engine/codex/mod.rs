//! The `codex` engine: Codex through its app-server, JSON-RPC in lines.
//!
//! # Theory of operation
//! All agents that are started alike share one app-server (see
//! [`Hubs`](super::program::Hubs)); each has a *thread* of its own in it. A
//! thread works in *turns of Codex's own*: a prompt, and every model call and
//! tool call until Codex has nothing more to do. One model call with the tools
//! that it asked for is a turn of ours.
//!
//! ```text
//! prompt ─▶ gate ─▶ model call ─▶ usage ─▶ tools ─┬▶ gate ─▶ model call … ─▶ over
//!           ▲                              ▲
//!           hold here                      asked about, and granted
//! ```
//!
//! Codex makes its model calls by itself. Before each it runs a command of ours
//! and waits for it (the `gate`): shut, it holds the thread there, and nothing is
//! cut. Where Codex does not take the command, its turn is interrupted instead.
//! The approval policy is `untrusted`, so that our policy decides about all that
//! Codex does not know to be harmless; what is allowed is granted by the
//! supervisor before Codex hears of it.
//!
//! Usage is what Codex itself has counted in all, less what was settled.
//!
//! Instructions are developer instructions. Codex never changes those of a
//! thread that has begun, so new ones are put behind its conversation as a
//! message of the developer; the next model call has them.

mod ask;
mod gate;
mod item;
mod open;
mod orders;
mod permit;
mod prints;
mod said;
mod take;
#[cfg(test)]
mod tests;
mod tokens;
mod turn;
mod worker;

use super::{
    Engine, Seat, Start, Work,
    program::{Dialect, Launch, Troupe},
};
use crate::model::Outcome;
use serde_json::json;
use std::sync::Arc;
use worker::Worker;

/// What comes before Codex's own names for things of ours.
const PROGRAM: &str = "codex";

/// A Codex agent before it starts.
pub struct Codex {
    troupe: Arc<Troupe>,
    start: Start,
}

impl Codex {
    /// An agent that shares these services with all that are programs.
    pub const fn new(troupe: Arc<Troupe>, start: Start) -> Self {
        Self { troupe, start }
    }
}

impl Engine for Codex {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            match self.launch().await {
                Ok(launch) => match Worker::new(&self.troupe, self.start, &launch, seat) {
                    Ok(worker) => worker.work().await,
                    Err((seat, why)) => fail(&seat, why).await,
                },
                Err(why) => fail(&seat, why).await,
            }
        })
    }
}

impl Codex {
    /// How it is started; finding that out may look at the disk.
    async fn launch(&self) -> Result<Launch, String> {
        let (troupe, casting) = (self.troupe.clone(), self.start.agent.casting.clone());
        let found = tokio::task::spawn_blocking(move || (troupe.launch)(&casting)).await;
        found.map_err(|error| error.to_string())?
    }
}

async fn fail(seat: &Seat, why: String) {
    // A supervisor that has gone needs no explanation.
    let _gone = seat.end(Outcome::Failed { why }).await;
}

/// How an app-server is started and spoken to.
fn dialect(launch: &Launch) -> Dialect {
    let (flags, place) = gate::flags(&launch.environment);
    let mut arguments = vec!["app-server".into()];
    arguments.extend(flags);
    let client =
        json!({ "name": "auteur", "title": "Auteur", "version": env!("CARGO_PKG_VERSION") });
    Dialect {
        arguments,
        environment: vec![place],
        opening: (
            "initialize",
            json!({ "clientInfo": client, "capabilities": { "experimentalApi": true } }),
        ),
        opened: Some("initialized"),
        session: said::session,
        parent: said::parent,
        opens: said::opens,
    }
}

/// Any value as a message of the program.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(message: &serde_json::Value) {
    let _said = said::read(message, "/project");
    let _session = (said::session(message), said::parent(message), said::opens(message));
}
