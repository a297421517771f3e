//! One answer, from bytes to chunks: pure, so that every cut of it can be tried.

use super::{
    Chunk, Trouble, Wire,
    decoder::Decoder,
    sse::{MOST_BYTES, Parser},
};
use std::collections::VecDeque;

/// An answer that is arriving.
pub(super) struct Answer {
    parser: Parser,
    decoder: Box<dyn Decoder>,
    waiting: VecDeque<Chunk>,
}

impl Answer {
    /// Nothing yet, in this wire format.
    pub(super) fn new(wire: Wire) -> Self {
        Self { parser: Parser::default(), decoder: wire.decoder(), waiting: VecDeque::new() }
    }

    /// The next chunk that is ready.
    pub(super) fn take(&mut self) -> Option<Chunk> {
        self.waiting.pop_front()
    }

    /// More bytes, cut anywhere.
    ///
    /// # Errors
    /// When one event is too large.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.parser.push(bytes).map_err(|_| Trouble::TooLarge(MOST_BYTES))
    }

    /// Reads what has come until a chunk is ready; false if it takes more bytes.
    ///
    /// # Errors
    /// What the service reports, or that it talks nonsense.
    pub(super) fn read(&mut self) -> Result<bool, Trouble> {
        while self.waiting.is_empty() {
            let Some(event) = self.parser.next_event() else { return Ok(false) };
            self.waiting.extend(self.decoder.event(&event.name, &event.data)?);
        }
        Ok(true)
    }

    /// No more bytes come: by the end of the stream, or by `trouble`. An answer
    /// that is whole all the same is a finish.
    ///
    /// # Errors
    /// Why the answer is not whole. Chunks may be ready still.
    pub(super) fn close(&mut self, trouble: Option<Trouble>) -> Result<(), Trouble> {
        if let Some(event) = self.parser.rest() {
            match self.decoder.event(&event.name, &event.data) {
                Ok(chunks) => self.waiting.extend(chunks),
                // An event cut in the middle is no garbage.
                Err(Trouble::Garbage(_)) => {}
                Err(reported) => return Err(reported),
            }
        }
        if !self.waiting.iter().any(|it| matches!(it, Chunk::Finished { .. })) {
            let end = self.decoder.end().map_err(|cut| trouble.unwrap_or(cut))?;
            self.waiting.extend(end);
        }
        Ok(())
    }

    /// Whether the answer is whole, though the service may still add to it.
    pub(super) fn is_settled(&self) -> bool {
        self.decoder.is_settled()
    }
}
