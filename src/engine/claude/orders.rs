//! What the supervisor orders.

use super::{
    tell,
    worker::{Stand, Then, Worker},
};
use crate::{
    engine::Gone,
    model::{Author, Order, Outcome, Report},
};

impl Worker {
    /// Follows an order.
    pub(super) async fn follow(&mut self, order: Order) -> Result<(), Gone> {
        match order {
            Order::Instructions(version, text) => self.instructions = (version, text),
            Order::Model(_, model) => self.change_model(model),
            Order::Brief(text) => self.change_brief(text),
            Order::Message(_, text) => self.prompt.push(text),
            Order::TakeTurn(turn) => {
                self.turn = turn;
                self.take_turn();
                if self.is_to_be_renewed() {
                    self.renew().await?;
                }
            }
            Order::RunTool(call) => self.run_tool(call),
            Order::Answer(request, answer) => self.hear_answer(request, answer).await?,
            Order::Hold(reason) => {
                self.holds.insert(reason);
                self.look_at_aides().await?;
            }
            Order::Release(reason) => {
                self.holds.remove(&reason);
                self.let_aides_go_on();
            }
            Order::Freeze => self.freeze().await?,
            Order::Thaw => self.program.thaw(),
            Order::Interrupt => self.interrupt(),
            Order::Stop => self.stop(),
            // It has no terminal.
            Order::Type(_) | Order::Resize(..) => {}
        }
        Ok(())
    }

    fn change_model(&mut self, model: String) {
        let number = self.number("model");
        self.program.send(&tell::set_model(&number, &model));
        self.model.clone_from(&model);
        self.casting.model = model;
    }

    /// The brief counts until the model has seen it.
    fn change_brief(&mut self, text: String) {
        if !self.has_conversation
            && let Some(brief) = self.prompt.first_mut()
        {
            brief.clone_from(&text);
        }
        self.casting.brief = text;
    }

    /// Stops all of its processes where they are; where only held sub-agents
    /// are under way, it stands still already.
    async fn freeze(&mut self) -> Result<(), Gone> {
        if self.is_still {
            return self.seat.say(Report::Frozen(self.under_way())).await;
        }
        self.program.freeze();
        Ok(())
    }

    fn interrupt(&mut self) {
        if matches!(self.stand, Stand::Calling | Stand::Working) {
            self.cut(Then::Ask);
        }
    }

    fn stop(&mut self) {
        let outcome = Outcome::Stopped { by: Author::Director };
        match &mut self.stand {
            Stand::Cutting(cut) => cut.then = Then::End(outcome),
            Stand::Calling | Stand::Working => self.cut(Then::End(outcome)),
            Stand::Starting { .. } | Stand::Idle | Stand::Before(_) => self.over = Some(outcome),
        }
    }
}
