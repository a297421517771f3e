//! The seam between a stream of events and a wire format.

use super::{Chunk, Request, Trouble, Wire, anthropic};
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

/// The body of a request.
pub(super) fn body(wire: Wire, request: &Request) -> Value {
    match wire {
        Wire::Anthropic => anthropic::body(request),
        _ => Value::Null,
    }
}

/// A fresh decoder.
pub(super) fn decoder(wire: Wire, _request: &Request) -> Box<dyn Decoder> {
    match wire {
        _ => Box::new(anthropic::AnthropicDecoder::default()),
    }
}
