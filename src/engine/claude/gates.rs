//! The hooks where the program waits for us, and what we answer: judged by our
//! policy, asked of the director, granted by the supervisor.

use super::{
    aides::Held,
    line::{Hook, Point},
    tell,
    tool::{self, Question},
    worker::{Stand, Worker},
};
use crate::{
    engine::{
        Gone,
        program::{Decision, Ruling},
    },
    model::{Answer, Boundary, CallId, Report, RequestId, Turn},
    text::sanitise,
};
use serde_json::{Value, json};

/// Whom to tell what the director says: a hook by its number, and which of its
/// questions.
pub(super) type Key = (String, usize);

/// A tool call that has not ended.
#[derive(Debug, Clone)]
pub(super) struct OpenCall {
    pub(super) tool: String,
    pub(super) title: String,
    pub(super) is_running: bool,
    /// The turn that asked for it.
    pub(super) turn: Turn,
}

/// A tool call that waits at its hook.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    number: String,
    /// The program's name of the call.
    name: String,
    /// Its number; of a sub-agent's call, that of its parent.
    call: CallId,
    tool: String,
    input: Value,
    aide: Option<(String, String)>,
    folder: String,
    questions: Vec<(Question, Option<String>)>,
    /// It may, as far as the policy and the director are concerned.
    is_allowed: bool,
}

impl Worker {
    /// Meets the program at a hook.
    pub(super) async fn meet(&mut self, hook: Hook) -> Result<(), Gone> {
        if matches!(self.stand, Stand::Cutting(_)) {
            // It is about to be cancelled; nothing may begin before that.
            return Ok(());
        }
        match hook.point {
            Point::Prompt if self.expected > 0 => {
                self.expected -= 1;
                self.program.send(&tell::answer(&hook.number, &tell::go_on()));
                Ok(())
            }
            Point::Prompt => self.stand_before(hook.number).await,
            Point::Tool => self.meet_call(hook).await,
            Point::Batch if hook.aide.is_none() => {
                if matches!(self.stand, Stand::Calling) {
                    self.batch = Some(hook.number);
                    return Ok(());
                }
                self.stand_before(hook.number).await
            }
            Point::Batch | Point::Aide => {
                let aide = hook.aide.unwrap_or_default().0;
                let held = Held { number: hook.number, answer: tell::go_on(), is_tool: false };
                self.pass_aide(&aide, held).await
            }
            Point::Other => {
                self.program.send(&tell::answer(&hook.number, &tell::go_on()));
                Ok(())
            }
        }
    }

    /// It waits before a model call. Where it had asked for one already, that
    /// was this.
    pub(super) async fn stand_before(&mut self, number: String) -> Result<(), Gone> {
        let has_asked = matches!(self.stand, Stand::Idle | Stand::Before(_));
        self.stand = Stand::Before(number);
        if has_asked { Ok(()) } else { self.reach(false).await }
    }

    async fn meet_call(&mut self, hook: Hook) -> Result<(), Gone> {
        let call = match &hook.aide {
            None => {
                self.announce(&hook.call, &hook.tool, &hook.input).await?;
                self.calls.begin(&hook.call)
            }
            Some((aide, _)) => {
                let call = self.aides.parent(aide).unwrap_or_default();
                if tool::is_aide(&hook.tool) {
                    self.aides.root(&hook.call, call);
                }
                call
            }
        };
        let questions = if hook.tool == tool::QUESTION {
            tool::questions(&hook.input).into_iter().map(|it| (it, None)).collect()
        } else {
            Vec::new()
        };
        let gate = Gate {
            number: hook.number,
            name: hook.call,
            call,
            tool: sanitise(&hook.tool).into_owned(),
            input: hook.input,
            aide: hook.aide,
            folder: hook.folder,
            questions,
            is_allowed: false,
        };
        // The calls of an answer are a step after it.
        if gate.aide.is_none() && matches!(self.stand, Stand::Calling) {
            self.waiting.push(gate);
            return Ok(());
        }
        self.judge(gate).await
    }

    /// Judges a call that waits.
    pub(super) async fn judge(&mut self, gate: Gate) -> Result<(), Gone> {
        if !gate.questions.is_empty() {
            return self.ask_questions(gate).await;
        }
        let accesses = tool::accesses(&gate.tool, &gate.input, &self.workspace, &gate.folder);
        let shown = tool::shown(&gate.tool, &gate.input);
        let (key, call) = ((gate.number.clone(), 0), (gate.call, gate.tool.as_str()));
        match self.permits.judge(key, call, &accesses, shown) {
            Ruling::Allow => self.allow(gate).await,
            Ruling::Deny(why) => {
                self.program
                    .send(&tell::answer(&gate.number, &tell::deny(&format!("denied: {why}"))));
                Ok(())
            }
            Ruling::Ask(report) => self.wait_for_director(gate, vec![report]).await,
        }
    }

    async fn ask_questions(&mut self, gate: Gate) -> Result<(), Gone> {
        let mut reports = Vec::new();
        for (place, (question, _)) in gate.questions.iter().enumerate() {
            let key = (gate.number.clone(), place);
            let (call, options) = (Some(gate.call), &question.options);
            reports.push(self.permits.question(key, call, &question.text, options));
        }
        self.wait_for_director(gate, reports).await
    }

    async fn wait_for_director(&mut self, gate: Gate, asks: Vec<Report>) -> Result<(), Gone> {
        if let Some((aide, _)) = &gate.aide {
            self.aides.ask(aide);
        }
        self.gates.push(gate);
        for ask in asks {
            self.seat.say(ask).await?;
        }
        self.look_at_aides().await
    }

    /// Hears what the director says to a request.
    pub(super) async fn hear_answer(
        &mut self,
        request: RequestId,
        answer: Answer,
    ) -> Result<(), Gone> {
        let Some(((number, place), decision)) = self.permits.hear(request, answer) else {
            return Ok(());
        };
        let Some(at) = self.gates.iter().position(|it| it.number == number) else {
            return Ok(());
        };
        let mut gate = self.gates.remove(at);
        let said = match (gate.questions.get_mut(place), decision) {
            (Some((_, answer)), Decision::Said(text)) => {
                *answer = Some(text);
                if gate.questions.iter().any(|(_, answer)| answer.is_none()) {
                    self.gates.push(gate);
                    return Ok(());
                }
                None
            }
            (Some(_), Decision::Deny(why)) => Some(format!("the director does not answer. {why}")),
            (None, Decision::Deny(why) | Decision::Said(why)) if why.is_empty() => {
                Some("the director denied this".to_owned())
            }
            (None, Decision::Deny(why) | Decision::Said(why)) => {
                Some(format!("the director denied this: {why}"))
            }
            (_, Decision::Withdrawn) => Some("nobody answers this any more".to_owned()),
            (_, Decision::Allow) => None,
        };
        if let Some((aide, _)) = &gate.aide {
            self.aides.heard(aide);
        }
        match said {
            None => self.allow(gate).await,
            Some(why) => {
                self.withdraw(&number).await?;
                self.program.send(&tell::answer(&number, &tell::deny(&why)));
                Ok(())
            }
        }
    }

    /// Nobody has to answer what this hook was about.
    async fn withdraw(&mut self, number: &str) -> Result<(), Gone> {
        for request in self.permits.withdraw(|(it, _)| it == number) {
            self.seat.say(Report::Withdrawn(request)).await?;
        }
        Ok(())
    }

    /// It may; whether it may now is for the supervisor to say.
    async fn allow(&mut self, mut gate: Gate) -> Result<(), Gone> {
        gate.is_allowed = true;
        if let Some((aide, kind)) = gate.aide.clone() {
            let text = tool::aide_line(&kind, &gate.tool, &gate.input, &self.workspace);
            self.seat.say(Report::ToolPrinted { call: gate.call, text }).await?;
            let answer = self.allowance(&gate);
            return self
                .pass_aide(&aide, Held { number: gate.number, answer, is_tool: true })
                .await;
        }
        let call = gate.call;
        self.gates.push(gate);
        self.seat.say(Report::Reached(Boundary::Tool { call })).await
    }

    /// The answer that lets a call run. Questions are answered with it.
    fn allowance(&mut self, gate: &Gate) -> Value {
        self.passed.insert(gate.name.clone());
        if gate.questions.is_empty() {
            return tell::allow(None);
        }
        let said = |(question, answer): &(Question, Option<String>)| {
            (question.text.clone(), json!(answer.clone().unwrap_or_default()))
        };
        let mut input = gate.input.clone();
        input["answers"] = Value::Object(gate.questions.iter().map(said).collect());
        tell::allow(Some(&input))
    }

    /// Lets a call run that the supervisor has granted.
    pub(super) fn run_tool(&mut self, call: CallId) {
        let is_it = |it: &Gate| it.is_allowed && it.aide.is_none() && it.call == call;
        let Some(at) = self.gates.iter().position(is_it) else { return };
        let gate = self.gates.remove(at);
        if let Some(open) = self.tools.get_mut(&call) {
            open.is_running = true;
        }
        if tool::is_aide(&gate.tool) {
            self.aides.root(&gate.name, call);
        }
        let answer = self.allowance(&gate);
        self.program.send(&tell::answer(&gate.number, &answer));
    }

    /// It asks for leave outside of a hook: the answer is the hook's. A call
    /// that no hook let through may not run.
    pub(super) fn answer_leave(&mut self, number: &str, call: &str, input: &Value) {
        let answer = if self.passed.contains(call) {
            json!({ "behavior": "allow", "updatedInput": input })
        } else {
            json!({ "behavior": "deny", "message": "denied: it was not asked for at its hook" })
        };
        self.program.send(&tell::answer(number, &answer));
    }

    /// The program needs no answer at this hook any more.
    pub(super) async fn forget(&mut self, number: &str) -> Result<(), Gone> {
        self.gates.retain(|it| it.number != number);
        self.waiting.retain(|it| it.number != number);
        self.batch.take_if(|it| it == number);
        self.aides.cancel(number);
        self.withdraw(number).await
    }

    /// Lets a sub-agent go on from a hook, unless something holds the agent.
    async fn pass_aide(&mut self, aide: &str, held: Held) -> Result<(), Gone> {
        if self.holds.is_empty() {
            if held.is_tool {
                self.aides.runs(aide);
            }
            self.program.send(&tell::answer(&held.number, &held.answer));
            return Ok(());
        }
        self.aides.hold(aide, held);
        self.look_at_aides().await
    }

    /// Nothing holds the agent any more: its sub-agents go on.
    pub(super) fn let_aides_go_on(&mut self) {
        if !self.holds.is_empty() {
            return;
        }
        self.is_still = false;
        for held in self.aides.release() {
            self.program.send(&tell::answer(&held.number, &held.answer));
        }
    }

    /// Says that it stands still where it is held and all that runs of it are
    /// sub-agents that stand at their hooks.
    pub(super) async fn look_at_aides(&mut self) -> Result<(), Gone> {
        if self.stands_still() && !self.is_still {
            self.is_still = true;
            let what = format!("{}; its sub-agents are held at their next step", self.under_way());
            return self.seat.say(Report::Frozen(what)).await;
        }
        Ok(())
    }

    fn stands_still(&self) -> bool {
        let mut running = self.tools.iter().filter(|(_, it)| it.is_running).peekable();
        !self.holds.is_empty()
            && matches!(self.stand, Stand::Working)
            && running.peek().is_some()
            && running.all(|(call, _)| self.aides.are_still(*call))
    }

    /// Announces a call that the model has asked for; once.
    pub(super) async fn announce(
        &mut self,
        name: &str,
        tool: &str,
        input: &Value,
    ) -> Result<(), Gone> {
        if self.calls.find(name).is_some() {
            return Ok(());
        }
        self.hush().await?;
        let call = self.calls.begin(name);
        let title = tool::title(tool, input, &self.workspace);
        let tool = sanitise(tool).into_owned();
        let (turn, is_running) = (self.turn, false);
        let open = OpenCall { tool: tool.clone(), title: title.clone(), is_running, turn };
        self.tools.insert(call, open);
        let (id, input) = (name.to_owned(), input.clone());
        self.seat
            .say(Report::ToolCalled { call, id, tool, title, input: input.into(), seal: None })
            .await
    }
}
