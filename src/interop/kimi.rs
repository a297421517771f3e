//! Kimi Code's wire log: `~/.kimi/sessions/…/wire.jsonl`.
//!
//! A turn's steps are its answers. What a step has used is told with its end and again by
//! a record of its own, which counts compaction as well: that one holds.

use super::{
    desk::Desk,
    fields::{bare, count as tokens, maybe, text, when, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::{
    model::{EngineKind, Level, Stop, Usage},
    text::one_line,
};
use serde_json::Value;

/// Kinds that tell nothing of the conversation.
const QUIET: [&str; 8] = [
    "full_compaction.begin",
    "full_compaction.complete",
    "llm.tools_snapshot",
    "metadata",
    "permission.record_approval_result",
    "plan_mode.enter",
    "plan_mode.exit",
    "tools.set_active_tools",
];

/// A wire log, record by record.
#[derive(Debug)]
pub(super) struct Kimi {
    scribe: Scribe,
    model: String,
    /// What the user has said last: it comes again as a message.
    prompt: String,
    used: u64,
}

impl Kimi {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::new(desk, file, EngineKind::Acp, "kimi");
        Self { scribe, model: String::new(), prompt: String::new(), used: 0 }
    }

    fn message(&mut self, desk: &mut Desk, message: &Value) {
        let said = words(&message["content"]);
        if text(&message["role"]) != "user" || said == self.prompt {
            return;
        }
        // What the program tells the model by itself.
        self.scribe.note(desk, Level::Note, &said);
    }

    fn step(&mut self, desk: &mut Desk, (event, record): (&Value, &Value)) {
        match text(&event["type"]) {
            "step.begin" => {
                let model = self.model.clone();
                self.scribe.answer(desk, text(&event["uuid"]), &model);
            }
            "step.end" => self.scribe.stops(stop(text(&event["finishReason"]))),
            "content.part" => {
                let part = &event["part"];
                match text(&part["type"]) {
                    "text" => self.scribe.say(desk, text(&part["text"])),
                    "think" => self.scribe.think(desk, text(&part["think"])),
                    _ => self.scribe.strange(desk, "content.part", record),
                }
            }
            "tool.call" => {
                let of = (text(&event["toolCallId"]), text(&event["name"]));
                self.scribe.call(desk, of, &event["args"]);
            }
            "tool.result" => {
                let result = &event["result"];
                let is = |name: &str| result[name].as_bool().unwrap_or_default();
                let ok = !(is("isError") || is("is_error"));
                let outcome = Outcome::of(ok, words(&result["output"]));
                self.scribe.end_call(desk, text(&event["toolCallId"]), outcome);
            }
            "step.interrupted" => {
                self.scribe.on(|it| it.interrupt(desk, text(&event["reason"])));
            }
            _ => self.scribe.strange(desk, "context.append_loop_event", record),
        }
    }

    fn usage(&mut self, desk: &mut Desk, record: &Value) {
        self.used += 1;
        let of = |name: &str| tokens(&record["usage"][name]);
        let usage = Usage {
            input: of("inputOther"),
            cache_read: of("inputCacheRead"),
            cache_write_5m: of("inputCacheCreation"),
            output: of("output"),
            ..Usage::default()
        };
        let id = format!("usage {}", self.used);
        self.scribe.used(desk, (&id, bare(text(&record["model"]))), usage);
    }
}

impl Scribed for Kimi {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        let kind = text(&record["type"]);
        let event = &record["event"];
        let name = match maybe(&event["type"]) {
            Some(sub) if kind == "context.append_loop_event" => format!("{kind}/{sub}"),
            _ => kind.to_owned(),
        };
        self.scribe.note_record(desk, &name, when(record));
        match kind {
            "config.update" => {
                if let Some(model) = maybe(&record["modelAlias"]) {
                    bare(model).clone_into(&mut self.model);
                }
                self.scribe.on(|it| it.is_in("Kimi Code", "", ""));
            }
            "llm.request" => bare(text(&record["model"])).clone_into(&mut self.model),
            "turn.prompt" => {
                self.prompt = words(&record["input"]);
                let said = self.prompt.clone();
                self.scribe.hear(desk, &said);
            }
            "turn.cancel" => {
                self.scribe.on(|it| it.interrupt(desk, "cancelled by its user"));
            }
            "context.append_message" => self.message(desk, &record["message"]),
            "context.append_loop_event" => self.step(desk, (event, record)),
            "context.apply_compaction" => self.scribe.compact(desk, text(&record["summary"])),
            "usage.record" => self.usage(desk, record),
            quiet if QUIET.contains(&quiet) => {}
            _ => self.scribe.strange(desk, &name, record),
        }
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

fn stop(reason: &str) -> Stop {
    match reason {
        "end_turn" | "" => Stop::End,
        "tool_use" => Stop::Tools,
        "max_tokens" => Stop::Length,
        other => Stop::Other(one_line(other, 80)),
    }
}

/// Whether a value is of a wire log.
pub(super) fn is_one(value: &Value) -> bool {
    const KINDS: [&str; 5] = [
        "turn.prompt",
        "llm.request",
        "context.append_message",
        "context.append_loop_event",
        "usage.record",
    ];
    let kind = text(&value["type"]);
    let is_head = kind == "metadata" && value["protocol_version"].is_string();
    is_head || (KINDS.contains(&kind) && value["time"].is_number())
}
