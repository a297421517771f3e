//! What the program says, as reports.

use super::{
    gates::Gate,
    opening::words,
    said::{self, Said, Wanted},
    sign::Sign,
    worker::{Open, Steering, Worker},
};
use crate::{
    engine::{
        Gone,
        program::{Told, kept},
        voice::Kind,
    },
    model::{CallId, FileChange, Level, Outcome, Report},
    text::sanitise,
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// An agent may say that a call runs and ask for leave all the same, a moment
/// later: one took half a second.
const GRACE: Duration = Duration::from_secs(1);

impl Worker {
    /// Takes in what is told of the program.
    pub(super) async fn take(&mut self, told: Told) -> Result<(), Gone> {
        match told {
            Told::Message(message) => self.take_message(message).await,
            Told::Answer(number, result) => self.take_answer(number, result).await,
            Told::Noise(line) => self.note_noise(line).await,
            Told::Frozen(_) => {
                self.is_frozen = true;
                self.seat.say(Report::Frozen(self.under_way())).await
            }
            // Other agents are at work in the same program: what is in flight of
            // this one can only be cut.
            Told::NotAlone => self.cancel(super::worker::Then::Ask).await,
            Told::Opened(_) => Ok(()),
            Told::Over(exit) => {
                let why = format!("{}: {exit}", self.name());
                self.prompts.clear();
                self.close_all("its program ended", None).await?;
                self.over = Some(Outcome::Failed { why });
                Ok(())
            }
        }
    }

    pub(super) async fn note_noise(&mut self, line: String) -> Result<(), Gone> {
        let name = "no JSON".to_owned();
        self.seat.say(Report::Strange { name, message: Value::String(line).into() }).await
    }

    async fn take_answer(&mut self, number: u64, result: Result<Value, Value>) -> Result<(), Gone> {
        if self.prompts.contains(&number) {
            return self.hear_end(number, result).await;
        }
        let is_it = |it: &(_, _, Option<u64>)| it.2 == Some(number);
        if let Some(at) = self.sent.iter().position(is_it) {
            let (redirect, text, _) = self.sent.remove(at);
            let outcome =
                result.ok().and_then(|it| Some(it.get("outcome")?.as_str()? == "injected"));
            if outcome == Some(true) {
                return self.seat.say(Report::Delivered(redirect)).await;
            }
            self.keep_for_later(redirect, text);
            return Ok(());
        }
        if let Err(error) = result {
            let text =
                format!("{}: its program refused a request: {}", self.casting.name, words(&error));
            return self.seat.say(Report::Noticed(Level::Warning, text)).await;
        }
        Ok(())
    }

    async fn take_message(&mut self, mut message: Value) -> Result<(), Gone> {
        let method = message.get("method").and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = message.get("id").cloned();
        let parameters = message.get_mut("params").map(Value::take).unwrap_or_default();
        match id {
            Some(id) => self.take_request(id, &method, &parameters).await,
            None if method == "session/update" => {
                let update = parameters.get("update").cloned().unwrap_or_default();
                for said in said::news(&update) {
                    self.take_news(said, &update).await?;
                }
                Ok(())
            }
            None => {
                let name = said::one_name(&method);
                self.seat.say(Report::Strange { name, message: parameters.into() }).await
            }
        }
    }

    async fn take_news(&mut self, said: Said, update: &Value) -> Result<(), Gone> {
        match said {
            Said::Words(text) => {
                self.hear_model().await?;
                self.denials.clear();
                let clean = self.speak(Kind::Words, &text).await?;
                self.last_words.push_str(&clean);
                Ok(())
            }
            Said::Thought(text) => {
                self.hear_model().await?;
                self.speak(Kind::Thought, &text).await.map(|_| ())
            }
            Said::Plan(text, steps) => {
                self.hush().await?;
                self.seat.say(Report::Planned(steps)).await?;
                self.speak(Kind::Thought, &text).await?;
                self.hush().await
            }
            Said::Call(sign) => self.take_sign(*sign).await,
            Said::Used(usage) => {
                self.bill.used(usage);
                Ok(())
            }
            Said::Cost(dollars) => {
                self.bill.costs(dollars);
                Ok(())
            }
            Said::Window { used, size } => {
                self.bill.fills(used, size);
                Ok(())
            }
            Said::Notice(text) => {
                let text = format!("{}: {text}", self.casting.name);
                self.seat.say(Report::Noticed(Level::Note, text)).await
            }
            Said::Nothing => Ok(()),
            Said::Strange(name) => {
                self.seat.say(Report::Strange { name, message: update.clone().into() }).await
            }
        }
    }

    /// The model speaks: a message that was sent as a prompt of its own, while no
    /// tool runs, is before it.
    async fn hear_model(&mut self) -> Result<(), Gone> {
        let is_at_work = self.tools.values().any(|it| it.is_begun || it.is_running);
        if self.steering != Steering::Prompt || is_at_work || self.sent.is_empty() {
            return Ok(());
        }
        let seen = std::mem::take(&mut self.sent).into_iter().map(|(it, ..)| it).collect();
        self.delivered(seen).await
    }

    async fn speak(&mut self, kind: Kind, text: &str) -> Result<String, Gone> {
        if self.voice.is_other(kind) {
            self.hush().await?;
        }
        let clean = self.voice.take(kind, text);
        if self.voice.is_due() {
            self.voice.flush(&self.seat).await?;
        }
        Ok(clean)
    }

    /// Says what waits to be said.
    pub(super) async fn hush(&mut self) -> Result<(), Gone> {
        if let Some((Kind::Words, rest)) = self.voice.finish() {
            self.last_words.push_str(&rest);
        }
        self.voice.flush(&self.seat).await
    }

    async fn take_request(
        &mut self,
        id: Value,
        method: &str,
        parameters: &Value,
    ) -> Result<(), Gone> {
        match said::wanted(method, parameters) {
            Wanted::Leave(sign, options) => {
                let call = self.note(*sign);
                self.ask_leave(Gate::leave(id, call, options)).await
            }
            Wanted::Messages => {
                let sent = std::mem::take(&mut self.sent);
                let texts: Vec<String> = sent.iter().map(|(_, text, _)| text.clone()).collect();
                self.line.answer(&id, super::tell::messages(&texts)).await;
                self.delivered(sent.into_iter().map(|(it, ..)| it).collect()).await
            }
            Wanted::Unknown => {
                self.line.refuse(&id).await;
                let name = said::one_name(method);
                self.seat.say(Report::Strange { name, message: parameters.clone().into() }).await
            }
            other => self.serve(id, other).await,
        }
    }

    /// Adds a sign to what is known of its call.
    fn note(&mut self, sign: Sign) -> CallId {
        let call = self.calls.begin(&sign.id);
        match self.tools.get_mut(&call) {
            Some(open) => open.sign.learn(sign),
            None => {
                self.tools.insert(call, Open { sign, ..Open::default() });
            }
        }
        call
    }

    async fn take_sign(&mut self, sign: Sign) -> Result<(), Gone> {
        if self.refused.contains(&sign.id) {
            return Ok(());
        }
        let is_new = self.calls.find(&sign.id).is_none();
        if is_new && sign.status.is_none() && sign.end().is_none() {
            // A last word about a call that is over.
            return Ok(());
        }
        self.hear_model().await?;
        let call = self.note(sign);
        let has_gate = self.gates.iter().any(|it| it.call == call);
        let Some(open) = self.tools.get(&call) else { return Ok(()) };
        let ended = open.sign.end();
        if open.sign.is_ready() && !has_gate && !open.is_running {
            let has_run = ended.is_some() || open.sign.piece.is_some();
            self.denials.clear();
            self.announce(call).await?;
            if let Some(open) = self.tools.get_mut(&call) {
                open.is_begun = true;
            }
            if has_run {
                self.run(call).await?;
            } else {
                self.run_at.get_or_insert_with(|| Instant::now() + GRACE);
            }
        }
        self.print(call).await?;
        match ended {
            Some(ok) => self.end_tool(call, ok, "").await,
            None => Ok(()),
        }
    }

    /// Calls that were begun run, as nobody has asked for leave.
    pub(super) async fn run_begun(&mut self) -> Result<(), Gone> {
        self.run_at = None;
        let begun = self.tools.iter().filter(|(_, it)| it.is_begun && !it.is_running);
        for call in begun.map(|(call, _)| *call).collect::<Vec<_>>() {
            self.run(call).await?;
        }
        Ok(())
    }

    async fn run(&mut self, call: CallId) -> Result<(), Gone> {
        if let Some(open) = self.tools.get_mut(&call) {
            open.is_running = true;
        }
        self.seat.say(Report::ToolTaken(call)).await
    }

    /// Shows a call; once.
    pub(super) async fn announce(&mut self, call: CallId) -> Result<(), Gone> {
        self.hush().await?;
        let Some(open) = self.tools.get_mut(&call) else { return Ok(()) };
        if std::mem::replace(&mut open.is_announced, true) {
            return Ok(());
        }
        self.last_words.clear();
        let sign = &open.sign;
        let (id, tool, title, input) = (sign.id.clone(), sign.tool(), sign.title(), sign.input());
        self.seat
            .say(Report::ToolCalled { call, id, tool, title, input: input.into(), seal: None })
            .await
    }

    /// Says what a call has put out since the last time.
    async fn print(&mut self, call: CallId) -> Result<(), Gone> {
        let Some(open) = self.tools.get_mut(&call).filter(|it| it.is_running) else {
            return Ok(());
        };
        if open.sign.end().is_some() {
            return Ok(());
        }
        let piece = open.sign.piece.take();
        let text = if let Some(piece) = &piece {
            sanitise(piece).into_owned()
        } else {
            let new = open.sign.text().get(open.printed..).unwrap_or_default();
            open.printed = open.sign.text().len();
            sanitise(new).into_owned()
        };
        if text.is_empty() {
            Ok(())
        } else {
            self.seat.say(Report::ToolPrinted { call, text }).await
        }
    }

    /// Ends a call. Where it was the last that ran, the program's next model call
    /// follows by itself: that is said first, so that it never looks still.
    pub(super) async fn end_tool(&mut self, call: CallId, ok: bool, why: &str) -> Result<(), Gone> {
        let Some(open) = self.tools.remove(&call) else { return Ok(()) };
        self.calls.end(&open.sign.id);
        let others_run = self.tools.values().any(|it| it.is_running);
        let goes_on = open.is_running && !others_run && self.gates.is_empty();
        let is_under_way = !self.prompts.is_empty() && self.cutting.is_none();
        let is_renewed = goes_on && is_under_way && self.is_instructed_anew;
        if goes_on && is_under_way && !is_renewed && self.rejecting.is_empty() {
            self.take_turn_by_itself().await?;
        }
        self.say_end(call, &open, ok, why).await?;
        match is_under_way {
            // The model call that follows would not know its new instructions.
            true if is_renewed => self.cancel(super::worker::Then::Ask).await,
            true => self.bring_to_a_stand().await,
            false => Ok(()),
        }
    }

    pub(super) async fn say_end(
        &mut self,
        call: CallId,
        open: &Open,
        ok: bool,
        why: &str,
    ) -> Result<(), Gone> {
        if !open.is_announced {
            return Ok(());
        }
        let text = open.sign.text();
        let bytes = text.len() as u64;
        let text = kept(sanitise(if text.is_empty() { why } else { text }).into_owned());
        let mut changes: Vec<FileChange> =
            if ok { open.sign.changes(self.workspace()) } else { Vec::new() };
        // A write through us that the agent shows as a difference, too, is one.
        let is_new = |it: &&FileChange| !changes.iter().any(|known| known.path == it.path);
        let written: Vec<FileChange> = open.changes.iter().filter(is_new).cloned().collect();
        changes.extend(written);
        let note = why.to_owned();
        self.seat.say(Report::ToolEnded { call, ok, text, bytes, changes, note }).await
    }

    /// Ends the calls that are open, as their prompt is over.
    pub(super) async fn close_tools(&mut self, ok: bool, why: &str) -> Result<(), Gone> {
        for (call, open) in std::mem::take(&mut self.tools) {
            self.calls.end(&open.sign.id);
            self.say_end(call, &open, ok, why).await?;
        }
        Ok(())
    }
}
