//! What the supervisor orders.

use super::worker::{Steering, Then, Worker};
use crate::{
    engine::Gone,
    model::{Author, Order, Outcome, RedirectId, Report},
};
use std::time::Duration;
use tokio::time::Instant;

/// A freeze follows its hold within this; then nothing has to be cut.
const GRACE: Duration = Duration::from_millis(50);

impl Worker {
    /// Follows an order.
    pub(super) async fn follow(&mut self, order: Order) -> Result<(), Gone> {
        match order {
            Order::TakeTurn(turn) => self.take_turn(turn).await?,
            Order::RunTool(call) => self.pass_gate(call).await?,
            Order::Answer(request, answer) => self.hear_director(request, answer).await?,
            Order::Message(redirect, text) => self.pass_on(redirect, text).await,
            Order::Model(_, model) => {
                self.casting.model.clone_from(&model);
                self.choose_model(&model).await?;
            }
            Order::Hold(reason) => {
                self.holds.insert(reason);
                self.cut_at = Some(Instant::now() + GRACE);
            }
            Order::Release(reason) => {
                self.holds.remove(&reason);
            }
            Order::Freeze => {
                self.cut_at = None;
                self.terminals.freeze();
                self.line.freeze().await;
            }
            Order::Thaw => {
                self.is_frozen = false;
                self.terminals.thaw();
                self.line.thaw().await;
                self.cut_at = Some(Instant::now());
            }
            Order::Interrupt => self.cancel(Then::Interrupted(self.under_way())).await?,
            Order::Stop => self.stop().await?,
            order => self.heed(order),
        }
        Ok(())
    }

    /// Takes to heart what changes the next prompt.
    pub(super) fn heed(&mut self, order: Order) {
        match order {
            Order::Instructions(_, text) => {
                self.instructions = text;
                self.is_instructed_anew = self.has_brief;
            }
            Order::Brief(text) => self.casting.brief = text,
            Order::Message(_, text) => self.prompt.push(text),
            Order::Model(_, model) => self.casting.model = model,
            Order::Hold(reason) => {
                self.holds.insert(reason);
            }
            Order::Release(reason) => {
                self.holds.remove(&reason);
            }
            // Nothing is in flight.
            Order::TakeTurn(_)
            | Order::RunTool(_)
            | Order::Answer(..)
            | Order::Freeze
            | Order::Thaw
            | Order::Interrupt
            | Order::Type(_)
            | Order::Resize(..)
            | Order::Return(..)
            | Order::Stop => {}
        }
    }

    /// A message of the director's: for the next prompt, or in the middle of a
    /// turn where the program has a way for that.
    async fn pass_on(&mut self, redirect: RedirectId, text: String) {
        if self.given.contains(&redirect) {
            return;
        }
        if self.has_asked || self.prompts.is_empty() {
            // It belongs to the turn that is granted next.
            self.prompt.push(text);
            return;
        }
        self.given.insert(redirect);
        let steering = if self.cutting.is_some() { Steering::None } else { self.steering };
        let number = match steering {
            Steering::None => None,
            Steering::Asked => {
                self.sent.push((redirect, text, None));
                return;
            }
            Steering::Request => {
                let request = super::tell::prompt(&self.session, &text);
                Some(self.line.request("_session/steering", request).await)
            }
            Steering::Prompt => {
                let request = super::tell::prompt(&self.session, &text);
                let number = self.line.request("session/prompt", request).await;
                self.prompts.insert(number);
                Some(number)
            }
        };
        if number.is_none() {
            self.keep_for_later(redirect, text);
        } else {
            self.sent.push((redirect, text, number));
        }
    }

    /// A message that the program did not take in comes with the next prompt.
    pub(super) fn keep_for_later(&mut self, redirect: RedirectId, text: String) {
        self.prompt.push(text);
        self.undelivered.push(redirect);
    }

    /// The program has taken these messages in.
    pub(super) async fn delivered(&mut self, redirects: Vec<RedirectId>) -> Result<(), Gone> {
        for redirect in redirects {
            self.seat.say(Report::Delivered(redirect)).await?;
        }
        Ok(())
    }

    /// Carries out what holds it, as soon as nothing is lost by it: a tool that
    /// runs may end first. Where it waits for leave it stands already.
    pub(super) async fn bring_to_a_stand(&mut self) -> Result<(), Gone> {
        let is_running = self.tools.values().any(|it| it.is_begun || it.is_running);
        if self.holds.is_empty() || self.is_frozen || is_running || !self.is_calling {
            return Ok(());
        }
        self.cancel(Then::Ask).await
    }

    async fn stop(&mut self) -> Result<(), Gone> {
        if !self.prompts.is_empty() {
            self.line.notify("session/cancel", super::tell::cancel(&self.session)).await;
        }
        if self.is_frozen {
            self.line.thaw().await;
        }
        self.close_all("the director stopped the agent", None).await?;
        self.over = Some(Outcome::Stopped { by: Author::Director });
        Ok(())
    }
}
