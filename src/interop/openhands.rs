//! OpenHands: the list of events of its first version, one JSON value; and the events of
//! its SDK, each a file in the folder of a conversation, or in lines.
//!
//! What models have used is told in sums so far, by what they are used for.

use super::{
    desk::Desk,
    fields::{count as tokens, dollars, items, maybe, text, when, words},
    scribe::{Outcome, Scribe},
    teller::Scribed,
};
use crate::model::{EngineKind, Level, Money, Stop, Usage};
use serde_json::Value;
use std::collections::BTreeMap;

/// Events of the SDK that tell nothing of the conversation.
const QUIET: [&str; 6] = [
    "CondensationRequest",
    "HookExecutionEvent",
    "LLMCompletionLogEvent",
    "StreamingDeltaEvent",
    "SystemPromptEvent",
    "TokenEvent",
];

/// A conversation, event by event.
#[derive(Debug)]
pub(super) struct OpenHands {
    scribe: Scribe,
    model: String,
    /// The sums so far, by what a model is used for.
    sums: BTreeMap<String, Usage>,
    costs: BTreeMap<String, Money>,
    counted: u64,
}

impl OpenHands {
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        let scribe = Scribe::new(desk, file, EngineKind::Acp, "openhands");
        let (sums, costs) = (BTreeMap::new(), BTreeMap::new());
        Self { scribe, model: String::new(), sums, costs, counted: 0 }
    }

    /// An event of the SDK.
    fn event(&mut self, desk: &mut Desk, event: &Value) {
        match text(&event["kind"]) {
            "MessageEvent" => {
                let message = &event["llm_message"];
                let said = words(&message["content"]);
                if text(&event["source"]) == "user" {
                    return self.scribe.hear(desk, &said);
                }
                let model = self.model.clone();
                self.scribe.answer(desk, text(&event["llm_response_id"]), &model);
                self.scribe.think(desk, text(&message["reasoning_content"]));
                self.scribe.say(desk, &said);
            }
            "ActionEvent" => self.action(desk, event),
            "ObservationEvent" => {
                let seen = &event["observation"];
                let code = [&seen["exit_code"], &seen["metadata"]["exit_code"]];
                let code = code.into_iter().find_map(Value::as_i64).unwrap_or_default();
                let ok = seen["is_error"].as_bool() != Some(true) && matches!(code, 0 | -1);
                self.result(desk, event, Outcome::of(ok, told(seen)));
            }
            "AgentErrorEvent" => {
                self.result(desk, event, Outcome::of(false, text(&event["error"])));
            }
            "UserRejectObservation" => {
                let why = format!("rejected by its user: {}", text(&event["rejection_reason"]));
                self.result(desk, event, Outcome::of(false, why));
            }
            "Condensation" | "CondensationSummaryEvent" => {
                self.scribe.compact(desk, text(&event["summary"]));
            }
            "PauseEvent" | "InterruptEvent" => {
                self.scribe.on(|it| it.interrupt(desk, "paused by its user"));
            }
            "ConversationErrorEvent" => {
                self.scribe.note(desk, Level::Trouble, text(&event["detail"]));
            }
            "ConversationStateUpdateEvent" => self.state(desk, event),
            quiet if QUIET.contains(&quiet) => {}
            kind => self.scribe.strange(desk, kind, event),
        }
    }

    fn action(&mut self, desk: &mut Desk, event: &Value) {
        let model = self.model.clone();
        self.scribe.answer(desk, text(&event["llm_response_id"]), &model);
        self.scribe.think(desk, text(&event["reasoning_content"]));
        self.scribe.say(desk, &words(&event["thought"]));
        self.scribe.stops(Stop::Tools);
        let of = (text(&event["tool_call_id"]), text(&event["tool_name"]));
        self.scribe.call(desk, of, &event["action"]);
    }

    fn result(&mut self, desk: &mut Desk, event: &Value, outcome: Outcome) {
        self.scribe.end_call(desk, text(&event["tool_call_id"]), outcome);
    }

    fn state(&mut self, desk: &mut Desk, event: &Value) {
        let value = &event["value"];
        match text(&event["key"]) {
            "stats" => self.see_sums(desk, &value["usage_to_metrics"]),
            "full_state" => {
                if let Some(model) = maybe(&value["agent"]["llm"]["model"]) {
                    model.clone_into(&mut self.model);
                }
                self.see_sums(desk, &value["stats"]["usage_to_metrics"]);
            }
            "execution_status" if text(value) == "error" => {
                self.scribe.note(desk, Level::Trouble, "the conversation ended with an error");
            }
            _ => {}
        }
    }

    /// What is more than before was used since.
    fn see_sums(&mut self, desk: &mut Desk, told: &Value) {
        for (purpose, metrics) in told.as_object().into_iter().flatten() {
            let sum = usage(&metrics["accumulated_token_usage"]);
            let before = self.sums.insert(purpose.clone(), sum).unwrap_or_default();
            let more = super::bill::minus(&sum, &before);
            let model = text(&metrics["model_name"]);
            if purpose == "default" && !model.is_empty() {
                model.clone_into(&mut self.model);
            }
            if more.total() > 0 {
                self.counted += 1;
                self.scribe.tally.totals += 1;
                let id = format!("sum {}", self.counted);
                self.scribe.used(desk, (&id, model), more);
            }
            if let Some(cost) = dollars(&metrics["accumulated_cost"]) {
                self.costs.insert(purpose.clone(), cost);
            }
        }
        let all: u64 = self.costs.values().map(|it| it.0).sum();
        self.scribe.tally.reported = (all > 0).then_some(Money(all));
    }

    /// An event of the first version.
    fn old(&mut self, desk: &mut Desk, event: &Value) {
        let (action, seen) = (maybe(&event["action"]), maybe(&event["observation"]));
        let (args, extras) = (&event["args"], &event["extras"]);
        let is_user = text(&event["source"]) == "user";
        let said = [&args["content"], &event["message"]].into_iter().find_map(maybe);
        let said = said.unwrap_or_default();
        if let Some(model) = maybe(&event["tool_call_metadata"]["model_response"]["model"]) {
            model.clone_into(&mut self.model);
        }
        let model = self.model.clone();
        match (action, seen) {
            (Some("message"), _) if is_user => self.scribe.hear(desk, said),
            (Some("system" | "recall" | "change_agent_state"), _)
            | (_, Some("agent_state_changed" | "null" | "recall")) => {}
            (Some("message" | "finish" | "think" | "reject"), _) => {
                self.scribe.answer(desk, &answer_of(event), &model);
                let last = [&args["final_thought"], &args["thought"]].into_iter().find_map(maybe);
                self.scribe.say(desk, last.unwrap_or(said));
            }
            (Some("condensation"), _) => self.scribe.compact(desk, text(&args["summary"])),
            (Some(tool), _) if is_user => {
                self.scribe.note(desk, Level::Note, &format!("{tool} {said}"));
            }
            (Some(tool), _) => {
                self.scribe.answer(desk, &answer_of(event), &model);
                self.scribe.say(desk, text(&args["thought"]));
                self.scribe.stops(Stop::Tools);
                self.scribe.call(desk, (&event["id"].to_string(), tool), args);
            }
            (None, Some("error")) => {
                let id = event["cause"].to_string();
                self.scribe.end_call(desk, &id, Outcome::of(false, text(&event["content"])));
            }
            (None, Some(_)) => {
                let code = [&extras["metadata"]["exit_code"], &extras["exit_code"]];
                let code = code.into_iter().find_map(Value::as_i64).unwrap_or_default();
                let ok = matches!(code, 0 | -1);
                let id = event["cause"].to_string();
                self.scribe.end_call(desk, &id, Outcome::of(ok, text(&event["content"])));
            }
            (None, None) => self.scribe.strange(desk, "event", event),
        }
        let metrics = &event["llm_metrics"];
        if metrics.is_object() {
            let told = serde_json::json!({ "default": {
                "model_name": text(&event["tool_call_metadata"]["model_response"]["model"]),
                "accumulated_token_usage": metrics["accumulated_token_usage"],
                "accumulated_cost": metrics["accumulated_cost"],
            } });
            self.see_sums(desk, &told);
        }
    }
}

impl Scribed for OpenHands {
    fn read(&mut self, desk: &mut Desk, record: &Value) {
        // What the folder of a conversation says of it.
        if record["base_state"].is_object() {
            let state = &record["base_state"];
            text(&state["agent"]["llm"]["model"]).clone_into(&mut self.model);
            let folder = text(&state["workspace"]["working_dir"]);
            self.scribe.on(|it| it.is_in("OpenHands", text(&state["id"]), folder));
            self.scribe.note_record(desk, "base_state", None);
            return self.see_sums(desk, &state["stats"]["usage_to_metrics"]);
        }
        self.scribe.on(|it| it.is_in("OpenHands", "", ""));
        let list = items(&record[super::container::LIST]);
        if list.is_empty() {
            self.scribe.note_record(desk, text(&record["kind"]), when(record));
            return self.event(desk, record);
        }
        for event in list {
            let names = [("action", &event["action"]), ("observation", &event["observation"])];
            let name = names.into_iter().find_map(|(of, it)| Some(format!("{of}/{}", maybe(it)?)));
            self.scribe.note_record(desk, &name.unwrap_or_default(), when(event));
            self.old(desk, event);
        }
    }

    fn scribe(&mut self) -> &mut Scribe {
        &mut self.scribe
    }
}

/// The answer that an event of the first version is of.
fn answer_of(event: &Value) -> String {
    text(&event["tool_call_metadata"]["model_response"]["id"]).to_owned()
}

/// The words of what was seen, whatever was looked at.
fn told(seen: &Value) -> String {
    let places = [&seen["content"], &seen["output"], &seen["error"]];
    places.into_iter().map(words).find(|it| !it.is_empty()).unwrap_or_default()
}

fn usage(told: &Value) -> Usage {
    let of = |name: &str| tokens(&told[name]);
    let (read, written) = (of("cache_read_tokens"), of("cache_write_tokens"));
    Usage {
        input: of("prompt_tokens").saturating_sub(read + written),
        cache_read: read,
        cache_write_5m: written,
        output: of("completion_tokens"),
        reasoning: of("reasoning_tokens"),
        ..Usage::default()
    }
}

/// Whether a value is of a conversation.
pub(super) fn is_one(value: &Value) -> bool {
    let kind = text(&value["kind"]);
    let is_event = value["source"].is_string()
        && value["id"].is_string()
        && ["Event", "Condensation", "Observation"].iter().any(|it| kind.contains(it));
    let first = items(&value[super::container::LIST]).first();
    let is_old = first.is_some_and(|it| {
        it["source"].is_string() && (it["action"].is_string() || it["observation"].is_string())
    });
    is_event || is_old || value["base_state"].is_object()
}
