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
pub(super) enum Kind {
    Words,
    Thought,
}

/// Text that waits to be said. What comes in is foreign and is made safe here,
/// once.
#[derive(Default)]
pub(super) struct Voice {
    kind: Option<Kind>,
    sanitiser: Sanitiser,
    waiting: String,
    last: Option<Instant>,
}

impl Voice {
    /// Takes in a piece; gives back what of it is clean, for the conversation.
    /// Changing from thought to words says what waited.
    pub(super) async fn speak(
        &mut self,
        seat: &Seat,
        kind: Kind,
        piece: &str,
    ) -> Result<String, Gone> {
        if self.kind != Some(kind) {
            self.flush(seat).await?;
            self.kind = Some(kind);
        }
        let clean = self.sanitiser.push(piece.as_bytes());
        self.waiting.push_str(&clean);
        let is_due = self.last.is_none_or(|last| last + BEAT <= Instant::now());
        if is_due || self.waiting.len() > MOST {
            self.flush(seat).await?;
        }
        Ok(clean)
    }

    /// Waits until something that waits should be said; for ever, if nothing does.
    pub(super) async fn due(&self) {
        match self.last {
            Some(last) if !self.waiting.is_empty() => tokio::time::sleep_until(last + BEAT).await,
            _ => std::future::pending().await,
        }
    }

    /// Says what waits.
    pub(super) async fn flush(&mut self, seat: &Seat) -> Result<(), Gone> {
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
