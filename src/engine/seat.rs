//! Where an agent sits: its ear and its mouth.

use crate::model::{AgentId, Input, Order, Report};
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
}

impl Seat {
    /// A seat for this run of the agent.
    pub const fn new(
        agent: AgentId,
        run: u32,
        orders: Receiver<Order>,
        inbox: Sender<Input>,
    ) -> Self {
        Self { agent, run, orders, inbox }
    }

    /// Says something about the agent. Waits while the supervisor is busy:
    /// pressure lands where work is made.
    ///
    /// # Errors
    /// When the supervisor has gone.
    pub async fn say(&self, report: Report) -> Result<(), Gone> {
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
