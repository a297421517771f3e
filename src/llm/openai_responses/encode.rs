//! A request in the Responses format: the whole conversation each time, and
//! nothing kept by the vendor.

use crate::llm::{Effort, Message, Part, Request, Wire, reading::as_object, seal};
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The body of `POST /v1/responses`.
pub(in crate::llm) fn body(request: &Request) -> Value {
    let mut body = json!({
        "model": request.model,
        "input": input(&request.messages),
        "stream": true,
        "store": false,
        "max_output_tokens": request.max_output,
    });
    if !request.instructions.is_empty() {
        body["instructions"] = json!(request.instructions);
    }
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            let mut it = json!({
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "strict": false,
            });
            // `json!` would make it anew, field by field.
            it["parameters"] = tool.schema.clone();
            it
        });
        body["tools"] = tools.collect();
        body["parallel_tool_calls"] = json!(true);
    }
    if reasons(&request.model) {
        body["include"] = json!(["reasoning.encrypted_content"]);
    }
    if let Some(effort) = request.effort.and_then(|it| effort_word(&request.model, it)) {
        body["reasoning"] = json!({ "effort": effort, "summary": "auto" });
    }
    if request.cache {
        body["prompt_cache_key"] = json!(cache_key(request));
    }
    body
}

/// Models that don't reason refuse to be asked for their reasoning.
fn reasons(model: &str) -> bool {
    let plain = ["gpt-3", "gpt-4", "chatgpt-4", "gpt-5-chat"];
    !plain.iter().any(|it| model.starts_with(it))
}

/// The vendor's word; nothing where the model can't be told. The first
/// reasoning models can't be kept from it altogether.
pub(in crate::llm) fn effort_word(model: &str, effort: Effort) -> Option<&'static str> {
    let is = |names: &[&str]| names.iter().any(|it| model.starts_with(it));
    match effort {
        _ if !reasons(model) => None,
        Effort::None if is(&["o1", "o3", "o4"]) => Some("low"),
        Effort::None if model == "gpt-5" || is(&["gpt-5-"]) => Some("minimal"),
        Effort::None => Some("none"),
        Effort::Low => Some("low"),
        Effort::Medium => Some("medium"),
        Effort::High => Some("high"),
    }
}

/// Calls with one key meet one cache: one key for each conversation.
fn cache_key(request: &Request) -> String {
    let mut hasher = DefaultHasher::new();
    request.instructions.hash(&mut hasher);
    if let Some(Message::User(brief)) = request.messages.first() {
        brief.hash(&mut hasher);
    }
    format!("auteur-{:016x}", hasher.finish())
}

fn input(conversation: &[Message]) -> Vec<Value> {
    let mut items = Vec::new();
    for message in conversation {
        match message {
            Message::User(text) => items.push(json!({
                "role": "user",
                "content": [{ "type": "input_text", "text": text }],
            })),
            Message::Assistant(parts) => items.extend(answer(parts)),
            Message::Results(results) => items.extend(results.iter().map(|result| {
                let text = match (result.is_error, result.text.as_str()) {
                    (true, text) if !text.to_lowercase().contains("error") => {
                        format!("error: {text}")
                    }
                    (_, text) => text.to_owned(),
                };
                json!({ "type": "function_call_output", "call_id": result.id, "output": text })
            })),
        }
    }
    items
}

/// What the model said. An answer that was interrupted may end in reasoning,
/// which the service refuses without what followed from it.
fn answer(parts: &[Part]) -> Vec<Value> {
    let mut items: Vec<Value> = parts.iter().filter_map(said).collect();
    let end = items.iter().rposition(|it| it["type"] != "reasoning").map_or(0, |last| last + 1);
    items.truncate(end);
    items
}

fn said(part: &Part) -> Option<Value> {
    match part {
        Part::Text(text) if text.is_empty() => None,
        Part::Text(text) => Some(json!({
            "role": "assistant",
            "content": [{ "type": "output_text", "text": text }],
        })),
        Part::Thought { seal, .. } => {
            seal::open(seal.as_ref(), Wire::OpenaiResponses, "item").cloned()
        }
        Part::Call { id, name, arguments, .. } => Some(json!({
            "type": "function_call",
            "call_id": id,
            "name": name,
            "arguments": as_object(arguments).to_string(),
        })),
    }
}
