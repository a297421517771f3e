//! The seam between a stream of events and a wire format.

use super::{Chunk, Request, Trouble, Wire, anthropic, gemini, openai_chat, openai_responses};
use crate::model::Usage;
use serde_json::Value;

/// A wire format's reading of one answer: a pure state machine.
pub(super) trait Decoder: Send {
    /// Takes one event; says what it means.
    ///
    /// # Errors
    /// When the service reports trouble inside the stream, or talks nonsense.
    fn event(&mut self, name: &str, data: &str) -> Result<Vec<Chunk>, Trouble>;

    /// The stream is over. A finish that was announced but not closed is one; an
    /// early close never is.
    ///
    /// # Errors
    /// [`Trouble::Cut`], when the answer is not whole.
    fn end(&mut self) -> Result<Vec<Chunk>, Trouble>;

    /// Whether the answer is whole, though the service may still add to it.
    fn is_settled(&self) -> bool;
}

impl Wire {
    /// The body of a request.
    pub(super) fn body(self, request: &Request) -> Value {
        match self {
            Self::Anthropic => anthropic::body(request),
            Self::OpenaiResponses => openai_responses::body(request),
            Self::OpenaiChat => openai_chat::body(request),
            Self::Gemini => gemini::body(request),
        }
    }

    /// A fresh decoder.
    pub(super) fn decoder(self) -> Box<dyn Decoder> {
        match self {
            Self::Anthropic => Box::new(anthropic::AnthropicDecoder::default()),
            Self::OpenaiResponses => Box::new(openai_responses::ResponsesDecoder::default()),
            Self::OpenaiChat => Box::new(openai_chat::ChatDecoder::default()),
            Self::Gemini => Box::new(gemini::GeminiDecoder::default()),
        }
    }

    /// Reads the vendor's usage object, with the code that the streams are read
    /// with; nothing if a count in it is absurd.
    pub fn usage(self, raw: &Value) -> Option<Usage> {
        match self {
            Self::Anthropic => anthropic::usage(raw),
            Self::OpenaiResponses => openai_responses::usage(raw),
            Self::OpenaiChat => openai_chat::usage(raw),
            Self::Gemini => gemini::usage(raw),
        }
    }
}
