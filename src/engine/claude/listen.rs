//! What the program says, and what becomes of it.

use super::{
    line::{self, Block, Ended, Line, Piece, Spoken},
    orders::MODEL,
    tell, tool,
    worker::{ModelCall, Stand, Worker},
};
use crate::{
    engine::{Gone, program::kept, quota::of_claude, voice::Kind},
    model::{Cost, Level, Link, Outcome, Quota, Report, Turn, Usage},
    text::{one_line, sanitise},
};
use jiff::Timestamp;
use serde_json::Value;

/// So many lines that are no JSON are kept; the rest is garbage, too.
const NOISES: u32 = 20;
/// Names are this wide at most, in columns.
const NAME: usize = 80;

impl Worker {
    /// Takes in a message.
    pub(super) async fn listen(&mut self, message: &Value) -> Result<(), Gone> {
        match line::read(message) {
            Line::Answer { number, answer } => self.take_answer(&number, answer).await,
            Line::Hook(hook) => self.meet(hook).await,
            Line::Leave { number, call, input } => {
                self.answer_leave(&number, &call, &input);
                Ok(())
            }
            Line::Unable { number, what } => {
                self.program.send(&tell::refuse(&number));
                self.note_strange(&format!("control_request/{what}"), message).await
            }
            Line::Cancelled(number) => self.forget(&number).await,
            Line::Began { session, version, model } => {
                self.model = one_line(&model, NAME);
                self.link(&version, &session).await
            }
            Line::AideBegan { aide, call } => {
                self.aides.begin(&aide, &call);
                Ok(())
            }
            Line::Piece(piece) => self.take_piece(piece).await,
            Line::Spoken(spoken) => self.take_spoken(spoken).await,
            Line::Results(all) => self.take_results(all).await,
            Line::Retrying { attempt, most, wait_ms, why } => {
                self.retry((attempt, most), wait_ms, one_line(&why, NAME)).await
            }
            Line::Compacted { before, after } => self.compacted(before, after).await,
            Line::Quota => match of_claude(message, Timestamp::now()) {
                Some(quota) => self.seat.say(Report::QuotaTold(Box::new(quota))).await,
                None => Ok(()),
            },
            Line::Notice(text) => self.notice(Level::Note, &text).await,
            Line::Over(over) => self.take_end(over).await,
            Line::Quiet => Ok(()),
            Line::Strange(name) => self.note_strange(&name, message).await,
        }
    }

    async fn note_strange(&self, name: &str, message: &Value) -> Result<(), Gone> {
        let (name, message) = (one_line(name, NAME), message.clone());
        self.seat.say(Report::Strange { name, message: message.into() }).await
    }

    /// Takes in a line that is no message.
    pub(super) async fn hear_noise(&mut self, noise: String) -> Result<(), Gone> {
        self.noises += 1;
        if self.noises > NOISES {
            return Ok(());
        }
        let (name, message) = ("not JSON".to_owned(), Value::String(noise));
        self.seat.say(Report::Strange { name, message: message.into() }).await
    }

    pub(super) async fn notice(&self, level: Level, text: &str) -> Result<(), Gone> {
        let text = format!("{}: {}", self.casting.name, sanitise(text));
        self.seat.say(Report::Noticed(level, text)).await
    }

    async fn compacted(&self, before: u64, after: u64) -> Result<(), Gone> {
        let summary = format!(
            "Claude Code made its conversation shorter by itself: {after} tokens of {before} are left"
        );
        let (upto, usage, cost) = (self.turn, Usage::default(), Cost::default());
        self.seat.say(Report::Compacted { summary, upto, usage, cost }).await
    }

    async fn take_answer(
        &mut self,
        number: &str,
        answer: Result<Value, String>,
    ) -> Result<(), Gone> {
        match number.split('-').next().unwrap_or_default() {
            tell::OPENING => self.open(answer).await,
            tell::BEFORE => self.begin_from(answer.ok().as_ref()).await,
            "usage" => self.settle(answer.ok().as_ref()).await,
            "interrupt" => {
                let unseen = answer.as_ref().map(line::unseen).unwrap_or_default();
                let sent = std::mem::take(&mut self.sent).into_iter();
                self.prompt
                    .extend(sent.filter(|(it, _)| unseen.contains(it)).map(|(_, text)| text));
                Ok(())
            }
            other => {
                if let Err(why) = answer {
                    self.notice(Level::Warning, &format!("Claude Code: {why}")).await?;
                }
                if other == MODEL { self.model_changed(number).await } else { Ok(()) }
            }
        }
    }

    /// It is up, if it lets itself be held.
    async fn open(&mut self, answer: Result<Value, String>) -> Result<(), Gone> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) => {
                let why = format!("Claude Code does not open a conversation: {}", sanitise(&why));
                self.over = Some(Outcome::Failed { why });
                return Ok(());
            }
        };
        let version = answer["claude_code_version"].as_str().unwrap_or_default().to_owned();
        let asks = |name: &str| answer[name].as_bool().unwrap_or_default();
        if !asks("hooks_applied") || !asks("hook_on_failure_supported") {
            let why = format!(
                "this Claude Code ({}) can't be held at its hooks; 2.1.330 can: install a newer one",
                one_line(&version, NAME)
            );
            self.over = Some(Outcome::Failed { why });
            return Ok(());
        }
        let account = &answer["account"];
        self.bill.is_open =
            account["apiKeySource"].is_string() && !account["subscriptionType"].is_string();
        if !self.is_up {
            self.is_up = true;
            self.seat.say(Report::Started).await?;
        }
        let session = self.session.name().to_owned();
        self.link(&version, &session).await?;
        if account["subscriptionType"].is_string() {
            let (account, windows) = ("claude".to_owned(), Vec::new());
            let quota = Box::new(Quota { account, windows, is_login: true });
            self.seat.say(Report::QuotaTold(quota)).await?;
        }
        if self.session.has_past() {
            let number = self.number(tell::BEFORE);
            self.program.send(&tell::ask_usage(&number));
            return Ok(());
        }
        self.begin().await
    }

    /// It has said what its session had cost before; an older one can't.
    async fn begin_from(&mut self, answer: Option<&Value>) -> Result<(), Gone> {
        if !matches!(self.stand, Stand::Starting { .. }) {
            return Ok(());
        }
        if let Some(totals) = answer.and_then(line::session_totals) {
            self.bill.had(totals);
        }
        self.begin().await
    }

    /// Its first turn is next.
    async fn begin(&mut self) -> Result<(), Gone> {
        let is_granted = matches!(self.stand, Stand::Starting { is_granted: true });
        self.stand = Stand::Idle;
        if is_granted {
            self.take_turn();
            return Ok(());
        }
        self.reach(false).await
    }

    /// Says which session it runs in, when that is news.
    async fn link(&mut self, version: &str, session: &str) -> Result<(), Gone> {
        let program = format!("Claude Code {}", one_line(version, NAME));
        let link = Link { program, session: one_line(session, NAME), model: self.model.clone() };
        if self.link.as_ref() == Some(&link) {
            return Ok(());
        }
        self.link = Some(link.clone());
        let Link { program, session, model } = link;
        self.seat.say(Report::Linked { program, session, model }).await
    }

    async fn take_piece(&mut self, piece: Piece) -> Result<(), Gone> {
        match piece {
            Piece::Start { message, model, usage } => {
                let before = self.call.usage();
                let parts = vec![usage];
                self.call = ModelCall { message, model, parts, before, ..ModelCall::default() };
                self.sent.clear();
                if matches!(self.stand, Stand::Working) {
                    // Nobody was asked; what it costs is counted all the same.
                    self.stand = Stand::Calling;
                }
                Ok(())
            }
            Piece::Text(text) => self.speak(Kind::Words, &text).await,
            Piece::Thought(text) => self.speak(Kind::Thought, &text).await,
            Piece::BlockEnd => self.hush().await,
            Piece::Delta { stop, usage } => {
                self.call.parts.push(usage);
                self.call.stop = stop.or(self.call.stop.take());
                Ok(())
            }
            Piece::End => self.end_call().await,
            Piece::Nothing => Ok(()),
        }
    }

    async fn speak(&mut self, kind: Kind, piece: &str) -> Result<(), Gone> {
        if self.voice.is_other(kind) {
            self.hush().await?;
        }
        self.voice.take(kind, piece);
        if self.voice.is_due() {
            self.voice.flush(&self.seat).await?;
        }
        Ok(())
    }

    /// Ends what is being said, and says what waits of it.
    pub(super) async fn hush(&mut self) -> Result<(), Gone> {
        self.voice.finish();
        self.voice.flush(&self.seat).await
    }

    /// A model call has ended. One that wants tools ends the turn, as soon as
    /// it is known what it cost; others end with their prompt.
    async fn end_call(&mut self) -> Result<(), Gone> {
        let wants_tools = self.call.stop.as_deref() == Some("tool_use");
        if !wants_tools || !matches!(self.stand, Stand::Calling) {
            return Ok(());
        }
        if self.bill.is_open {
            self.call.is_settling = true;
            let number = self.number("usage");
            self.program.send(&tell::ask_usage(&number));
            return Ok(());
        }
        self.settle(None).await
    }

    /// Ends a turn, and lets its tools come to their boundaries.
    async fn settle(&mut self, answer: Option<&Value>) -> Result<(), Gone> {
        let is_due = self.call.is_settling || answer.is_none();
        if !matches!(self.stand, Stand::Calling) || !is_due {
            return Ok(());
        }
        match answer.and_then(line::session_totals) {
            Some(totals) => self.bill.see(totals),
            None => self.bill.is_open = false,
        }
        let usage = self.call.usage();
        let price = self.price(&usage);
        let cost = self.bill.charge(&usage, || price);
        self.stand = Stand::Working;
        self.end_turn((usage, cost)).await?;
        for gate in std::mem::take(&mut self.waiting) {
            self.judge(gate).await?;
        }
        match self.batch.take() {
            Some(number) => self.stand_before(number).await,
            None => Ok(()),
        }
    }

    async fn take_spoken(&mut self, spoken: Spoken) -> Result<(), Gone> {
        if let Some(parent) = &spoken.parent {
            let Some(call) = self.aides.root_of(parent) else { return Ok(()) };
            return self.take_aides_words(call, &spoken.blocks).await;
        }
        let was_streamed = spoken.message == self.call.message;
        self.place.clone_from(&spoken.place);
        for block in spoken.blocks {
            match block {
                Block::Call { id, tool, input } => self.announce(&id, &tool, &input).await?,
                // Its own words about a failure come with the end.
                _ if was_streamed || spoken.is_synthetic => {}
                Block::Text(text) => self.say(Kind::Words, &text).await?,
                Block::Thought(text) => self.say(Kind::Thought, &text).await?,
            }
        }
        Ok(())
    }

    async fn say(&mut self, kind: Kind, text: &str) -> Result<(), Gone> {
        self.speak(kind, text).await?;
        self.hush().await
    }

    /// What a sub-agent says stands under the call that it is a part of.
    async fn take_aides_words(
        &self,
        call: crate::model::CallId,
        blocks: &[Block],
    ) -> Result<(), Gone> {
        for block in blocks {
            if let Block::Text(text) = block {
                let text = format!("{}\n", sanitise(text.trim_end()));
                self.seat.say(Report::ToolPrinted { call, text }).await?;
            }
        }
        Ok(())
    }

    async fn take_results(&mut self, all: Vec<Ended>) -> Result<(), Gone> {
        for ended in all {
            if let Some(aide) = &ended.aide {
                self.aides.ran(aide);
            }
            if ended.parent.is_none() && ended.aide.is_none() {
                self.take_result(ended).await?;
            }
        }
        self.look_at_aides().await
    }

    async fn take_result(&mut self, ended: Ended) -> Result<(), Gone> {
        let Some(call) = self.calls.end(&ended.call) else { return Ok(()) };
        self.passed.remove(&ended.call);
        let open = self.tools.remove(&call);
        self.aides.end(call);
        let (turn, tool) = open.map_or((self.turn, String::new()), |it| (it.turn, it.tool));
        let changes = tool::changes(&tool, &ended.detail, &self.workspace);
        self.seat
            .say(Report::ToolEnded {
                call,
                ok: !ended.is_error,
                bytes: ended.text.len() as u64,
                text: kept(sanitise(&ended.text).into_owned()),
                changes,
                note: String::new(),
            })
            .await?;
        self.name_place(turn, &ended.place).await
    }

    /// Tells what the program calls the place where a turn was over.
    pub(super) async fn name_place(&self, turn: Turn, place: &str) -> Result<(), Gone> {
        if place.is_empty() {
            return Ok(());
        }
        self.seat.say(Report::PlaceNamed(turn, one_line(place, NAME))).await
    }
}
