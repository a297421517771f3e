//! OpenCode's sessions: the folders of files of its first versions, its databases since,
//! and what `opencode run --format json` prints. Each session is an agent; one that
//! another has set to work is its sub-agent.

mod store;

use super::{
    desk::Desk,
    fields::{count as tokens, dollars, items, maybe, moment, text, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::model::{EngineKind, Level, Money, Stop, Usage};
use serde_json::Value;
use std::collections::HashSet;
pub(super) use store::{in_database, in_folder, is_database, root};

/// Sessions, message by message.
#[derive(Debug)]
pub(super) struct OpenCode {
    scribe: Scribe,
    /// The calls that were told: what is printed tells of one when it is over.
    called: HashSet<String>,
    cost: u64,
    steps: u64,
}

impl OpenCode {
    pub(super) fn new(_: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::of_many(file, EngineKind::Acp);
        Self { scribe, called: HashSet::new(), cost: 0, steps: 0 }
    }

    fn session(&mut self, desk: &mut Desk, session: &Value) {
        let id = text(&session["id"]);
        self.scribe.enter(desk, id, "opencode");
        let created = [&session["time"]["created"], &session["time_created"]];
        self.scribe.note_record(desk, "session", created.into_iter().find_map(moment));
        let program = format!("OpenCode {}", text(&session["version"]));
        let title = text(&session["title"]);
        self.scribe.on(|it| {
            it.is_in(program.trim(), id, text(&session["directory"]));
            it.entitle(title);
        });
        let parents = [&session["parentID"], &session["parent_id"]];
        if parents.into_iter().any(|it| maybe(it).is_some()) {
            // The call that has done so tells the name of the new one.
            self.scribe.works_for(desk, id);
        }
    }

    fn message(&mut self, desk: &mut Desk, (message, parts): (&Value, &[Value])) {
        let created = moment(&message["time"]["created"]);
        let role = text(&message["role"]);
        self.scribe.note_record(desk, &format!("message/{role}"), created);
        if role == "user" {
            let said = parts.iter().filter(|it| text(&it["type"]) == "text");
            // What it was given beside is not said by its user.
            let said = said.filter(|it| it["synthetic"].as_bool() != Some(true));
            let said: Vec<_> = said.map(|it| text(&it["text"])).collect();
            return self.scribe.hear(desk, &said.join("\n"));
        }
        let model = [&message["modelID"], &message["model"]["modelID"], &message["model"]["id"]];
        let model = model.into_iter().find_map(maybe).unwrap_or_default();
        let id = text(&message["id"]);
        self.scribe.answer(desk, id, model);
        self.used(desk, (id, model), message);
        for it in parts {
            self.part(desk, it, model);
        }
        self.scribe.stops(stop(text(&message["finish"])));
        self.error(desk, &message["error"]);
    }

    fn used(&mut self, desk: &mut Desk, of: (&str, &str), told: &Value) {
        let usage = usage(&told["tokens"]);
        if usage.total() > 0 {
            self.scribe.used(desk, of, usage);
        }
        // In old files it is an object, of whose unit nobody is sure.
        self.cost += dollars(&told["cost"]).map_or(0, |it| it.0);
        self.scribe.tally.reported = (self.cost > 0).then_some(Money(self.cost));
    }

    fn error(&mut self, desk: &mut Desk, error: &Value) {
        let told = [&error["data"]["message"], &error["message"], &error["name"]];
        if text(&error["name"]) == "MessageAbortedError" {
            self.scribe.on(|it| it.interrupt(desk, "aborted by its user"));
        } else if let Some(told) = told.into_iter().find_map(maybe) {
            self.scribe.note(desk, Level::Trouble, told);
        }
    }

    /// A part of an answer, in any of the shapes.
    fn part(&mut self, desk: &mut Desk, part: &Value, model: &str) {
        match text(&part["type"]) {
            "text" => self.scribe.say(desk, text(&part["text"])),
            "reasoning" => self.scribe.think(desk, text(&part["text"])),
            "tool" => self.tool(desk, part),
            "compaction" => self.scribe.compact(desk, ""),
            "retry" => {
                let why = text(&part["error"]["data"]["message"]);
                self.scribe.note(desk, Level::Warning, &format!("it tried again: {why}"));
            }
            "step-start" | "step-finish" | "patch" | "file" | "snapshot" | "agent" | "subtask" => {}
            kind => {
                self.scribe.go_on_answering(desk, model);
                self.scribe.strange(desk, &format!("part/{kind}"), part);
            }
        }
    }

    fn tool(&mut self, desk: &mut Desk, part: &Value) {
        let id = maybe(&part["callID"]).unwrap_or_else(|| text(&part["id"]));
        let tool = maybe(&part["tool"]).unwrap_or_else(|| text(&part["name"]));
        let state = &part["state"];
        if self.called.insert(id.to_owned()) {
            let call = self.scribe.call(desk, (id, tool), &state["input"]);
            // A session that it sets to work is named by its result alone.
            let names = [&state["metadata"]["sessionId"], &state["metadata"]["sessionID"]];
            let child = names.into_iter().find_map(maybe);
            let task = child
                .zip(call)
                .and_then(|(child, call)| self.scribe.on(|it| it.task(call, child, "")));
            if let Some(task) = task {
                desk.remember(task);
            }
        }
        let status = text(&state["status"]);
        if !matches!(status, "completed" | "error") {
            return;
        }
        let code = [&state["metadata"]["exit"], &state["metadata"]["exitCode"]];
        let code = code.into_iter().find_map(Value::as_i64).unwrap_or_default();
        let ok = status == "completed" && code == 0;
        let places =
            [&state["output"], &state["content"], &state["error"], &state["error"]["message"]];
        let said = places.into_iter().map(words).find(|it| !it.is_empty()).unwrap_or_default();
        self.scribe.end_call(desk, id, Outcome::of(ok, said));
    }

    /// A row of a database of the second version: a message with its contents.
    fn row(&mut self, desk: &mut Desk, row: &Value) {
        let (kind, told) = (text(&row["type"]), &row["data"]);
        let when = [&told["time"]["created"], &row["time_created"]].into_iter().find_map(moment);
        self.scribe.note_record(desk, kind, when);
        match kind {
            "user" => self.scribe.hear(desk, text(&told["text"])),
            "assistant" => {
                let (id, model) = (text(&row["id"]), text(&told["model"]["id"]));
                self.scribe.answer(desk, id, model);
                self.used(desk, (id, model), told);
                for it in items(&told["content"]) {
                    self.part(desk, it, model);
                }
                self.scribe.stops(stop(text(&told["finish"])));
                self.error(desk, &told["error"]);
            }
            "compaction" => self.scribe.compact(desk, text(&told["summary"])),
            "synthetic" | "system" => self.scribe.note(desk, Level::Note, text(&told["text"])),
            "agent-switched" | "model-switched" | "snapshot" => {}
            _ => self.scribe.strange(desk, kind, row),
        }
    }

    /// What was printed.
    fn printed(&mut self, desk: &mut Desk, record: &Value) {
        let (kind, part) = (text(&record["type"]), &record["part"]);
        self.scribe.note_record(desk, kind, moment(&record["timestamp"]));
        if self.scribe.enter(desk, text(&record["sessionID"]), "opencode") {
            self.scribe.on(|it| it.is_in("OpenCode", text(&record["sessionID"]), ""));
        }
        match kind {
            "step_start" => {
                self.scribe.answer(desk, text(&part["messageID"]), "");
            }
            "step_finish" => {
                self.steps += 1;
                let id = format!("step {}", self.steps);
                self.used(desk, (&id, ""), part);
                self.scribe.stops(stop(text(&part["reason"])));
            }
            "text" | "tool_use" | "reasoning" => {
                self.scribe.go_on_answering(desk, "");
                self.part(desk, part, "");
            }
            "error" => self.error(desk, &record["error"]),
            _ => self.scribe.strange(desk, kind, record),
        }
    }
}

impl Scribed for OpenCode {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        if record["session"].is_object() {
            return self.session(desk, &record["session"]);
        }
        let message = &record["message"];
        let of = [&message["sessionID"], &record["row"]["session_id"]].into_iter().find_map(maybe);
        if let Some(session) = of {
            self.scribe.enter(desk, session, "opencode");
        }
        if message.is_object() {
            return self.message(desk, (message, items(&record["parts"])));
        }
        if record["row"].is_object() {
            return self.row(desk, &record["row"]);
        }
        self.printed(desk, record);
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

fn stop(reason: &str) -> Stop {
    match reason {
        "tool-calls" => Stop::Tools,
        "length" => Stop::Length,
        "content-filter" => Stop::Refusal,
        _ => Stop::End,
    }
}

/// Reasoning stands beside the output, and what was cached beside the input.
fn usage(told: &Value) -> Usage {
    let of = |value: &Value| tokens(value);
    let reasoning = of(&told["reasoning"]);
    Usage {
        input: of(&told["input"]),
        cache_read: of(&told["cache"]["read"]),
        cache_write_5m: of(&told["cache"]["write"]),
        output: of(&told["output"]) + reasoning,
        reasoning,
        ..Usage::default()
    }
}

/// Whether a value was printed.
pub(super) fn is_one(value: &Value) -> bool {
    const KINDS: [&str; 6] =
        ["text", "tool_use", "step_start", "step_finish", "reasoning", "error"];
    value["sessionID"].is_string()
        && value["timestamp"].is_number()
        && KINDS.contains(&text(&value["type"]))
}
