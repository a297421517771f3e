//! A request as Anthropic takes it.

use crate::llm::{Effort, Message, Part, Request, ToolResult, Wire, reading::as_object, seal};
use serde_json::{Map, Value, json};

/// Thinking needs at least this many tokens, and the answer some beside it.
const LEAST_BUDGET: u32 = 1024;

/// The body of `POST /v1/messages`.
pub(in crate::llm) fn body(request: &Request) -> Value {
    let mut messages = messages(&request.messages);
    let mut body = json!({
        "model": request.model,
        "max_tokens": request.max_output,
        "stream": true,
    });
    if !request.instructions.is_empty() {
        body["system"] = json!([{ "type": "text", "text": request.instructions }]);
    }
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            let mut it = json!({ "name": tool.name, "description": tool.description });
            // `json!` would make it anew, field by field.
            it["input_schema"] = tool.schema.clone();
            it
        });
        body["tools"] = tools.collect();
    }
    if request.cache {
        mark_prefix(&mut body);
        mark_turns(&mut messages);
    }
    body["messages"] = Value::Array(messages);
    if let Some(effort) = request.effort {
        think(&mut body, request, effort);
    }
    body
}

/// Asks to cache the tools and instructions: the marked block and all before
/// it, in the order tools, system, messages.
fn mark_prefix(body: &mut Value) {
    let place = if body.get("system").is_some() { "system" } else { "tools" };
    if let Some(last) =
        body.get_mut(place).and_then(Value::as_array_mut).and_then(|it| it.last_mut())
    {
        last["cache_control"] = json!({ "type": "ephemeral" });
    }
}

/// Asks to cache the conversation up to the newest user turn, and up to the one
/// before, where the last call left its entry (a look-back sees only 20 blocks).
fn mark_turns(messages: &mut [Value]) {
    let turns = messages.iter_mut().rev().filter(|it| it["role"] == "user").take(2);
    for turn in turns {
        if let Some(last) = turn["content"].as_array_mut().and_then(|it| it.last_mut()) {
            last["cache_control"] = json!({ "type": "ephemeral" });
        }
    }
}

/// The conversation in turns: neighbours of one role become one message, and
/// tool results stand before other words.
fn messages(conversation: &[Message]) -> Vec<Value> {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in conversation {
        let (role, blocks) = match message {
            Message::User(text) => ("user", words(text).into_iter().collect()),
            Message::Assistant(parts) => ("assistant", answer(parts)),
            Message::Results(results) => ("user", results.iter().map(result).collect::<Vec<_>>()),
        };
        match turns.last_mut() {
            _ if blocks.is_empty() => {}
            Some((last, all)) if *last == role => all.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    for (_, blocks) in turns.iter_mut().filter(|(role, _)| *role == "user") {
        blocks.sort_by_key(|it| it["type"] != "tool_result");
    }
    turns.into_iter().map(|(role, blocks)| json!({ "role": role, "content": blocks })).collect()
}

/// What the model said. An answer that was interrupted may end in a thought,
/// which the service refuses as an end.
fn answer(parts: &[Part]) -> Vec<Value> {
    let mut blocks: Vec<Value> = parts.iter().filter_map(said).collect();
    let end = blocks.iter().rposition(|it| !is_thought(it)).map_or(0, |last| last + 1);
    blocks.truncate(end);
    blocks
}

fn is_thought(block: &Value) -> bool {
    block["type"] == "thinking" || block["type"] == "redacted_thinking"
}

/// Empty text is refused by the service.
fn words(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({ "type": "text", "text": text }))
}

fn said(part: &Part) -> Option<Value> {
    match part {
        Part::Text(text) => words(text),
        Part::Thought { text, seal } => {
            let seal = seal.as_ref();
            if let Some(data) = seal::open(seal, Wire::Anthropic, "redacted") {
                return Some(json!({ "type": "redacted_thinking", "data": data }));
            }
            let signature = seal::open(seal, Wire::Anthropic, "signature")?;
            Some(json!({ "type": "thinking", "thinking": text, "signature": signature }))
        }
        Part::Call { id, name, arguments, .. } => Some(json!({
            "type": "tool_use",
            "id": own_id(id),
            "name": name,
            "input": as_object(arguments),
        })),
    }
}

fn result(result: &ToolResult) -> Value {
    let mut block = Map::new();
    block.insert("type".to_owned(), json!("tool_result"));
    block.insert("tool_use_id".to_owned(), json!(own_id(&result.id)));
    if !result.text.is_empty() {
        block.insert("content".to_owned(), json!(result.text));
    }
    if result.is_error {
        block.insert("is_error".to_owned(), json!(true));
    }
    Value::Object(block)
}

/// Another vendor's id in the letters that this one takes.
fn own_id(id: &str) -> String {
    let fits = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
    id.chars().map(|it| if fits(it) { it } else { '_' }).collect()
}

/// Asks for thinking: adaptive with an effort on models since 4.6, a budget of
/// tokens on those before.
fn think(body: &mut Value, request: &Request, effort: Effort) {
    if !takes_budget(&request.model) {
        let word = match effort {
            Effort::None => return,
            Effort::Low => "low",
            Effort::Medium => "medium",
            Effort::High => "high",
        };
        body["thinking"] = json!({ "type": "adaptive", "display": "summarized" });
        body["output_config"] = json!({ "effort": word });
        return;
    }
    let wished = match effort {
        Effort::None => return,
        Effort::Low => 4_096,
        Effort::Medium => 10_240,
        Effort::High => 24_576,
    };
    let budget = wished.min(request.max_output.saturating_sub(LEAST_BUDGET));
    if budget >= LEAST_BUDGET && !answers_thoughtless_calls(&body["messages"]) {
        body["thinking"] = json!({ "type": "enabled", "budget_tokens": budget });
    }
}

/// Whether the results at the end answer calls that no sealed thought went
/// before (another vendor's, or made without thinking): with a budget the
/// service refuses to think on from there.
fn answers_thoughtless_calls(messages: &Value) -> bool {
    let Some([.., answer, results]) = messages.as_array().map(Vec::as_slice) else { return false };
    results["content"][0]["type"] == "tool_result" && !is_thought(&answer["content"][0])
}

/// Models of before 4.6, whose names either begin with their number
/// (`claude-3-7-sonnet`) or end with it (`claude-opus-4-5-20251101`).
fn takes_budget(model: &str) -> bool {
    let name = model.replace('.', "-");
    let family = ["opus-4", "sonnet-4", "haiku-4"].iter().find_map(|it| {
        let (_, rest) = name.split_once(it)?;
        Some(rest.trim_start_matches('-').split(['-', '@', ':']).next().unwrap_or_default())
    });
    match family {
        // `4`, `4-0`…`4-5`, or `4-20250514`
        Some(minor) => minor.is_empty() || minor.len() > 2 || minor < "6",
        None => name.contains("claude-3"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_models_get_a_budget_and_new_ones_an_effort() {
        let old = [
            "claude-3-7-sonnet-latest",
            "claude-opus-4-20250514",
            "claude-sonnet-4-5",
            "anthropic/claude-haiku-4.5",
            "claude-opus-4-1-20250805",
        ];
        let new = [
            "claude-opus-4-6",
            "claude-sonnet-4-6",
            "claude-opus-5-5",
            "claude-fable-5-1",
            "claude-opus-4-7@20260401",
            "rehearsal-plain",
        ];
        assert!(old.into_iter().all(takes_budget));
        assert!(!new.into_iter().any(takes_budget));
    }
}
