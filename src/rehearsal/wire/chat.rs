//! OpenAI Chat Completions, and everyone who copied them:
//! `POST /v1/chat/completions`.

use serde_json::{Value, json};

use super::{
    super::{
        conversation::{Conversation, list, string, text_of},
        reply::Reply,
        script::Stop,
    },
    Event, deltas,
};

pub(super) fn read(body: &Value) -> Conversation {
    let messages = list(body, "messages");
    let name = |tool: &Value| tool.get("function").map(|it| string(it, "name").to_owned());
    let mut conversation = Conversation {
        model: string(body, "model").to_owned(),
        stream: body.get("stream").and_then(Value::as_bool).unwrap_or_default(),
        tools: list(body, "tools").iter().filter_map(name).collect(),
        messages: messages.len(),
        is_cached: true,
        ..Conversation::default()
    };
    for message in messages {
        let text = message.get("content").map(text_of).unwrap_or_default();
        match string(message, "role") {
            "system" | "developer" => {
                if !conversation.instructions.is_empty() {
                    conversation.instructions.push('\n');
                }
                conversation.instructions.push_str(&text);
            }
            "assistant" => {
                conversation.said(&text);
                for call in list(message, "tool_calls") {
                    let function = call.get("function").unwrap_or(&Value::Null);
                    conversation.called(string(function, "arguments").len());
                }
            }
            "tool" | "function" => conversation.result(&text),
            _ => conversation.user(&text),
        }
    }
    conversation
}

fn finish_reason(reply: &Reply) -> &'static str {
    match reply.stop {
        Stop::Natural if reply.calls.is_empty() => "stop",
        Stop::Natural => "tool_calls",
        Stop::Length => "length",
        Stop::Refusal => "content_filter",
    }
}

fn usage(reply: &Reply) -> Option<Value> {
    let tokens = reply.usage?;
    let input = tokens.input + tokens.cache_read + tokens.cache_write;
    Some(json!({
        "prompt_tokens": input, "completion_tokens": tokens.output,
        "total_tokens": input + tokens.output,
        "prompt_tokens_details": { "cached_tokens": tokens.cache_read },
        "completion_tokens_details": { "reasoning_tokens": tokens.thinking },
    }))
}

pub(super) fn whole(reply: &Reply) -> Value {
    let content = if reply.say.is_empty() { Value::Null } else { json!(reply.say) };
    let mut message = json!({ "role": "assistant", "content": content });
    if !reply.think.is_empty() {
        message["reasoning_content"] = json!(reply.think);
    }
    if !reply.calls.is_empty() {
        let calls = reply.calls.iter().map(|call| {
            json!({
                "id": format!("call_{}", call.id), "type": "function",
                "function": { "name": call.tool, "arguments": call.with },
            })
        });
        message["tool_calls"] = calls.collect();
    }
    let choice = json!({
        "index": 0, "message": message, "logprobs": null, "finish_reason": finish_reason(reply),
    });
    let mut whole = chunk(reply, &json!([choice]));
    whole["object"] = json!("chat.completion");
    if let Some(usage) = usage(reply) {
        whole["usage"] = usage;
    }
    whole
}

fn chunk(reply: &Reply, choices: &Value) -> Value {
    json!({
        "id": format!("chatcmpl-{}", reply.id), "object": "chat.completion.chunk", "created": 0,
        "model": reply.model, "choices": choices,
    })
}

fn choice(reply: &Reply, delta: &Value, finish: Option<&str>, tokens: u64) -> Event {
    let choice = json!([{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish }]);
    Event::nameless(&chunk(reply, &choice), tokens)
}

pub(super) fn events(reply: &Reply) -> Vec<Event> {
    let first = json!({ "role": "assistant", "content": "" });
    let mut events = vec![choice(reply, &first, None, 0)];
    for (text, tokens) in deltas(&reply.think) {
        events.push(choice(reply, &json!({ "reasoning_content": text }), None, tokens));
    }
    for (text, tokens) in deltas(&reply.say) {
        events.push(choice(reply, &json!({ "content": text }), None, tokens));
    }
    for (index, call) in reply.calls.iter().enumerate() {
        let start = json!({ "tool_calls": [{
            "index": index, "id": format!("call_{}", call.id), "type": "function",
            "function": { "name": call.tool, "arguments": "" },
        }] });
        events.push(choice(reply, &start, None, 0));
        for (text, tokens) in deltas(&call.with) {
            let more =
                json!({ "tool_calls": [{ "index": index, "function": { "arguments": text } }] });
            events.push(choice(reply, &more, None, tokens));
        }
    }
    events.push(choice(reply, &json!({}), Some(finish_reason(reply)), 0));
    if let Some(usage) = usage(reply) {
        let mut last = chunk(reply, &json!([]));
        last["usage"] = usage;
        events.push(Event::nameless(&last, 0));
    }
    events.push(Event { name: None, data: "[DONE]".to_owned(), tokens: 0 });
    events
}

pub(super) fn text_delta(text: &str) -> Event {
    let choice = json!([{ "index": 0, "delta": { "content": text }, "finish_reason": null }]);
    let chunk = json!({
        "id": "chatcmpl-long", "object": "chat.completion.chunk", "created": 0, "model": "long",
        "choices": choice,
    });
    Event::nameless(&chunk, 0)
}

pub(super) fn error(status: u16, message: &str) -> Value {
    let (kind, code) = match status {
        400 => ("invalid_request_error", Value::Null),
        401 => ("invalid_request_error", json!("invalid_api_key")),
        404 => ("invalid_request_error", json!("model_not_found")),
        429 => ("rate_limit_error", json!("rate_limit_exceeded")),
        _ => ("server_error", Value::Null),
    };
    json!({ "error": { "message": message, "type": kind, "param": null, "code": code } })
}

pub(super) fn too_long() -> Value {
    let message = "Your input exceeds the context window of this model. Please adjust your input \
                   and try again.";
    let mut error = error(400, message);
    error["error"]["code"] = json!("context_length_exceeded");
    error
}
