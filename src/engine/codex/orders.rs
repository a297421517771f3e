//! What the supervisor orders, carried out.

use super::worker::{Asked, Cut, Stand, Worker};
use crate::{
    engine::Gone,
    model::{CallId, HoldReason, Order, Report},
};
use serde_json::json;

impl Worker {
    /// Carries out an order.
    pub(super) async fn heed(&mut self, order: Order) -> Result<(), Gone> {
        match order {
            Order::TakeTurn(turn) => self.take_turn(turn).await,
            Order::RunTool(call) => self.run_tool(call).await,
            Order::Answer(request, answer) => self.answered(request, answer).await,
            Order::Message(id, text) => {
                // That it was delivered is told with the message once more.
                if !self.heard_messages.insert(id) {
                    return Ok(());
                }
                self.messages.push((id, text));
                if self.stand == Stand::Working && self.cut.is_none() {
                    return self.steer().await;
                }
                Ok(())
            }
            Order::Brief(text) => {
                self.agent.casting.brief = text;
                Ok(())
            }
            Order::Instructions(_, text) => {
                self.instructions = text;
                self.change_instructions().await;
                Ok(())
            }
            Order::Model(provider, model) => {
                self.agent.casting.provider = provider;
                self.agent.casting.model = model;
                self.change_model().await;
                Ok(())
            }
            Order::Hold(reason) => {
                self.hold_for(reason).await;
                Ok(())
            }
            Order::Release(reason) => {
                self.release(reason);
                Ok(())
            }
            Order::Freeze => self.freeze().await,
            Order::Thaw => {
                self.is_frozen = false;
                self.line.thaw().await;
                Ok(())
            }
            Order::Interrupt => self.interrupt().await,
            Order::Stop => self.stop().await,
            // It has no terminal, and asks nothing of others.
            Order::Type(_) | Order::Resize(..) | Order::Return(..) => Ok(()),
        }
    }

    async fn change_instructions(&mut self) {
        match self.stand {
            // The next prompt brings them.
            Stand::Boundary => {}
            Stand::Working => self.bring_instructions().await,
            // The call that waits there may have been written already.
            Stand::Gate => self.is_stale = true,
        }
    }

    /// Codex changes the model with a prompt: the one that follows, or one of
    /// ours before the next model call.
    async fn change_model(&mut self) {
        let Some(session) = self.session.clone().filter(|_| self.stand != Stand::Boundary) else {
            return;
        };
        self.is_stale = true;
        if self.is_gated && !self.is_passing && self.stand == Stand::Working {
            self.gate.shut(&session);
        }
        let parameters = json!({ "threadId": session, "model": self.agent.casting.model });
        self.request("thread/settings/update", parameters, Asked::Other("the model")).await;
    }

    async fn hold_for(&mut self, reason: HoldReason) {
        let is_first = self.holds.is_empty();
        self.holds.insert(reason);
        if is_first && self.stand == Stand::Working && self.cut.is_none() {
            self.hold().await;
        }
    }

    fn release(&mut self, reason: HoldReason) {
        self.holds.remove(&reason);
        if self.holds.is_empty() && self.stand == Stand::Working && !self.is_stale {
            self.cuts_soon = false;
            self.gate.open();
        }
    }

    async fn freeze(&mut self) -> Result<(), Gone> {
        if self.stand == Stand::Working && self.own_turn.is_some() {
            self.line.freeze().await;
        }
        Ok(())
    }

    /// Everything of Codex stands still.
    pub(super) async fn froze(&mut self, count: usize) -> Result<(), Gone> {
        self.is_frozen = true;
        let processes = if count == 1 { "process" } else { "processes" };
        self.seat.say(Report::Frozen(format!("Codex, {count} {processes}"))).await
    }

    async fn interrupt(&mut self) -> Result<(), Gone> {
        if self.stand != Stand::Working {
            return Ok(());
        }
        self.wake().await;
        self.cut(Cut::Interrupt).await
    }

    async fn stop(&mut self) -> Result<(), Gone> {
        self.wake().await;
        if self.own_turn.is_none() {
            self.outcome = Some(super::worker::stopped());
            return Ok(());
        }
        self.cut(Cut::Stop).await
    }

    /// What is frozen can't be cut.
    async fn wake(&mut self) {
        if std::mem::take(&mut self.is_frozen) {
            self.line.thaw().await;
        }
    }

    /// A tool call was granted.
    async fn run_tool(&mut self, call: CallId) -> Result<(), Gone> {
        let Some(place) = self.allowed.iter().position(|(its, _)| *its == call) else {
            return Ok(());
        };
        let (_, key) = self.allowed.remove(place);
        if let Some(open) = self.open.get_mut(&call) {
            open.is_running = true;
        }
        self.reply(&key, true).await;
        self.close_stand_in(&key, true, "").await
    }
}
