//! What single services do otherwise.

use super::{events, gist, read};
use crate::llm::{Chunk, StopReason, Trouble, Wire};
use crate::model::Usage;
use serde_json::json;

fn chat(all: &[&str]) -> (Vec<Chunk>, Result<(), Trouble>) {
    let (said, end) = read(Wire::OpenaiChat, &[events(all).as_bytes()]);
    (gist(said), end)
}

fn calls(said: &[Chunk]) -> Vec<(String, String, Result<serde_json::Value, String>)> {
    let calls = said.iter().filter_map(|chunk| match chunk {
        Chunk::Call { id, name, arguments, .. } => {
            Some((id.clone(), name.clone(), arguments.clone()))
        }
        _ => None,
    });
    calls.collect()
}

fn stop(said: &[Chunk]) -> Option<StopReason> {
    match said.last() {
        Some(Chunk::Finished { stop, .. }) => Some(stop.clone()),
        _ => None,
    }
}

#[test]
fn a_call_without_an_index_is_not_lost() {
    // Gemini's own chat endpoint: whole calls, no index, and `stop` as the reason.
    let (said, end) = chat(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"read","arguments":"{}"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"list","arguments":"{\"x\":1}"}}]},"finish_reason":"stop"}]}"#,
        "[DONE]",
    ]);
    assert_eq!(end, Ok(()));
    let expected = [
        ("a".into(), "read".into(), Ok(json!({}))),
        ("b".into(), "list".into(), Ok(json!({"x": 1}))),
    ];
    assert_eq!(calls(&said), expected);
    assert_eq!(stop(&said), Some(StopReason::ToolUse));
}

#[test]
fn parallel_calls_that_share_an_index_stay_apart() {
    let (said, _) = chat(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"read","arguments":"{}"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"list","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#,
    ]);
    assert_eq!(calls(&said).len(), 2);
}

#[test]
fn arguments_as_an_object_and_a_missing_id_are_mended() {
    let (said, _) = chat(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"read","arguments":{"a":1}}}]},"finish_reason":"tool_calls"}]}"#,
    ]);
    let [(id, _, arguments)] = &calls(&said)[..] else { panic!("{said:?}") };
    assert!(!id.is_empty());
    assert_eq!(*arguments, Ok(json!({"a": 1})));
}

#[test]
fn broken_arguments_are_handed_on_as_they_are() {
    let (said, end) = chat(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"read","arguments":"{\"path\": "}}]},"finish_reason":"length"}]}"#,
    ]);
    assert_eq!(end, Ok(()));
    assert_eq!(calls(&said), [("a".into(), "read".into(), Err("{\"path\": ".into()))]);
    assert_eq!(stop(&said), Some(StopReason::MaxTokens));
}

#[test]
fn no_done_is_needed_once_a_reason_was_given() {
    let (said, end) = chat(&[
        r#"{"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#,
    ]);
    assert_eq!(end, Ok(()));
    let Some(Chunk::Finished { usage, .. }) = said.last() else { panic!("{said:?}") };
    assert_eq!(*usage, Usage { input: 3, output: 1, ..Usage::default() });
}

#[test]
fn done_without_a_reason_is_no_finish() {
    let (_, end) = chat(&[r#"{"choices":[{"delta":{"content":"hi"}}]}"#, "[DONE]"]);
    assert!(matches!(end, Err(Trouble::Cut(_))));
}

#[test]
fn usage_that_nobody_told_is_unknown_not_nothing() {
    let (said, _) = chat(&[r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#]);
    let Some(Chunk::Finished { billed, .. }) = said.last() else { panic!("{said:?}") };
    assert!(billed.is_empty());
    let absurd = r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":-5,"completion_tokens":1}}"#;
    let (said, _) = chat(&[absurd]);
    let Some(Chunk::Finished { billed, .. }) = said.last() else { panic!("{said:?}") };
    assert!(billed.is_empty());
}

#[test]
fn reasoning_details_come_back_in_one_piece() {
    let (said, _) = chat(&[
        r#"{"choices":[{"delta":{"reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","index":0}]}}]}"#,
        r#"{"choices":[{"delta":{"reasoning":"b","reasoning_details":[{"type":"reasoning.text","text":"b","index":0}]}}]}"#,
        r#"{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","signature":"s","index":0}]}}]}"#,
        r#"{"choices":[{"delta":{"content":"c"},"finish_reason":"stop"}]}"#,
    ]);
    let details = json!([{"type": "reasoning.text", "text": "ab", "index": 0, "signature": "s"}]);
    let expected = [
        Chunk::Thought("ab".into()),
        Chunk::Sealed(json!({"wire": "openai-chat", "details": details})),
        Chunk::Text("c".into()),
    ];
    assert_eq!(said[..3], expected);
}

#[test]
fn an_answer_of_thoughts_alone_or_of_nothing_finishes() {
    let (said, end) = chat(&[
        r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#,
        r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
    ]);
    assert_eq!((said.len(), end), (3, Ok(())));
    let empty = [r#"{"candidates":[{"finishReason":"STOP"}]}"#];
    let (said, end) = read(Wire::Gemini, &[events(&empty).as_bytes()]);
    assert_eq!((said.len(), end), (1, Ok(())));
}

#[test]
fn a_blocked_prompt_is_a_refusal() {
    let blocked = events(&[r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#]);
    let (said, end) = read(Wire::Gemini, &[blocked.as_bytes()]);
    assert_eq!((stop(&said), end), (Some(StopReason::Refusal), Ok(())));
}

#[test]
fn items_that_only_the_last_event_tells_are_not_lost() {
    let last = json!({"type": "response.completed", "response": {"output": [
        {"type": "message", "content": [{"type": "output_text", "text": "hi"}]},
        {"type": "function_call", "call_id": "c", "name": "read", "arguments": "{}"}]}});
    let (said, end) = read(Wire::OpenaiResponses, &[events(&[&last.to_string()]).as_bytes()]);
    assert_eq!(end, Ok(()));
    assert_eq!(said[0], Chunk::Text("hi".into()));
    assert_eq!(calls(&said), [("c".into(), "read".into(), Ok(json!({})))]);
}

#[test]
fn f17_two_finishes_are_one() {
    for wire in Wire::ALL {
        let twice = super::good(wire).repeat(2);
        let (said, end) = read(wire, &[twice.as_bytes()]);
        let finishes = said.iter().filter(|it| matches!(it, Chunk::Finished { .. })).count();
        assert_eq!((finishes, end), (1, Ok(())), "{wire}");
    }
}

#[test]
fn a_refusal_that_only_the_last_event_tells_is_one() {
    let last = json!({"type": "response.completed", "response": {"output": [
        {"type": "message", "content": [{"type": "refusal", "refusal": "I will not"}]}]}});
    let (said, end) = read(Wire::OpenaiResponses, &[events(&[&last.to_string()]).as_bytes()]);
    assert_eq!((said[0].clone(), end), (Chunk::Text("I will not".into()), Ok(())));
    assert_eq!(stop(&said), Some(StopReason::Refusal));
}
