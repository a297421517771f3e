//! Vendors' errors, and what each of them comes to.

use super::{events, read};
use crate::llm::{Trouble, Wire};
use std::time::Duration;

fn status(code: u16, body: &str) -> Trouble {
    Trouble::status(code, body, None, None)
}

fn in_stream(wire: Wire, event: &str) -> Trouble {
    read(wire, &[events(&[event]).as_bytes()]).1.unwrap_err()
}

#[test]
fn a_conversation_that_is_too_long_is_known_from_every_vendor() {
    let bodies = [
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 250000 tokens > 200000 maximum"}}"#,
        ),
        (
            413,
            r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"BadRequestError","code":400}}"#,
        ),
        (
            400,
            r#"[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]"#,
        ),
        (
            400,
            r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
        ),
    ];
    for (code, body) in bodies {
        let trouble = status(code, body);
        assert!(matches!(trouble, Trouble::ContextTooLong(_)), "{trouble:?}");
        assert!(!trouble.is_retryable());
    }
    let failed = r#"{"type":"response.failed","response":{"error":{"code":"context_length_exceeded","message":"Too long."}}}"#;
    assert!(matches!(in_stream(Wire::OpenaiResponses, failed), Trouble::ContextTooLong(_)));
}

#[test]
fn statuses_are_worth_a_retry_or_not() {
    for code in [408, 429, 500, 502, 503, 504, 529] {
        assert!(status(code, "").is_retryable(), "{code}");
    }
    for code in [400, 401, 402, 403, 404, 413, 422] {
        assert!(!status(code, "").is_retryable(), "{code}");
    }
    assert!(matches!(status(401, "{}"), Trouble::Auth { code: 401, .. }));
    let told = |should| Trouble::status(500, "", None, Some(should)).is_retryable();
    assert_eq!([told(true), told(false)], [true, false]);
}

#[test]
fn an_empty_account_is_no_rate_limit() {
    let body = r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    let trouble = status(429, body);
    assert!(matches!(trouble, Trouble::Quota(_)) && !trouble.is_retryable());
    let low = r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}"#;
    assert!(matches!(status(400, low), Trouble::Quota(_)));
}

#[test]
fn an_error_within_a_good_stream_is_worth_a_retry_or_not() {
    let overloaded =
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let limited = r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#;
    let failed =
        r#"{"type":"response.failed","response":{"error":{"code":"server_error","message":"x"}}}"#;
    let error = r#"{"type":"error","code":"rate_limit_exceeded","message":"x","param":null}"#;
    let behind = r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"upstream"}}}"#;
    let choice = r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#;
    let google = r#"{"error":{"code":503,"message":"x","status":"UNAVAILABLE"}}"#;
    for (wire, event) in [
        (Wire::Anthropic, overloaded),
        (Wire::Anthropic, limited),
        (Wire::OpenaiResponses, failed),
        (Wire::OpenaiResponses, error),
        (Wire::OpenaiChat, behind),
        (Wire::OpenaiChat, choice),
        (Wire::Gemini, google),
    ] {
        let trouble = in_stream(wire, event);
        assert!(matches!(trouble, Trouble::InStream { .. }), "{event}: {trouble:?}");
        assert!(trouble.is_retryable(), "{event}");
    }
    let bad = r#"{"type":"error","error":{"type":"invalid_request_error","message":"no"}}"#;
    assert!(!in_stream(Wire::Anthropic, bad).is_retryable());
    let key = r#"{"error":{"code":401,"message":"no"}}"#;
    assert!(matches!(in_stream(Wire::OpenaiChat, key), Trouble::Auth { .. }));
}

#[test]
fn google_tells_the_wait_in_the_body() {
    let body = r#"{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}"#;
    let trouble = status(429, body);
    assert_eq!(trouble.retry_after(), Some(Duration::from_millis(34_500)));
    assert!(trouble.is_retryable());
}

#[test]
fn an_error_says_what_the_vendor_said_in_one_line() {
    let body = r#"{"error":{"message":"no such\nmodel","type":"invalid_request_error","code":"model_not_found"}}"#;
    let told = status(404, body).to_string();
    assert_eq!(told, "the service answered 404 (model_not_found): no such model");
    assert_eq!(status(503, "<html>\n Busy").to_string(), "the service answered 503: <html> Busy");
    let ollama = status(404, r#"{"error":"model 'x' not found"}"#).to_string();
    assert_eq!(ollama, "the service answered 404: model 'x' not found");
    assert!(status(500, &"x".repeat(10_000)).to_string().len() < 400);
}

#[test]
fn words_in_the_middle_of_a_stream_that_are_no_json_are_garbage() {
    for wire in Wire::ALL {
        let trouble = in_stream(wire, "{\"type\": \"content_block_delta\", ");
        // Cut at the end it is a cut; followed by more it is garbage.
        assert!(matches!(trouble, Trouble::Garbage(_)), "{wire}: {trouble:?}");
        assert!(trouble.is_retryable());
    }
}
