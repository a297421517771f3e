//! Logs of Inspect: one JSON value, or the parts of an `.eval` archive, told as the head
//! and then sample by sample. Each sample is an agent.

use super::{
    desk::Desk,
    fields::{bare, count as tokens, items, maybe, moment, parsed, text, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::{
    model::{EngineKind, Level, Stop, Usage},
    text::one_line,
};
use serde_json::Value;
use std::borrow::Cow;

/// How a text that is kept apart is named.
const ATTACHED: &str = "attachment://";
/// Events that tell nothing of the conversation, or what others tell as well.
const QUIET: [&str; 12] = [
    "approval",
    "input",
    "logger",
    "sample_init",
    "sandbox",
    "span_begin",
    "span_end",
    "state",
    "step",
    "store",
    "subtask",
    "score_edit",
];

/// A log, part by part.
#[derive(Debug)]
pub(super) struct Inspect {
    scribe: Scribe,
    task: String,
    model: String,
    answers: u64,
}

/// A sample, and the texts that are kept apart in it.
struct Sample<'value> {
    value: &'value Value,
    attached: &'value Value,
}

impl Sample<'_> {
    /// A text of it, wherever it is kept.
    fn whole<'text>(&'text self, said: &'text str) -> &'text str {
        let name = said.strip_prefix(ATTACHED);
        name.and_then(|it| self.attached[it].as_str()).unwrap_or(said)
    }

    fn words(&self, content: &Value) -> String {
        let said = words(content);
        self.whole(&said).to_owned()
    }
}

impl Inspect {
    pub(super) fn new(_: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::of_many(file, EngineKind::Acp);
        Self { scribe, task: String::new(), model: String::new(), answers: 0 }
    }

    fn head(&mut self, desk: &mut Desk, log: &Value) {
        let eval = &log["eval"];
        text(&eval["task"]).clone_into(&mut self.task);
        text(&eval["model"]).clone_into(&mut self.model);
        self.scribe.note_record(desk, "eval", moment(&eval["created"]));
        if items(&log["samples"]).is_empty() && log["parts"].is_null() {
            // There is nobody of whom anything is told but the sums.
            let (task, run) = (self.task.clone(), text(&eval["run_id"]).to_owned());
            self.scribe.enter(desk, "", &task);
            self.scribe.on(|it| it.is_in("Inspect", &run, ""));
            self.scribe.hear(desk, &task);
            for (model, told) in log["stats"]["model_usage"].as_object().into_iter().flatten() {
                self.scribe.answer(desk, model, model);
                self.scribe.used(desk, (model, bare(model)), usage(told));
            }
        }
    }

    fn sample(&mut self, desk: &mut Desk, value: &Value) {
        let sample = Sample { value, attached: &value["attachments"] };
        let (id, epoch) = (&value["id"], value["epoch"].as_u64().unwrap_or(1));
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let key = format!("{id} {epoch}");
        self.scribe.enter(desk, &key, &format!("{}-{id}", self.task));
        let task = one_line(&format!("{} {id}, epoch {epoch}", self.task), 200);
        self.scribe.on(|it| {
            it.is_in("Inspect", &key, "");
            it.entitle(&task);
        });
        self.scribe.note_record(desk, "sample", None);
        let events = items(&value["events"]);
        let input = sample.words(&value["input"]);
        let first = events.iter().find_map(|it| moment(&it["timestamp"]));
        self.scribe.note_time(desk, first);
        match value["input"].as_str() {
            Some(_) => self.scribe.hear(desk, &input),
            None => items(&value["input"]).iter().for_each(|it| self.message(desk, &sample, it)),
        }
        if events.iter().any(|it| text(&it["event"]) == "model") {
            for it in events {
                self.event(desk, &sample, it);
            }
        } else {
            // Old ones hold messages alone.
            let messages = items(&value["messages"]).iter();
            let own =
                messages.filter(|it| text(&it["source"]) != "input" && text(&it["role"]) != "user");
            own.for_each(|it| self.message(desk, &sample, it));
            self.used_in_all(desk, &value["model_usage"]);
        }
        self.scores(desk, &sample);
        self.scribe.on(|it| it.finish(desk));
    }

    fn scores(&mut self, desk: &mut Desk, sample: &Sample<'_>) {
        for (name, score) in sample.value["scores"].as_object().into_iter().flatten() {
            let said = format!("score {name}: {} {}", score["value"], text(&score["answer"]));
            self.scribe.note(desk, Level::Note, &said);
        }
        let error = maybe(&sample.value["error"]["message"]).unwrap_or_default();
        self.scribe.note(desk, Level::Trouble, error);
    }

    fn used_in_all(&mut self, desk: &mut Desk, told: &Value) {
        for (model, told) in told.as_object().into_iter().flatten() {
            self.answers += 1;
            let id = format!("usage {}", self.answers);
            self.scribe.used(desk, (&id, bare(model)), usage(told));
        }
    }

    fn message(&mut self, desk: &mut Desk, sample: &Sample<'_>, message: &Value) {
        let said = sample.words(&message["content"]);
        match text(&message["role"]) {
            "user" => self.scribe.hear(desk, &said),
            "assistant" => {
                let own = self.model.clone();
                self.answer(desk, sample, (message, maybe(&message["model"]).unwrap_or(&own)));
            }
            "tool" => self.tool_result(desk, sample, message),
            _ => self.scribe.note(desk, Level::Note, &said),
        }
    }

    fn answer(
        &mut self,
        desk: &mut Desk,
        sample: &Sample<'_>,
        (message, model): (&Value, &str),
    ) -> String {
        self.answers += 1;
        let id = format!("answer {}", self.answers);
        self.scribe.answer(desk, &id, bare(model));
        for block in items(&message["content"]) {
            self.scribe.think(desk, sample.whole(text(&block["reasoning"])));
        }
        self.scribe.say(desk, &sample.words(&message["content"]));
        let calls = items(&message["tool_calls"]);
        self.scribe.stops(if calls.is_empty() { Stop::End } else { Stop::Tools });
        for call in calls {
            let of = (text(&call["id"]), text(&call["function"]));
            self.scribe.call(desk, of, &parsed(&call["arguments"]));
        }
        id
    }

    fn tool_result(&mut self, desk: &mut Desk, sample: &Sample<'_>, told: &Value) {
        let id = maybe(&told["tool_call_id"]).unwrap_or_else(|| text(&told["id"]));
        let error = maybe(&told["error"]["message"]);
        let result = [&told["result"], &told["content"]];
        let said = result.into_iter().map(|it| sample.words(it)).find(|it| !it.is_empty());
        let said = error.map(|it| sample.whole(it).to_owned()).or(said).unwrap_or_default();
        self.scribe.end_call(desk, id, Outcome::of(error.is_none(), said));
    }

    fn event(&mut self, desk: &mut Desk, sample: &Sample<'_>, event: &Value) {
        let kind = text(&event["event"]);
        self.scribe.note_record(desk, kind, moment(&event["timestamp"]));
        match kind {
            "model" => {
                let output = &event["output"];
                let model = maybe(&output["model"]).unwrap_or_else(|| text(&event["model"]));
                let message = items(&output["choices"]).first().map(|it| &it["message"]);
                let id = self.answer(desk, sample, (message.unwrap_or(&Value::Null), model));
                let told = &output["usage"];
                if told.is_object() {
                    self.scribe.used(desk, (&id, bare(model)), usage(told));
                }
                let error = maybe(&event["error"]).unwrap_or_default();
                self.scribe.note(desk, Level::Trouble, error);
            }
            "tool" => self.tool_result(desk, sample, event),
            "compaction" => self.scribe.compact(desk, ""),
            "error" => {
                let error = maybe(&event["error"]["message"]).unwrap_or_default();
                self.scribe.note(desk, Level::Trouble, error);
            }
            "info" => {
                let data = &event["data"];
                let said =
                    data.as_str().map_or_else(|| Cow::Owned(data.to_string()), Cow::Borrowed);
                self.scribe.note(desk, Level::Note, sample.whole(&said));
            }
            "sample_limit" => self.scribe.note(desk, Level::Warning, text(&event["message"])),
            "score" => {}
            quiet if QUIET.contains(&quiet) => {}
            _ => self.scribe.strange(desk, kind, event),
        }
    }
}

impl Scribed for Inspect {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        if record["eval"].is_object() {
            self.head(desk, record);
        }
        for it in items(&record["samples"]) {
            self.sample(desk, it);
        }
        if record["epoch"].is_number() {
            self.sample(desk, record);
        }
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

/// Cached tokens stand beside the input in newer versions: the sum tells.
fn usage(told: &Value) -> Usage {
    let of = |name: &str| tokens(&told[name]);
    let (input, output) = (of("input_tokens"), of("output_tokens"));
    let (read, written) = (of("input_tokens_cache_read"), of("input_tokens_cache_write"));
    let is_inside = of("total_tokens") <= input + output;
    Usage {
        input: if is_inside { input.saturating_sub(read + written) } else { input },
        cache_read: read,
        cache_write_5m: written,
        output,
        reasoning: of("reasoning_tokens"),
        ..Usage::default()
    }
}

/// Whether a value is a log.
pub(super) fn is_one(value: &Value) -> bool {
    value["eval"]["task"].is_string() && value["version"].is_number()
}
