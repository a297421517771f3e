//! A request as Gemini takes it.

use super::schema;
use crate::llm::{
    Effort, Message, Part, Request, ToolResult, Wire,
    reading::{as_object, is_fresh},
    seal,
};
use serde_json::{Value, json};

/// What stands for the signature of a call that another model made: since
/// Gemini 3 a call without one is refused, and this word is let pass (Gemini
/// API, "Thought signatures").
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// The body of `POST /v1beta/models/M:streamGenerateContent`.
pub(in crate::llm) fn body(request: &Request) -> Value {
    let mut body = json!({
        "contents": contents(request),
        "generationConfig": { "maxOutputTokens": request.max_output },
    });
    if !request.instructions.is_empty() {
        body["systemInstruction"] = json!({ "parts": [{ "text": request.instructions }] });
    }
    if !request.tools.is_empty() {
        let all = request.tools.iter().map(|tool| {
            json!({
                "name": tool.name,
                "description": tool.description,
                "parametersJsonSchema": schema::cleaned(&tool.schema),
            })
        });
        body["tools"] = json!([{ "functionDeclarations": all.collect::<Vec<_>>() }]);
    }
    if let Some(effort) = request.effort.filter(|_| thinks(&request.model)) {
        body["generationConfig"]["thinkingConfig"] = thinking(&request.model, effort);
    }
    body
}

/// In 2.5 thinking has a budget of tokens, since 3 a level. A pro model can't
/// be kept from thinking altogether.
fn thinking(model: &str, effort: Effort) -> Value {
    let is_pro = model.contains("-pro");
    if is_before_3(model) {
        let budget = match effort {
            Effort::None if is_pro => 128,
            Effort::None => 0,
            Effort::Low => 2_048,
            Effort::Medium => 8_192,
            Effort::High => 24_576,
        };
        return json!({ "includeThoughts": budget > 0, "thinkingBudget": budget });
    }
    let level = match effort {
        Effort::None if !is_pro => "minimal",
        Effort::None | Effort::Low => "low",
        Effort::Medium if !model.starts_with("gemini-3-pro") => "medium",
        Effort::Medium | Effort::High => "high",
    };
    json!({ "includeThoughts": true, "thinkingLevel": level })
}

/// Models that refuse to be told how to think.
fn thinks(model: &str) -> bool {
    !["gemini-1", "gemini-2.0", "gemma"].iter().any(|it| model.contains(it))
}

fn is_before_3(model: &str) -> bool {
    ["gemini-1", "gemini-2"].iter().any(|it| model.contains(it))
}

/// The conversation in turns; neighbours of one role are joined.
fn contents(request: &Request) -> Vec<Value> {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in &request.messages {
        let (role, parts) = match message {
            Message::User(text) if text.is_empty() => ("user", Vec::new()),
            Message::User(text) => ("user", vec![json!({ "text": text })]),
            Message::Assistant(parts) => ("model", said(parts, &request.model)),
            Message::Results(results) => ("user", results.iter().map(result).collect()),
        };
        match turns.last_mut() {
            _ if parts.is_empty() => {}
            Some((last, all)) if *last == role => all.extend(parts),
            _ => turns.push((role, parts)),
        }
    }
    turns.into_iter().map(|(role, parts)| json!({ "role": role, "parts": parts })).collect()
}

fn said(parts: &[Part], model: &str) -> Vec<Value> {
    let mut all: Vec<Value> = parts.iter().filter_map(part).collect();
    // Only the first of parallel calls is signed.
    if let Some(call) = all.iter_mut().find(|it| it.get("functionCall").is_some())
        && call.get("thoughtSignature").is_none()
        && !is_before_3(model)
    {
        call["thoughtSignature"] = json!(NO_SIGNATURE);
    }
    all
}

fn part(part: &Part) -> Option<Value> {
    match part {
        Part::Text(text) => (!text.is_empty()).then(|| json!({ "text": text })),
        // A signature that came without a call goes back with an empty text.
        Part::Thought { seal, .. } => seal::open(seal.as_ref(), Wire::Gemini, "signature")
            .map(|signature| json!({ "text": "", "thoughtSignature": signature })),
        Part::Call { id, name, arguments, seal } => {
            let mut call = json!({
                "functionCall": { "name": name, "args": as_object(arguments) },
            });
            if !is_fresh(id) {
                call["functionCall"]["id"] = json!(id);
            }
            if let Some(signature) = seal::open(seal.as_ref(), Wire::Gemini, "signature") {
                call["thoughtSignature"] = signature.clone();
            }
            Some(call)
        }
    }
}

fn result(result: &ToolResult) -> Value {
    let field = if result.is_error { "error" } else { "output" };
    let mut answer = json!({ "name": result.name });
    answer["response"][field] = json!(result.text);
    if !is_fresh(&result.id) {
        answer["id"] = json!(result.id);
    }
    json!({ "functionResponse": answer })
}
