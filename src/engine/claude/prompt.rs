//! What goes to the program: prompts, and the word to leave off.

use super::{
    tell,
    worker::{Cut, Stand, Then, Worker},
};
use std::{mem, time::Duration};
use tokio::time::Instant;

/// How long the program may take to leave off, before it is ended for that.
const LEAVES_OFF: Duration = Duration::from_secs(5);

impl Worker {
    /// Sends what waits to be said; something else where nothing does.
    pub(super) fn send_prompt(&mut self, otherwise: &str) {
        let parts = mem::take(&mut self.prompt);
        let text = if parts.is_empty() { otherwise.to_owned() } else { parts.join("\n\n") };
        let number = uuid::Uuid::now_v7().to_string();
        self.program.send(&tell::prompt(&text, &number));
        self.expected += 1;
        self.sent.push((number, text));
        self.has_conversation = true;
        self.stand = Stand::Calling;
    }

    /// Tells the program to leave off.
    pub(super) fn cut(&mut self, then: Then) {
        let what = self.under_way();
        let is_call = matches!(self.stand, Stand::Calling) && !matches!(then, Then::Renew);
        if matches!(self.stand, Stand::Idle | Stand::Starting { .. }) {
            if let Then::End(outcome) = then {
                self.over = Some(outcome);
            }
            return;
        }
        let by = Some(Instant::now() + LEAVES_OFF);
        self.stand = Stand::Cutting(Cut { then, what, is_call, by });
        // One that stands still could not hear it.
        self.program.thaw();
        let number = self.number("interrupt");
        self.program.send(&tell::interrupt(&number));
    }

    /// The cut that is done now, if there was one.
    pub(super) fn take_cut(&mut self) -> Option<Cut> {
        match mem::replace(&mut self.stand, Stand::Idle) {
            Stand::Cutting(cut) => Some(cut),
            other => {
                self.stand = other;
                None
            }
        }
    }

    /// What is in flight, in words for the director.
    pub(super) fn under_way(&self) -> String {
        let running = self.tools.values().find(|it| it.is_running);
        running.map_or_else(|| "a model call".to_owned(), |it| it.title.clone())
    }
}
