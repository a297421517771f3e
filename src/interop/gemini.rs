//! Gemini CLI's chats: `~/.gemini/tmp/PROJECT/chats/session-….jsonl`, or one JSON value
//! before 0.40, whatever the file is called.
//!
//! A message is written again with the same id when its tools have ended: what is new
//! in it is told, the rest was told before. A patch may bring messages as well.

use super::{
    actor::{Actor, Ended},
    bill::Told,
    desk::Desk,
    fields::{count as tokens, items, mark, maybe, text, time},
    tally::{Tally, count},
    teller::Teller,
};
use crate::{
    engine::claude::words,
    llm::{Billed, Tier},
    model::{EngineKind, Level, Stop, Turn, Usage},
    text::one_line,
};
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    slice,
};

/// What a chat begins with that nobody has said.
const CONTEXT: &str = "<session_context>";

/// A chat, record by record.
#[derive(Debug)]
pub(super) struct Gemini {
    file: usize,
    tally: Tally,
    actor: Actor,
    /// What was told of each message: how much of its text, and how many thoughts.
    told: HashMap<String, (usize, usize)>,
    /// The calls that were told, and those that have ended.
    called: BTreeSet<String>,
    ended: BTreeSet<String>,
    /// Something was told of tokens.
    is_counted: bool,
}

impl Teller for Gemini {
    fn take(&mut self, desk: &mut Desk, record: &Value) {
        desk.at(time(record).or_else(|| maybe(&record["startTime"])?.parse().ok()));
        self.actor.is_in("Gemini CLI", text(&record["sessionId"]), text(&record["cwd"]));
        if let Some(messages) = record["messages"].as_array() {
            return messages.iter().for_each(|it| self.record(desk, it));
        }
        self.record(desk, record);
    }

    fn actors(&mut self) -> &mut [Actor] {
        slice::from_mut(&mut self.actor)
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    fn settle(&mut self) {
        if !self.is_counted && self.actor.turn() > Turn(0) {
            // Nobody knows what that cost.
            self.actor.owe("untold");
        }
    }
}

impl Gemini {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let mut actor = Actor::new(desk, EngineKind::Acp, "gemini");
        actor.is_counted_apart();
        let tally = Tally { messages: Some(0), ..Tally::default() };
        let (told, called, ended) = (HashMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { file, tally, actor, told, called, ended, is_counted: false }
    }

    fn record(&mut self, desk: &mut Desk, record: &Value) {
        self.tally.records += 1;
        let (patch, back) = (&record["$set"], maybe(&record["$rewindTo"]));
        let name = match (maybe(&record["type"]), patch.is_object(), back) {
            (Some(name), ..) => name,
            (None, true, _) => "$set",
            (None, false, Some(_)) => "$rewindTo",
            (None, false, None) if record["sessionId"].is_string() => "session",
            _ => "",
        };
        // Each message is counted once, however often it is written.
        let is_again = maybe(&record["id"]).is_some_and(|it| self.told.contains_key(it));
        count(&mut self.tally.kinds, if is_again { "update" } else { name });
        match name {
            "session" => {}
            "$set" => items(&patch["messages"]).iter().for_each(|it| self.message(desk, it)),
            "$rewindTo" => {
                self.tally.branches += 1;
                self.actor.end_turn(desk);
                let back = "went back to an earlier message: what follows is another branch";
                self.actor.note(desk, Level::Note, back);
            }
            "user" | "gemini" | "model" | "info" | "error" | "warning" => {
                self.message(desk, record);
            }
            _ => {
                self.tally.unknown += 1;
                self.actor.strange(desk, name, record.clone());
            }
        }
    }

    fn message(&mut self, desk: &mut Desk, message: &Value) {
        desk.at(time(message));
        let id = text(&message["id"]);
        let is_new = !self.told.contains_key(id);
        if is_new {
            self.told.insert(id.to_owned(), (0, 0));
            self.tally.messages = self.tally.messages.map(|it| it + 1);
        }
        match text(&message["type"]) {
            "user" if is_new => self.user(desk, message),
            "gemini" | "model" => self.answer(desk, (id, is_new), message),
            "error" if is_new => self.actor.note(desk, Level::Trouble, &content(message)),
            "warning" if is_new => self.actor.note(desk, Level::Warning, &content(message)),
            "info" if is_new => self.actor.note(desk, Level::Note, &content(message)),
            _ => {}
        }
    }

    fn user(&mut self, desk: &mut Desk, message: &Value) {
        for part in items(&message["content"]) {
            self.result(desk, part, None);
        }
        let words = content(message);
        if words.trim_start().starts_with(CONTEXT) {
            self.actor.note(desk, Level::Note, &words);
        } else if !words.trim().is_empty() {
            self.actor.hear(desk, &words);
        }
    }

    fn answer(&mut self, desk: &mut Desk, (id, is_new): (&str, bool), message: &Value) {
        let (said, thought) = self.told.get(id).copied().unwrap_or_default();
        let model = text(&message["model"]);
        if is_new {
            self.actor.answer(desk, id, model);
        }
        let thoughts = items(&message["thoughts"]);
        for it in thoughts.iter().skip(thought) {
            let line = format!("{}: {}", text(&it["subject"]), text(&it["description"]));
            self.actor.think(desk, line.trim_start_matches(": "));
        }
        let words = content(message);
        self.actor.say(desk, words.get(said..).unwrap_or_default());
        self.told.insert(id.to_owned(), (words.len().max(said), thoughts.len().max(thought)));
        if message["tokens"].is_object() {
            let parts = vec![Billed { model: None, usage: usage(&message["tokens"]) }];
            let (at, tier) = (time(message), Tier::Standard);
            let mark = mark(&[id, text(&message["timestamp"])]);
            desk.see(self.file, id, Told { model, at, tier, parts, is_over: true, mark });
            self.actor.owe(id);
            self.is_counted = true;
        }
        let calls = items(&message["toolCalls"]);
        self.actor.stops(if calls.is_empty() { Stop::End } else { Stop::Tools });
        for call in calls {
            self.call(desk, call);
        }
    }

    fn call(&mut self, desk: &mut Desk, call: &Value) {
        let (id, tool, input) = (text(&call["id"]), text(&call["name"]), &call["args"]);
        if self.called.insert(id.to_owned()) {
            count(&mut self.tally.calls, tool);
            let subject = first_text(input);
            self.actor.call(desk, (id, tool), &format!("{tool} {subject}"), input);
        }
        let status = maybe(&call["status"]);
        if let Some(status) = status.filter(|it| matches!(*it, "success" | "error" | "cancelled")) {
            let ok = status == "success";
            match items(&call["result"]) {
                [] => self.result(desk, &serde_json::json!({ "id": id }), Some(ok)),
                parts => parts.iter().for_each(|it| self.result(desk, it, Some(ok))),
            }
        }
    }

    /// The result of a call, told with the call or with the next message.
    fn result(&mut self, desk: &mut Desk, part: &Value, ok: Option<bool>) {
        let result = &part["functionResponse"];
        let id = maybe(&result["id"]).or_else(|| maybe(&part["id"]));
        let Some(id) = id.filter(|it| result.is_object() || part["id"] == **it) else { return };
        if !self.ended.insert(id.to_owned()) {
            return;
        }
        let response = &result["response"];
        let error = maybe(&response["error"]);
        let ok = ok.unwrap_or(error.is_none());
        let told = error.or_else(|| maybe(&response["output"])).map(str::to_owned);
        let told = told.unwrap_or_else(|| match response {
            Value::Null => String::new(),
            other => other.to_string(),
        });
        self.tally.results += 1;
        if !ok {
            let tool = self.actor.tool_of(id).to_owned();
            count(&mut self.tally.errors, if tool.is_empty() { "?" } else { &tool });
        }
        self.actor.end_call(desk, Ended { id, ok, text: told, changes: Vec::new() });
    }
}

/// The words of a message.
fn content(message: &Value) -> String {
    // The service's own shape has parts.
    let places = [&message["content"], &message["parts"]];
    let content = places.into_iter().find(|it| !it.is_null()).unwrap_or(&Value::Null);
    if content.is_string() {
        return words(content);
    }
    let texts = items(content).iter().filter_map(|it| it["text"].as_str());
    texts.collect::<Vec<_>>().join("\n")
}

fn first_text(input: &Value) -> String {
    let mut texts = input.as_object().into_iter().flat_map(|it| it.values());
    one_line(texts.find_map(Value::as_str).unwrap_or_default(), 200)
}

/// Thoughts stand beside the output, and cached tokens in the input.
fn usage(told: &Value) -> Usage {
    let (cached, thoughts) = (tokens(&told["cached"]), tokens(&told["thoughts"]));
    Usage {
        input: (tokens(&told["input"]) + tokens(&told["tool"])).saturating_sub(cached),
        cache_read: cached,
        output: tokens(&told["output"]) + thoughts,
        reasoning: thoughts,
        ..Usage::default()
    }
}

/// Whether a value is of a chat.
pub(super) fn is_one(value: &Value) -> bool {
    value["projectHash"].is_string() && value["sessionId"].is_string()
}
