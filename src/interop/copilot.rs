//! Copilot CLI's events: `~/.copilot/session-state/SESSION/events.jsonl`.
//!
//! An answer tells its output alone; what went in is told by model when the session is
//! shut down. Sub-agents stand in the same file, their records named by the call that has
//! set them to work.

use super::{
    desk::Desk,
    fields::{count as tokens, items, maybe, parsed, text, when, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::model::{EngineKind, Level, Stop, Usage};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// Kinds that tell nothing of the conversation, or what others tell as well.
const QUIET: [&str; 21] = [
    "assistant.turn_end",
    "assistant.turn_start",
    "assistant.usage",
    "hook.end",
    "hook.start",
    "permission.completed",
    "permission.requested",
    "session.auto_mode_resolved",
    "session.compaction_start",
    "session.context_changed",
    "session.handoff",
    "session.idle",
    "session.mode_changed",
    "session.plan_changed",
    "session.resume",
    "session.snapshot_rewind",
    "session.usage_checkpoint",
    "session.usage_info",
    "system.message",
    "tool.execution_partial_result",
    "tool.execution_progress",
];

/// A session, event by event.
#[derive(Debug)]
pub(super) struct Copilot {
    scribe: Scribe,
    model: String,
    /// The calls that were told.
    called: HashSet<String>,
    /// The output that was told so far, by model.
    told: BTreeMap<String, u64>,
    shut: u64,
}

impl Copilot {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::new(desk, file, EngineKind::Acp, "copilot");
        let (called, told) = (HashSet::new(), BTreeMap::new());
        Self { scribe, model: String::new(), called, told, shut: 0 }
    }

    fn answer(&mut self, desk: &mut Desk, told: &Value) {
        let own = self.model.clone();
        let model = maybe(&told["model"]).unwrap_or(&own);
        let id = self.scribe.answer(desk, text(&told["messageId"]), model);
        self.scribe.think(desk, text(&told["reasoningText"]));
        self.scribe.say(desk, text(&told["content"]));
        let output = tokens(&told["outputTokens"]);
        if output > 0 {
            *self.told.entry(model.to_owned()).or_default() += output;
            self.scribe.used(desk, (&id, model), Usage { output, ..Usage::default() });
        }
        let requests = items(&told["toolRequests"]);
        for call in requests {
            let of = (text(&call["toolCallId"]), text(&call["name"]));
            self.call(desk, of, &parsed(&call["arguments"]));
        }
        self.scribe.stops(if requests.is_empty() { Stop::End } else { Stop::Tools });
    }

    /// A call is told by the answer that wants it, and again when it begins.
    fn call(&mut self, desk: &mut Desk, (id, tool): (&str, &str), input: &Value) {
        if self.called.insert(id.to_owned()) {
            self.scribe.call(desk, (id, tool), input);
        }
    }

    fn result(&mut self, desk: &mut Desk, told: &Value) {
        let ok = told["success"].as_bool().unwrap_or(true);
        let places = [&told["result"]["content"], &told["error"]["message"], &told["error"]];
        let said = places.into_iter().map(words).find(|it| !it.is_empty()).unwrap_or_default();
        let id = text(&told["toolCallId"]);
        // Another call may have the same name later.
        self.called.remove(id);
        self.scribe.end_call(desk, id, Outcome::of(ok, said));
    }

    fn sub_agent(&mut self, desk: &mut Desk, told: &Value) {
        let call = text(&told["toolCallId"]);
        let name = maybe(&told["agentName"]).unwrap_or("sub-agent");
        if self.scribe.enter(desk, call, name) {
            self.scribe.works_for(desk, call);
        }
        self.scribe.hear(desk, text(&told["agentDescription"]));
    }

    /// What all of it has used: what was told before is not told again.
    fn shutdown(&mut self, desk: &mut Desk, told: &Value) {
        let models = told["modelMetrics"].as_object().into_iter().flatten();
        let mut all: Vec<(String, Usage)> = models
            .map(|(model, it)| (model.clone(), by_model(&it["usage"])))
            .filter(|(_, it)| it.total() > 0)
            .collect();
        let in_all = in_all(&told["tokenDetails"]);
        if all.is_empty() && in_all.total() > 0 {
            all.push((text(&told["currentModel"]).to_owned(), in_all));
        }
        for (model, mut usage) in all {
            self.shut += 1;
            let known = self.told.remove(&model).unwrap_or_default();
            usage.output = usage.output.saturating_sub(known);
            let id = format!("shutdown {}", self.shut);
            self.scribe.used(desk, (&id, &model), usage);
        }
    }

    fn route(&mut self, desk: &mut Desk, kind: &str, (told, record): (&Value, &Value)) {
        match kind {
            "session.start" => {
                text(&told["selectedModel"]).clone_into(&mut self.model);
                let program = format!("Copilot CLI {}", text(&told["copilotVersion"]));
                let (session, folder) = (text(&told["sessionId"]), text(&told["context"]["cwd"]));
                self.scribe.on(|it| it.is_in(program.trim(), session, folder));
            }
            "session.model_change" => text(&told["newModel"]).clone_into(&mut self.model),
            "session.info" | "system.notification" => {
                let said = maybe(&told["message"]).unwrap_or_else(|| text(&told["content"]));
                self.scribe.note(desk, Level::Note, said);
            }
            "session.warning" => self.scribe.note(desk, Level::Warning, text(&told["message"])),
            "session.error" => self.scribe.note(desk, Level::Trouble, text(&told["message"])),
            "session.truncation" | "session.compaction_complete" => {
                self.scribe.compact(desk, text(&told["summaryContent"]));
            }
            "session.shutdown" => self.shutdown(desk, told),
            "user.message" => self.scribe.hear(desk, text(&told["content"])),
            "assistant.message" => self.answer(desk, told),
            "assistant.reasoning" => {
                self.scribe.go_on_answering(desk, &self.model.clone());
                self.scribe.think(desk, text(&told["content"]));
            }
            "tool.execution_start" | "tool.user_requested" => {
                let of = (text(&told["toolCallId"]), text(&told["toolName"]));
                self.call(desk, of, &told["arguments"]);
            }
            "tool.execution_complete" => self.result(desk, told),
            "subagent.started" => self.sub_agent(desk, told),
            "subagent.completed" | "subagent.failed" => {
                self.scribe.enter(desk, text(&told["toolCallId"]), "sub-agent");
                self.scribe.on(|it| it.finish(desk));
            }
            "abort" => {
                self.scribe.on(|it| it.interrupt(desk, text(&told["reason"])));
            }
            quiet if QUIET.contains(&quiet) => {}
            _ => self.scribe.strange(desk, kind, record),
        }
    }
}

impl Scribed for Copilot {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        let (kind, told) = (text(&record["type"]), &record["data"]);
        self.scribe.note_record(desk, kind, when(record));
        match maybe(&told["parentToolCallId"]) {
            // Whose it is was said when it began.
            Some(call) => {
                self.scribe.enter(desk, call, "sub-agent");
            }
            None => self.scribe.enter_first(),
        }
        self.route(desk, kind, (told, record));
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }

    fn settle(&mut self) {
        if self.shut == 0 && !self.told.is_empty() {
            // What went in is told at the end alone: nobody knows what that cost.
            self.scribe.enter_first();
            self.scribe.on(|it| it.owe("untold"));
        }
        self.scribe.settle();
    }
}

fn by_model(told: &Value) -> Usage {
    let of = |name: &str| tokens(&told[name]);
    let (read, written) = (of("cacheReadTokens"), of("cacheWriteTokens"));
    Usage {
        input: of("inputTokens").saturating_sub(read + written),
        cache_read: read,
        cache_write_5m: written,
        output: of("outputTokens"),
        ..Usage::default()
    }
}

fn in_all(told: &Value) -> Usage {
    let of = |name: &str| tokens(&told[name]["tokenCount"]);
    Usage {
        input: of("input"),
        cache_read: of("cache_read"),
        cache_write_5m: of("cache_write"),
        output: of("output"),
        ..Usage::default()
    }
}

/// Whether a value is of a session.
pub(super) fn is_one(value: &Value) -> bool {
    const STARTS: [&str; 8] = [
        "session.",
        "user.",
        "assistant.",
        "tool.",
        "subagent.",
        "hook.",
        "system.",
        "permission.",
    ];
    let kind = text(&value["type"]);
    value["data"].is_object()
        && value.get("parentId").is_some()
        && STARTS.iter().any(|it| kind.starts_with(it))
}
