//! What `codex exec --json` prints: threads, turns and items. It tells no times and no
//! model.

use crate::{
    interop::{
        desk::Desk,
        fields::{count as tokens, items, maybe, text, when, words},
        scribe::{Outcome, Scribe},
        teller::Scribed,
    },
    model::{EngineKind, FileChange, Level, Stop, Usage},
    text::one_line,
};
use serde_json::Value;
use std::collections::HashSet;

/// What was printed, value by value.
#[derive(Debug)]
pub(in crate::interop) struct Printed {
    scribe: Scribe,
    /// The items that were told, and those that have ended.
    begun: HashSet<String>,
    turns: u64,
}

impl Printed {
    pub(in crate::interop) fn new(desk: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::new(desk, file, EngineKind::Codex, "codex");
        Self { scribe, begun: HashSet::new(), turns: 0 }
    }

    fn item(&mut self, desk: &mut Desk, kind: &str, item: &Value) {
        let is_done = kind == "item.completed";
        match text(&item["type"]) {
            "agent_message" if is_done => {
                self.scribe.go_on_answering(desk, "");
                self.scribe.say(desk, text(&item["text"]));
            }
            "reasoning" if is_done => {
                self.scribe.go_on_answering(desk, "");
                self.scribe.think(desk, text(&item["text"]));
            }
            "error" => self.scribe.note(desk, Level::Trouble, text(&item["message"])),
            "agent_message" | "reasoning" | "todo_list" => {}
            tool @ ("command_execution" | "file_change" | "mcp_tool_call" | "web_search") => {
                self.tool(desk, tool, (item, is_done));
            }
            other => self.scribe.strange(desk, &format!("item/{other}"), item),
        }
    }

    fn tool(&mut self, desk: &mut Desk, kind: &str, (item, is_done): (&Value, bool)) {
        let id = text(&item["id"]);
        let tool = maybe(&item["tool"]).unwrap_or(kind);
        if self.begun.insert(id.to_owned()) {
            self.scribe.go_on_answering(desk, "");
            self.scribe.stops(Stop::Tools);
            let input = match kind {
                "command_execution" => serde_json::json!({ "command": item["command"] }),
                "file_change" => item["changes"].clone(),
                "web_search" => item["query"].clone(),
                _ => item["arguments"].clone(),
            };
            self.scribe.call(desk, (id, tool), &input);
        }
        if is_done {
            self.begun.remove(id);
            let ok = text(&item["status"]) != "failed"
                && item["exit_code"].as_i64().unwrap_or_default() == 0;
            let said = maybe(&item["aggregated_output"]).map(str::to_owned);
            let error = maybe(&item["error"]["message"]).map(str::to_owned);
            let said = said.or(error).unwrap_or_else(|| words(&item["result"]["content"]));
            let changes = items(&item["changes"]).iter().map(|change| FileChange {
                path: one_line(text(&change["path"]), 200),
                added: 0,
                removed: 0,
            });
            let outcome = Outcome { ok, text: said, changes: changes.collect() };
            self.scribe.end_call(desk, id, outcome);
        }
    }

    fn usage(&mut self, desk: &mut Desk, told: &Value) {
        self.turns += 1;
        let of = |name: &str| tokens(&told[name]);
        let cached = of("cached_input_tokens");
        let usage = Usage {
            input: of("input_tokens").saturating_sub(cached),
            cache_read: cached,
            output: of("output_tokens"),
            reasoning: of("reasoning_output_tokens"),
            ..Usage::default()
        };
        let id = format!("turn {}", self.turns);
        self.scribe.used(desk, (&id, ""), usage);
        self.scribe.stops(Stop::End);
        self.scribe.on(|it| it.end_turn(desk));
    }
}

impl Scribed for Printed {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        let kind = text(&record["type"]);
        let name = match maybe(&record["item"]["type"]) {
            Some(sub) => format!("{kind}/{sub}"),
            None => kind.to_owned(),
        };
        self.scribe.note_record(desk, &name, when(record));
        match kind {
            "thread.started" => {
                self.scribe.on(|it| it.is_in("Codex", text(&record["thread_id"]), ""));
            }
            "turn.started" => {}
            "turn.completed" => self.usage(desk, &record["usage"]),
            "turn.failed" => {
                self.scribe.note(desk, Level::Trouble, text(&record["error"]["message"]));
            }
            "error" => self.scribe.note(desk, Level::Trouble, text(&record["message"])),
            "item.started" | "item.updated" | "item.completed" => {
                self.item(desk, kind, &record["item"]);
            }
            _ => self.scribe.strange(desk, &name, record),
        }
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

/// Whether a value is of what it prints.
pub(in crate::interop) fn is_printed(value: &Value) -> bool {
    let kind = text(&value["type"]);
    let is_item = kind.starts_with("item.") && value["item"]["type"].is_string();
    is_item || (kind == "thread.started" && value["thread_id"].is_string())
}
