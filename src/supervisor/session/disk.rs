//! A journal that can't be written: said, and waited for.

use super::{SessionError, Supervisor};
use crate::{
    journal::JournalError,
    model::{Command, Input, Report},
};
use std::time::Duration;
use tokio::{sync::mpsc::Receiver, time::Instant};

/// Facts in mind, while the journal can't be written, beyond which what
/// commands print is left out.
const IN_MIND: usize = 16 * 1024;
/// How long to wait before a journal that can't be written is tried again.
const DISK_RETRY: Duration = Duration::from_secs(1);

impl Supervisor {
    /// Says what keeps the journal from being written, and waits. Agents stand
    /// at their boundaries meanwhile: nothing is granted before it is written.
    pub(super) async fn wait_for_disk(
        &mut self,
        source: JournalError,
        inputs: &mut Receiver<Input>,
    ) -> Result<(), SessionError> {
        tracing::error!(error = %source, "the journal can't be written");
        let unwritten = self.unwritten.len();
        if self.closing.is_some_and(|it| it.deadline <= Instant::now()) {
            return Err(SessionError::Journal { unwritten, source });
        }
        let reason = std::error::Error::source(&source);
        let reason = reason.map_or_else(String::new, |it| format!("{it}: "));
        self.feed.trouble(Some(format!("{reason}{source}; agents are held, trying again")));
        let mut retry = std::pin::pin!(tokio::time::sleep(DISK_RETRY));
        loop {
            tokio::select! {
                biased;
                () = &mut retry => return Ok(()),
                input = inputs.recv() => match input {
                    Some(input) if !matches!(input.command(), Some(Command::Quit(_))) => {
                        self.now = self.clock.now();
                        self.judge_meanwhile(input);
                    }
                    _ => return Err(SessionError::Journal { unwritten, source }),
                },
            }
        }
    }

    /// Judges an input that came while the journal can't be written. What is in
    /// mind then must not grow without end: agents come to stand still, but a
    /// command may print for ever, and is told whole in the end anyway.
    fn judge_meanwhile(&mut self, input: Input) {
        let is_print = matches!(input, Input::Report { report: Report::ToolPrinted { .. }, .. });
        if !is_print || self.unwritten.len() < IN_MIND {
            self.judge(input);
        }
    }
}
