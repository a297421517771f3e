//! Where the program waits for us: leave to run a tool, and what it has us do
//! with files. Judged by our policy, asked of the director, granted by the
//! supervisor.

use super::{
    said::{Options, Wanted},
    sign::inside,
    tell,
    worker::Worker,
};
use crate::{
    engine::{
        Gone,
        program::{Decision, Ruling},
    },
    model::{Answer, Boundary, CallId, FileChange, Report, RequestId, Stop},
    tools::{Call, Progress, policy::Access},
};
use agent_client_protocol::v1::schema::{
    CreateTerminalRequest, ReadTextFileRequest, WriteTextFileRequest,
};
use serde_json::{Value, json};

/// Whether we lend terminals.
pub(super) const HAS_TERMINALS: bool = true;
/// The largest file that is read for an agent, in bytes.
const LARGEST: u64 = 10 << 20;

/// Our number of a gate.
pub(super) type Key = u64;

/// A request of the program's that is not answered.
#[derive(Debug)]
pub(super) struct Gate {
    key: Key,
    /// The program's own number of it.
    id: Value,
    pub(super) call: CallId,
    what: What,
    /// It may, as far as the policy and the director are concerned.
    is_allowed: bool,
}

#[derive(Debug)]
enum What {
    /// Leave for a tool call.
    Leave(Options),
    Read(ReadTextFileRequest),
    Write(WriteTextFileRequest),
    Terminal(CreateTerminalRequest),
}

impl Gate {
    pub(super) const fn leave(id: Value, call: CallId, options: Options) -> Self {
        Self { key: 0, id, call, what: What::Leave(options), is_allowed: false }
    }

    pub(super) const fn terminal(id: Value, call: CallId, request: CreateTerminalRequest) -> Self {
        Self { key: 0, id, call, what: What::Terminal(request), is_allowed: false }
    }
}

impl Worker {
    /// The program waits for leave. The model has had its say until then.
    pub(super) async fn ask_leave(&mut self, gate: Gate) -> Result<(), Gone> {
        if self.cutting.is_some() || self.prompts.is_empty() {
            match gate.what {
                What::Leave(_) => self.line.answer(&gate.id, tell::choose(None)).await,
                _ => self.line.fail(&gate.id, "cancelled").await,
            }
            return Ok(());
        }
        self.announce(gate.call).await?;
        if let Some(open) = self.tools.get_mut(&gate.call) {
            open.is_begun = false;
            // It was taken to run, for it had said so and not asked in time.
            open.is_running &= !matches!(gate.what, What::Leave(_));
        }
        let Some(open) = self.tools.get(&gate.call) else { return Ok(()) };
        let (tool, shown) = (open.sign.tool(), open.sign.shown());
        let accesses = open.sign.accesses(self.workspace());
        self.judge(gate, &tool, &accesses, shown).await
    }

    async fn judge(
        &mut self,
        mut gate: Gate,
        tool: &str,
        accesses: &[Access],
        shown: Option<String>,
    ) -> Result<(), Gone> {
        self.last_gate += 1;
        gate.key = self.last_gate;
        let ruling = self.permits.judge(gate.key, (gate.call, tool), accesses, shown);
        self.end_turn(Stop::Tools, None).await?;
        match ruling {
            Ruling::Allow => self.allow(gate).await,
            Ruling::Deny(why) => self.reject(gate, &format!("denied: {why}")).await,
            Ruling::Ask(report) => {
                self.gates.push(gate);
                self.seat.say(report).await
            }
        }
    }

    /// Hears what the director says to a request.
    pub(super) async fn hear_director(
        &mut self,
        request: RequestId,
        answer: Answer,
    ) -> Result<(), Gone> {
        let Some((key, decision)) = self.permits.hear(request, answer) else { return Ok(()) };
        let Some(at) = self.gates.iter().position(|it| it.key == key) else { return Ok(()) };
        let gate = self.gates.remove(at);
        match decision {
            Decision::Allow => self.allow(gate).await,
            Decision::Deny(why) | Decision::Said(why) if !why.is_empty() => {
                self.reject(gate, &format!("the director denied this: {why}")).await
            }
            _ => self.reject(gate, "the director denied this").await,
        }
    }

    /// It may; whether it may now is for the supervisor to say.
    async fn allow(&mut self, mut gate: Gate) -> Result<(), Gone> {
        gate.is_allowed = true;
        let call = gate.call;
        self.gates.push(gate);
        self.seat.say(Report::Reached(Boundary::Tool { call })).await
    }

    /// It may not. A model call follows when the program hears of it, so it hears
    /// of it when that is granted.
    async fn reject(&mut self, gate: Gate, why: &str) -> Result<(), Gone> {
        if let Some(open) = self.tools.remove(&gate.call) {
            self.calls.end(&open.sign.id);
            self.refused.insert(open.sign.id.clone());
            self.denials
                .push(format!("You may not: {} ({why}). Go on without it.", open.sign.title()));
            self.say_end(gate.call, &open, false, why).await?;
        }
        self.rejecting.push(gate);
        self.reach().await
    }

    /// Tells the program what it may not.
    pub(super) async fn reject_all(&mut self) {
        for gate in std::mem::take(&mut self.rejecting) {
            match &gate.what {
                What::Leave(options) => {
                    let choice = tell::choose(options.reject.as_deref());
                    self.line.answer(&gate.id, choice).await;
                }
                _ => self.line.fail(&gate.id, "denied").await,
            }
        }
    }

    /// Nobody needs an answer any more: the prompt is cut, or over.
    pub(super) async fn withdraw_all(&mut self) -> Result<(), Gone> {
        for request in self.permits.withdraw(|_| true) {
            self.seat.say(Report::Withdrawn(request)).await?;
        }
        let gates = std::mem::take(&mut self.gates);
        for gate in gates.into_iter().chain(std::mem::take(&mut self.rejecting)) {
            match gate.what {
                What::Leave(_) => self.line.answer(&gate.id, tell::choose(None)).await,
                _ => self.line.fail(&gate.id, "cancelled").await,
            }
        }
        Ok(())
    }

    /// The supervisor has granted a call.
    pub(super) async fn pass_gate(&mut self, call: CallId) -> Result<(), Gone> {
        let is_it = |it: &Gate| it.is_allowed && it.call == call;
        let Some(at) = self.gates.iter().position(is_it) else { return Ok(()) };
        let gate = self.gates.remove(at);
        if let Some(open) = self.tools.get_mut(&call) {
            open.is_running = true;
        }
        match gate.what {
            What::Leave(options) => {
                let choice = tell::choose(options.allow.as_deref());
                self.line.answer(&gate.id, choice).await;
                Ok(())
            }
            What::Terminal(request) => self.lend(&gate.id, &request, (call, true)).await,
            What::Read(request) => self.read_for(&gate.id, &request).await,
            What::Write(request) => {
                self.write_for(&gate.id, &request, call).await?;
                self.end_tool(call, true, "").await
            }
        }
    }

    /// Does something for the program: within a call that runs and has leave for
    /// this file at once, else by leave of its own.
    pub(super) async fn serve(&mut self, id: Value, wanted: Wanted) -> Result<(), Gone> {
        match wanted {
            Wanted::Read(request) => {
                let path = inside(self.workspace(), &request.path.display().to_string());
                match self.permits.judge(
                    0,
                    (CallId(0), "read_text_file"),
                    &[Access::Read { path }],
                    None,
                ) {
                    Ruling::Allow => self.read_for(&id, &request).await,
                    Ruling::Deny(why) => {
                        self.line.fail(&id, &format!("denied: {why}")).await;
                        Ok(())
                    }
                    Ruling::Ask(_) => {
                        self.permits.withdraw(|key| *key == 0);
                        self.ask_for_file(id, What::Read(request)).await
                    }
                }
            }
            Wanted::Write(request) => {
                let running = self
                    .tools
                    .iter()
                    .find(|(_, it)| it.is_running && it.sign.is_about(&request.path));
                match running.map(|(call, _)| *call) {
                    Some(call) => self.write_for(&id, &request, call).await,
                    None => self.ask_for_file(id, What::Write(request)).await,
                }
            }
            Wanted::Terminal(request) => self.ask_for_terminal(id, request).await,
            Wanted::About(about, name) => {
                self.serve_terminal(id, about, &name).await;
                Ok(())
            }
            _ => {
                self.line.refuse(&id).await;
                Ok(())
            }
        }
    }

    /// A file that no call speaks of: a call of its own, for which there must be leave.
    async fn ask_for_file(&mut self, id: Value, what: What) -> Result<(), Gone> {
        let (name, path) = match &what {
            What::Read(request) => ("read_text_file", &request.path),
            What::Write(request) => ("write_text_file", &request.path),
            What::Leave(_) | What::Terminal(_) => return Ok(()),
        };
        let kind = if matches!(what, What::Read(_)) { "read" } else { "edit" };
        let path = path.display().to_string();
        let number = id.to_string();
        let sign = super::sign::Sign::read(&json!({
            "toolCallId": format!("auteur-{number}"), "name": name, "kind": kind,
            "title": format!("{kind} {path}"), "rawInput": { "path": path },
            "locations": [{ "path": path }], "status": "pending",
        }));
        let call = self.calls.begin(&sign.id);
        self.tools.insert(call, super::worker::Open { sign, ..Default::default() });
        self.ask_leave(Gate { key: 0, id, call, what, is_allowed: false }).await
    }

    async fn read_for(&mut self, id: &Value, request: &ReadTextFileRequest) -> Result<(), Gone> {
        let path = request.path.display().to_string();
        let read = self.workspace().map(|it| it.read(&path, LARGEST));
        match read {
            Some(Ok(bytes)) => {
                let text = String::from_utf8_lossy(&bytes);
                let from = request.line.unwrap_or(1).saturating_sub(1) as usize;
                let most = request.limit.map_or(usize::MAX, |it| it as usize);
                let lines: String = text.split_inclusive('\n').skip(from).take(most).collect();
                self.line.answer(id, json!({ "content": lines })).await;
            }
            Some(Err(error)) => self.line.fail(id, &error.to_string()).await,
            None => self.line.fail(id, "there is no folder to work in").await,
        }
        Ok(())
    }

    async fn write_for(
        &mut self,
        id: &Value,
        request: &WriteTextFileRequest,
        call: CallId,
    ) -> Result<(), Gone> {
        let Some(toolbox) = &self.toolbox else {
            self.line.fail(id, "there is no folder to work in").await;
            return Ok(());
        };
        let path = request.path.display().to_string();
        let mut running = toolbox.start(Call::Write { path, content: request.content.clone() });
        let ended = loop {
            if let Progress::Ended(ended) = running.next().await {
                break ended;
            }
        };
        if !ended.ok {
            self.line.fail(id, &ended.text).await;
            return Ok(());
        }
        let change = |it: crate::tools::FileChange| FileChange {
            path: crate::text::one_line(&it.path, 160),
            added: it.added,
            removed: it.removed,
        };
        if let Some(open) = self.tools.get_mut(&call) {
            open.changes.extend(ended.changes.into_iter().map(change));
        }
        self.line.answer(id, json!({})).await;
        Ok(())
    }
}
