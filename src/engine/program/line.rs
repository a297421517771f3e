//! One agent's line to a program that it may share.

use super::Exit;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender};

/// JSON-RPC's code for a method that is not known.
const UNKNOWN_METHOD: i64 = -32601;
/// JSON-RPC's code for parameters that won't do.
const INVALID: i64 = -32602;

/// What an agent is told.
#[derive(Debug)]
pub enum Told {
    /// The program has answered the opening, or had before this agent joined:
    /// with its result, or an error.
    Opened(Result<Value, Value>),
    /// A notification, or a request of the program's own.
    Message(Value),
    /// The answer to a request: its number, and the result or the error.
    Answer(u64, Result<Value, Value>),
    /// A line that is no JSON.
    Noise(String),
    /// Everything of the program stands still.
    Frozen(usize),
    /// It can't be frozen for one agent: others are at work in it.
    NotAlone,
    /// It is over. Nothing comes after it.
    Over(Exit),
}

/// What an agent wants of the program.
#[derive(Debug)]
pub(super) enum Wish {
    Join(u64, Sender<Told>),
    Request(u64, u64, &'static str, Value),
    Notify(&'static str, Value),
    /// The agent takes up a session that it had before.
    Claim(u64, String),
    Reply(Value),
    /// To be sent when the agent has gone.
    Parting(u64, Vec<(&'static str, Value)>),
    Freeze(u64),
    Thaw,
}

/// One agent's line to a program that it may share.
#[derive(Debug)]
pub struct Line {
    agent: u64,
    wishes: Sender<Wish>,
    told: Receiver<Told>,
    last: u64,
}

impl Line {
    pub(super) const fn new(agent: u64, wishes: Sender<Wish>, told: Receiver<Told>) -> Self {
        Self { agent, wishes, told, last: 0 }
    }

    /// Sends a request; gives its number, by which its answer is known. One to a
    /// program that has gone is lost: [`Told::Over`] says so.
    pub async fn request(&mut self, method: &'static str, parameters: Value) -> u64 {
        self.last += 1;
        self.wish(Wish::Request(self.agent, self.last, method, parameters)).await;
        self.last
    }

    /// Sends what needs no answer.
    pub async fn notify(&self, method: &'static str, parameters: Value) {
        self.wish(Wish::Notify(method, parameters)).await;
    }

    /// What is said of this session is for this agent: to be told before the
    /// program is asked to take the session up again.
    pub async fn claim(&self, session: &str) {
        self.wish(Wish::Claim(self.agent, session.to_owned())).await;
    }

    /// Answers a request of the program's with an error, in words.
    pub async fn fail(&self, id: &Value, why: &str) {
        let error = json!({ "code": INVALID, "message": why });
        self.wish(Wish::Reply(json!({ "id": id, "error": error }))).await;
    }

    /// Answers a request of the program's.
    pub async fn answer(&self, id: &Value, result: Value) {
        self.wish(Wish::Reply(json!({ "id": id, "result": result }))).await;
    }

    /// Tells the program that its request is not known.
    pub async fn refuse(&self, id: &Value) {
        self.wish(Wish::Reply(refusal(id))).await;
    }

    /// Says what is to be requested when this line is dropped: what would be
    /// left in a program that lives on.
    pub async fn on_parting(&self, requests: Vec<(&'static str, Value)>) {
        self.wish(Wish::Parting(self.agent, requests)).await;
    }

    /// Stops everything of the program where it stands, if this agent has it for
    /// itself: [`Told::Frozen`] or [`Told::NotAlone`] follows.
    pub async fn freeze(&self) {
        self.wish(Wish::Freeze(self.agent)).await;
    }

    /// Lets it go on.
    pub async fn thaw(&self) {
        self.wish(Wish::Thaw).await;
    }

    async fn wish(&self, wish: Wish) {
        // A hub that has gone has said so.
        let _gone = self.wishes.send(wish).await;
    }

    /// What is told next. May be dropped at any await and called again.
    pub async fn hear(&mut self) -> Told {
        let told = self.told.recv().await;
        told.unwrap_or_else(|| Told::Over(Exit::default()))
    }
}

/// Tells a program that its request is not known.
pub(super) fn refusal(id: &Value) -> Value {
    json!({ "id": id, "error": { "code": UNKNOWN_METHOD, "message": "method not found" } })
}
