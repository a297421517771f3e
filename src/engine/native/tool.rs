//! One tool call: read, judged, asked for where it must be, granted, run.

use super::{
    asked::Open,
    worker::{Granted, Worker},
};
use crate::{
    engine::Gone,
    model::{Answer, Ask, Boundary, CallId, FileChange, Level, Order, Report},
    text::{one_line, reason_with_hidden, reveal, sanitise},
    tools::{Call, Ended, Outcome, Parsed, Progress, Running, policy::Verdict},
};
use serde_json::Value;
use std::time::Duration;

/// How wide a call's title may be, in cells; panes are narrower.
pub(super) const TITLE: usize = 160;

/// How long a tool that was cut may take to give its output.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What the model is told of a call that was cut before it ran.
pub(super) const NOT_RUN: &str = "not run: the director interrupted";

/// A tool call that the model has asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    pub(super) call: CallId,
    pub(super) id: String,
    pub(super) name: String,
    arguments: Result<Value, String>,
}

/// How a tool call came out for the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ran {
    Ended,
    Interrupted,
    Stopped,
    /// Somebody else goes on with the work: this role.
    HandedOff(String),
}

impl Wanted {
    pub(super) const fn new(
        call: CallId,
        id: String,
        name: String,
        arguments: Result<Value, String>,
    ) -> Self {
        Self { call, id, name, arguments }
    }

    /// The arguments as they go back to the model: an object in any case, since
    /// no service takes anything else.
    pub(super) fn input(&self) -> Value {
        match &self.arguments {
            Ok(value @ Value::Object(_)) => value.clone(),
            Ok(other) => serde_json::json!({ "arguments": other }),
            Err(raw) => serde_json::json!({ "arguments": raw }),
        }
    }

    pub(super) fn report(&self, seal: Option<Value>) -> Report {
        let title = match self.parse() {
            Ok(parsed) => parsed.title(),
            Err(_) => self.name.clone(),
        };
        Report::ToolCalled {
            call: self.call,
            id: self.id.clone(),
            tool: self.name.clone(),
            title: one_line(&title, TITLE),
            input: self.input().into(),
            seal: seal.map(Box::new),
        }
    }

    fn parse(&self) -> Result<Call, String> {
        self.parsed().map(|parsed| parsed.call)
    }

    fn parsed(&self) -> Result<Parsed, String> {
        match &self.arguments {
            Ok(arguments) => Call::parse(&self.name, arguments).map_err(|error| error.to_string()),
            Err(raw) => Err(format!("the arguments are not JSON: {raw}")),
        }
    }
}

impl Worker {
    /// Brings a call to its end, whatever end that is: every call has a result.
    pub(super) async fn run_tool(&mut self, wanted: Wanted) -> Result<Ran, Gone> {
        let call = match wanted.parsed() {
            Ok(parsed) if self.may_call(&wanted.name) => {
                self.note_ignored(&parsed.ignored).await?;
                parsed.call
            }
            Ok(_) => {
                let why = format!("the tool `{}` is not yours to use", wanted.name);
                return self.refuse_tool(&wanted, &why).await;
            }
            Err(why) => return self.refuse_tool(&wanted, &why).await,
        };
        match call {
            Call::Report { summary, outcome, result } => {
                self.report(&wanted, summary, outcome, result).await
            }
            Call::Ask { question, options } => self.question(&wanted, question, options).await,
            Call::Spawn { .. } | Call::AwaitAgents { .. } | Call::HandOff { .. } => {
                self.delegate(&wanted, call).await
            }
            call => self.act(&wanted, call).await,
        }
    }

    /// A model that asks for more than a tool has, such as no sandbox, does not
    /// get it; the director hears of it.
    async fn note_ignored(&mut self, ignored: &[String]) -> Result<(), Gone> {
        if ignored.is_empty() {
            return Ok(());
        }
        let names = one_line(&ignored.join(", "), TITLE);
        let text = format!("arguments that the tool does not have were ignored: {names}");
        self.seat.say(Report::Noticed(Level::Note, text)).await
    }

    fn may_call(&self, tool: &str) -> bool {
        self.specs.iter().any(|spec| spec.name == tool)
    }

    /// Ends a call that is not run, and says why.
    pub(super) async fn refuse_tool(&mut self, wanted: &Wanted, why: &str) -> Result<Ran, Gone> {
        self.end_tool(wanted, Ended { ok: false, text: reveal(why), ..Ended::default() }).await?;
        Ok(Ran::Ended)
    }

    /// Ends a call that the director cut before it ran.
    pub(super) async fn leave_out(&mut self, wanted: &Wanted) -> Result<Ran, Gone> {
        self.refuse_tool(wanted, NOT_RUN).await?;
        Ok(Ran::Interrupted)
    }

    pub(super) async fn end_tool(&mut self, wanted: &Wanted, ended: Ended) -> Result<(), Gone> {
        let Ended { ok, text, bytes, changes, note, code: _ } = ended;
        // What a tool says is foreign; here it becomes an event and goes to the model.
        let text = sanitise(&text).into_owned();
        self.told.result(wanted.call, &text, !ok);
        let changes = changes.into_iter().map(|it| FileChange {
            path: one_line(&it.path, TITLE),
            added: it.added,
            removed: it.removed,
        });
        self.seat
            .say(Report::ToolEnded {
                call: wanted.call,
                ok,
                text,
                bytes,
                changes: changes.collect(),
                note: one_line(&note.unwrap_or_default(), TITLE),
            })
            .await
    }

    /// Asks the director, unless exactly this was allowed for good.
    async fn may(
        &mut self,
        wanted: &Wanted,
        tool: String,
        shown: String,
        reason: String,
    ) -> Result<Heard, Gone> {
        let rule = (tool, shown);
        if self.allowed.contains(&rule) {
            return Ok(Heard::Answer(Answer::Always));
        }
        let (tool, shown) = rule.clone();
        let heard = self
            .await_answer(Ask::Approval { call: Some(wanted.call), tool, shown, reason })
            .await?;
        if matches!(heard, Heard::Answer(Answer::Always)) {
            self.allowed.push(rule);
        }
        Ok(heard)
    }

    /// A call that touches the world: judged by the policy, and granted by the
    /// supervisor, before it runs.
    async fn act(&mut self, wanted: &Wanted, call: Call) -> Result<Ran, Gone> {
        if call.is_of_server() {
            if self.review_servers().await?.is_some() {
                return Ok(Ran::Stopped);
            }
            if !self.may_call(&wanted.name) {
                return self
                    .refuse_tool(wanted, "its server does not lend this tool any more")
                    .await;
            }
            if let Some(server) = call.server_to_read()
                && let Err(why) = self.toolbox.servers().must_be_readable(server)
            {
                return self.refuse_tool(wanted, &why).await;
            }
        }
        let access = call.access(self.toolbox.workspace());
        let confinement = self.toolbox.confinement(&call);
        let verdict = match (access, self.toolbox.leaves(&call)) {
            (None, _) => Verdict::Allow,
            (Some(access), None) => self.policy.judge(&access, confinement),
            (Some(access), Some(why)) => self.policy.judge_leaving(&access, why),
        };
        match verdict {
            Verdict::Allow => {}
            Verdict::Deny { why } => {
                return self.refuse_tool(wanted, &format!("denied: {why}")).await;
            }
            Verdict::Ask { why, shown, .. } => {
                let (tool, reason) = (wanted.name.clone(), why_in_full(&call, &why, &shown));
                let shown = shown_in_full(&call, &shown);
                match self.may(wanted, tool, shown, reason).await? {
                    Heard::Answer(Answer::Approved | Answer::Always) => {}
                    Heard::Answer(Answer::Denied { why } | Answer::Said { text: why }) => {
                        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
                        return self
                            .refuse_tool(wanted, &format!("the director denied this{why}"))
                            .await;
                    }
                    Heard::Cut => return self.leave_out(wanted).await,
                    Heard::Answer(Answer::Withdrawn) | Heard::Stop => return Ok(Ran::Stopped),
                }
            }
        }
        match self.ask(Boundary::Tool { call: wanted.call }).await? {
            Granted::Go => {}
            Granted::Cut => return self.leave_out(wanted).await,
            Granted::Stop => return Ok(Ran::Stopped),
        }
        let running = self.toolbox.start(call);
        self.attend(wanted, running).await
    }

    /// Follows a tool to its end; a freeze stops its processes where they are.
    async fn attend(&mut self, wanted: &Wanted, mut running: Running) -> Result<Ran, Gone> {
        let mut open = None;
        loop {
            tokio::select! {
                biased;
                order = self.seat.hear() => match order? {
                    Order::Answer(request, answer) => {
                        self.last_request = self.last_request.max(request);
                        Open::hear(&mut open, request, answer);
                    }
                    Order::Stop => {
                        let why = "ended: the director stopped the agent";
                        self.withdraw(&mut open).await?;
                        self.cut_tool(wanted, running, why).await?;
                        return Ok(Ran::Stopped);
                    }
                    Order::Interrupt => {
                        let why = "interrupted by the director; it may have done part of its work";
                        self.withdraw(&mut open).await?;
                        self.cut_tool(wanted, running, why).await?;
                        self.seat.say(Report::Interrupted(title(wanted))).await?;
                        return Ok(Ran::Interrupted);
                    }
                    Order::Freeze => {
                        running.freeze();
                        self.seat.say(Report::Frozen(title(wanted))).await?;
                    }
                    Order::Thaw => running.thaw(),
                    order => self.heed(order),
                },
                () = Open::is_dropped(&mut open) => self.withdraw(&mut open).await?,
                progress = running.next() => match progress {
                    Progress::Output(text) => {
                        self.seat.say(Report::ToolPrinted { call: wanted.call, text }).await?;
                    }
                    Progress::Frozen { .. } => {}
                    Progress::Asks(asking) => open = Some(self.pose(wanted, asking).await?),
                    Progress::Declined(why) => {
                        self.seat.say(Report::Noticed(Level::Warning, why)).await?;
                    }
                    Progress::Ended(ended) => {
                        self.withdraw(&mut open).await?;
                        self.end_tool(wanted, ended).await?;
                        return Ok(Ran::Ended);
                    }
                },
            }
        }
    }

    /// Ends a tool in the middle. What it has put out so far is not lost.
    async fn cut_tool(
        &mut self,
        wanted: &Wanted,
        mut running: Running,
        why: &str,
    ) -> Result<(), Gone> {
        running.kill();
        let end = async {
            loop {
                if let Progress::Ended(ended) = running.next().await {
                    return ended;
                }
            }
        };
        // One that does not end at once is ended when it is dropped.
        let mut ended = tokio::time::timeout(LAST_WORDS, end).await.unwrap_or_default();
        drop(running);
        ended.ok = false;
        ended.text = match ended.text.trim() {
            "" => why.to_owned(),
            text => format!("{why}; output so far:\n{text}"),
        };
        self.end_tool(wanted, ended).await
    }

    async fn question(
        &mut self,
        wanted: &Wanted,
        question: String,
        options: Vec<String>,
    ) -> Result<Ran, Gone> {
        let options = options.iter().map(|it| one_line(it, TITLE)).collect();
        let ask = Ask::question(Some(wanted.call), reveal(&question), options);
        let (ok, text) = match self.await_answer(ask).await? {
            Heard::Answer(Answer::Said { text }) => (true, format!("the director answers: {text}")),
            Heard::Answer(Answer::Denied { why }) => {
                (false, format!("the director does not answer. {why}"))
            }
            Heard::Answer(Answer::Approved | Answer::Always) => {
                (true, "the director answers: yes".to_owned())
            }
            Heard::Cut => return self.leave_out(wanted).await,
            Heard::Answer(Answer::Withdrawn) | Heard::Stop => return Ok(Ran::Stopped),
        };
        let bytes = text.len() as u64;
        self.end_tool(wanted, Ended { ok, text, bytes, ..Ended::default() }).await?;
        Ok(Ran::Ended)
    }

    async fn report(
        &mut self,
        wanted: &Wanted,
        summary: String,
        outcome: Outcome,
        result: Option<Value>,
    ) -> Result<Ran, Gone> {
        let summary = reveal(&summary);
        let result = result.unwrap_or_default();
        if let Some(misfit) = self.misfit(&result) {
            let text = format!("this does not fit, so it was not handed in: {misfit}");
            self.end_tool(wanted, Ended { ok: false, text, ..Ended::default() }).await?;
            return Ok(Ran::Ended);
        }
        self.seat.say(Report::Reported { summary: summary.clone(), result: result.into() }).await?;
        let text = "noted".to_owned();
        self.end_tool(wanted, Ended { ok: true, text, ..Ended::default() }).await?;
        self.reported = Some((outcome == Outcome::Succeeded, summary));
        Ok(Ran::Ended)
    }

    /// What is wrong with a result that somebody waits for.
    fn misfit(&self, result: &Value) -> Option<String> {
        (self.services.fits)(self.casting.awaited()?, result).err()
    }

    /// Asks the director and waits for the answer to exactly this.
    pub(super) async fn await_answer(&mut self, ask: Ask) -> Result<Heard, Gone> {
        let request = self.last_request.next();
        self.last_request = request;
        self.seat.say(Report::Asked { request, ask }).await?;
        loop {
            match self.seat.hear().await? {
                Order::Answer(about, answer) if about == request => {
                    return Ok(Heard::Answer(answer));
                }
                Order::Answer(about, _) => self.last_request = self.last_request.max(about),
                Order::Stop => return Ok(Heard::Stop),
                Order::Interrupt => return Ok(Heard::Cut),
                order => self.heed(order),
            }
        }
    }
}

/// All of what would happen, with nothing invisible in it: an approval holds
/// for exactly this.
fn shown_in_full(call: &Call, shown: &str) -> String {
    match call {
        Call::Write { content, .. } => format!("{}\n{}", reveal(shown), reveal(content)),
        Call::Edit { old, new, .. } => {
            let mut lines = vec![reveal(shown)];
            lines.extend(reveal(old).lines().map(|line| format!("-{line}")));
            lines.extend(reveal(new).lines().map(|line| format!("+{line}")));
            lines.join("\n")
        }
        _ => reveal(shown),
    }
}

/// Why it is asked about, and how much of it nobody would see.
fn why_in_full(call: &Call, why: &str, shown: &str) -> String {
    match call {
        Call::Write { content, .. } => reason_with_hidden(why, &format!("{shown}{content}")),
        Call::Edit { old, new, .. } => reason_with_hidden(why, &format!("{shown}{old}{new}")),
        _ => reason_with_hidden(why, shown),
    }
}

pub(super) fn title(wanted: &Wanted) -> String {
    wanted.parse().map_or_else(|_| wanted.name.clone(), |call| one_line(&call.title(), TITLE))
}

pub(super) enum Heard {
    Answer(Answer),
    Cut,
    Stop,
}
