//! Each vendor's good stream, whole and cut.

use super::{gist, good, is_finished, read};
use crate::llm::{Billed, Chunk, StopReason, Tier, Trouble, Wire};
use crate::model::{Money, Usage};
use proptest::prelude::*;
use serde_json::{Value, json};

fn thought() -> Chunk {
    Chunk::Thought("The tests fäil. Look first. 👀".into())
}

fn words() -> Chunk {
    Chunk::Text("I will look at the tests.".into())
}

fn call(id: &str, name: &str, arguments: Value, seal: Option<Value>) -> Chunk {
    Chunk::Call { id: id.into(), name: name.into(), arguments: Ok(arguments), seal }
}

fn finished(model: &str, tier: Tier, cost: Option<Money>, usage: Usage) -> Chunk {
    Chunk::Finished {
        stop: StopReason::ToolUse,
        usage,
        reported_cost: cost,
        model: Some(model.into()),
        tier,
        billed: vec![Billed { model: None, usage }],
    }
}

fn whole(wire: Wire) -> Vec<Chunk> {
    let (said, end) = read(wire, &[good(wire).as_bytes()]);
    assert_eq!(end, Ok(()));
    gist(said)
}

#[test]
fn anthropic_is_read() {
    let usage = Usage {
        input: 12,
        cache_read: 4000,
        cache_write_5m: 100,
        cache_write_1h: 200,
        output: 180,
        reasoning: 40,
        web_searches: 1,
    };
    let expected = vec![
        thought(),
        Chunk::Sealed(json!({"wire": "anthropic", "signature": "EqQBCgIYAhIM"})),
        Chunk::Sealed(json!({"wire": "anthropic", "redacted": "EmwKAhgBEgy3va3pzix"})),
        words(),
        call("toolu_01", "read", json!({"path": "src/lib.rs"}), None),
        call("toolu_02", "list", json!({}), None),
        finished("claude-opus-5-5", Tier::Standard, None, usage),
    ];
    assert_eq!(whole(Wire::Anthropic), expected);
}

#[test]
fn openai_responses_is_read() {
    let usage = Usage {
        input: 700,
        cache_read: 4000,
        cache_write_5m: 300,
        output: 180,
        reasoning: 40,
        ..Usage::default()
    };
    let item = json!({
        "type": "reasoning", "id": "rs_1", "encrypted_content": "gAAAAABsealed",
        "summary": [{"type": "summary_text", "text": "The tests fäil. Look first. 👀"}],
    });
    let expected = vec![
        thought(),
        Chunk::Sealed(json!({"wire": "openai-responses", "item": item})),
        words(),
        call("call_1", "read", json!({"path": "src/lib.rs"}), None),
        finished("gpt-5.6-sol-2026-07-01", Tier::Priority, None, usage),
    ];
    assert_eq!(whole(Wire::OpenaiResponses), expected);
}

#[test]
fn openai_chat_is_read() {
    let usage =
        Usage { input: 1000, cache_read: 4000, output: 180, reasoning: 40, ..Usage::default() };
    let expected = vec![
        thought(),
        Chunk::Sealed(json!({"wire": "openai-chat", "field": "reasoning_content"})),
        words(),
        call("call_1", "read", json!({"path": "src/lib.rs"}), None),
        call("call_2", "list", json!({}), None),
        finished("deepseek-v4-pro", Tier::Standard, Some(Money(1_230_000)), usage),
    ];
    assert_eq!(whole(Wire::OpenaiChat), expected);
}

#[test]
fn gemini_is_read() {
    let usage =
        Usage { input: 1000, cache_read: 4000, output: 180, reasoning: 40, ..Usage::default() };
    let mut said = whole(Wire::Gemini);
    if let Chunk::Call { id, .. } = &mut said[2] {
        assert!(!id.is_empty());
        "made up".clone_into(id);
    }
    let seal = json!({"wire": "gemini", "signature": "Ci4BVKhc"});
    let expected = vec![
        thought(),
        words(),
        call("made up", "read", json!({"path": "src/lib.rs"}), Some(seal)),
        call("list-1", "list", json!({}), None),
        finished("gemini-4-argon", Tier::Standard, None, usage),
    ];
    assert_eq!(said, expected);
}

/// Drops the ids that are made up anew each time.
fn without_ids(mut said: Vec<Chunk>) -> Vec<Chunk> {
    for chunk in &mut said {
        if let Chunk::Call { id, .. } = chunk {
            id.clear();
        }
    }
    said
}

/// After any byte: a cut, or the whole answer; and what was said is kept.
fn cut_everywhere(wire: Wire) {
    let bytes = good(wire).as_bytes();
    let all = without_ids(whole(wire));
    for cut in 0..bytes.len() {
        let (said, end) = read(wire, &[&bytes[..cut]]);
        match end {
            Ok(()) => {
                assert!(is_finished(&said), "{wire} {cut}");
                let said = without_ids(gist(said));
                assert_eq!(said[..said.len() - 1], all[..all.len() - 1], "{wire} {cut}");
            }
            Err(trouble) => {
                assert!(matches!(trouble, Trouble::Cut(_)), "{wire} {cut}: {trouble}");
                assert!(!is_finished(&said), "{wire} {cut}");
            }
        }
    }
}

#[test]
fn f17_anthropic_cut_after_any_byte_is_no_finish() {
    cut_everywhere(Wire::Anthropic);
}

#[test]
fn f17_openai_responses_cut_after_any_byte_is_no_finish() {
    cut_everywhere(Wire::OpenaiResponses);
}

#[test]
fn f17_openai_chat_cut_after_any_byte_is_no_finish() {
    cut_everywhere(Wire::OpenaiChat);
}

#[test]
fn f17_gemini_cut_after_any_byte_is_no_finish() {
    cut_everywhere(Wire::Gemini);
}

#[test]
fn a_cut_stream_can_still_be_billed() {
    let start = good(Wire::Anthropic).split_inclusive("\n\n").next().unwrap();
    let (said, end) = read(Wire::Anthropic, &[start.as_bytes()]);
    assert!(matches!(end, Err(Trouble::Cut(_))));
    let expected = Usage {
        input: 12,
        cache_read: 4000,
        cache_write_5m: 100,
        cache_write_1h: 200,
        output: 1,
        ..Usage::default()
    };
    assert_eq!(said, [Chunk::Usage(expected)]);
}

#[test]
fn f17_line_ends_make_no_difference() {
    for wire in Wire::ALL {
        let all = without_ids(whole(wire));
        for end in ["\r\n", "\r"] {
            let text = good(wire).replace('\n', end);
            let (said, _) = read(wire, &[text.as_bytes()]);
            assert_eq!(without_ids(gist(said)), all, "{wire}");
        }
    }
}

fn any_wire() -> impl Strategy<Value = Wire> {
    proptest::sample::select(Wire::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn f17_pieces_of_any_size_say_the_same(wire in any_wire(), size in 1..40_usize) {
        let pieces: Vec<&[u8]> = good(wire).as_bytes().chunks(size).collect();
        let (said, end) = read(wire, &pieces);
        prop_assert_eq!(end, Ok(()));
        prop_assert_eq!(without_ids(gist(said)), without_ids(whole(wire)));
    }

    #[test]
    fn f17_a_damaged_stream_ends_in_one_finish_or_one_trouble(
        wire in any_wire(),
        place in any::<proptest::sample::Index>(),
        damage in proptest::collection::vec(any::<u8>(), 0..40),
        gone in 0..200_usize,
    ) {
        let bytes = good(wire).as_bytes();
        let start = place.index(bytes.len());
        let rest = &bytes[(start + gone).min(bytes.len())..];
        let (said, end) = read(wire, &[&bytes[..start], &damage, rest]);
        prop_assert_eq!(end.is_ok(), is_finished(&said));
        let finishes = said.iter().filter(|it| matches!(it, Chunk::Finished { .. })).count();
        prop_assert!(finishes <= 1);
    }

    #[test]
    fn any_json_is_survived(wire in any_wire(), name in "[a-z_.]{0,12}", kind in any_kind(),
                            field in any_field(), value in any_value()) {
        let mut event = json!({"type": kind, "index": 0, "output_index": 0});
        event[field] = value;
        let text = format!("event: {name}\ndata: {event}\n\n");
        let (said, end) = read(wire, &[text.as_bytes(), good(wire).as_bytes()]);
        prop_assert_eq!(end.is_ok(), is_finished(&said));
    }
}

fn any_kind() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "error",
        "response.output_item.added",
        "response.output_item.done",
        "response.output_text.delta",
        "response.function_call_arguments.delta",
        "response.completed",
        "response.failed",
        "",
    ])
}

fn any_field() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "message",
        "content_block",
        "delta",
        "usage",
        "item",
        "response",
        "choices",
        "candidates",
        "usageMetadata",
        "error",
        "index",
    ])
}

/// Values of the wrong type and shape.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = proptest::sample::select(vec![
            "type",
            "text",
            "delta",
            "content",
            "parts",
            "usage",
            "tool_calls",
            "function",
            "functionCall",
            "stop_reason",
            "finish_reason",
            "output",
            "input_tokens",
            "item",
        ]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..4).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, it)| (name.to_owned(), it)).collect())
            }),
        ]
    })
}
