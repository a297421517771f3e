//! Factory's Droid: its session store, `~/.factory/sessions/….jsonl`, and what
//! `droid exec --output-format stream-json` prints. Neither tells of tokens.

use super::{
    desk::Desk,
    fields::{items, maybe, text, when, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::model::{EngineKind, Level};
use serde_json::Value;

/// A session, record by record.
#[derive(Debug)]
pub(super) struct Droid {
    scribe: Scribe,
    model: String,
    /// The last words of an answer: the end tells them again.
    said: String,
}

impl Droid {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::new(desk, file, EngineKind::Acp, "droid");
        Self { scribe, model: String::new(), said: String::new() }
    }

    fn begin(&mut self, record: &Value) {
        let session = maybe(&record["session_id"]).unwrap_or_else(|| text(&record["id"]));
        let program = format!("Droid {}", text(&record["version"]));
        let title = maybe(&record["sessionTitle"]).unwrap_or_else(|| text(&record["title"]));
        text(&record["model"]).clone_into(&mut self.model);
        self.scribe.on(|it| {
            it.is_in(program.trim(), session, text(&record["cwd"]));
            it.entitle(title);
        });
    }

    fn message(&mut self, desk: &mut Desk, record: &Value) {
        let message = if record["message"].is_object() { &record["message"] } else { record };
        let is_user = text(&message["role"]) == "user";
        if let Some(said) = maybe(&message["text"]) {
            return self.block(desk, is_user, &serde_json::json!({ "type": "text", "text": said }));
        }
        if message["content"].is_string() {
            let said = words(&message["content"]);
            return self.block(desk, is_user, &serde_json::json!({ "type": "text", "text": said }));
        }
        if !is_user {
            let model = self.model.clone();
            self.scribe.answer(desk, text(&record["id"]), &model);
        }
        for it in items(&message["content"]) {
            self.block(desk, is_user, it);
        }
    }

    fn block(&mut self, desk: &mut Desk, is_user: bool, block: &Value) {
        let model = self.model.clone();
        match text(&block["type"]) {
            "text" if is_user => self.scribe.hear(desk, text(&block["text"])),
            "text" => {
                self.scribe.go_on_answering(desk, &model);
                text(&block["text"]).clone_into(&mut self.said);
                self.scribe.say(desk, text(&block["text"]));
            }
            "thinking" => self.scribe.think(desk, text(&block["thinking"])),
            "tool_use" => {
                self.scribe.go_on_answering(desk, &model);
                let of = (text(&block["id"]), text(&block["name"]));
                self.scribe.call(desk, of, &block["input"]);
            }
            "tool_result" => {
                let ok = block["is_error"].as_bool() != Some(true);
                let outcome = Outcome::of(ok, words(&block["content"]));
                self.scribe.end_call(desk, text(&block["tool_use_id"]), outcome);
            }
            _ => self.scribe.strange(desk, "message", block),
        }
    }

    fn result(&mut self, desk: &mut Desk, record: &Value) {
        let value = &record["value"];
        let code = value["exitCode"].as_i64().unwrap_or_default();
        let ok = code == 0 && record["isError"].as_bool() != Some(true);
        let printed = [value, &value["stdout"], &value["stderr"]].map(words);
        let outcome = Outcome::of(ok, printed.concat());
        self.scribe.end_call(desk, text(&record["toolCallId"]), outcome);
    }
}

impl Scribed for Droid {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        let kind = text(&record["type"]);
        self.scribe.note_record(desk, kind, when(record));
        match kind {
            "session_start" | "system" => self.begin(record),
            "message" => self.message(desk, record),
            "tool_call" => {
                let model = self.model.clone();
                self.scribe.go_on_answering(desk, &model);
                let of = (text(&record["toolCallId"]), text(&record["toolName"]));
                self.scribe.call(desk, of, &record["parameters"]);
            }
            "tool_result" => self.result(desk, record),
            "completion" => {
                let last = text(&record["finalText"]);
                if last != self.said {
                    let model = self.model.clone();
                    self.scribe.go_on_answering(desk, &model);
                    self.scribe.say(desk, last);
                }
            }
            "error" => self.scribe.note(desk, Level::Trouble, text(&record["message"])),
            "todo_state" | "session_end" => {}
            _ => self.scribe.strange(desk, kind, record),
        }
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

/// Whether a value is of a session.
pub(super) fn is_one(value: &Value) -> bool {
    let named = |names: &[&str]| names.iter().all(|it| value[*it].is_string());
    match text(&value["type"]) {
        "session_start" => named(&["id"]) && value.get("sessionTitle").is_some(),
        "message" => {
            named(&["id", "timestamp"])
                && (value["message"]["role"].is_string() || named(&["session_id", "role"]))
        }
        "tool_call" => named(&["session_id", "toolCallId", "toolName"]),
        _ => false,
    }
}
