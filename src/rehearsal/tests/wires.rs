//! Each wire format, told event by event.

use serde_json::{Value, json};

use super::{Talk, events, post, serve};

const SCENE: &str = r#"
[[part]]
name = "one"
model = "m"

[[part.turn]]
think = "Look."
say = "Ä"
usage = { input = 10, cache_read = 20, cache_write = 30, output = 40 }
calls = [
    { tool = "shell", with = { command = "ls" } },
    { tool = "read", with = { path = "a" } },
]

[[part.turn]]
say = "Done: {last_result}"
"#;

/// Streams the first turn and returns its events, ids blanked.
async fn stream(path: &str, body: &Value) -> Vec<(String, Value)> {
    let server = serve(SCENE);
    let answer = post(&format!("{}{path}", server.url()), body).await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/event-stream; charset=utf-8");
    let text = answer.text().await.expect("a whole stream");
    let id = format!("{:016x}000001", fingerprint(&text));
    events(&text.replace(&id, "ID"))
}

/// The sixteen digits that every id of a stream has in common.
fn fingerprint(text: &str) -> u64 {
    let digits = |start: usize| text.get(start..start + 16);
    let known = |it: &str| u64::from_str_radix(it, 16).ok();
    let end = text.find("000001").expect("an id");
    digits(end - 16).and_then(known).expect("an id in hex")
}

fn tools(kind: impl Fn(&str) -> Value) -> Value {
    json!([kind("shell"), kind("read")])
}

#[tokio::test]
async fn anthropic_streams_blocks() {
    let body = json!({
        "model": "m", "stream": true, "max_tokens": 9, "system": "s",
        "messages": [{ "role": "user", "content": "go" }],
        "tools": tools(|name| json!({ "name": name, "input_schema": {} })),
    });
    let told = stream("/v1/messages", &body).await;
    let usage = |output: u64| {
        json!({
            "input_tokens": 10, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 20,
            "cache_creation": { "ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 0 },
            "output_tokens": output, "service_tier": "standard",
        })
    };
    let start = |index: u64, block: Value| {
        let data = json!({ "type": "content_block_start", "index": index, "content_block": block });
        ("content_block_start".to_owned(), data)
    };
    let delta = |index: u64, delta: Value| {
        let data = json!({ "type": "content_block_delta", "index": index, "delta": delta });
        ("content_block_delta".to_owned(), data)
    };
    let stop = |index: u64| {
        let data = json!({ "type": "content_block_stop", "index": index });
        ("content_block_stop".to_owned(), data)
    };
    let partial = |text: &str| json!({ "type": "input_json_delta", "partial_json": text });
    let message = json!({
        "id": "msg_ID", "type": "message", "role": "assistant", "model": "m", "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": usage(1),
    });
    let end = json!({
        "type": "message_delta", "usage": usage(40),
        "delta": { "stop_reason": "tool_use", "stop_sequence": null },
    });
    let call =
        |id: &str, name: &str| json!({ "type": "tool_use", "id": id, "name": name, "input": {} });
    let expected = [
        ("message_start".to_owned(), json!({ "type": "message_start", "message": message })),
        ("ping".to_owned(), json!({ "type": "ping" })),
        start(0, json!({ "type": "thinking", "thinking": "", "signature": "" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "Look." })),
        delta(0, json!({ "type": "signature_delta", "signature": "cmVoZWFyc2Vk" })),
        stop(0),
        start(1, json!({ "type": "text", "text": "" })),
        delta(1, json!({ "type": "text_delta", "text": "Ä" })),
        stop(1),
        start(2, call("toolu_ID00", "shell")),
        delta(2, partial("")),
        delta(2, partial("{\"command\":\"ls\"}")),
        stop(2),
        start(3, call("toolu_ID01", "read")),
        delta(3, partial("")),
        delta(3, partial("{\"path\":\"a\"}")),
        stop(3),
        ("message_delta".to_owned(), end),
        ("message_stop".to_owned(), json!({ "type": "message_stop" })),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn chat_streams_chunks_with_the_usage_last() {
    let body = json!({
        "model": "m", "stream": true, "messages": [{ "role": "user", "content": "go" }],
        "tools": tools(|name| json!({ "type": "function", "function": { "name": name } })),
    });
    let told = stream("/v1/chat/completions", &body).await;
    let deltas: Vec<Value> =
        told.iter().map(|(_, data)| data["choices"][0]["delta"].clone()).collect();
    let function = |index: u64, text: &str| json!({ "tool_calls": [{ "index": index, "function": { "arguments": text } }] });
    let call = |index: u64, id: &str, name: &str| {
        json!({ "tool_calls": [{
            "index": index, "id": id, "type": "function",
            "function": { "name": name, "arguments": "" },
        }] })
    };
    let expected = [
        json!({ "role": "assistant", "content": "" }),
        json!({ "reasoning_content": "Look." }),
        json!({ "content": "Ä" }),
        call(0, "call_ID00", "shell"),
        function(0, "{\"command\":\"ls\"}"),
        call(1, "call_ID01", "read"),
        function(1, "{\"path\":\"a\"}"),
        json!({}),
        Value::Null,
        Value::Null,
    ];
    assert_eq!(deltas, expected);
    assert_eq!(told[7].1["choices"][0]["finish_reason"], "tool_calls");
    let usage = json!({
        "prompt_tokens": 60, "completion_tokens": 40, "total_tokens": 100,
        "prompt_tokens_details": { "cached_tokens": 20 },
        "completion_tokens_details": { "reasoning_tokens": 2 },
    });
    assert_eq!((&told[8].1["usage"], &told[9].1), (&usage, &json!("[DONE]")));
}

#[tokio::test]
async fn responses_streams_numbered_items() {
    let body = json!({
        "model": "m", "stream": true, "instructions": "s", "input": "go",
        "tools": tools(|name| json!({ "type": "function", "name": name })),
    });
    let told = stream("/v1/responses", &body).await;
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    let call = [
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
    ];
    let expected = [
        &[
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done",
            "response.output_item.done",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
        ][..],
        &call,
        &call,
        &["response.completed"],
    ]
    .concat();
    assert_eq!(names, expected);
    let numbers = |(index, event): (usize, &(String, Value))| event.1["sequence_number"] == index;
    assert!(told.iter().enumerate().all(numbers));
    let done = json!({
        "item_id": "fc_ID00", "output_index": 2, "arguments": "{\"command\":\"ls\"}",
        "name": "shell", "type": "response.function_call_arguments.done", "sequence_number": 16,
    });
    assert_eq!(told[16].1, done);
    let last = &told[told.len() - 1].1["response"];
    let usage = json!({
        "input_tokens": 60, "input_tokens_details": { "cached_tokens": 20 },
        "output_tokens": 40, "output_tokens_details": { "reasoning_tokens": 2 },
        "total_tokens": 100,
    });
    assert_eq!((&last["status"], &last["usage"]), (&json!("completed"), &usage));
}

#[tokio::test]
async fn gemini_streams_parts() {
    let declarations = tools(|name| json!({ "name": name }));
    let body = json!({
        "contents": [{ "role": "user", "parts": [{ "text": "go" }] }],
        "tools": [{ "functionDeclarations": declarations }],
    });
    let told = stream("/v1beta/models/m:streamGenerateContent?alt=sse", &body).await;
    let parts: Vec<Value> =
        told.iter().map(|(_, it)| it["candidates"][0]["content"]["parts"].clone()).collect();
    let call = |id: &str, name: &str, args: Value| {
        json!([{
            "functionCall": { "id": id, "name": name, "args": args },
            "thoughtSignature": "cmVoZWFyc2Vk",
        }])
    };
    let expected = [
        json!([{ "text": "Look.", "thought": true }]),
        json!([{ "text": "Ä" }]),
        call("ID00", "shell", json!({ "command": "ls" })),
        call("ID01", "read", json!({ "path": "a" })),
    ];
    assert_eq!(parts, expected);
    let usage = json!({
        "promptTokenCount": 60, "candidatesTokenCount": 38, "totalTokenCount": 100,
        "cachedContentTokenCount": 20, "thoughtsTokenCount": 2,
    });
    let last = &told[3].1;
    assert_eq!(
        (&last["candidates"][0]["finishReason"], &last["usageMetadata"]),
        (&json!("STOP"), &usage)
    );
}

/// The second request of each wire, as the vendors' clients write it.
fn second_requests() -> [(&'static str, Value); 4] {
    let anthropic = json!({ "model": "m", "system": [{ "type": "text", "text": "s" }],
    "messages": [
        { "role": "user", "content": [{ "type": "text", "text": "go" }] },
        { "role": "assistant", "content": [
            { "type": "thinking", "thinking": "Look.", "signature": "x" },
            { "type": "text", "text": "Ä" },
            { "type": "tool_use", "id": "1", "name": "shell", "input": { "command": "ls" } },
        ] },
        { "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "1", "content": [{ "type": "text", "text": "42" }] },
        ] },
    ] });
    let chat = json!({ "model": "m", "messages": [
        { "role": "system", "content": "s" },
        { "role": "user", "content": "go" },
        { "role": "assistant", "content": "Ä", "tool_calls": [
            { "id": "1", "type": "function", "function": { "name": "shell", "arguments": "{}" } },
        ] },
        { "role": "tool", "tool_call_id": "1", "content": "42" },
    ] });
    let responses = json!({ "model": "m", "instructions": "s", "input": [
        { "role": "user", "content": [{ "type": "input_text", "text": "go" }] },
        { "type": "reasoning", "summary": [] },
        { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "Ä" }] },
        { "type": "function_call", "call_id": "1", "name": "shell", "arguments": "{}" },
        { "type": "function_call_output", "call_id": "1", "output": "42" },
    ] });
    let gemini = json!({ "systemInstruction": { "parts": [{ "text": "s" }] }, "contents": [
        { "role": "user", "parts": [{ "text": "go" }] },
        { "role": "model", "parts": [
            { "text": "Look.", "thought": true }, { "text": "Ä" },
            { "functionCall": { "id": "1", "name": "shell", "args": { "command": "ls" } } },
        ] },
        { "role": "user", "parts": [
            { "functionResponse": { "id": "1", "name": "shell", "response": { "output": "42" } } },
        ] },
    ] });
    [
        ("/v1/messages", anthropic),
        ("/v1/chat/completions", chat),
        ("/v1/responses", responses),
        ("/v1beta/models/m:generateContent", gemini),
    ]
}

#[tokio::test]
async fn every_wire_is_at_the_same_place_of_the_script() {
    let server = serve(SCENE);
    for (path, body) in second_requests() {
        let answer = post(&format!("{}{path}", server.url()), &body).await.expect("an answer");
        let text = answer.text().await.expect("a body");
        assert!(text.contains("\"Done: 42\""), "{path}: {text}");
    }
    let seen = server.log().into_iter().map(|it| (it.answered, it.instructions, it.last_user));
    let same = ("turn 2".to_owned(), "s".to_owned(), "go".to_owned());
    assert_eq!(seen.collect::<Vec<_>>(), vec![same; 4]);
}

#[tokio::test]
async fn the_log_tells_who_asked_and_never_a_key() {
    let server = serve(SCENE);
    let mut talk = Talk::new(&server, "m", "go");
    talk.turn("42").await;
    let url = format!("{}/_rehearsal/log", server.url());
    let text = super::client().get(&url).send().await.expect("a log").text().await.expect("text");
    let lines: Vec<Value> = text.lines().filter_map(|it| serde_json::from_str(it).ok()).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["n"], &lines[0]["has_key"]), (&json!(1), &json!(true)));
    assert!(!text.contains("sk-secret"), "{text}");
}

#[tokio::test]
async fn the_models_of_the_parts_are_listed() {
    let server = serve(SCENE);
    let url = format!("{}/v1/models", server.url());
    let answer = super::client().get(&url).send().await.expect("an answer");
    let listed: Value = answer.json().await.expect("json");
    assert_eq!(
        (&listed["data"][0]["id"], &listed["data"][1]["id"]),
        (&json!("m"), &json!("rehearsal"))
    );
}
