//! A request, whatever its wire format: what was asked, said and answered so far.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// One request's conversation, as the exchanges it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Conversation {
    pub(super) model: String,
    pub(super) stream: bool,
    /// The system prompt.
    pub(super) instructions: String,
    /// User messages before the model's first answer: the brief.
    pub(super) opening: Vec<String>,
    pub(super) exchanges: Vec<Exchange>,
    /// Names of the tools on offer.
    pub(super) tools: Vec<String>,
    /// How many messages (or items) the request carries.
    pub(super) messages: usize,
    /// Bytes of the request.
    pub(super) size: usize,
    /// Whether the service would keep a cache of the prompt.
    pub(super) is_cached: bool,
}

/// One answer of the model, and what came after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) said: String,
    pub(super) calls: usize,
    pub(super) results: Vec<String>,
    pub(super) users: Vec<String>,
    /// Bytes of text, arguments and results in it.
    pub(super) size: usize,
}

impl Conversation {
    /// Adds words of the user.
    pub(super) fn user(&mut self, text: &str) {
        match self.exchanges.last_mut() {
            None => self.opening.push(text.to_owned()),
            Some(exchange) => {
                exchange.size += text.len();
                exchange.users.push(text.to_owned());
            }
        }
    }

    /// Adds words of the model.
    pub(super) fn said(&mut self, text: &str) {
        let exchange = self.answer();
        exchange.size += text.len();
        exchange.said.push_str(text);
    }

    /// Adds a tool call of the model; `size` is the bytes of its arguments.
    pub(super) fn called(&mut self, size: usize) {
        let exchange = self.answer();
        exchange.size += size;
        exchange.calls += 1;
    }

    /// Adds a tool's result.
    pub(super) fn result(&mut self, text: &str) {
        if let Some(exchange) = self.exchanges.last_mut() {
            exchange.size += text.len();
            exchange.results.push(text.to_owned());
        }
    }

    /// The model's newest answer, or a new one if something came after it.
    pub(super) fn answer(&mut self) -> &mut Exchange {
        let is_closed =
            self.exchanges.last().is_none_or(|it| !it.results.is_empty() || !it.users.is_empty());
        if is_closed {
            self.exchanges.push(Exchange::default());
        }
        let last = self.exchanges.len() - 1;
        &mut self.exchanges[last]
    }

    pub(super) fn brief(&self) -> String {
        self.opening.join("\n")
    }

    pub(super) fn last_user(&self) -> &str {
        let later = self.exchanges.iter().rev().find_map(|it| it.users.last());
        later.or(self.opening.last()).map_or("", String::as_str)
    }

    pub(super) fn last_result(&self) -> &str {
        let newest = self.exchanges.iter().rev().find_map(|it| it.results.last());
        newest.map_or("", String::as_str)
    }

    /// All that the model was told but its instructions, from the first word on.
    pub(super) fn told(&self) -> impl DoubleEndedIterator<Item = &str> {
        let later = self.exchanges.iter().flat_map(|it| it.results.iter().chain(&it.users));
        self.opening.iter().chain(later).map(String::as_str)
    }

    /// The number of the turn that is asked for, counted from 1.
    pub(super) fn turn(&self) -> usize {
        self.exchanges.len() + 1
    }

    /// What stays the same as long as a conversation goes on.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.model.hash(&mut hasher);
        self.opening.hash(&mut hasher);
        hasher.finish()
    }
}

/// The text of a message's content: a string, a part, or a list of parts.
pub(super) fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Object(part) => part.get("text").map(text_of).unwrap_or_default(),
        Value::Array(parts) => {
            let texts: Vec<String> =
                parts.iter().map(text_of).filter(|text| !text.is_empty()).collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}

/// A field's string, or nothing.
pub(super) fn string<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A field's list, or an empty one.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
