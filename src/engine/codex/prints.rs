//! What tool calls print, joined to at most twenty chunks a second for each.

use crate::{
    engine::{Gone, Seat},
    model::{CallId, Report},
    text::Sanitiser,
};
use std::{collections::HashMap, time::Duration};
use tokio::time::{Instant, sleep_until};

/// The shortest time between two chunks.
const BEAT: Duration = Duration::from_millis(50);

/// Output that waits to be said.
#[derive(Default)]
pub(super) struct Prints {
    calls: HashMap<CallId, (Sanitiser, String)>,
    due: Option<Instant>,
}

impl Prints {
    /// Takes in a piece of what a call prints.
    pub(super) fn take(&mut self, call: CallId, piece: &str) {
        let (sanitiser, waiting) = self.calls.entry(call).or_default();
        waiting.push_str(&sanitiser.push(piece.as_bytes()));
        self.due.get_or_insert_with(|| Instant::now() + BEAT);
    }

    /// Waits until something should be said; for ever, if nothing waits.
    pub(super) async fn due(&self) {
        match self.due {
            Some(due) => sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    /// Says what waits.
    pub(super) async fn flush(&mut self, seat: &Seat) -> Result<(), Gone> {
        self.due = None;
        for (call, (_, waiting)) in &mut self.calls {
            if !waiting.is_empty() {
                let text = std::mem::take(waiting);
                seat.say(Report::ToolPrinted { call: *call, text }).await?;
            }
        }
        Ok(())
    }

    /// A call is over.
    pub(super) fn end(&mut self, call: CallId) {
        self.calls.remove(&call);
    }
}
