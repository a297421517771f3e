//! How a prompt, a call and the program itself come to an end, and what is told of it.

use super::{
    arguments::Session,
    line::Over,
    worker::{Cut, ModelCall, Stand, Then, Worker},
};
use crate::{
    engine::{Gone, program::Exit},
    model::{Cost, Level, Outcome, Report, Usage},
    text::sanitise,
};

/// What it says when a session is not there that it is to take up.
const NO_SESSION: &str = "No conversation found";

impl Worker {
    /// What was under way is over.
    pub(super) async fn take_end(&mut self, over: Over) -> Result<(), Gone> {
        self.hush().await?;
        if let Some(totals) = over.totals {
            self.bill.see(totals);
        }
        match self.take_cut() {
            Some(cut) => self.finish_cut(cut).await,
            None => self.end_prompt(over).await,
        }
    }

    pub(super) async fn end_prompt(&mut self, over: Over) -> Result<(), Gone> {
        if self.is_without_session(&over.text) {
            return self.begin_anew().await;
        }
        let is_calling = matches!(self.stand, Stand::Calling);
        self.stand = Stand::Idle;
        let text = sanitise(over.text.trim()).into_owned();
        let rest = self.rest();
        if over.has_failed {
            if is_calling {
                self.cut_turn(&text, rest).await?;
            }
            self.over = Some(Outcome::Failed { why: text });
            return Ok(());
        }
        self.call.stop = self.call.stop.take().or(over.stop);
        let place = std::mem::take(&mut self.place);
        self.name_place(self.turn, &place).await?;
        let is_refused = self.call.stop.as_deref() == Some("refusal");
        if is_calling || rest.0.total() > 0 {
            self.end_turn(rest).await?;
        }
        self.over = Some(if is_refused {
            Outcome::Failed { why: format!("the model declined\n{text}") }
        } else {
            Outcome::Succeeded { summary: text }
        });
        Ok(())
    }

    /// What the program has used and not told.
    pub(super) fn rest(&mut self) -> (Usage, Cost) {
        let own = self.call.usage();
        let price = if own == Usage::default() { Cost::default() } else { self.price(&own) };
        self.bill.rest(own, || price)
    }

    pub(super) async fn cut_turn(
        &mut self,
        why: &str,
        (usage, cost): (Usage, Cost),
    ) -> Result<(), Gone> {
        self.call = ModelCall::default();
        let (turn, why) = (self.turn, why.to_owned());
        self.seat.say(Report::TurnCut { turn, why, usage, cost }).await
    }

    /// The program has left off: all that was open is brought to an end.
    pub(super) async fn finish_cut(&mut self, cut: Cut) -> Result<(), Gone> {
        self.waiting.clear();
        self.batch = None;
        if matches!(cut.then, Then::Renew) {
            self.stand = Stand::Starting { is_granted: true };
            return self.renew().await;
        }
        let rest = self.rest();
        if cut.is_call {
            self.cut_turn("interrupted", rest).await?;
        } else if rest.0.total() > 0 {
            self.end_turn(rest).await?;
        }
        self.end_tools().await?;
        match cut.then {
            Then::End(outcome) => self.over = Some(outcome),
            Then::Ask | Then::Renew => {
                self.is_still = false;
                self.seat.say(Report::Interrupted(cut.what)).await?;
                self.reach(cut.is_call).await?;
            }
        }
        Ok(())
    }

    /// Ends the calls that nobody ended.
    pub(super) async fn end_tools(&mut self) -> Result<(), Gone> {
        let gates = std::mem::take(&mut self.gates);
        for request in self.permits.withdraw(|_| true) {
            self.seat.say(Report::Withdrawn(request)).await?;
        }
        drop(gates);
        for (name, call) in self.calls.drain() {
            self.passed.remove(&name);
            self.aides.end(call);
            let is_running = self.tools.remove(&call).is_some_and(|it| it.is_running);
            let text = if is_running {
                "interrupted by the director; it may have done part of its work"
            } else {
                "not run: the director interrupted"
            };
            let (text, changes, note) = (text.to_owned(), Vec::new(), String::new());
            let ended = Report::ToolEnded { call, ok: false, text, bytes: 0, changes, note };
            self.seat.say(ended).await?;
        }
        Ok(())
    }

    /// The program is over, and nobody had told it to be.
    pub(super) async fn gone(&mut self, exit: &Exit) -> Result<(), Gone> {
        self.hush().await?;
        if let Some(cut) = self.take_cut() {
            return match cut.then {
                // It was ended by force, and comes up again before it asks.
                Then::Ask => self.come_back(cut).await,
                Then::Renew | Then::End(_) => self.finish_cut(cut).await,
            };
        }
        if self.is_without_session(&exit.last_words) {
            return self.begin_anew().await;
        }
        if matches!(self.stand, Stand::Calling) {
            let usage = self.call.usage();
            self.cut_turn("the program ended", (usage, Cost::from(None))).await?;
        }
        let why = match &exit.failed {
            Some(_) => format!("{} {exit}", self.file()),
            None => format!("Claude Code ended: {exit}"),
        };
        self.over = Some(Outcome::Failed { why });
        Ok(())
    }

    /// Starts the program again that had to be ended by force.
    pub(super) async fn come_back(&mut self, cut: Cut) -> Result<(), Gone> {
        if cut.is_call {
            let usage = self.call.usage();
            self.cut_turn("interrupted; the program was ended for it", (usage, Cost::from(None)))
                .await?;
        }
        self.end_tools().await?;
        self.seat.say(Report::Interrupted(cut.what)).await?;
        self.stand = Stand::Starting { is_granted: false };
        self.renew().await
    }

    /// Whether it says that the session is not there that it was to take up.
    pub(super) fn is_without_session(&self, text: &str) -> bool {
        let is_taken_up = matches!(self.session, Session::Again(_) | Session::Fork(..));
        is_taken_up && matches!(self.stand, Stand::Starting { .. }) && text.contains(NO_SESSION)
    }

    /// Its session is not there any more: it begins with its brief again.
    pub(super) async fn begin_anew(&mut self) -> Result<(), Gone> {
        let is_fork = matches!(self.session, Session::Fork(..));
        let anew = self.anew.take();
        let text = match (is_fork, &anew) {
            (true, Some(_)) => {
                "Claude Code has no such session any more: it begins anew, with its brief and a \
                 summary of what was done before"
            }
            (true, None) => "there is no session in Claude Code to begin with; it begins anew",
            _ => "its session in Claude Code is not there any more; it begins anew",
        };
        self.notice(Level::Warning, text).await?;
        self.seat.say(Report::Noted(Level::Warning, text.to_owned())).await?;
        self.has_conversation = false;
        self.casting.fork.clear();
        let was_back = self.back.take().is_some();
        match (is_fork, anew) {
            (false, _) => self.prompt.insert(0, self.casting.brief.clone()),
            (true, None) => {}
            (true, Some(anew)) => {
                // What it would have been told there is part of it.
                if !was_back && !self.prompt.is_empty() {
                    self.prompt.remove(0);
                }
                self.prompt.insert(0, anew);
            }
        }
        self.renew().await
    }
}
