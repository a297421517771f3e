//! What each vendor is sent.

use crate::llm::{Effort, Message, Part, Request, ToolResult, ToolSpec, Wire};
use serde_json::{Value, json};

/// A conversation with everything in it: seals of every wire, two calls, a
/// failure, and a word of the director after the results.
fn request(model: &str) -> Request {
    let thought = |wire: &str, field: &str, content: Value| Part::Thought {
        text: format!("from {wire}"),
        seal: Some(json!({ "wire": wire, field: content })),
    };
    let call = |id: &str, seal: Option<Value>| Part::Call {
        id: id.into(),
        name: "read".into(),
        arguments: json!({ "path": id }),
        seal,
    };
    let result = |id: &str, text: &str, is_error| ToolResult {
        id: id.into(),
        name: "read".into(),
        text: text.into(),
        is_error,
    };
    Request {
        model: model.into(),
        instructions: "Be brief.".into(),
        messages: vec![
            Message::User("Look.".into()),
            Message::Assistant(vec![
                thought("anthropic", "signature", json!("sig")),
                thought("anthropic", "redacted", json!("red")),
                thought("openai-responses", "item", json!({"type": "reasoning", "id": "rs"})),
                thought("openai-chat", "field", json!("reasoning_content")),
                Part::Thought { text: "unsealed".into(), seal: None },
                Part::Text(String::new()),
                Part::Text("I look.".into()),
                call("a", Some(json!({"wire": "gemini", "signature": "gem"}))),
                call("b.2", None),
            ]),
            Message::Results(vec![result("a", "fn main", false), result("b.2", "gone", true)]),
            Message::User("Go on.".into()),
        ],
        tools: vec![ToolSpec {
            name: "read".into(),
            description: "Reads.".into(),
            schema: json!({"type": "object", "properties": {"path": {"type": "string", "minLength": 1}}}),
        }]
        .into(),
        max_output: 4096,
        effort: Some(Effort::High),
        cache: true,
    }
}

#[test]
fn anthropic_gets_its_seals_its_marks_and_results_first() {
    let mark = json!({"type": "ephemeral"});
    let expected = json!({
        "model": "claude-opus-5-5", "max_tokens": 4096, "stream": true,
        "system": [{"type": "text", "text": "Be brief.", "cache_control": mark}],
        "tools": [{"name": "read", "description": "Reads.", "input_schema":
            {"type": "object", "properties": {"path": {"type": "string", "minLength": 1}}}}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Look.", "cache_control": mark}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "from anthropic", "signature": "sig"},
                {"type": "redacted_thinking", "data": "red"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "a", "name": "read", "input": {"path": "a"}},
                {"type": "tool_use", "id": "b_2", "name": "read", "input": {"path": "b.2"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "fn main"},
                {"type": "tool_result", "tool_use_id": "b_2", "content": "gone", "is_error": true},
                {"type": "text", "text": "Go on.", "cache_control": mark}]},
        ],
        "thinking": {"type": "adaptive", "display": "summarized"},
        "output_config": {"effort": "high"},
    });
    assert_eq!(Wire::Anthropic.body(&request("claude-opus-5-5")), expected);
}

#[test]
fn an_old_claude_gets_a_budget_that_leaves_room_for_the_answer() {
    let body = Wire::Anthropic.body(&request("claude-sonnet-4-5"));
    assert_eq!(body["thinking"], json!({"type": "enabled", "budget_tokens": 3072}));
    assert_eq!(body.get("output_config"), None);
}

#[test]
fn an_old_claude_is_not_asked_to_think_on_from_calls_made_without_a_thought() {
    let mut request = request("claude-sonnet-4-5");
    request.messages.pop();
    assert_eq!(Wire::Anthropic.body(&request)["thinking"]["type"], "enabled");
    if let Message::Assistant(parts) = &mut request.messages[1] {
        parts.drain(..2);
    }
    assert_eq!(Wire::Anthropic.body(&request).get("thinking"), None);
}

#[test]
fn an_answer_that_broke_off_in_a_thought_is_sent_without_it() {
    let mut request = request("any");
    for (wire, seal, list) in [
        (Wire::Anthropic, json!({"wire": "anthropic", "signature": "s"}), "messages"),
        (
            Wire::OpenaiResponses,
            json!({"wire": "openai-responses", "item": {"type": "reasoning"}}),
            "input",
        ),
    ] {
        let thought = Part::Thought { text: "hm".into(), seal: Some(seal) };
        request.messages = vec![
            Message::User("a".into()),
            Message::Assistant(vec![thought]),
            Message::User("b".into()),
        ];
        let body = wire.body(&request);
        assert!(!body[list].to_string().contains("reasoning"), "{body}");
        assert!(!body[list].to_string().contains("thinking"), "{body}");
    }
}

#[test]
fn openai_responses_keeps_nothing_and_gets_its_reasoning_back() {
    let mut body = Wire::OpenaiResponses.body(&request("gpt-6.1-sol"));
    let key = body["prompt_cache_key"].take();
    assert!(key.as_str().unwrap().starts_with("auteur-"));
    let expected = json!({
        "model": "gpt-6.1-sol",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Look."}]},
            {"type": "reasoning", "id": "rs"},
            {"role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
            {"type": "function_call", "call_id": "a", "name": "read", "arguments": "{\"path\":\"a\"}"},
            {"type": "function_call", "call_id": "b.2", "name": "read", "arguments": "{\"path\":\"b.2\"}"},
            {"type": "function_call_output", "call_id": "a", "output": "fn main"},
            {"type": "function_call_output", "call_id": "b.2", "output": "error: gone"},
            {"role": "user", "content": [{"type": "input_text", "text": "Go on."}]},
        ],
        "stream": true, "store": false, "max_output_tokens": 4096,
        "instructions": "Be brief.",
        "tools": [{"type": "function", "name": "read", "description": "Reads.", "parameters":
            {"type": "object", "properties": {"path": {"type": "string", "minLength": 1}}},
            "strict": false}],
        "parallel_tool_calls": true,
        "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "high", "summary": "auto"},
        "prompt_cache_key": null,
    });
    assert_eq!(body, expected);
}

#[test]
fn a_model_that_does_not_reason_is_not_asked_to() {
    let body = Wire::OpenaiResponses.body(&request("gpt-4.1"));
    assert_eq!((body.get("include"), body.get("reasoning")), (None, None));
}

#[test]
fn openai_chat_gets_the_reasoning_back_in_the_field_it_came_in() {
    let expected = json!({
        "model": "deepseek-v4-pro",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Look."},
            {"role": "assistant", "content": "I look.", "reasoning_content": "from openai-chat",
             "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "read", "arguments": "{\"path\":\"a\"}"}},
                {"id": "b.2", "type": "function", "function": {"name": "read", "arguments": "{\"path\":\"b.2\"}"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "fn main"},
            {"role": "tool", "tool_call_id": "b.2", "content": "error: gone"},
            {"role": "user", "content": "Go on."},
        ],
        "stream": true, "stream_options": {"include_usage": true},
        "max_tokens": 4096,
        "tools": [{"type": "function", "function": {"name": "read", "description": "Reads.",
            "parameters": {"type": "object", "properties": {"path": {"type": "string", "minLength": 1}}}}}],
        "reasoning_effort": "high",
    });
    assert_eq!(Wire::OpenaiChat.body(&request("deepseek-v4-pro")), expected);
    let own = Wire::OpenaiChat.body(&request("gpt-5.5"));
    assert_eq!((own.get("max_tokens"), &own["max_completion_tokens"]), (None, &json!(4096)));
}

#[test]
fn gemini_gets_its_signatures_and_a_schema_it_takes() {
    let expected = json!({
        "contents": [
            {"role": "user", "parts": [{"text": "Look."}]},
            {"role": "model", "parts": [
                {"text": "I look."},
                {"functionCall": {"name": "read", "args": {"path": "a"}, "id": "a"}, "thoughtSignature": "gem"},
                {"functionCall": {"name": "read", "args": {"path": "b.2"}, "id": "b.2"}}]},
            {"role": "user", "parts": [
                {"functionResponse": {"name": "read", "response": {"output": "fn main"}, "id": "a"}},
                {"functionResponse": {"name": "read", "response": {"error": "gone"}, "id": "b.2"}},
                {"text": "Go on."}]},
        ],
        "generationConfig": {"maxOutputTokens": 4096,
            "thinkingConfig": {"includeThoughts": true, "thinkingLevel": "high"}},
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [{"functionDeclarations": [{"name": "read", "description": "Reads.",
            "parametersJsonSchema": {"type": "object", "properties": {"path": {"type": "string"}}}}]}],
    });
    assert_eq!(Wire::Gemini.body(&request("gemini-4-argon")), expected);
    let old = Wire::Gemini.body(&request("gemini-2.5-pro"));
    let thinking = &old["generationConfig"]["thinkingConfig"];
    assert_eq!(*thinking, json!({"includeThoughts": true, "thinkingBudget": 24_576}));
}

#[test]
fn a_call_of_another_vendor_is_let_pass_unsigned() {
    let mut request = request("gemini-4-argon");
    let call =
        Part::Call { id: "own_1".into(), name: "read".into(), arguments: json!({}), seal: None };
    request.messages = vec![Message::User("Look.".into()), Message::Assistant(vec![call])];
    let body = Wire::Gemini.body(&request);
    let expected = json!({"functionCall": {"name": "read", "args": {}},
        "thoughtSignature": "skip_thought_signature_validator"});
    assert_eq!(body["contents"][1]["parts"][0], expected);
}

#[test]
fn an_estimate_is_above_what_english_and_code_cost() {
    let text = "fn main() { println!(\"hello\"); }\n".repeat(1000);
    let mut request = request("x");
    request.messages = vec![Message::User(text.clone())];
    // A token of code or prose is about four bytes.
    assert!(request.estimate_tokens() > text.len() as u64 / 4);
    assert!(request.estimate_tokens() < text.len() as u64);
}

#[test]
fn a_conversation_survives_the_journal() {
    let messages = request("x").messages;
    let text = serde_json::to_string(&messages).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Message>>(&text).unwrap(), messages);
}
