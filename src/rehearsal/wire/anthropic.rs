//! Anthropic Messages: `POST /v1/messages`.

use serde_json::{Value, json};

use super::{
    super::{
        conversation::{Conversation, list, string, text_of},
        reply::Reply,
        script::Stop,
    },
    Event, arguments, deltas,
};

/// "rehearsed", as a signature that no service would accept.
const SIGNATURE: &str = "cmVoZWFyc2Vk";

pub(super) fn read(body: &Value) -> Conversation {
    let messages = list(body, "messages");
    let mut conversation = Conversation {
        model: string(body, "model").to_owned(),
        stream: body.get("stream").and_then(Value::as_bool).unwrap_or_default(),
        instructions: body.get("system").map(text_of).unwrap_or_default(),
        tools: list(body, "tools").iter().map(|tool| string(tool, "name").to_owned()).collect(),
        messages: messages.len(),
        // The service keeps a cache only where the request marks one.
        is_cached: has_cache_mark(body),
        ..Conversation::default()
    };
    for message in messages {
        let is_answer = string(message, "role") == "assistant";
        let content = message.get("content").unwrap_or(&Value::Null);
        match content {
            Value::Array(blocks) => {
                for block in blocks {
                    read_block(&mut conversation, block, is_answer);
                }
            }
            text if is_answer => conversation.said(&text_of(text)),
            text => conversation.user(&text_of(text)),
        }
    }
    conversation
}

fn read_block(conversation: &mut Conversation, block: &Value, is_answer: bool) {
    match string(block, "type") {
        "tool_use" => conversation.called(block.get("input").map_or(0, |it| it.to_string().len())),
        "tool_result" => {
            conversation.result(&block.get("content").map(text_of).unwrap_or_default());
        }
        "text" if is_answer => conversation.said(string(block, "text")),
        "text" => conversation.user(string(block, "text")),
        _ => {}
    }
}

fn has_cache_mark(body: &Value) -> bool {
    match body {
        Value::Object(map) => {
            map.iter().any(|(key, it)| key == "cache_control" || has_cache_mark(it))
        }
        Value::Array(items) => items.iter().any(has_cache_mark),
        _ => false,
    }
}

fn stop_reason(reply: &Reply) -> &'static str {
    match reply.stop {
        Stop::Natural if reply.calls.is_empty() => "end_turn",
        Stop::Natural => "tool_use",
        Stop::Length => "max_tokens",
        Stop::Refusal => "refusal",
    }
}

fn usage(reply: &Reply, output: u64) -> Value {
    let Some(tokens) = reply.usage else { return Value::Null };
    json!({
        "input_tokens": tokens.input,
        "cache_creation_input_tokens": tokens.cache_write,
        "cache_read_input_tokens": tokens.cache_read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": tokens.cache_write,
            "ephemeral_1h_input_tokens": 0,
        },
        "output_tokens": output,
        "service_tier": "standard",
    })
}

fn message(reply: &Reply, content: &Value, stop: &Value, output: u64) -> Value {
    let mut message = json!({
        "id": format!("msg_{}", reply.id), "type": "message", "role": "assistant",
        "model": reply.model, "content": content, "stop_reason": stop, "stop_sequence": null,
        "usage": usage(reply, output),
    });
    drop_null_usage(&mut message);
    message
}

fn drop_null_usage(value: &mut Value) {
    if let Some(map) = value.as_object_mut()
        && map.get("usage").is_some_and(Value::is_null)
    {
        map.shift_remove("usage");
    }
}

pub(super) fn whole(reply: &Reply) -> Value {
    let mut content = Vec::new();
    if !reply.think.is_empty() {
        content
            .push(json!({ "type": "thinking", "thinking": reply.think, "signature": SIGNATURE }));
    }
    if !reply.say.is_empty() {
        content.push(json!({ "type": "text", "text": reply.say }));
    }
    content.extend(reply.calls.iter().map(|call| {
        json!({
            "type": "tool_use", "id": format!("toolu_{}", call.id), "name": call.tool,
            "input": arguments(&call.with),
        })
    }));
    let output = reply.usage.unwrap_or_default().output;
    message(reply, &Value::Array(content), &json!(stop_reason(reply)), output)
}

pub(super) fn events(reply: &Reply) -> Vec<Event> {
    let start = message(reply, &json!([]), &Value::Null, 1);
    let mut events = vec![
        Event::named("message_start", &json!({ "type": "message_start", "message": start }), 0),
        Event::named("ping", &json!({ "type": "ping" }), 0),
    ];
    let mut index = 0;
    if !reply.think.is_empty() {
        let block = json!({ "type": "thinking", "thinking": "", "signature": "" });
        let pieces = deltas(&reply.think)
            .map(|(text, tokens)| (json!({ "type": "thinking_delta", "thinking": text }), tokens));
        let seal = json!({ "type": "signature_delta", "signature": SIGNATURE });
        push_block(&mut events, &mut index, &block, pieces.chain([(seal, 0)]));
    }
    if !reply.say.is_empty() {
        let pieces = deltas(&reply.say)
            .map(|(text, tokens)| (json!({ "type": "text_delta", "text": text }), tokens));
        push_block(&mut events, &mut index, &json!({ "type": "text", "text": "" }), pieces);
    }
    for call in &reply.calls {
        let block = json!({
            "type": "tool_use", "id": format!("toolu_{}", call.id), "name": call.tool, "input": {},
        });
        let pieces = std::iter::once(("", 0)).chain(deltas(&call.with)).map(|(text, tokens)| {
            (json!({ "type": "input_json_delta", "partial_json": text }), tokens)
        });
        push_block(&mut events, &mut index, &block, pieces);
    }
    let output = reply.usage.unwrap_or_default().output;
    let mut end = json!({
        "type": "message_delta",
        "delta": { "stop_reason": stop_reason(reply), "stop_sequence": null },
        "usage": usage(reply, output),
    });
    drop_null_usage(&mut end);
    events.push(Event::named("message_delta", &end, 0));
    events.push(Event::named("message_stop", &json!({ "type": "message_stop" }), 0));
    events
}

fn push_block(
    events: &mut Vec<Event>,
    index: &mut usize,
    block: &Value,
    pieces: impl Iterator<Item = (Value, u64)>,
) {
    let at = *index;
    let start = json!({ "type": "content_block_start", "index": at, "content_block": block });
    events.push(Event::named("content_block_start", &start, 0));
    events.extend(pieces.map(|(delta, tokens)| block_delta(at, &delta, tokens)));
    let stop = json!({ "type": "content_block_stop", "index": at });
    events.push(Event::named("content_block_stop", &stop, 0));
    *index += 1;
}

fn block_delta(index: usize, delta: &Value, tokens: u64) -> Event {
    let data = json!({ "type": "content_block_delta", "index": index, "delta": delta });
    Event::named("content_block_delta", &data, tokens)
}

pub(super) fn text_delta(index: usize, text: &str) -> Event {
    block_delta(index, &json!({ "type": "text_delta", "text": text }), 0)
}

pub(super) fn error(status: u16, message: &str) -> Value {
    let kind = match status {
        400 => "invalid_request_error",
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        _ => "api_error",
    };
    json!({ "type": "error", "error": { "type": kind, "message": message } })
}
