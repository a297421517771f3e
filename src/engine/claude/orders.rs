//! What the supervisor orders.

use super::{
    tell,
    worker::{Stand, Then, Worker},
};
use crate::{
    engine::Gone,
    model::{Author, Order, Outcome, Report},
};

/// What our requests for another model are numbered by.
pub(super) const MODEL: &str = "model";

/// A request of ours for another model.
#[derive(Debug)]
pub(super) struct Change {
    number: String,
    /// A turn was granted that begins when this is answered.
    is_due: bool,
}

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
                match &mut self.changing {
                    Some(change) => change.is_due = true,
                    None => self.begin_turn().await?,
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
            Order::Interrupt => self.interrupt().await?,
            Order::Stop => self.stop(),
            // It has no terminal, and asks nothing of others.
            Order::Type(_) | Order::Resize(..) | Order::Return(..) => {}
        }
        Ok(())
    }

    /// Takes the turn that was granted, in a program started again if it must be.
    async fn begin_turn(&mut self) -> Result<(), Gone> {
        self.take_turn();
        if self.is_to_be_renewed() { self.renew().await } else { Ok(()) }
    }

    fn change_model(&mut self, model: String) {
        let number = self.number(MODEL);
        self.program.send(&tell::set_model(&number, &model));
        let is_due = self.changing.take().is_some_and(|it| it.is_due);
        self.changing = Some(Change { number, is_due });
        self.model.clone_from(&model);
        self.casting.model = model;
    }

    /// It has taken the model in, or refused it: a turn that waited for that
    /// begins. The program tries a model before it calls it, and calls the old
    /// one until then.
    pub(super) async fn model_changed(&mut self, number: &str) -> Result<(), Gone> {
        let change = self.changing.take_if(|it| it.number == number);
        if change.is_some_and(|it| it.is_due) { self.begin_turn().await } else { Ok(()) }
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

    async fn interrupt(&mut self) -> Result<(), Gone> {
        if self.changing.take_if(|it| it.is_due).is_some() {
            self.begin_turn().await?;
        }
        if matches!(self.stand, Stand::Calling | Stand::Working) {
            self.cut(Then::Ask);
        }
        Ok(())
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
