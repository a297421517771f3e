//! Whole calls over real sockets: good, broken, silent and endless ones.

use super::{
    good, is_finished,
    service::{Act, Service, head, response, serve},
};
use crate::llm::{Chunk, Client, Endpoint, Message, Request, Trouble, Wire};
use futures::StreamExt;
use std::time::Duration;

fn client() -> Client {
    Client::new(|| "1994-11-06T08:49:00Z".parse().unwrap())
}

fn endpoint(wire: Wire, url: &str) -> Endpoint {
    Endpoint {
        wire,
        base_url: url.to_owned(),
        key: Some("sk-test-key".into()),
        headers: Vec::new(),
        idle_timeout: Duration::from_secs(20),
        connect_timeout: Duration::from_secs(20),
    }
}

fn request() -> Request {
    Request {
        model: "rehearsal-plain".into(),
        instructions: "Be brief.".into(),
        messages: vec![Message::User("Look.".into())],
        tools: Vec::new().into(),
        max_output: 100,
        effort: None,
        cache: false,
    }
}

/// Everything that a call says; the law of all calls is checked on the way.
async fn call_with(client: &Client, endpoint: &Endpoint) -> (Vec<Chunk>, Option<Trouble>) {
    let mut stream = client.stream(endpoint, &request());
    let (mut said, mut end) = (Vec::new(), None);
    while let Some(next) = stream.next().await {
        assert!(end.is_none() && !is_finished(&said), "something followed the end");
        match next {
            Ok(chunk) => said.push(chunk),
            Err(trouble) => end = Some(trouble),
        }
    }
    assert_eq!(end.is_none(), is_finished(&said), "{said:?} {end:?}");
    (said, end)
}

async fn call(wire: Wire, service: &Service) -> (Vec<Chunk>, Option<Trouble>) {
    call_with(&client(), &endpoint(wire, &service.url)).await
}

async fn trouble(script: Vec<Act>) -> Trouble {
    let service = serve(script).await;
    call(Wire::Anthropic, &service).await.1.unwrap()
}

async fn trouble_of(status: &str, headers: &str, body: &str) -> Trouble {
    trouble(vec![Act::Listen, Act::Send(response(status, headers, body))]).await
}

#[tokio::test]
async fn every_wire_is_called_with_its_key_and_answers() {
    for (wire, path, key) in [
        (Wire::Anthropic, "/v1/messages", "x-api-key: sk-test-key"),
        (Wire::OpenaiResponses, "/v1/responses", "authorization: Bearer sk-test-key"),
        (Wire::OpenaiChat, "/v1/chat/completions", "authorization: Bearer sk-test-key"),
        (
            Wire::Gemini,
            "/v1beta/models/rehearsal-plain:streamGenerateContent?alt=sse",
            "x-goog-api-key: sk-test-key",
        ),
    ] {
        let sent = [head(), good(wire).as_bytes().to_vec()].concat();
        let service = serve(vec![Act::Listen, Act::Send(sent)]).await;
        let (said, end) = call(wire, &service).await;
        assert_eq!(end, None, "{wire}");
        assert_eq!(said[0], Chunk::Connected { request_id: Some("req_1".into()), windows: vec![] });
        let requests = service.requests.lock().unwrap();
        assert!(requests[0].starts_with(&format!("POST {path} HTTP/1.1\r\n")), "{}", requests[0]);
        assert!(requests[0].contains(key), "{}", requests[0]);
    }
}

#[tokio::test]
async fn the_endpoints_own_headers_win() {
    let service = serve(vec![Act::Listen, Act::Send(response("500 X", "", ""))]).await;
    let mut endpoint = endpoint(Wire::Anthropic, &service.url);
    endpoint.headers = vec![("anthropic-version".into(), "2099-01-01".into())];
    call_with(&client(), &endpoint).await.1.unwrap();
    let requests = service.requests.lock().unwrap();
    assert!(requests[0].contains("anthropic-version: 2099-01-01"), "{}", requests[0]);
}

#[tokio::test]
async fn f17_one_byte_at_a_time_says_the_same() {
    for wire in Wire::ALL {
        let bytes = good(wire).as_bytes().to_vec();
        let service = serve(vec![Act::Listen, Act::Send(head()), Act::Drip(bytes)]).await;
        assert_eq!(call(wire, &service).await.1, None, "{wire}");
    }
}

#[tokio::test]
async fn f17_a_connection_that_closes_early_is_never_a_finish() {
    for wire in Wire::ALL {
        let bytes = good(wire).as_bytes();
        for cut in (0..bytes.len() - 800).step_by(97) {
            let sent = [head(), bytes[..cut].to_vec()].concat();
            for last in [Act::Reset, Act::Send(Vec::new())] {
                let service = serve(vec![Act::Listen, Act::Send(sent.clone()), last]).await;
                let trouble = call(wire, &service).await.1;
                let is_cut = matches!(trouble, Some(Trouble::Cut(_) | Trouble::Connection(_)));
                assert!(is_cut, "{wire} {cut}: {trouble:?}");
            }
        }
    }
}

#[tokio::test]
async fn dropping_the_stream_closes_the_socket() {
    let start = good(Wire::Anthropic).split_inclusive("\n\n").next().unwrap().as_bytes().to_vec();
    let script = vec![Act::Listen, Act::Send(head()), Act::Send(start), Act::Wait];
    let mut service = serve(script).await;
    let mut stream = client().stream(&endpoint(Wire::Anthropic, &service.url), &request());
    assert!(matches!(stream.next().await, Some(Ok(Chunk::Connected { .. }))));
    assert!(matches!(stream.next().await, Some(Ok(Chunk::Usage(_)))));
    drop(stream);
    assert_eq!(service.gone.recv().await, Some(()));
}

#[tokio::test]
async fn calls_one_after_the_other_share_a_connection() {
    let body = good(Wire::Anthropic);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n\
         {:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let turn = [Act::Listen, Act::Send(chunked.into_bytes())];
    let service = serve(turn.iter().cycle().take(10).cloned().collect()).await;
    let (client, endpoint) = (client(), endpoint(Wire::Anthropic, &service.url));
    for _ in 0..5 {
        assert_eq!(call_with(&client, &endpoint).await.1, None);
    }
    assert_eq!(*service.connections.lock().unwrap(), 1);
}

#[tokio::test]
async fn f18_silence_before_and_within_an_answer_is_idle() {
    let before = vec![Act::Listen, Act::Wait];
    let within = vec![Act::Listen, Act::Send(head()), Act::Wait];
    let alive = vec![Act::Listen, Act::Send(head()), Act::Ping];
    for script in [before, within, alive] {
        let service = serve(script).await;
        let mut endpoint = endpoint(Wire::OpenaiChat, &service.url);
        endpoint.idle_timeout = Duration::from_millis(50);
        endpoint.connect_timeout = Duration::from_millis(50);
        let trouble = call_with(&client(), &endpoint).await.1;
        assert_eq!(trouble, Some(Trouble::Idle(Duration::from_millis(50))));
    }
}

#[tokio::test]
async fn an_answer_that_is_whole_needs_no_end_of_the_connection() {
    let whole =
        super::events(&[r#"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#]);
    let script = vec![Act::Listen, Act::Send(head()), Act::Send(whole.into_bytes()), Act::Wait];
    let service = serve(script).await;
    let mut endpoint = endpoint(Wire::OpenaiChat, &service.url);
    endpoint.idle_timeout = Duration::from_millis(50);
    assert_eq!(call_with(&client(), &endpoint).await.1, None);
}

#[tokio::test]
async fn f16_statuses_and_waits_are_told() {
    let limited = trouble_of("429 X", "retry-after: 7\r\n", "{}").await;
    assert_eq!(limited.retry_after(), Some(Duration::from_secs(7)));
    let dated = "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let dated = trouble_of("503 X", dated, "").await;
    assert_eq!(dated.retry_after(), Some(Duration::from_secs(37)));
    let absurd = trouble_of("429 X", "retry-after: 1000000000\r\n", "").await;
    assert_eq!(absurd.retry_after(), Some(Duration::from_secs(1_000_000_000)));
    assert!(trouble_of("529 X", "", "").await.is_retryable());
    let never = trouble_of("500 X", "x-should-retry: false\r\n", "").await;
    assert!(!never.is_retryable());
}

#[tokio::test]
async fn who_refuses_tells_of_its_windows_before_it_says_why() {
    let told = "anthropic-ratelimit-requests-limit: 50\r\n\
        anthropic-ratelimit-requests-remaining: 0\r\n";
    let service = serve(vec![Act::Listen, Act::Send(response("429 X", told, "{}"))]).await;
    let (said, trouble) = call_with(&client(), &endpoint(Wire::Anthropic, &service.url)).await;
    let [Chunk::Refused { windows }] = said.as_slice() else { panic!("{said:?}") };
    assert!(windows.len() == 1 && windows[0].is_spent, "{windows:?}");
    assert!(matches!(trouble, Some(Trouble::Status { code: 429, .. })), "{trouble:?}");
}

#[tokio::test]
async fn a_key_in_an_error_is_not_told() {
    let body = r#"{"error":{"type":"authentication_error","message":"bad key sk-test-key"}}"#;
    let trouble = trouble_of("401 X", "", body).await;
    assert_eq!(trouble, Trouble::Auth { code: 401, message: "bad key [key]".into() });
}

#[tokio::test]
async fn f16_a_page_instead_of_a_stream_is_garbage_and_says_so() {
    let trouble = trouble_of("200 OK", "content-type: text/html\r\n", "<h1>Sign in</h1>").await;
    assert_eq!(trouble.to_string(), "expected an event stream, got text/html: <h1>Sign in</h1>");
    let json = r#"{"error":{"type":"overloaded_error","message":"busy"}}"#;
    let trouble = trouble_of("200 OK", "content-type: application/json\r\n", json).await;
    assert!(trouble.to_string().contains("busy"), "{trouble}");
}

#[tokio::test]
async fn f16_a_redirect_is_not_followed_with_the_key() {
    let other = serve(vec![Act::Listen]).await;
    for status in ["301 X", "307 X", "308 X"] {
        let location = format!("location: {}/v1/messages\r\n", other.url);
        let trouble = trouble_of(status, &location, "").await;
        assert!(matches!(&trouble, Trouble::Redirected(to) if to.contains(&other.url)));
        assert!(!trouble.is_retryable());
    }
    assert_eq!(*other.connections.lock().unwrap(), 0);
}

#[tokio::test]
async fn f16_no_service_and_a_broken_one_are_connections_lost() {
    let nobody = endpoint(Wire::Anthropic, "http://127.0.0.1:1");
    let nobody = call_with(&client(), &nobody).await.1.unwrap();
    assert!(matches!(nobody, Trouble::Connection(_)) && nobody.is_retryable());
    let broken = trouble(vec![Act::Listen, Act::Reset]).await;
    assert!(matches!(broken, Trouble::Connection(_)) && broken.is_retryable());
    let gzip = "content-type: text/event-stream\r\ncontent-encoding: gzip\r\n";
    let cut = trouble_of("200 OK", gzip, "\u{1f}\u{8b} not gzip").await;
    assert!(matches!(cut, Trouble::Cut(_)) && cut.is_retryable(), "{cut:?}");
}

#[tokio::test]
async fn f17_an_endless_line_is_refused() {
    let huge = [head(), b"data: ".to_vec(), vec![b'x'; 65 * 1024 * 1024]].concat();
    let trouble = trouble(vec![Act::Listen, Act::Send(huge)]).await;
    assert_eq!(trouble, Trouble::TooLarge(64 * 1024 * 1024));
}

#[tokio::test]
async fn what_was_said_before_an_error_is_kept() {
    let text =
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}"#;
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"#;
    let sent = [head(), super::events(&[text, error]).into_bytes()].concat();
    let service = serve(vec![Act::Listen, Act::Send(sent)]).await;
    let (said, trouble) = call(Wire::Anthropic, &service).await;
    assert_eq!(said[1..], [Chunk::Text("hi".into())]);
    assert!(matches!(trouble, Some(Trouble::InStream { .. })));
}

#[tokio::test]
async fn nothing_is_sent_before_the_stream_is_asked() {
    let service = serve(vec![Act::Listen]).await;
    drop(client().stream(&endpoint(Wire::Gemini, &service.url), &request()));
    let bad = endpoint(Wire::Gemini, "nowhere");
    assert!(matches!(call_with(&client(), &bad).await.1, Some(Trouble::Address(_))));
    assert_eq!(*service.connections.lock().unwrap(), 0);
}
