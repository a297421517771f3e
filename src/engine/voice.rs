//! An agent's voice: joins what streams in to at most twenty chunks a second.

use crate::{
    engine::{Gone, Seat},
    model::Report,
    text::Sanitiser,
};
use std::time::Duration;
use tokio::time::Instant;

/// The shortest time between two chunks.
const BEAT: Duration = Duration::from_millis(50);
/// More bytes than this are said at once.
const MOST: usize = 16 * 1024;

/// What the model is doing with its voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Kind {
    Words,
    Thought,
}

/// Text that waits to be said. What comes in is foreign and is made safe here,
/// once.
#[derive(Default)]
pub(in crate::engine) struct Voice {
    kind: Option<Kind>,
    sanitiser: Sanitiser,
    waiting: String,
    last: Option<Instant>,
}

impl Voice {
    /// Whether this is another kind than what is being said.
    pub(in crate::engine) fn is_other(&self, kind: Kind) -> bool {
        self.kind.is_some_and(|it| it != kind)
    }

    /// Takes in a piece; gives back what of it is clean, for the conversation.
    pub(in crate::engine) fn take(&mut self, kind: Kind, piece: &str) -> String {
        self.kind = Some(kind);
        let clean = self.sanitiser.push(piece.as_bytes());
        self.waiting.push_str(&clean);
        clean
    }

    /// Ends a stretch of words or thought: gives what was held back for a next
    /// character, for the conversation. The next stretch starts as new, whatever
    /// this one left unfinished.
    pub(in crate::engine) fn finish(&mut self) -> Option<(Kind, String)> {
        let rest = self.sanitiser.finish();
        self.waiting.push_str(&rest);
        self.kind.map(|kind| (kind, rest))
    }

    /// Whether it is time to say what waits.
    pub(in crate::engine) fn is_due(&self) -> bool {
        self.waiting.len() > MOST || self.last.is_none_or(|last| last + BEAT <= Instant::now())
    }

    /// Waits until something that waits should be said; for ever, if nothing does.
    pub(in crate::engine) async fn due(&self) {
        match self.last {
            Some(last) if !self.waiting.is_empty() => tokio::time::sleep_until(last + BEAT).await,
            _ => std::future::pending().await,
        }
    }

    /// Says what waits.
    pub(in crate::engine) async fn flush(&mut self, seat: &Seat) -> Result<(), Gone> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.last = Some(Instant::now());
        let text = std::mem::take(&mut self.waiting);
        match self.kind {
            Some(Kind::Thought) => seat.say(Report::Thought(text)).await,
            _ => seat.say(Report::Said(text)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_that_was_left_open_swallows_nothing_of_what_comes_next() {
        let mut voice = Voice::default();
        assert_eq!(voice.take(Kind::Words, "Hello\x1b]0;abc"), "Hello");
        voice.finish();
        assert_eq!(voice.take(Kind::Words, "and then this"), "and then this");
        voice.finish();
        assert!(voice.take(Kind::Words, "\x1b[31").is_empty());
        voice.finish();
        assert_eq!(voice.take(Kind::Thought, "mind"), "mind");
    }
}
