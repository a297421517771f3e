//! The vendors' wire formats, one file each: a request read, an answer written.

mod anthropic;
mod chat;
mod gemini;
mod responses;

use serde_json::Value;

use super::{
    conversation::Conversation,
    reply::{Reply, tokens_of},
};

/// Bytes of text in one streamed delta: about four tokens.
const DELTA: usize = 16;

/// A vendor's way of talking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Anthropic,
    Responses,
    Chat,
    Gemini,
}

/// One server-sent event, and how many tokens of output it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) name: Option<&'static str>,
    pub(super) data: String,
    pub(super) tokens: u64,
}

impl Event {
    fn named(name: &'static str, data: &Value, tokens: u64) -> Self {
        Self { name: Some(name), data: data.to_string(), tokens }
    }

    fn nameless(data: &Value, tokens: u64) -> Self {
        Self { name: None, data: data.to_string(), tokens }
    }

    /// The event as it goes over the wire.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        if let Some(name) = self.name {
            bytes.extend_from_slice(b"event: ");
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(b"data: ");
        bytes.extend_from_slice(self.data.as_bytes());
        bytes.extend_from_slice(b"\n\n");
    }
}

impl Wire {
    /// The format that a path of the vendor's speaks, and for Gemini the model
    /// in it and whether to stream.
    pub(super) fn of(path: &str) -> Option<(Self, Option<(String, bool)>)> {
        if path.ends_with("/messages") {
            Some((Self::Anthropic, None))
        } else if path.ends_with("/chat/completions") {
            Some((Self::Chat, None))
        } else if path.ends_with("/responses") {
            Some((Self::Responses, None))
        } else {
            let (model, verb) = path.rsplit('/').next()?.rsplit_once(':')?;
            let is_streamed = match verb {
                "streamGenerateContent" => true,
                "generateContent" => false,
                _ => return None,
            };
            Some((Self::Gemini, Some((model.to_owned(), is_streamed))))
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::Responses => "responses",
            Self::Chat => "chat",
            Self::Gemini => "gemini",
        }
    }

    /// Reads a request's body.
    pub(super) fn read(self, body: &Value) -> Conversation {
        match self {
            Self::Anthropic => anthropic::read(body),
            Self::Responses => responses::read(body),
            Self::Chat => chat::read(body),
            Self::Gemini => gemini::read(body),
        }
    }

    /// The answer as a stream.
    pub(super) fn events(self, reply: &Reply) -> Vec<Event> {
        match self {
            Self::Anthropic => anthropic::events(reply),
            Self::Responses => responses::events(reply),
            Self::Chat => chat::events(reply),
            Self::Gemini => gemini::events(reply),
        }
    }

    /// The answer in one piece.
    pub(super) fn whole(self, reply: &Reply) -> Value {
        match self {
            Self::Anthropic => anthropic::whole(reply),
            Self::Responses => responses::whole(reply),
            Self::Chat => chat::whole(reply),
            Self::Gemini => gemini::whole(reply),
        }
    }

    /// The body of an error status.
    pub(super) fn error(self, status: u16, message: &str) -> Value {
        match self {
            Self::Anthropic => anthropic::error(status, message),
            Self::Responses | Self::Chat => chat::error(status, message),
            Self::Gemini => gemini::error(status, message),
        }
    }

    /// The error that comes half way through a stream whose status was 200.
    pub(super) fn error_event(self) -> Event {
        match self {
            Self::Anthropic => Event::named("error", &self.error(529, "Overloaded"), 0),
            Self::Responses => responses::failed(),
            Self::Chat | Self::Gemini => {
                Event::nameless(&self.error(503, "The service failed half way."), 0)
            }
        }
    }

    /// How this service says that a prompt is too long.
    pub(super) fn too_long(self) -> Value {
        match self {
            Self::Anthropic => {
                self.error(400, "prompt is too long: 250000 tokens > 200000 maximum")
            }
            Self::Gemini => self.error(
                400,
                "The input token count (1200000) exceeds the maximum number of tokens allowed \
                 (1048576).",
            ),
            Self::Responses | Self::Chat => chat::too_long(),
        }
    }

    /// One delta of text.
    pub(super) fn delta(self, text: &str) -> Event {
        match self {
            Self::Anthropic => anthropic::text_delta(0, text),
            Self::Responses => responses::long_delta(text),
            Self::Chat => chat::text_delta(text),
            Self::Gemini => gemini::text_delta(text),
        }
    }
}

/// A text in deltas, each with its tokens.
fn deltas(text: &str) -> impl Iterator<Item = (&str, u64)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = DELTA.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, tail) = rest.split_at(end);
        rest = tail;
        Some((piece, tokens_of(piece.len())))
    })
}

/// The arguments as a value, for the formats that carry no text of them.
fn arguments(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| serde_json::json!({ "_torn": text }))
}
