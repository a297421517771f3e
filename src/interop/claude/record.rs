//! What stands in a transcript's record. Fields that are missing or new are tolerated
//! everywhere.

use crate::{
    interop::{
        bill::Told,
        fields::{items, key, maybe, text, time},
    },
    llm::{Tier, billed_by_anthropic},
    model::Stop,
};
use serde_json::Value;
use std::borrow::Cow;

/// What stands for a model where the program itself speaks.
pub(super) const SYNTHETIC: &str = "<synthetic>";

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
    let parts = is_told.then(|| billed_by_anthropic(&fresh(usage))).flatten()?;
    let tier = match Tier::named(text(&usage["speed"])) {
        Tier::Standard => Tier::named(text(&usage["service_tier"])),
        tier => tier,
    };
    let is_over = message["stop_reason"].is_string();
    let (model, at, mark) = (text(&message["model"]), time(record), key(&record["uuid"]));
    Some(Told { model, at, tier, parts, is_over, mark })
}

/// Usage whose input is what was read fresh, as Claude Code tells it. Qwen Code's stream has
/// the same shape, and what came from a cache counted in its input: its sum tells so.
fn fresh(usage: &Value) -> Cow<'_, Value> {
    let of = |name: &str| usage[name].as_u64().unwrap_or_default();
    let (input, cached) = (of("input_tokens"), of("cache_read_input_tokens"));
    let is_inside = usage["total_tokens"].as_u64() == Some(input + of("output_tokens"));
    if !is_inside || cached == 0 {
        return Cow::Borrowed(usage);
    }
    let mut told = usage.clone();
    told["input_tokens"] = input.saturating_sub(cached).into();
    Cow::Owned(told)
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
