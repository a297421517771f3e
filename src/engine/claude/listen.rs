//! What the program says, and what becomes of it.

use super::{
    arguments::Session,
    line::{self, Block, Ended, Line, Over, Piece, Spoken},
    tell, tool,
    worker::{Cut, ModelCall, Stand, Then, Worker},
};
use crate::{
    engine::{Gone, program::Exit, voice::Kind},
    model::{Cost, Level, Link, Outcome, Report, Usage},
    text::{one_line, sanitise},
};
use serde_json::Value;

/// So many lines that are no JSON are kept; the rest is garbage, too.
const NOISES: u32 = 20;
/// Names are this wide at most, in columns.
const NAME: usize = 80;
/// What it says when a session is not there that it is to take up.
const NO_SESSION: &str = "No conversation found";

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
            Line::Notice(text) => self.notice(Level::Note, &text).await,
            Line::Over(over) => self.take_end(over).await,
            Line::Quiet => Ok(()),
            Line::Strange(name) => self.note_strange(&name, message).await,
        }
    }

    async fn note_strange(&self, name: &str, message: &Value) -> Result<(), Gone> {
        let (name, message) = (one_line(name, NAME), message.clone());
        self.seat.say(Report::Strange { name, message }).await
    }

    /// Takes in a line that is no message.
    pub(super) async fn hear_noise(&mut self, noise: String) -> Result<(), Gone> {
        self.noises += 1;
        if self.noises > NOISES {
            return Ok(());
        }
        let (name, message) = ("not JSON".to_owned(), Value::String(noise));
        self.seat.say(Report::Strange { name, message }).await
    }

    async fn notice(&self, level: Level, text: &str) -> Result<(), Gone> {
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
            "usage" => self.settle(answer.ok().as_ref()).await,
            "interrupt" => {
                let unseen = answer.as_ref().map(line::unseen).unwrap_or_default();
                let sent = std::mem::take(&mut self.sent).into_iter();
                self.prompt
                    .extend(sent.filter(|(it, _)| unseen.contains(it)).map(|(_, text)| text));
                Ok(())
            }
            _ => match answer {
                Ok(_) => Ok(()),
                Err(why) => self.notice(Level::Warning, &format!("Claude Code: {why}")).await,
            },
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
        let link = Link { program, session: one_line(session, NAME) };
        if self.link.as_ref() == Some(&link) {
            return Ok(());
        }
        self.link = Some(link.clone());
        let Link { program, session } = link;
        self.seat.say(Report::Linked { program, session }).await
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
        let session = answer.map(|it| &it["session"]);
        let totals = session.and_then(|it| line::totals(&it["total_cost_usd"], &it["model_usage"]));
        match totals {
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
        let tool = open.map(|it| it.tool).unwrap_or_default();
        let changes = tool::changes(&tool, &ended.detail, &self.workspace);
        self.seat
            .say(Report::ToolEnded {
                call,
                ok: !ended.is_error,
                bytes: ended.text.len() as u64,
                text: sanitise(&ended.text).into_owned(),
                changes,
                note: String::new(),
            })
            .await
    }

    /// What was under way is over.
    async fn take_end(&mut self, over: Over) -> Result<(), Gone> {
        self.hush().await?;
        if let Some(totals) = over.totals {
            self.bill.see(totals);
        }
        match self.take_cut() {
            Some(cut) => self.finish_cut(cut).await,
            None => self.end_prompt(over).await,
        }
    }

    async fn end_prompt(&mut self, over: Over) -> Result<(), Gone> {
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
    fn rest(&mut self) -> (Usage, Cost) {
        let own = self.call.usage();
        let price = if own == Usage::default() { Cost::default() } else { self.price(&own) };
        self.bill.rest(own, || price)
    }

    async fn cut_turn(&mut self, why: &str, (usage, cost): (Usage, Cost)) -> Result<(), Gone> {
        self.call = ModelCall::default();
        let (turn, why) = (self.turn, why.to_owned());
        self.seat.say(Report::TurnCut { turn, why, usage, cost }).await
    }

    /// The program has left off: all that was open is brought to an end.
    async fn finish_cut(&mut self, cut: Cut) -> Result<(), Gone> {
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
    async fn end_tools(&mut self) -> Result<(), Gone> {
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
    async fn come_back(&mut self, cut: Cut) -> Result<(), Gone> {
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
    fn is_without_session(&self, text: &str) -> bool {
        let is_taken_up = matches!(self.session, Session::Again(_));
        is_taken_up && matches!(self.stand, Stand::Starting { .. }) && text.contains(NO_SESSION)
    }

    /// Its session is not there any more: it begins with its brief again.
    async fn begin_anew(&mut self) -> Result<(), Gone> {
        let text = "its session in Claude Code is not there any more; it begins anew";
        self.notice(Level::Warning, text).await?;
        self.has_conversation = false;
        self.prompt.insert(0, self.casting.brief.clone());
        self.renew().await
    }
}
