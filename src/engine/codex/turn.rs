//! Turns: granted, taken by Codex itself, settled, cut and over.

use super::{
    said::End,
    tokens::Tokens,
    worker::{Asked, Cut, Stand, Worker, stopped},
};
use crate::{
    engine::Gone,
    llm::Tier,
    model::{Boundary, Cost, Level, Money, Outcome, Report, Stop, Turn, Usage},
    text::{reveal, sanitise},
};
use serde_json::json;

/// As many tokens as an answer is taken to have at the most.
const LONGEST: u64 = 8192;
/// What is said of what was cut.
const CUT: &str = "interrupted";

impl Worker {
    /// Stands before a prompt until it is granted.
    pub(super) async fn reach(&mut self) -> Result<(), Gone> {
        self.stand = Stand::Boundary;
        self.gate.open();
        self.holds.clear();
        (self.cut, self.cuts_soon, self.is_stale) = (None, false, false);
        self.ask_for_turn().await
    }

    async fn ask_for_turn(&self) -> Result<(), Gone> {
        let boundary = Boundary::Model { estimate: self.estimate(), again: false };
        self.seat.say(Report::Reached(boundary)).await
    }

    /// What the next call may cost, from above.
    fn estimate(&self) -> Option<Money> {
        self.troupe.tariff.most(&self.vendor, &self.called, self.context, LONGEST)
    }

    /// The next turn was granted, if Codex stands where one is asked for.
    pub(super) async fn take_turn(&mut self, turn: Turn) -> Result<(), Gone> {
        if self.stand == Stand::Working || turn <= self.turn {
            // The number of a turn that Codex has taken by itself: it is known.
            return Ok(());
        }
        self.begin_turn(turn);
        if self.stand == Stand::Boundary {
            return self.prompt().await;
        }
        self.stand = Stand::Working;
        if self.is_stale || !self.messages.is_empty() {
            // Nothing is in flight, so nothing is lost with Codex's turn.
            return self.cut(Cut::Prompt).await;
        }
        self.gate.open();
        Ok(())
    }

    fn begin_turn(&mut self, turn: Turn) {
        self.turn = turn;
        (self.calling, self.wants_tools) = (true, false);
        self.holds.clear();
    }

    /// Codex makes its next model call by itself.
    pub(super) async fn call_by_itself(&mut self) -> Result<(), Gone> {
        if self.calling || self.stand != Stand::Working || self.own_turn.is_none() {
            return Ok(());
        }
        self.turn = self.turn.next();
        (self.calling, self.wants_tools) = (true, false);
        self.seat.say(Report::TurnTaken).await
    }

    /// Codex waits before a model call, for our command to end.
    pub(super) async fn at_gate(&mut self) -> Result<(), Gone> {
        self.is_gated = true;
        if !self.gate.is_shut() {
            self.is_passing = true;
            return self.call_by_itself().await;
        }
        if self.calling {
            // This call was granted before the hold came.
            self.is_passing = true;
            self.gate.open();
            return Ok(());
        }
        self.hush().await?;
        if self.holds.is_empty() {
            if !self.is_stale {
                self.gate.open();
                self.is_passing = true;
                return self.call_by_itself().await;
            }
            // Another model is to be called: that takes another prompt.
            self.call_by_itself().await?;
            return self.cut(Cut::Prompt).await;
        }
        self.stand = Stand::Gate;
        self.ask_for_turn().await
    }

    /// Our command before a model call is over.
    pub(super) async fn past_gate(&mut self, is_well: bool) {
        self.is_passing = false;
        if !is_well {
            // It can't be relied upon: holds interrupt from now on.
            self.is_gated = false;
        }
        if !self.holds.is_empty() && self.stand == Stand::Working {
            self.hold().await;
        }
    }

    /// Settles the call that is under way.
    pub(super) async fn settle(&mut self, tokens: Tokens) -> Result<(), Gone> {
        self.hush().await?;
        let usage = tokens.usage();
        self.context = usage.total();
        let (turn, cost) = (self.turn, self.price(&usage));
        let stop = if self.wants_tools || !self.open.is_empty() { Stop::Tools } else { Stop::End };
        self.calling = false;
        self.seat.say(Report::TurnEnded { turn, stop, usage, cost }).await
    }

    /// Codex has counted tokens that nothing else told of.
    pub(super) async fn settle_missing(&mut self, missing: Tokens) -> Result<(), Gone> {
        if self.calling {
            return self.settle(missing).await;
        }
        if std::mem::take(&mut self.is_compacted) {
            let usage = missing.usage();
            let (cost, upto) = (self.price(&usage), self.turn);
            let summary = "Codex has made its conversation shorter".to_owned();
            return self.seat.say(Report::Compacted { summary, upto, usage, cost }).await;
        }
        if self.stand != Stand::Working {
            return Ok(());
        }
        self.call_by_itself().await?;
        self.settle(missing).await
    }

    fn price(&self, usage: &Usage) -> Cost {
        let tariff = &self.troupe.tariff;
        let (vendor, model) = (&self.vendor, &self.called);
        if let Some(known) = tariff.price(vendor, model, usage, Tier::Standard) {
            return Cost::from(Some(known));
        }
        let worst = tariff.most(vendor, model, usage.prompt(), usage.output);
        Cost::unpriced(worst.unwrap_or_default())
    }

    /// The call that is under way comes to nothing.
    pub(super) async fn settle_cut(&mut self, why: &str, cost: Cost) -> Result<(), Gone> {
        if !std::mem::take(&mut self.calling) {
            return Ok(());
        }
        let (turn, why) = (self.turn, sanitise(why).into_owned());
        let usage = Usage::default();
        self.seat.say(Report::TurnCut { turn, why, usage, cost }).await
    }

    /// Holds Codex: at the gate, if it comes there; else by an interrupt, as soon
    /// as no tool runs.
    pub(super) async fn hold(&mut self) {
        if self.is_passing {
            return;
        }
        let is_shut =
            self.is_gated && self.session.clone().is_some_and(|session| self.gate.shut(&session));
        if is_shut {
            return;
        }
        if self.open.values().any(|it| it.is_running) || self.permits.is_open() {
            self.cuts_soon = true;
        } else {
            // Whatever is said about it comes with its end.
            let _gone = self.cut(Cut::Hold).await;
        }
    }

    /// Cuts Codex's turn. What is open is told when Codex says that it is over.
    pub(super) async fn cut(&mut self, cut: Cut) -> Result<(), Gone> {
        let is_first = self.cut.is_none();
        if is_first || cut == Cut::Stop || cut == Cut::Interrupt {
            self.cut = Some(cut);
        }
        self.cuts_soon = false;
        if is_first && self.own_turn.is_some() {
            self.send_interrupt().await;
        }
        Ok(())
    }

    /// Codex's own turn is over.
    pub(super) async fn turn_over(&mut self, end: End) -> Result<(), Gone> {
        self.hush().await?;
        let own_turn = self.own_turn.take();
        if let Some(place) = own_turn.filter(|_| !matches!(end, End::Failed(_))) {
            // Another take can begin behind it.
            self.seat.say(Report::PlaceNamed(self.turn, place)).await?;
        }
        self.is_passing = false;
        self.gate.open();
        let mut sent = std::mem::take(&mut self.sent);
        sent.append(&mut self.messages);
        self.messages = sent;
        let cut = self.cut.take();
        if cut == Some(Cut::Prompt) && end == End::Interrupted {
            return self.prompt().await;
        }
        self.close_calls(&end).await?;
        match end {
            End::Completed => {
                if std::mem::take(&mut self.calling) {
                    let (turn, usage, cost) = (self.turn, Usage::default(), Cost::from(None));
                    let stop = Stop::End;
                    self.seat.say(Report::TurnEnded { turn, stop, usage, cost }).await?;
                }
                self.prepare_parting().await;
                self.completed(cut).await
            }
            End::Interrupted => {
                self.settle_cut(CUT, Cost::from(None)).await?;
                self.clean_up().await;
                self.interrupted(cut).await
            }
            End::Failed(why) => {
                let why = reveal(&why);
                self.settle_cut(&why, Cost::default()).await?;
                self.outcome = Some(match cut {
                    Some(Cut::Stop) => stopped(),
                    _ => Outcome::Failed { why },
                });
                Ok(())
            }
        }
    }

    async fn completed(&mut self, cut: Option<Cut>) -> Result<(), Gone> {
        if cut == Some(Cut::Stop) {
            self.outcome = Some(stopped());
        } else if self.messages.is_empty() {
            let summary = std::mem::take(&mut self.last_words);
            self.outcome = Some(Outcome::Succeeded { summary });
        } else {
            return self.reach().await;
        }
        Ok(())
    }

    async fn interrupted(&mut self, cut: Option<Cut>) -> Result<(), Gone> {
        match cut {
            Some(Cut::Stop) => {
                self.outcome = Some(stopped());
                return Ok(());
            }
            Some(Cut::Interrupt) => {
                self.seat.say(Report::Interrupted("Codex's turn".to_owned())).await?;
            }
            None => {
                let words = "Codex has interrupted its turn by itself".to_owned();
                self.seat.say(Report::Noticed(Level::Warning, words.clone())).await?;
                self.outcome = Some(Outcome::Failed { why: words });
                return Ok(());
            }
            Some(Cut::Hold | Cut::Freeze | Cut::Prompt) => {}
        }
        self.reach().await
    }

    /// Ends what Codex leaves running when it is interrupted.
    async fn clean_up(&mut self) {
        self.prepare_parting().await;
        if let Some(session) = &self.session {
            let parameters = json!({ "threadId": session });
            let about = Asked::Other("the order to end its commands");
            self.request("thread/backgroundTerminals/clean", parameters, about).await;
        }
    }

    /// Closes the tool calls that the turn leaves open.
    async fn close_calls(&mut self, end: &End) -> Result<(), Gone> {
        self.allowed.clear();
        self.inputs.clear();
        for request in self.permits.withdraw(|_| true) {
            self.seat.say(Report::Withdrawn(request)).await?;
        }
        for (_, call) in self.calls.drain() {
            let was_running = self.open.remove(&call).is_some_and(|it| it.is_running);
            self.prints.end(call);
            let text = match (was_running, end) {
                (false, _) => "not run: the turn was cut first",
                (true, End::Interrupted) => "interrupted; it may have done a part of its work",
                (true, _) => "unknown: Codex does not say how it ended",
            };
            self.seat
                .say(Report::ToolEnded {
                    call,
                    ok: false,
                    text: text.to_owned(),
                    bytes: 0,
                    changes: Vec::new(),
                    note: CUT.to_owned(),
                })
                .await?;
        }
        Ok(())
    }
}
