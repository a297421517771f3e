//! Cursor's command line: what `cursor-agent -p --output-format stream-json` prints, and
//! the agent transcripts, which tell neither times nor tokens.

use super::{
    desk::Desk,
    fields::{count as tokens, dollars, items, maybe, text, when, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::model::{EngineKind, Level, Stop, Usage};
use serde_json::Value;

/// A session, value by value.
#[derive(Debug)]
pub(super) struct Cursor {
    scribe: Scribe,
    model: String,
    /// The pieces of an answer that were told so far.
    said: String,
    /// Thoughts so far, which come in pieces too.
    thought: String,
    turns: u64,
}

impl Cursor {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::new(desk, file, EngineKind::Cursor, "cursor");
        let (model, said, thought) = Default::default();
        Self { scribe, model, said, thought, turns: 0 }
    }

    fn begin(&mut self, record: &Value) {
        text(&record["model"]).clone_into(&mut self.model);
        let (session, folder) = (text(&record["session_id"]), text(&record["cwd"]));
        let mode = text(&record["permissionMode"]);
        self.scribe.on(|it| {
            it.is_in("Cursor", session, folder);
            it.may(mode);
        });
    }

    /// A message of a transcript, or a piece of a stream.
    fn message(&mut self, desk: &mut Desk, role: &str, record: &Value) {
        let content = &record["message"]["content"];
        if role == "user" {
            self.flush(desk);
            return self.scribe.hear(desk, &words(content));
        }
        self.flush_thought(desk);
        // Without a type it is of a transcript, where each message is an answer.
        let model = self.model.clone();
        if record["type"].is_null() {
            self.scribe.answer(desk, "", &model);
        } else {
            self.scribe.go_on_answering(desk, &model);
        }
        for block in items(content) {
            if text(&block["type"]) != "tool_use" {
                let is_piece = record["timestamp_ms"].is_number();
                self.say(desk, text(&block["text"]), is_piece);
                continue;
            }
            self.scribe.stops(Stop::Tools);
            let of = (text(&block["id"]), text(&block["name"]));
            self.scribe.call(desk, of, &block["input"]);
            // A transcript tells no results.
            if record["type"].is_null() {
                self.scribe.end_untold(desk, text(&block["id"]));
            }
        }
    }

    /// Words of an answer. Pieces tell when they came, and all of them together come
    /// again behind the last one.
    fn say(&mut self, desk: &mut Desk, said: &str, is_piece: bool) {
        let is_all = !self.said.is_empty() && said.trim() == self.said.trim();
        if is_piece && !is_all {
            return self.said.push_str(said);
        }
        self.flush(desk);
        if !is_all {
            self.scribe.say(desk, said);
        }
    }

    /// Says what came in pieces.
    fn flush(&mut self, desk: &mut Desk) {
        let said = std::mem::take(&mut self.said);
        self.scribe.say(desk, &said);
    }

    fn flush_thought(&mut self, desk: &mut Desk) {
        let thought = std::mem::take(&mut self.thought);
        if !thought.is_empty() {
            let model = self.model.clone();
            self.scribe.go_on_answering(desk, &model);
            self.scribe.think(desk, &thought);
        }
    }

    fn tool(&mut self, desk: &mut Desk, record: &Value) {
        let id = text(&record["call_id"]);
        let all = record["tool_call"].as_object();
        let Some((name, call)) = all.and_then(|it| it.iter().find(|it| it.1.is_object())) else {
            return self.scribe.strange(desk, "tool_call", record);
        };
        let tool = name.strip_suffix("ToolCall").unwrap_or(name);
        match text(&record["subtype"]) {
            "started" => {
                self.flush_thought(desk);
                self.flush(desk);
                let model = self.model.clone();
                self.scribe.go_on_answering(desk, &model);
                self.scribe.stops(Stop::Tools);
                self.scribe.call(desk, (id, tool), &call["args"]);
            }
            "completed" => {
                let result = &call["result"];
                let good = &result["success"];
                let ok = good.is_object() && good["exitCode"].as_i64().unwrap_or(0) == 0;
                let inner = result.as_object().and_then(|it| it.values().next());
                let inner = inner.unwrap_or(result);
                let names = ["content", "stdout", "output", "message", "error", "diffString"];
                let told = names.iter().find_map(|it| maybe(&inner[*it])).map(str::to_owned);
                let told = told.unwrap_or_else(|| inner.to_string());
                self.scribe.end_call(desk, id, Outcome::of(ok, told));
            }
            _ => self.scribe.strange(desk, "tool_call", record),
        }
    }

    fn end(&mut self, desk: &mut Desk, record: &Value) {
        self.flush_thought(desk);
        self.flush(desk);
        if record["is_error"].as_bool() == Some(true) {
            self.scribe.note(desk, Level::Trouble, text(&record["result"]));
        }
        let told = &record["usage"];
        if told.is_object() {
            self.turns += 1;
            let of = |name: &str| tokens(&told[name]);
            let usage = Usage {
                input: of("inputTokens"),
                cache_read: of("cacheReadTokens"),
                cache_write_5m: of("cacheWriteTokens"),
                output: of("outputTokens"),
                ..Usage::default()
            };
            let (id, model) = (format!("result {}", self.turns), self.model.clone());
            self.scribe.used(desk, (&id, &model), usage);
        }
        self.scribe.tally.reported = dollars(&told["totalCost"]).or(self.scribe.tally.reported);
        self.scribe.stops(Stop::End);
        self.scribe.on(|it| it.end_turn(desk));
    }
}

impl Scribed for Cursor {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        let kind = maybe(&record["type"]).unwrap_or_else(|| text(&record["role"]));
        let name = match maybe(&record["subtype"]) {
            Some(sub) => format!("{kind}/{sub}"),
            None => kind.to_owned(),
        };
        self.scribe.note_record(desk, &name, when(record));
        match kind {
            "system" => self.begin(record),
            "user" | "assistant" => self.message(desk, kind, record),
            "thinking" => {
                self.thought.push_str(text(&record["text"]));
                if text(&record["subtype"]) == "completed" {
                    self.flush_thought(desk);
                }
            }
            "tool_call" => self.tool(desk, record),
            "result" => self.end(desk, record),
            "turn_ended" => {
                self.scribe.stops(Stop::End);
                self.scribe.on(|it| it.end_turn(desk));
            }
            "interaction_query" | "connection" | "retry" => {}
            _ => self.scribe.strange(desk, &name, record),
        }
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }

    fn last_words(&mut self, desk: &mut Desk) {
        self.flush_thought(desk);
        self.flush(desk);
    }
}

/// Whether a value is of a session.
pub(super) fn is_one(value: &Value) -> bool {
    let is_init = text(&value["type"]) == "system"
        && text(&value["subtype"]) == "init"
        && value["apiKeySource"].is_string()
        && value.get("tools").is_none();
    let is_call = text(&value["type"]) == "tool_call" && value["tool_call"].is_object();
    let is_bare = value["type"].is_null()
        && matches!(text(&value["role"]), "user" | "assistant")
        && value["message"]["content"].is_array()
        && value.get("sessionId").is_none();
    is_init || is_call || is_bare
}
