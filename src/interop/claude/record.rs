//! What stands in a transcript's record. Fields that are missing or new are tolerated
//! everywhere.

use crate::{
    interop::bill::Told,
    llm::{Tier, billed_by_anthropic},
    model::{Money, Stop},
};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

/// What stands for a model where the program itself speaks.
pub(super) const SYNTHETIC: &str = "<synthetic>";

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn string(value: &Value) -> String {
    text(value).to_owned()
}

/// A text that is there and not empty.
pub(super) fn maybe(value: &Value) -> Option<&str> {
    value.as_str().filter(|it| !it.is_empty())
}

pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn small(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap_or_default()).unwrap_or(u32::MAX)
}

/// When it was written.
pub(super) fn time(record: &Value) -> Option<Timestamp> {
    maybe(&record["timestamp"])?.parse().ok()
}

/// A uuid, in a few bytes: a long log has very many.
pub(super) fn key(uuid: &Value) -> Option<u64> {
    let uuid = maybe(uuid)?;
    let mut hasher = DefaultHasher::new();
    uuid.hash(&mut hasher);
    Some(hasher.finish())
}

/// The blocks of a content: a text alone is one.
pub(super) fn blocks(content: &Value) -> Cow<'_, [Value]> {
    match content {
        Value::String(text) => {
            Cow::Owned(vec![serde_json::json!({ "type": "text", "text": text })])
        }
        content => Cow::Borrowed(items(content)),
    }
}

/// What an answer has used, where its record tells it.
pub(super) fn usage(record: &Value) -> Option<Told<'_>> {
    let message = &record["message"];
    let usage = &message["usage"];
    let is_told = ["input_tokens", "output_tokens"].iter().any(|it| usage[*it].is_number());
    let parts = is_told.then(|| billed_by_anthropic(usage)).flatten()?;
    let tier = match Tier::named(text(&usage["speed"])) {
        Tier::Standard => Tier::named(text(&usage["service_tier"])),
        tier => tier,
    };
    let is_over = message["stop_reason"].is_string();
    Some(Told { model: text(&message["model"]), at: time(record), tier, parts, is_over })
}

/// Why an answer was over; none where it is not told.
pub(super) fn stop(reason: &Value) -> Option<Stop> {
    Some(match maybe(reason)? {
        "end_turn" | "stop_sequence" => Stop::End,
        "tool_use" => Stop::Tools,
        "max_tokens" => Stop::Length,
        "refusal" => Stop::Refusal,
        other => Stop::Other(crate::text::one_line(other, 80)),
    })
}

/// A note about a conversation that was made shorter.
pub(super) fn compacted(record: &Value) -> String {
    let told = &record["compactMetadata"];
    let before = told["preTokens"].as_u64();
    let before = before.map(|it| format!("; it had {it} tokens")).unwrap_or_default();
    match text(&told["trigger"]) {
        "manual" => format!("Claude Code made its conversation shorter when asked to{before}"),
        _ => format!("Claude Code made its conversation shorter by itself{before}"),
    }
}

/// An error in a few words.
pub(super) fn error(error: &Value) -> String {
    let inner = &error["error"];
    let words = [&error["message"], &inner["error"]["message"], &inner["message"], error];
    let told = words.iter().find_map(|it| maybe(it)).map(str::to_owned);
    let status = error["status"].as_u64().map(|it| it.to_string());
    let parts: Vec<String> = status.into_iter().chain(told).collect();
    if parts.is_empty() { "the call failed".to_owned() } else { parts.join(" ") }
}

/// Dollars, as the program counts them.
pub(super) fn dollars(value: &Value) -> Option<Money> {
    let amount = value.as_f64().filter(|it| (0.0..1e6).contains(it))?;
    format!("{amount:.9}").parse().ok()
}
