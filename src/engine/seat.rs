//! Where an agent sits: its ear and its mouth.

use super::last_words::LastWords;
use crate::model::{AgentId, Casting, Input, Order, Report};
use std::sync::{Mutex, PoisonError};
use tokio::sync::mpsc::{Receiver, Sender};

/// The supervisor has gone, or has let this engine go; nobody listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// An engine's connection to the supervisor.
#[derive(Debug)]
pub struct Seat {
    agent: AgentId,
    run: u32,
    orders: Receiver<Order>,
    inbox: Sender<Input>,
    /// What its last message may hand in, where somebody waits for that. Locked for
    /// a moment by the one task that speaks from here: what is said is said by `&self`.
    last_words: Option<Mutex<LastWords>>,
}

impl Seat {
    /// A seat for this run of the agent.
    pub const fn new(
        agent: AgentId,
        run: u32,
        orders: Receiver<Order>,
        inbox: Sender<Input>,
    ) -> Self {
        Self { agent, run, orders, inbox, last_words: None }
    }

    /// The same seat for an agent that is cast like this: a script, or another agent, may
    /// wait for what it hands in.
    #[must_use]
    pub fn of(self, casting: &Casting) -> Self {
        let last_words = casting.hands_in().map(|is_typed| Mutex::new(LastWords::new(is_typed)));
        Self { last_words, ..self }
    }

    /// Says something about the agent. Waits while the supervisor is busy:
    /// pressure lands where work is made.
    ///
    /// # Errors
    /// When the supervisor has gone.
    pub async fn say(&self, report: Report) -> Result<(), Gone> {
        if let Some(words) = &self.last_words {
            let result = words.lock().unwrap_or_else(PoisonError::into_inner).hear(&report);
            if let Some(result) = result {
                self.pass_on(result).await?;
            }
        }
        self.pass_on(report).await
    }

    async fn pass_on(&self, report: Report) -> Result<(), Gone> {
        // It waits here, and is moved once, when there is room for it.
        let room = self.inbox.reserve().await.map_err(|_| Gone)?;
        room.send(Input::Report { agent: self.agent, run: self.run, report });
        Ok(())
    }

    /// Waits for the next order. Cancelling the wait loses nothing.
    ///
    /// # Errors
    /// When the supervisor has let this engine go.
    pub async fn hear(&mut self) -> Result<Order, Gone> {
        self.orders.recv().await.ok_or(Gone)
    }
}
