//! Qwen Code's chats: `~/.qwen/projects/FOLDER/chats/SESSION.jsonl`: records as Claude
//! Code has them, with the parts of Gemini's service in them.

use super::{
    desk::Desk,
    fields::{count as tokens, items, maybe, text, when},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::model::{EngineKind, Level, Stop, Usage};
use serde_json::Value;

/// What hooks put into a prompt.
const CONTEXT: &str = "<qwen:";

/// A chat, record by record.
#[derive(Debug)]
pub(super) struct Qwen {
    scribe: Scribe,
}

impl Qwen {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        Self { scribe: Scribe::new(desk, file, EngineKind::Acp, "qwen") }
    }

    fn user(&mut self, desk: &mut Desk, record: &Value) {
        for part in parts(record) {
            self.result(desk, part, &Value::Null);
        }
        let said = parts(record).iter().filter_map(|it| maybe(&it["text"]));
        let said: Vec<_> = said.filter(|it| !it.trim_start().starts_with(CONTEXT)).collect();
        if text(&record["subtype"]).is_empty() {
            self.scribe.hear(desk, &said.join("\n"));
        } else {
            self.scribe.note(desk, Level::Note, &said.join("\n"));
        }
    }

    fn answer(&mut self, desk: &mut Desk, record: &Value) {
        let (id, model) = (text(&record["uuid"]), text(&record["model"]));
        let id = self.scribe.answer(desk, id, model);
        let mut stop = Stop::End;
        for part in parts(record) {
            let call = &part["functionCall"];
            if call.is_object() {
                stop = Stop::Tools;
                let of = (text(&call["id"]), text(&call["name"]));
                self.scribe.call(desk, of, &call["args"]);
            } else if part["thought"].as_bool() == Some(true) {
                self.scribe.think(desk, text(&part["text"]));
            } else {
                self.scribe.say(desk, text(&part["text"]));
            }
        }
        if let Some(usage) = usage(&record["usageMetadata"]) {
            self.scribe.used(desk, (&id, model), usage);
        }
        self.scribe.stops(stop);
    }

    fn result(&mut self, desk: &mut Desk, part: &Value, told: &Value) {
        let result = &part["functionResponse"];
        if !result.is_object() {
            return;
        }
        let response = &result["response"];
        let error = maybe(&response["error"]);
        let ok = error.is_none() && !matches!(text(&told["status"]), "error" | "cancelled");
        let words = error.or_else(|| maybe(&response["output"])).map(str::to_owned);
        let words = words.unwrap_or_else(|| response.to_string());
        self.scribe.end_call(desk, text(&result["id"]), Outcome::of(ok, words));
    }

    fn system(&mut self, desk: &mut Desk, name: &str, record: &Value) {
        let told = &record["systemPayload"];
        match text(&record["subtype"]) {
            "ui_telemetry" | "custom_title" | "file_history_snapshot" | "" => {}
            "slash_command" => self.scribe.note(desk, Level::Note, text(&told["rawCommand"])),
            "chat_compression" => self.scribe.compact(desk, ""),
            _ => self.scribe.strange(desk, name, record),
        }
    }
}

impl Scribed for Qwen {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        let (kind, sub) = (text(&record["type"]), text(&record["subtype"]));
        let name = if sub.is_empty() { kind.to_owned() } else { format!("{kind}/{sub}") };
        self.scribe.note_record(desk, &name, when(record));
        let program = maybe(&record["version"]).map(|it| format!("Qwen Code {it}"));
        let (session, folder) = (text(&record["sessionId"]), text(&record["cwd"]));
        self.scribe.on(|it| it.is_in(&program.unwrap_or_default(), session, folder));
        match kind {
            "user" => self.user(desk, record),
            "assistant" => self.answer(desk, record),
            "tool_result" => {
                let told = &record["toolCallResult"];
                for it in parts(record) {
                    self.result(desk, it, told);
                }
            }
            "system" => self.system(desk, &name, record),
            _ => self.scribe.strange(desk, &name, record),
        }
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

fn parts(record: &Value) -> &[Value] {
    items(&record["message"]["parts"])
}

/// What an answer has used. Whether thoughts stand beside the output is told by the sum.
fn usage(told: &Value) -> Option<Usage> {
    let of = |name: &str| tokens(&told[name]);
    let (input, output) = (of("promptTokenCount"), of("candidatesTokenCount"));
    let (thoughts, cached) = (of("thoughtsTokenCount"), of("cachedContentTokenCount"));
    let is_inside = of("totalTokenCount") == input + output;
    let usage = Usage {
        input: input.saturating_sub(cached),
        cache_read: cached,
        output: if is_inside { output } else { output + thoughts },
        reasoning: thoughts,
        ..Usage::default()
    };
    (usage.total() > 0).then_some(usage)
}

/// Whether a value is of a chat.
pub(super) fn is_one(value: &Value) -> bool {
    let is_named = ["sessionId", "uuid"].iter().all(|it| value[*it].is_string());
    let has_parts = value["message"]["parts"].is_array();
    let is_system = text(&value["type"]) == "system" && value["systemPayload"].is_object();
    is_named && (has_parts || is_system)
}
