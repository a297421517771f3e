//! OpenAI Responses: `POST /v1/responses`.

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
    let mut conversation = Conversation {
        model: string(body, "model").to_owned(),
        stream: body.get("stream").and_then(Value::as_bool).unwrap_or_default(),
        instructions: string(body, "instructions").to_owned(),
        tools: list(body, "tools").iter().map(|tool| string(tool, "name").to_owned()).collect(),
        is_cached: true,
        ..Conversation::default()
    };
    if let Some(text) = body.get("input").and_then(Value::as_str) {
        conversation.messages = 1;
        conversation.user(text);
    }
    let items = list(body, "input");
    conversation.messages += items.len();
    for item in items {
        read_item(&mut conversation, item);
    }
    conversation
}

fn read_item(conversation: &mut Conversation, item: &Value) {
    let text = item.get("content").map(text_of).unwrap_or_default();
    match (string(item, "type"), string(item, "role")) {
        ("" | "message", "system" | "developer") => {
            if !conversation.instructions.is_empty() {
                conversation.instructions.push('\n');
            }
            conversation.instructions.push_str(&text);
        }
        ("" | "message", "assistant") => conversation.said(&text),
        ("" | "message", _) => conversation.user(&text),
        (kind, _) if kind.ends_with("_call_output") => {
            conversation.result(&item.get("output").map(text_of).unwrap_or_default());
        }
        (kind, _) if kind.ends_with("_call") => {
            conversation.called(string(item, "arguments").len());
        }
        _ => {}
    }
}

fn usage(reply: &Reply) -> Option<Value> {
    let tokens = reply.usage?;
    let input = tokens.input + tokens.cache_read + tokens.cache_write;
    Some(json!({
        "input_tokens": input,
        "input_tokens_details": { "cached_tokens": tokens.cache_read },
        "output_tokens": tokens.output,
        "output_tokens_details": { "reasoning_tokens": tokens.thinking },
        "total_tokens": input + tokens.output,
    }))
}

fn items(reply: &Reply) -> Vec<Value> {
    let mut items = Vec::new();
    if !reply.think.is_empty() {
        items.push(json!({
            "id": format!("rs_{}", reply.id), "type": "reasoning",
            "summary": [{ "type": "summary_text", "text": reply.think }],
            "encrypted_content": "cmVoZWFyc2Vk",
        }));
    }
    if !reply.say.is_empty() {
        items.push(json!({
            "id": format!("msg_{}", reply.id), "type": "message", "status": "completed",
            "role": "assistant",
            "content": [{ "type": "output_text", "text": reply.say, "annotations": [] }],
        }));
    }
    items.extend(reply.calls.iter().map(|call| {
        let mut item = json!({
            "id": format!("fc_{}", call.id), "type": "function_call", "status": "completed",
            "call_id": format!("call_{}", call.id), "name": call.tool, "arguments": call.with,
        });
        // Some programs put the tools of a server into a space of their own.
        if let Some((space, name)) = call.tool.split_once('/') {
            item["namespace"] = json!(space);
            item["name"] = json!(name);
        }
        item
    }));
    items
}

pub(super) fn whole(reply: &Reply) -> Value {
    let (status, details) = match reply.stop {
        Stop::Length => ("incomplete", json!({ "reason": "max_output_tokens" })),
        Stop::Refusal => ("incomplete", json!({ "reason": "content_filter" })),
        Stop::Natural => ("completed", Value::Null),
    };
    let mut whole = json!({
        "id": format!("resp_{}", reply.id), "object": "response", "created_at": 0,
        "status": status, "error": null, "incomplete_details": details, "model": reply.model,
        "output": items(reply), "parallel_tool_calls": true, "tool_choice": "auto", "tools": [],
    });
    if let Some(usage) = usage(reply) {
        whole["usage"] = usage;
    }
    whole
}

/// Events in the making: each carries the next sequence number.
#[derive(Default)]
struct Sequence(Vec<Event>);

impl Sequence {
    fn push(&mut self, name: &'static str, mut data: Value, tokens: u64) {
        data["type"] = json!(name);
        data["sequence_number"] = json!(self.0.len());
        self.0.push(Event::named(name, &data, tokens));
    }
}

pub(super) fn events(reply: &Reply) -> Vec<Event> {
    let whole = whole(reply);
    let mut start = whole.clone();
    start["status"] = json!("in_progress");
    start["output"] = json!([]);
    start["usage"] = Value::Null;
    start["incomplete_details"] = Value::Null;
    let mut events = Sequence::default();
    events.push("response.created", json!({ "response": start }), 0);
    events.push("response.in_progress", json!({ "response": start }), 0);
    for (index, item) in list(&whole, "output").iter().enumerate() {
        match string(item, "type") {
            "reasoning" => push_reasoning(&mut events, index, item, &reply.think),
            "message" => push_message(&mut events, index, item, &reply.say),
            _ => push_call(&mut events, index, item),
        }
        let done = json!({ "output_index": index, "item": item });
        events.push("response.output_item.done", done, 0);
    }
    let end = match reply.stop {
        Stop::Natural => "response.completed",
        Stop::Length | Stop::Refusal => "response.incomplete",
    };
    events.push(end, json!({ "response": whole }), 0);
    events.0
}

/// A place in an item, with one more field.
fn place(index: usize, item: &Value, part: &'static str, more: Value) -> Value {
    let mut place = json!({ "item_id": item["id"], "output_index": index });
    if !part.is_empty() {
        place[part] = json!(0);
    }
    if let (Some(place), Value::Object(more)) = (place.as_object_mut(), more) {
        place.extend(more);
    }
    place
}

fn push_added(events: &mut Sequence, index: usize, item: &Value, empty: (&str, Value)) {
    let mut item = item.clone();
    item[empty.0] = empty.1;
    if item.get("status").is_some() {
        item["status"] = json!("in_progress");
    }
    let added = json!({ "output_index": index, "item": item });
    events.push("response.output_item.added", added, 0);
}

fn push_reasoning(events: &mut Sequence, index: usize, item: &Value, text: &str) {
    let at = |more| place(index, item, "summary_index", more);
    let part = |text: &str| json!({ "part": { "type": "summary_text", "text": text } });
    push_added(events, index, item, ("summary", json!([])));
    events.push("response.reasoning_summary_part.added", at(part("")), 0);
    for (piece, tokens) in deltas(text) {
        let delta = at(json!({ "delta": piece }));
        events.push("response.reasoning_summary_text.delta", delta, tokens);
    }
    events.push("response.reasoning_summary_text.done", at(json!({ "text": text })), 0);
    events.push("response.reasoning_summary_part.done", at(part(text)), 0);
}

fn push_message(events: &mut Sequence, index: usize, item: &Value, text: &str) {
    let at = |more| place(index, item, "content_index", more);
    let part =
        |text: &str| json!({ "part": { "type": "output_text", "text": text, "annotations": [] } });
    push_added(events, index, item, ("content", json!([])));
    events.push("response.content_part.added", at(part("")), 0);
    for (piece, tokens) in deltas(text) {
        let delta = at(json!({ "delta": piece, "logprobs": [] }));
        events.push("response.output_text.delta", delta, tokens);
    }
    events.push("response.output_text.done", at(json!({ "text": text, "logprobs": [] })), 0);
    events.push("response.content_part.done", at(part(text)), 0);
}

fn push_call(events: &mut Sequence, index: usize, item: &Value) {
    let at = |more| place(index, item, "", more);
    let text = string(item, "arguments");
    push_added(events, index, item, ("arguments", json!("")));
    for (piece, tokens) in deltas(text) {
        let delta = at(json!({ "delta": piece }));
        events.push("response.function_call_arguments.delta", delta, tokens);
    }
    let done = at(json!({ "arguments": text, "name": item["name"] }));
    events.push("response.function_call_arguments.done", done, 0);
}

pub(super) fn failed() -> Event {
    let error = json!({ "code": "server_error", "message": "The service failed half way." });
    let data = json!({
        "type": "response.failed", "sequence_number": 0,
        "response": { "id": "resp_failed", "status": "failed", "error": error },
    });
    Event::named("response.failed", &data, 0)
}

pub(super) fn long_delta(text: &str) -> Event {
    let data = json!({
        "type": "response.output_text.delta", "sequence_number": 0, "item_id": "msg_long",
        "output_index": 0, "content_index": 0, "delta": text, "logprobs": [],
    });
    Event::named("response.output_text.delta", &data, 0)
}
