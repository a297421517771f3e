//! A request in the chat format, kept to what every server takes.

use super::thoughts;
use crate::llm::{Effort, Message, Part, Request, openai_responses, reading::as_object};
use serde_json::{Map, Value, json};

/// The body of `POST /v1/chat/completions`.
pub(in crate::llm) fn body(request: &Request) -> Value {
    let mut body = json!({
        "model": request.model,
        "messages": messages(request),
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    body[limit_name(&request.model)] = json!(request.max_output);
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            let function = json!({ "name": tool.name, "description": tool.description });
            let mut it = json!({ "type": "function", "function": function });
            // `json!` would make it anew, field by field.
            it["function"]["parameters"] = tool.schema.clone();
            it
        });
        body["tools"] = tools.collect();
    }
    if let Some(word) = request.effort.and_then(|it| effort_word(&request.model, it)) {
        body["reasoning_effort"] = json!(word);
    }
    body
}

/// `OpenAI`'s reasoning models refuse the old name of the limit; most other
/// servers know only the old one.
fn limit_name(model: &str) -> &'static str {
    if is_own(model) { "max_completion_tokens" } else { "max_tokens" }
}

fn is_own(model: &str) -> bool {
    let own = ["gpt-5", "gpt-6", "o1", "o3", "o4"];
    let bare = model.strip_prefix("openai/").unwrap_or(model);
    own.iter().any(|it| bare.starts_with(it))
}

/// Other servers' models don't know a word for no reasoning at all.
fn effort_word(model: &str, effort: Effort) -> Option<&'static str> {
    let bare = model.strip_prefix("openai/").unwrap_or(model);
    match effort {
        _ if is_own(model) => openai_responses::effort_word(bare, effort),
        Effort::None => None,
        Effort::Low => Some("low"),
        Effort::Medium => Some("medium"),
        Effort::High => Some("high"),
    }
}

fn messages(request: &Request) -> Vec<Value> {
    let mut all = Vec::new();
    if !request.instructions.is_empty() {
        let mut system = json!({ "role": "system", "content": request.instructions });
        if request.cache && asks_to_cache(&request.model) {
            mark(&mut system);
        }
        all.push(system);
    }
    for message in &request.messages {
        match message {
            Message::User(text) => all.push(json!({ "role": "user", "content": text })),
            Message::Assistant(parts) => all.extend(said(parts)),
            Message::Results(results) => all.extend(results.iter().map(|result| {
                // The format has no flag for a failure: the words must say it.
                let text = match (result.is_error, result.text.as_str()) {
                    (true, text) if !text.to_lowercase().contains("error") => {
                        format!("error: {text}")
                    }
                    (_, text) => text.to_owned(),
                };
                json!({ "role": "tool", "tool_call_id": result.id, "content": text })
            })),
        }
    }
    if request.cache
        && asks_to_cache(&request.model)
        && let Some(last) = all.iter_mut().rev().find(|it| it["role"] == "user")
    {
        mark(last);
    }
    all
}

/// Models behind OpenRouter that cache only where they are asked to.
fn asks_to_cache(model: &str) -> bool {
    model.starts_with("anthropic/")
}

fn mark(message: &mut Value) {
    let text = message["content"].take();
    let cache = json!({ "type": "ephemeral" });
    message["content"] = json!([{ "type": "text", "text": text, "cache_control": cache }]);
}

/// One assistant message; nothing if nothing of it can be said here.
fn said(parts: &[Part]) -> Option<Value> {
    let mut text = String::new();
    let mut calls = Vec::new();
    for part in parts {
        match part {
            Part::Text(words) => text.push_str(words),
            Part::Thought { .. } => {}
            Part::Call { id, name, arguments, .. } => calls.push(json!({
                "id": id,
                "type": "function",
                "function": { "name": name, "arguments": as_object(arguments).to_string() },
            })),
        }
    }
    if text.is_empty() && calls.is_empty() {
        return None;
    }
    let mut message = Map::new();
    message.insert("role".to_owned(), json!("assistant"));
    // Null, not "": some templates print an empty turn.
    let content = if text.is_empty() { Value::Null } else { json!(text) };
    message.insert("content".to_owned(), content);
    if !calls.is_empty() {
        message.extend(thoughts::sent_back(parts));
        message.insert("tool_calls".to_owned(), Value::Array(calls));
    }
    Some(Value::Object(message))
}
