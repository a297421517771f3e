//! Stories: a rehearsal played over a real socket, in each vendor's own words.

mod client;
mod demo;
mod faults;
mod reactions;
mod wires;

use serde_json::{Value, json};

use super::{Rehearsal, Server};

/// Starts a server that never waits.
fn serve(text: &str) -> Server {
    let rehearsal = Rehearsal::parse("test.toml", text).expect("a rehearsal");
    Server::start(rehearsal, 0, 0.0).expect("a free port")
}

/// An Anthropic request, and the conversation that it grows into.
struct Talk {
    base: String,
    model: &'static str,
    instructions: String,
    messages: Vec<Value>,
}

impl Talk {
    fn new(server: &Server, model: &'static str, brief: &str) -> Self {
        let messages = vec![json!({ "role": "user", "content": brief })];
        Self { base: server.url(), model, instructions: "Be brief.".to_owned(), messages }
    }

    fn body(&self, is_streamed: bool) -> Value {
        let tool = |name: &str| json!({ "name": name, "input_schema": { "type": "object" } });
        json!({
            "model": self.model, "system": self.instructions, "stream": is_streamed,
            "max_tokens": 1000, "messages": self.messages,
            "tools": (["shell", "read", "list"].map(tool)),
        })
    }

    async fn send(&self) -> reqwest::Response {
        post(&format!("{}/v1/messages", self.base), &self.body(true)).await.expect("an answer")
    }

    /// Takes one turn, unstreamed, and answers each call with a result.
    /// Returns the words and the arguments of the calls.
    async fn turn(&mut self, result: &str) -> (String, Vec<Value>) {
        let url = format!("{}/v1/messages", self.base);
        let answer = post(&url, &self.body(false)).await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.expect("json");
        let blocks = answer["content"].as_array().cloned().unwrap_or_default();
        self.messages.push(json!({ "role": "assistant", "content": blocks }));
        let words = blocks.iter().filter_map(|it| it["text"].as_str()).collect();
        let calls: Vec<&Value> = blocks.iter().filter(|it| it["type"] == "tool_use").collect();
        let results = calls
            .iter()
            .map(|it| json!({ "type": "tool_result", "tool_use_id": it["id"], "content": result }));
        if !calls.is_empty() {
            self.messages.push(json!({ "role": "user", "content": results.collect::<Vec<_>>() }));
        }
        (words, calls.iter().map(|it| it["input"].clone()).collect())
    }

    fn say(&mut self, words: &str) {
        self.messages.push(json!({ "role": "user", "content": words }));
    }
}

async fn post(url: &str, body: &Value) -> reqwest::Result<reqwest::Response> {
    client().post(url).header("x-api-key", "sk-secret").json(body).send().await
}

fn client() -> reqwest::Client {
    crate::llm::web().no_proxy().tls_certs_only([]).build().expect("a client")
}

/// The events of a stream: name and data.
fn events(text: &str) -> Vec<(String, Value)> {
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty());
    let event = |block: &str| {
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name));
            line.map(str::trim).unwrap_or_default().to_owned()
        };
        let data = field("data:");
        (field("event:"), serde_json::from_str(&data).unwrap_or(Value::String(data)))
    };
    blocks.map(event).collect()
}
