//! Records in, spans out: each when it is over.

use super::{
    Content,
    span::{Kind, Span, id},
};
use crate::{
    export::wash::Wash,
    model::{
        AgentId, Author, Bond, CallId, Casting, Cost, EngineKind, Event, Header, Millis, Outcome,
        Record, Stop, Turn, Usage,
    },
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A nanosecond is so much less than a millisecond.
const NANOS: u64 = 1_000_000;

/// The spans of a session that are not over.
#[derive(Debug)]
pub(super) struct Spans {
    trace: String,
    session: String,
    /// When the session opened, in nanoseconds since 1970.
    opened: u64,
    now: Millis,
    wash: Wash,
    content: Content,
    root: Option<Span>,
    runs: u32,
    agents: BTreeMap<AgentId, Agent>,
    tools: BTreeMap<(AgentId, CallId), Span>,
    over: Vec<Value>,
}

/// An agent, over or not.
#[derive(Debug, Default)]
struct Agent {
    casting: Casting,
    span: Option<Span>,
    begun: u32,
    usage: Usage,
    cost: Cost,
    turn: Option<(Turn, Span)>,
    said: String,
    /// What it was told since its last turn.
    told: Vec<Value>,
}

impl Spans {
    pub(super) fn new(header: &Header, wash: Wash, content: Content) -> Self {
        let opened = header.opened.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_nanosecond);
        Self {
            trace: id(&format!("{} {}", header.session, header.opened), 16),
            session: wash.text(&header.session),
            opened: opened.ok().and_then(|it| u64::try_from(it).ok()).unwrap_or_default(),
            now: Millis(0),
            wash,
            content,
            root: None,
            runs: 0,
            agents: BTreeMap::new(),
            tools: BTreeMap::new(),
            over: Vec::new(),
        }
    }

    /// Takes a record, and tells the spans that are over with it.
    pub(super) fn take(&mut self, record: &Record) -> Vec<Value> {
        self.now = self.now.max(record.at);
        if self.root.is_none() && !matches!(record.event, Event::SessionClosed { .. }) {
            self.open_root();
        }
        match &record.event {
            Event::SessionOpened { title, .. } => self.name_root(title),
            Event::SessionClosed { .. } => self.close_root(),
            event => self.of_agent(event),
        }
        std::mem::take(&mut self.over)
    }

    /// There are no more records: what is not over is told as it stands.
    pub(super) fn finish(&mut self) -> Vec<Value> {
        for call in self.tools.keys().copied().collect::<Vec<_>>() {
            self.close(|it| it.tools.remove(&call));
        }
        for agent in self.agents.keys().copied().collect::<Vec<_>>() {
            self.close_agent(agent);
        }
        self.close_root();
        std::mem::take(&mut self.over)
    }

    fn nanos(&self) -> u64 {
        self.opened.saturating_add(self.now.0.saturating_mul(NANOS))
    }

    fn open_root(&mut self) {
        self.runs += 1;
        let id = self.id(&format!("run {}", self.runs));
        let name = "invoke_workflow session".to_owned();
        let mut root = Span::new((id, None), name, Kind::Internal, self.nanos());
        root.text("gen_ai.operation.name", "invoke_workflow");
        root.text("gen_ai.conversation.id", &*self.session);
        self.root = Some(root);
    }

    /// A title is mostly the words of a brief: it is told where those are.
    fn name_root(&mut self, title: &str) {
        if self.content == Content::Without {
            return;
        }
        let title = self.wash.text(title);
        if let Some(root) = self.root.as_mut().filter(|_| !title.is_empty()) {
            root.name = format!("invoke_workflow {title}");
            root.text("gen_ai.workflow.name", title);
        }
    }

    fn close_root(&mut self) {
        self.close(|it| it.root.take());
    }

    fn close(&mut self, which: impl FnOnce(&mut Self) -> Option<Span>) {
        if let Some(span) = which(self) {
            self.over.push(span.over(&self.trace, self.nanos()));
        }
    }

    fn id(&self, words: &str) -> String {
        id(&format!("{} {words}", self.trace), 8)
    }

    fn of_agent(&mut self, event: &Event) {
        let Some(agent) = event.agent() else { return };
        match event {
            Event::AgentAdded { casting, .. } => self.begin(agent, Some(casting)),
            Event::AgentReopened { .. } => self.begin(agent, None),
            Event::AgentEnded { outcome, .. } => self.end(agent, outcome),
            Event::TurnStarted { turn, model, .. } => self.begin_turn(agent, *turn, model),
            Event::Linked { model, .. } if !model.is_empty() => self.name_model(agent, model),
            Event::Said { text, .. } if self.content == Content::With => {
                if let Some(it) = self.agents.get_mut(&agent) {
                    it.said.push_str(text);
                }
            }
            Event::TurnEnded { turn, stop, usage, cost, .. } => {
                self.end_turn((agent, *turn), Ok(stop), (usage, cost));
            }
            Event::TurnCut { turn, why, usage, cost, .. } => {
                self.end_turn((agent, *turn), Err(why), (usage, cost));
            }
            Event::ToolCalled { .. } => self.begin_tool(agent, event),
            Event::ToolStarted { call, .. } => {
                let now = self.nanos();
                if let Some(span) = self.tools.get_mut(&(agent, *call)) {
                    span.start = now;
                }
            }
            Event::ToolEnded { .. } => self.end_tool(agent, event),
            event => self.direction(agent, event),
        }
    }

    fn begin(&mut self, id: AgentId, casting: Option<&Casting>) {
        let now = self.nanos();
        let it = self.agents.entry(id).or_default();
        if let Some(casting) = casting {
            it.casting = casting.clone();
        }
        it.begun += 1;
        let (begun, casting) = (it.begun, it.casting.clone());
        let parent = casting.origin.as_ref().filter(|it| it.bond == Bond::Child);
        let parent = parent.and_then(|it| self.tools.get(&(it.agent, it.call)));
        let parent = parent.or(self.root.as_ref()).map(|it| it.id.clone());
        let name = self.wash.text(&casting.name);
        let ids = (self.id(&format!("agent {id} {begun}")), parent);
        let mut span = Span::new(ids, format!("invoke_agent {name}"), Kind::Internal, now);
        self.about(&mut span, "invoke_agent", &casting);
        span.text("gen_ai.agent.id", id.to_string());
        span.text("gen_ai.agent.description", self.wash.text(&casting.role));
        span.text("gen_ai.request.model", self.wash.text(&casting.model));
        let told = [("system", &casting.instructions), ("user", &casting.brief)];
        let told = told.iter().filter(|(_, text)| !text.is_empty());
        let told: Vec<_> = told.map(|(role, text)| message(role, &self.wash.text(text))).collect();
        if let Some(it) = self.agents.get_mut(&id) {
            it.span = Some(span);
            it.told = told;
        }
    }

    /// What is said of every span of an agent.
    fn about(&self, span: &mut Span, operation: &str, casting: &Casting) {
        span.text("gen_ai.operation.name", operation);
        span.text("gen_ai.provider.name", self.wash.text(provider(casting)));
        span.text("gen_ai.agent.name", self.wash.text(&casting.name));
        span.text("gen_ai.conversation.id", &*self.session);
    }

    fn end(&mut self, id: AgentId, outcome: &Outcome) {
        let trouble = match outcome {
            Outcome::Succeeded { .. } => None,
            Outcome::Failed { why } => Some(("agent_failed", self.wash.text(why))),
            Outcome::Stopped { by } => Some(("agent_stopped", format!("stopped by {by}"))),
        };
        let span = self.agents.get_mut(&id).and_then(|it| it.span.as_mut());
        if let (Some(span), Some((kind, why))) = (span, trouble) {
            span.failed(kind, why);
        }
        self.close_agent(id);
    }

    fn close_agent(&mut self, id: AgentId) {
        self.close(|it| Some(it.agents.get_mut(&id)?.turn.take()?.1));
        if let Some(it) = self.agents.get_mut(&id)
            && let Some(span) = &mut it.span
        {
            use_of(span, &it.usage, &it.cost);
        }
        self.close(|it| it.agents.get_mut(&id)?.span.take());
    }

    /// The span of an agent; the session's where that is over.
    fn parent(&self, id: AgentId) -> Option<String> {
        let span = self.agents.get(&id).and_then(|it| it.span.as_ref());
        span.or(self.root.as_ref()).map(|it| it.id.clone())
    }

    /// A program says which model plays it when its first turn has begun.
    fn name_model(&mut self, id: AgentId, model: &str) {
        let model = self.wash.text(model);
        let Some(it) = self.agents.get_mut(&id) else { return };
        if it.casting.model.is_empty()
            && let Some((_, span)) = &mut it.turn
        {
            span.name = format!("chat {model}");
            span.text("gen_ai.response.model", model);
        }
    }

    fn begin_turn(&mut self, id: AgentId, turn: Turn, model: &str) {
        self.close(|it| Some(it.agents.get_mut(&id)?.turn.take()?.1));
        let casting = self.agents.entry(id).or_default().casting.clone();
        let (model, now) = (self.wash.text(model), self.nanos());
        let ids = (self.id(&format!("turn {id} {turn} {now}")), self.parent(id));
        let mut span = Span::new(ids, format!("chat {model}"), Kind::Client, now);
        self.about(&mut span, "chat", &casting);
        span.text("gen_ai.request.model", &*model);
        span.text("gen_ai.response.model", model);
        span.count("auteur.turn", turn.0.into());
        if let Some(it) = self.agents.get_mut(&id) {
            it.turn = Some((turn, span));
            it.said.clear();
        }
    }

    fn end_turn(
        &mut self,
        (id, turn): (AgentId, Turn),
        came: Result<&Stop, &String>,
        (usage, cost): (&Usage, &Cost),
    ) {
        let wash = self.wash.clone();
        let Some(it) = self.agents.get_mut(&id) else { return };
        it.usage += *usage;
        it.cost += *cost;
        let Some((_, mut span)) = it.turn.take_if(|(open, _)| *open == turn) else { return };
        use_of(&mut span, usage, cost);
        match came {
            Ok(stop) => span.texts("gen_ai.response.finish_reasons", &[&wash.text(reason(stop))]),
            Err(why) => span.failed("model_call_cut", wash.text(why)),
        }
        if self.content == Content::With {
            let told = std::mem::take(&mut it.told);
            let said = message("assistant", &wash.text(&it.said));
            span.text("gen_ai.input.messages", Value::from(told).to_string());
            span.text("gen_ai.output.messages", json!([said]).to_string());
        }
        self.over.push(span.over(&self.trace, self.nanos()));
    }

    fn begin_tool(&mut self, id: AgentId, event: &Event) {
        let Event::ToolCalled { call, id: vendors, tool, input, .. } = event else { return };
        let casting = self.agents.entry(id).or_default().casting.clone();
        let (tool, now) = (self.wash.text(tool), self.nanos());
        let ids = (self.id(&format!("call {id} {call}")), self.parent(id));
        let mut span = Span::new(ids, format!("execute_tool {tool}"), Kind::Internal, now);
        self.about(&mut span, "execute_tool", &casting);
        span.text("gen_ai.tool.name", tool);
        span.text("gen_ai.tool.type", "function");
        span.text("gen_ai.tool.call.id", self.wash.text(vendors));
        if self.content == Content::With {
            span.text("gen_ai.tool.call.arguments", self.wash.value(input).to_string());
        }
        self.tools.insert((id, *call), span);
    }

    fn end_tool(&mut self, id: AgentId, event: &Event) {
        let Event::ToolEnded { call, ok, text, .. } = event else { return };
        let Some(mut span) = self.tools.remove(&(id, *call)) else { return };
        if self.content == Content::With {
            span.text("gen_ai.tool.call.result", self.wash.text(text));
        }
        if !ok {
            span.failed("tool_failed", String::new());
        }
        self.over.push(span.over(&self.trace, self.nanos()));
    }

    /// What somebody did to an agent happens within its span.
    fn direction(&mut self, id: AgentId, event: &Event) {
        let Some((name, by, words)) = direction(event) else { return };
        let (now, words) = (self.nanos(), words.map(|it| self.wash.text(it)));
        let is_told = self.content == Content::With;
        let Some(it) = self.agents.get_mut(&id) else { return };
        let mut attributes = vec![("auteur.by", by.to_string())];
        if let Some(words) = words.filter(|_| is_told) {
            it.told.push(message("user", &words));
            attributes.push(("auteur.words", words));
        }
        if let Some(span) = &mut it.span {
            span.happened(now, &format!("auteur.{name}"), &attributes);
        }
    }
}

/// A direction: its name, whose it is, and its words.
fn direction(event: &Event) -> Option<(&'static str, Author, Option<&str>)> {
    Some(match event {
        Event::HoldPlaced { by, .. } => ("pause", *by, None),
        Event::HoldLifted { by, .. } => ("resume", *by, None),
        Event::StepAllowed { by, .. } => ("step", *by, None),
        Event::InterruptAsked { by, .. } => ("interrupt", *by, None),
        Event::FreezeAsked { by, .. } => ("freeze", *by, None),
        Event::StopAsked { by, .. } => ("stop", *by, None),
        Event::RedirectWritten { by, text, .. } => ("redirect", *by, Some(text)),
        Event::InstructionsEdited { by, text, .. } => ("instructions", *by, Some(text)),
        Event::Answered { by, .. } => ("answer", *by, None),
        Event::Retaken { by, message, .. } => {
            ("retake", *by, Some(message.as_str()).filter(|it| !it.is_empty()))
        }
        Event::ModelChanged { by, .. } => ("model", *by, None),
        Event::BudgetChanged { by, .. } => ("budget", *by, None),
        _ => return None,
    })
}

fn use_of(span: &mut Span, usage: &Usage, cost: &Cost) {
    span.count("gen_ai.usage.input_tokens", usage.prompt());
    span.count("gen_ai.usage.output_tokens", usage.output);
    span.count("gen_ai.usage.cache_read.input_tokens", usage.cache_read);
    let written = usage.cache_write_5m.saturating_add(usage.cache_write_1h);
    span.count("gen_ai.usage.cache_creation.input_tokens", written);
    span.count("gen_ai.usage.reasoning.output_tokens", usage.reasoning);
    // The conventions know no cost.
    span.count("auteur.cost.nano_dollars", cost.known.0);
    span.count("auteur.cost.unpriced_calls", cost.unpriced.into());
}

fn message(role: &str, text: &str) -> Value {
    json!({ "role": role, "parts": [{ "type": "text", "content": text }] })
}

fn reason(stop: &Stop) -> &str {
    match stop {
        Stop::End => "stop",
        Stop::Tools => "tool_call",
        Stop::Length => "length",
        Stop::Refusal => "content_filter",
        Stop::Other(word) => word,
    }
}

/// Who makes the model, as the conventions call it.
fn provider(casting: &Casting) -> &str {
    match (casting.provider.as_str(), casting.engine) {
        ("gemini" | "google", _) => "gcp.gemini",
        (_, EngineKind::Claude) => "anthropic",
        (_, EngineKind::Codex) => "openai",
        (provider, _) => provider,
    }
}
