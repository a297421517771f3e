//! The program's own client is the judge: it understands every wire format, and
//! names every trouble.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use serde_json::json;

use crate::{
    llm::{Chunk, Client, Endpoint, Message, Request, StopReason, ToolSpec, Trouble, Wire},
    rehearsal::Server,
};

const SCENE: &str = r#"
[[part]]
name = "p"
[[part.turn]]
think = "I think so."
say = "One and two."
usage = { input = 10, cache_read = 20, cache_write = 0, output = 40 }
calls = [
    { tool = "shell", with = { command = "ls" } },
    { tool = "read", with = { path = "a" } },
]
"#;

fn endpoint(server: &Server, wire: Wire) -> Endpoint {
    Endpoint {
        wire,
        base_url: server.url(),
        key: None,
        headers: Vec::new(),
        idle_timeout: Duration::from_secs(5),
        connect_timeout: Duration::from_secs(5),
    }
}

fn request() -> Request {
    let tool = |name: &str| ToolSpec {
        name: name.to_owned(),
        description: "a tool".to_owned(),
        schema: json!({ "type": "object", "properties": {} }),
    };
    Request {
        model: "m".to_owned(),
        instructions: "Be brief.".to_owned(),
        messages: vec![Message::User("go".to_owned())],
        tools: Arc::new([tool("shell"), tool("read")]),
        max_output: 1000,
        effort: None,
        cache: true,
    }
}

/// What was understood of one answer, as one line a thing.
async fn told(server: &Server, wire: Wire) -> Result<Vec<String>, Trouble> {
    let client = Client::new(jiff::Timestamp::now);
    let mut chunks = client.stream(&endpoint(server, wire), &request());
    let (mut words, mut thoughts, mut told) = (String::new(), String::new(), Vec::new());
    while let Some(chunk) = chunks.next().await {
        match chunk? {
            Chunk::Text(text) => words.push_str(&text),
            Chunk::Thought(text) => thoughts.push_str(&text),
            Chunk::Call { name, arguments, .. } => {
                let arguments = arguments.map_or_else(|it| it, |it| it.to_string());
                told.push(format!("{name} {arguments}"));
            }
            Chunk::Finished { stop, usage, .. } => {
                let is_waiting = stop == StopReason::ToolUse;
                told.push(format!(
                    "{is_waiting} {} {} {}",
                    usage.input, usage.cache_read, usage.output
                ));
            }
            _ => {}
        }
    }
    told.insert(0, thoughts);
    told.insert(1, words);
    Ok(told)
}

#[tokio::test]
async fn the_same_is_understood_in_every_wire_format() {
    let server = super::serve(SCENE);
    for wire in Wire::ALL {
        let understood = told(&server, wire).await.expect("an answer");
        let expected = [
            "I think so.",
            "One and two.",
            "shell {\"command\":\"ls\"}",
            "read {\"path\":\"a\"}",
            "true 10 20 40",
        ];
        assert_eq!(understood, expected, "{wire}");
    }
}

#[tokio::test]
async fn every_fault_is_a_trouble_in_every_wire_format() {
    let faults =
        ["429:2", "429:date9", "529", "500", "401", "ctx", "reset", "cut", "early", "error"];
    for wire in Wire::ALL {
        let server = super::serve(SCENE);
        for fault in faults {
            server.set_fault(fault).expect("a fault");
            let trouble = told(&server, wire).await;
            assert!(trouble.is_err(), "{wire} {fault}: {trouble:?}");
            let is_lasting = ["401", "ctx"].contains(&fault);
            let is_retryable = trouble.is_err_and(|it| it.is_retryable());
            assert_eq!(is_retryable, !is_lasting, "{wire} {fault}");
        }
        assert!(told(&server, wire).await.is_ok(), "{wire}");
    }
}

#[tokio::test]
async fn the_time_to_come_back_is_understood_in_seconds_and_as_a_date() {
    let server = super::serve(SCENE);
    for (fault, from) in [("429:9", 9), ("429:date9", 7)] {
        server.set_fault(fault).expect("a fault");
        let trouble = told(&server, Wire::Anthropic).await.expect_err("refused");
        let after = trouble.retry_after().expect("a time").as_secs();
        assert!((from..=9).contains(&after), "{fault}: {after}");
    }
}
