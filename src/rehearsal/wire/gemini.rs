//! Gemini: `POST /v1beta/models/MODEL:streamGenerateContent` and
//! `:generateContent`.

use serde_json::{Value, json};

use super::{
    super::{
        conversation::{Conversation, list, string, text_of},
        reply::{Reply, tokens_of},
        script::Stop,
    },
    Event, arguments, deltas,
};

pub(super) fn read(body: &Value) -> Conversation {
    let contents = list(body, "contents");
    let system = body.get("systemInstruction").or_else(|| body.get("system_instruction"));
    let tools = list(body, "tools").iter().flat_map(|tool| list(tool, "functionDeclarations"));
    let mut conversation = Conversation {
        instructions: system.and_then(|it| it.get("parts")).map(text_of).unwrap_or_default(),
        tools: tools.map(|tool| string(tool, "name").to_owned()).collect(),
        messages: contents.len(),
        is_cached: true,
        ..Conversation::default()
    };
    for content in contents {
        let is_answer = string(content, "role") == "model";
        for part in list(content, "parts") {
            read_part(&mut conversation, part, is_answer);
        }
    }
    conversation
}

fn read_part(conversation: &mut Conversation, part: &Value, is_answer: bool) {
    if let Some(call) = part.get("functionCall") {
        conversation.called(call.get("args").map_or(0, |it| it.to_string().len()));
    } else if let Some(answer) = part.get("functionResponse") {
        conversation.result(&result_text(answer.get("response").unwrap_or(&Value::Null)));
    } else if part.get("thought").and_then(Value::as_bool) == Some(true) {
        conversation.answer();
    } else if is_answer {
        conversation.said(string(part, "text"));
    } else {
        conversation.user(string(part, "text"));
    }
}

/// A function's response is an object; by custom its text is in `output`,
/// `result` or `error`.
fn result_text(response: &Value) -> String {
    let known = ["output", "result", "error"].iter().find_map(|key| response.get(key)?.as_str());
    known.map_or_else(|| response.to_string(), str::to_owned)
}

fn finish_reason(reply: &Reply) -> &'static str {
    match reply.stop {
        Stop::Natural => "STOP",
        Stop::Length => "MAX_TOKENS",
        Stop::Refusal => "SAFETY",
    }
}

/// `candidatesTokenCount` is without the thoughts, which stand beside it.
fn usage(reply: &Reply) -> Option<Value> {
    let tokens = reply.usage?;
    let input = tokens.input + tokens.cache_read + tokens.cache_write;
    Some(json!({
        "promptTokenCount": input,
        "candidatesTokenCount": tokens.output.saturating_sub(tokens.thinking),
        "totalTokenCount": input + tokens.output,
        "cachedContentTokenCount": tokens.cache_read,
        "thoughtsTokenCount": tokens.thinking,
    }))
}

fn call_parts(reply: &Reply) -> impl Iterator<Item = (Value, u64)> {
    reply.calls.iter().map(|call| {
        let part = json!({
            "functionCall": { "id": call.id, "name": call.tool, "args": arguments(&call.with) },
            "thoughtSignature": "cmVoZWFyc2Vk",
        });
        (part, tokens_of(call.with.len()))
    })
}

fn response(reply: &Reply, parts: &Value, finish: Option<&str>) -> Value {
    let mut candidate = json!({ "content": { "role": "model", "parts": parts }, "index": 0 });
    if let Some(finish) = finish {
        candidate["finishReason"] = json!(finish);
    }
    let mut response = json!({
        "candidates": [candidate], "modelVersion": reply.model, "responseId": reply.id,
    });
    if let Some(usage) = usage(reply) {
        response["usageMetadata"] = usage;
    }
    response
}

pub(super) fn whole(reply: &Reply) -> Value {
    let thought = json!({ "text": reply.think, "thought": true });
    let thoughts = (!reply.think.is_empty()).then_some(thought);
    let words = (!reply.say.is_empty()).then(|| json!({ "text": reply.say }));
    let parts = thoughts.into_iter().chain(words).chain(call_parts(reply).map(|(part, _)| part));
    response(reply, &parts.collect(), Some(finish_reason(reply)))
}

pub(super) fn events(reply: &Reply) -> Vec<Event> {
    let thoughts = deltas(&reply.think)
        .map(|(text, tokens)| (json!({ "text": text, "thought": true }), tokens));
    let words = deltas(&reply.say).map(|(text, tokens)| (json!({ "text": text }), tokens));
    let mut parts: Vec<(Value, u64)> = thoughts.chain(words).chain(call_parts(reply)).collect();
    if parts.is_empty() {
        parts.push((json!({ "text": "" }), 0));
    }
    let last = parts.len() - 1;
    let event = |(index, (part, tokens)): (usize, (Value, u64))| {
        let finish = (index == last).then(|| finish_reason(reply));
        Event::nameless(&response(reply, &json!([part]), finish), tokens)
    };
    parts.into_iter().enumerate().map(event).collect()
}

pub(super) fn text_delta(text: &str) -> Event {
    let content = json!({ "role": "model", "parts": [{ "text": text }] });
    Event::nameless(&json!({ "candidates": [{ "content": content, "index": 0 }] }), 0)
}

pub(super) fn error(status: u16, message: &str) -> Value {
    let kind = match status {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 | 529 => "UNAVAILABLE",
        _ => "INTERNAL",
    };
    json!({ "error": { "code": status, "message": message, "status": kind } })
}
