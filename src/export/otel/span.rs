//! One span, as OTLP writes it: numbers of 64 bits are texts, ids are in hexadecimal.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// What a span is to those outside of its program.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Internal = 1,
    Client = 3,
}

/// A span that is not over.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) start: u64,
    attributes: Vec<Value>,
    events: Vec<Value>,
    trouble: Option<String>,
}

impl Span {
    pub(super) fn new(
        (id, parent): (String, Option<String>),
        name: String,
        kind: Kind,
        start: u64,
    ) -> Self {
        let (attributes, events) = (Vec::new(), Vec::new());
        Self { id, parent, name, kind, start, attributes, events, trouble: None }
    }

    pub(super) fn text(&mut self, name: &str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.put(name, &json!({ "stringValue": text }));
        }
    }

    pub(super) fn texts(&mut self, name: &str, texts: &[&str]) {
        let values: Vec<_> = texts.iter().map(|it| json!({ "stringValue": it })).collect();
        self.put(name, &json!({ "arrayValue": { "values": values } }));
    }

    pub(super) fn count(&mut self, name: &str, count: u64) {
        self.put(name, &json!({ "intValue": count.to_string() }));
    }

    fn put(&mut self, name: &str, value: &Value) {
        self.attributes.retain(|it| it["key"] != name);
        self.attributes.push(json!({ "key": name, "value": value }));
    }

    /// Something that happened within it.
    pub(super) fn happened(&mut self, at: u64, name: &str, attributes: &[(&str, String)]) {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|(name, text)| json!({ "key": name, "value": { "stringValue": text } }))
            .collect();
        self.events.push(
            json!({ "timeUnixNano": at.to_string(), "name": name, "attributes": attributes }),
        );
    }

    /// It has failed, with this kind of error, and why.
    pub(super) fn failed(&mut self, kind: &str, why: String) {
        self.text("error.type", kind);
        self.trouble = Some(why);
    }

    /// The span, over.
    pub(super) fn over(self, trace: &str, end: u64) -> Value {
        let mut told = json!({
            "traceId": trace,
            "spanId": self.id,
            "name": self.name,
            "kind": self.kind as u8,
            "startTimeUnixNano": self.start.to_string(),
            "endTimeUnixNano": end.max(self.start).to_string(),
            "attributes": self.attributes,
        });
        if let Some(parent) = self.parent {
            told["parentSpanId"] = parent.into();
        }
        if !self.events.is_empty() {
            told["events"] = self.events.into();
        }
        if let Some(why) = self.trouble {
            told["status"] = json!({ "code": 2, "message": why });
        }
        told
    }
}

/// An id of so many bytes that is the same for the same words: a session that is told
/// twice is the same trace.
pub(super) fn id(words: &str, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes * 2);
    for byte in Sha256::digest(words).iter().take(bytes) {
        // Writing to a string can't fail.
        _ = write!(text, "{byte:02x}");
    }
    text
}
