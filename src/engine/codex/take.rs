//! What Codex says, taken in.

use super::{
    item::Tool,
    said::Said,
    worker::{OpenCall, Worker},
};
use crate::{
    engine::{Gone, quota::of_codex, voice::Kind},
    model::{Level, Millis, PlanStep, Report, steps},
    text::{one_line, reveal, sanitise},
};
use jiff::Timestamp;
use serde_json::Value;

/// How wide a notice is shown, in cells.
const NOTICE: usize = 400;

impl Worker {
    /// Takes in what a message means. Of a session that this one has begun (a
    /// sub-agent of Codex's), only what it asks is of interest.
    pub(super) async fn take(
        &mut self,
        said: Said,
        is_own: bool,
        message: Value,
    ) -> Result<(), Gone> {
        match said {
            Said::Asked { id, method, parameters } => self.asked(id, &method, &parameters).await,
            Said::Settled(id) => {
                for request in self.permits.withdraw(|it| it.id == id) {
                    self.seat.say(Report::Withdrawn(request)).await?;
                }
                Ok(())
            }
            Said::Strange(name) => {
                let name = one_line(&name, NOTICE);
                self.seat.say(Report::Strange { name, message: message.into() }).await
            }
            Said::Quota(told) => match of_codex(&told, Timestamp::now()) {
                Some(quota) => self.seat.say(Report::QuotaTold(Box::new(quota))).await,
                None => Ok(()),
            },
            Said::Noticed(words) => {
                let words = one_line(&sanitise(&words), NOTICE);
                self.seat.say(Report::Noticed(Level::Note, words)).await
            }
            _ if !is_own => Ok(()),
            Said::Plan(plan) => match steps(&plan) {
                Some(steps) => {
                    let clean = |it: PlanStep| PlanStep::new(&sanitise(&it.text), it.state);
                    let steps = steps.into_iter().map(clean).collect();
                    self.seat.say(Report::Planned(steps)).await
                }
                None => Ok(()),
            },
            Said::Began(tool) => self.began(tool).await,
            Said::Ended(tool) => self.ended(tool).await,
            Said::Printed { id, text } => self.printed(&id, &text).await,
            said => self.take_turns(said).await,
        }
    }

    /// What is about turns and model calls.
    async fn take_turns(&mut self, said: Said) -> Result<(), Gone> {
        match said {
            Said::TurnBegun(turn) => {
                self.own_turn.get_or_insert(turn);
                Ok(())
            }
            Said::TurnOver { turn, end } if self.own_turn.as_ref() == Some(&turn) => {
                self.turn_over(end).await
            }
            Said::AtGate => self.at_gate().await,
            Said::PastGate(is_well) => {
                self.past_gate(is_well).await;
                Ok(())
            }
            Said::Answered(Some(tokens)) => {
                self.call_by_itself().await?;
                self.tally.settle(tokens);
                self.settle(tokens).await
            }
            Said::Counted { turn, total, last } => {
                let calling = self.calling && self.own_turn.as_ref() == Some(&turn);
                match self.tally.count(total, last, calling) {
                    Some(missing) => self.settle_missing(missing).await,
                    None => Ok(()),
                }
            }
            Said::Wanted => {
                self.wants_tools = true;
                Ok(())
            }
            Said::TookIn(name) => self.took_in(name.as_deref()).await,
            Said::Compacted => {
                self.is_compacted = true;
                Ok(())
            }
            said => self.take_words(said).await,
        }
    }

    /// What the model says.
    async fn take_words(&mut self, said: Said) -> Result<(), Gone> {
        match said {
            Said::Answering => {
                self.has_spoken = false;
                self.call_by_itself().await
            }
            Said::Part => self.speak(Kind::Thought, "\n").await,
            Said::Words(piece) => {
                self.has_spoken = true;
                self.speak(Kind::Words, &piece).await
            }
            Said::Thought(piece) => self.speak(Kind::Thought, &piece).await,
            Said::Message(whole) => {
                if !self.has_spoken && !whole.is_empty() {
                    self.speak(Kind::Words, &whole).await?;
                }
                self.last_words = reveal(&whole);
                self.hush().await
            }
            Said::Retrying { attempt, most, why } => {
                self.call_by_itself().await?;
                let (wait, why) = (Millis(0), one_line(&sanitise(&why), NOTICE));
                self.seat.say(Report::Retrying { attempt, most, wait, why }).await
            }
            _ => Ok(()),
        }
    }

    async fn speak(&mut self, kind: Kind, piece: &str) -> Result<(), Gone> {
        self.call_by_itself().await?;
        if self.voice.is_other(kind) {
            self.hush().await?;
        }
        self.voice.take(kind, piece);
        if self.voice.is_due() {
            self.voice.flush(&self.seat).await?;
        }
        Ok(())
    }

    async fn began(&mut self, tool: Tool) -> Result<(), Gone> {
        self.hush().await?;
        let call = self.calls.begin(&tool.id);
        self.seat
            .say(Report::ToolCalled {
                call,
                id: one_line(&tool.id, NOTICE),
                tool: tool.name.clone(),
                title: tool.title.clone(),
                input: tool.input.clone().into(),
                seal: None,
            })
            .await?;
        let has_begun = tool.has_begun;
        self.open.insert(call, OpenCall { tool, is_running: false });
        if has_begun { self.runs(call).await } else { Ok(()) }
    }

    /// Codex runs a tool call without having asked.
    pub(super) async fn runs(&mut self, call: crate::model::CallId) -> Result<(), Gone> {
        match self.open.get_mut(&call).filter(|it| !it.is_running) {
            Some(open) => {
                open.is_running = true;
                self.seat.say(Report::ToolTaken(call)).await
            }
            None => Ok(()),
        }
    }

    async fn printed(&mut self, id: &str, text: &str) -> Result<(), Gone> {
        let Some(call) = self.calls.find(id) else { return Ok(()) };
        self.runs(call).await?;
        self.prints.take(call, text);
        Ok(())
    }

    async fn ended(&mut self, tool: Tool) -> Result<(), Gone> {
        // One that was cut was told already.
        let Some(call) = self.calls.find(&tool.id) else { return Ok(()) };
        if !tool.is_declined {
            self.runs(call).await?;
        }
        self.calls.end(&tool.id);
        self.open.remove(&call);
        self.allowed.retain(|(its, _)| *its != call);
        self.prints.flush(&self.seat).await?;
        self.prints.end(call);
        let Tool { ok, text, bytes, note, .. } = tool;
        let changes = if ok { tool.changes } else { Vec::new() };
        self.seat.say(Report::ToolEnded { call, ok, text, bytes, changes, note }).await?;
        if self.cuts_soon && self.open.is_empty() && !self.holds.is_empty() {
            return self.cut(super::worker::Cut::Hold).await;
        }
        Ok(())
    }
}
