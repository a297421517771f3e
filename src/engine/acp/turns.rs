//! Prompts and turns: how each begins, is cut, and ends.

use super::{
    opening::words,
    tell,
    worker::{GO_ON, Then, Worker},
};
use crate::{
    engine::Gone,
    model::{Cost, Level, Outcome, Report, Stop, Turn, Usage},
};
use serde_json::Value;

impl Worker {
    /// The supervisor has granted a turn, or tells the number of one that the
    /// program took by itself.
    pub(super) async fn take_turn(&mut self, turn: Turn) -> Result<(), Gone> {
        self.turn = turn;
        if self.taken > 0 {
            self.taken -= 1;
            return Ok(());
        }
        self.has_asked = false;
        // What holds it now was there when the turn was granted.
        self.holds.clear();
        if self.cutting.is_some() {
            self.is_granted = true;
        } else if self.rejecting.is_empty() {
            self.send_prompt().await?;
        } else if self.prompt.is_empty() {
            self.is_calling = true;
            self.reject_all().await;
        } else {
            // The director has more to say than that something was denied.
            self.is_granted = true;
            self.cancel(Then::Ask).await?;
        }
        Ok(())
    }

    /// Sends the next prompt: the brief, or what has come up since the last one.
    async fn send_prompt(&mut self) -> Result<(), Gone> {
        let mut parts = Vec::new();
        if !self.has_brief {
            parts.extend(self.opening_words());
        } else if self.is_instructed_anew {
            parts.push(format!(
                "Your instructions have changed. They are now:\n{}",
                self.instructions
            ));
            let text = format!(
                "{}: its new instructions go to it as a message; its protocol has no other way",
                self.casting.name
            );
            self.seat.say(Report::Noticed(Level::Note, text)).await?;
        }
        (self.has_brief, self.is_instructed_anew) = (true, false);
        parts.append(&mut self.denials);
        parts.append(&mut self.prompt);
        if parts.is_empty() {
            parts.push(GO_ON.to_owned());
        }
        let request = tell::prompt(&self.session, &parts.join("\n\n"));
        let number = self.line.request("session/prompt", request).await;
        self.prompts.insert(number);
        self.is_calling = true;
        self.last_words.clear();
        self.refused.clear();
        let undelivered = std::mem::take(&mut self.undelivered);
        self.delivered(undelivered).await
    }

    /// Instructions and brief, as one message: the protocol has no other place.
    fn opening_words(&self) -> Vec<String> {
        let brief = self.casting.brief.clone();
        if self.instructions.trim().is_empty() {
            return vec![brief];
        }
        vec![format!("Your instructions:\n{}", self.instructions), format!("Your task:\n{brief}")]
    }

    /// The program goes on to its next model call by itself.
    pub(super) async fn take_turn_by_itself(&mut self) -> Result<(), Gone> {
        if self.is_calling {
            return Ok(());
        }
        self.is_calling = true;
        self.taken += 1;
        self.turn = self.turn.next();
        self.seat.say(Report::TurnTaken).await
    }

    /// The turn is over as far as the model is concerned; its tools are next.
    pub(super) async fn end_turn(
        &mut self,
        stop: Stop,
        answer: Option<&Value>,
    ) -> Result<(), Gone> {
        self.hush().await?;
        if !self.is_calling {
            return Ok(());
        }
        self.is_calling = false;
        self.read_record().await;
        let (usage, cost) = self.bill.settle(answer, &*self.troupe.tariff);
        self.seat.say(Report::TurnEnded { turn: self.turn, stop, usage, cost }).await?;
        let (window, size) = (self.bill.window(), self.bill.size());
        match window {
            Some(tokens) if tokens != usage.total() || size.is_some() => {
                self.seat.say(Report::WindowSeen { tokens, size }).await
            }
            _ => Ok(()),
        }
    }

    /// Reads on in what the program writes of its calls, where it does.
    async fn read_record(&mut self) {
        let Some(mut record) = self.record.take() else { return };
        let reading = tokio::task::spawn_blocking(move || {
            let calls = record.news();
            (record, calls)
        });
        if let Ok((record, calls)) = reading.await {
            self.record = Some(record);
            for usage in calls {
                self.bill.used(usage);
            }
        }
    }

    /// What stands in its record is of a former run, and counted already.
    pub(super) async fn pass_over_record(&mut self) {
        self.read_record().await;
        self.bill.forget_calls();
    }

    /// Cuts the prompt that is under way. Whatever it asks is withdrawn.
    pub(super) async fn cancel(&mut self, then: Then) -> Result<(), Gone> {
        if self.prompts.is_empty() {
            return Ok(());
        }
        if self.cutting.is_some() {
            if matches!(then, Then::Interrupted(_)) {
                self.cutting = Some(then);
            }
            return Ok(());
        }
        self.cutting = Some(then);
        if std::mem::take(&mut self.is_frozen) {
            self.line.thaw().await;
        }
        self.withdraw_all().await?;
        self.line.notify("session/cancel", tell::cancel(&self.session)).await;
        Ok(())
    }

    /// A prompt was answered.
    pub(super) async fn hear_end(
        &mut self,
        number: u64,
        result: Result<Value, Value>,
    ) -> Result<(), Gone> {
        self.prompts.remove(&number);
        if !self.prompts.is_empty() && result.is_ok() {
            // One that joined another ends with it.
            return Ok(());
        }
        self.prompts.clear();
        for (redirect, text, number) in std::mem::take(&mut self.sent) {
            // A prompt of its own was heard; anything else was not.
            match number {
                Some(_) if self.steering == super::worker::Steering::Prompt => {
                    self.seat.say(Report::Delivered(redirect)).await?;
                }
                _ => self.keep_for_later(redirect, text),
            }
        }
        match (self.cutting.take(), result) {
            (Some(then), result) => self.was_cut(then, result.ok().as_ref()).await,
            (None, Ok(answer)) => self.was_answered(&answer).await,
            (None, Err(error)) => {
                let outcome = self.refused("the prompt", &error);
                self.close_all(&words(&error), None).await?;
                self.over = Some(outcome);
                Ok(())
            }
        }
    }

    async fn was_cut(&mut self, then: Then, answer: Option<&Value>) -> Result<(), Gone> {
        let why = match &then {
            Then::Ask if self.is_instructed_anew => "its instructions have changed",
            Then::Ask => "held; it goes on from here",
            Then::Interrupted(_) => "interrupted",
        };
        self.close_all(why, answer).await?;
        if let Then::Interrupted(what) = then {
            self.seat.say(Report::Interrupted(what)).await?;
        }
        if std::mem::take(&mut self.is_granted) {
            return self.send_prompt().await;
        }
        self.reach().await
    }

    async fn was_answered(&mut self, answer: &Value) -> Result<(), Gone> {
        let reason = answer.get("stopReason").and_then(Value::as_str).unwrap_or("end_turn");
        let stop = match reason {
            "end_turn" => Stop::End,
            "max_tokens" => Stop::Length,
            "refusal" => Stop::Refusal,
            other => Stop::Other(super::said::one_name(other)),
        };
        self.end_turn(stop, Some(answer)).await?;
        self.withdraw_all().await?;
        self.close_tools(reason == "end_turn", "").await?;
        let has_news = !self.denials.is_empty() || !self.prompt.is_empty();
        let goes_on = has_news || self.is_instructed_anew;
        let failed = |why: &str| Some(Outcome::Failed { why: why.to_owned() });
        self.over = match reason {
            _ if goes_on => None,
            "end_turn" => Some(Outcome::Succeeded { summary: self.last_words.trim().to_owned() }),
            "max_tokens" => failed("the model reached its output limit; redirect it to go on"),
            "max_turn_requests" => {
                failed("its program stopped it after too many calls; redirect it to go on")
            }
            "refusal" => failed("the model declined"),
            _ => failed("its program ended the turn by itself; redirect it to go on"),
        };
        if self.over.is_none() { self.reach().await } else { Ok(()) }
    }

    /// Brings everything that is open to an end, without a good one.
    pub(super) async fn close_all(
        &mut self,
        why: &str,
        answer: Option<&Value>,
    ) -> Result<(), Gone> {
        self.hush().await?;
        self.withdraw_all().await?;
        if std::mem::take(&mut self.is_calling) {
            self.read_record().await;
            let (usage, mut cost) = self.bill.settle(answer, &*self.troupe.tariff);
            if usage == Usage::default() && cost == Cost::default() {
                // Nobody says what a cut call cost.
                cost = Cost::from(None);
            }
            let (turn, why) = (self.turn, why.to_owned());
            self.seat.say(Report::TurnCut { turn, why, usage, cost }).await?;
        }
        self.close_tools(false, why).await
    }
}
