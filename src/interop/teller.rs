//! One who makes records of the values of a file: one a format.

use super::{
    Format, Tally,
    actor::Actor,
    aider::Aider,
    asciicast::Asciicast,
    atif::Atif,
    claude::Claude,
    codex::{Codex, Printed},
    copilot::Copilot,
    cursor::Cursor,
    desk::Desk,
    droid::Droid,
    gemini::Gemini,
    inspect::Inspect,
    kimi::Kimi,
    opencode::OpenCode,
    openhands::OpenHands,
    qwen::Qwen,
    read::Aide,
    scribe::Scribe,
    swe::SweAgent,
};
use crate::model::{AgentId, CallId};
use serde_json::Value;
use std::fmt::Debug;

/// Reads the values of one file, in their order.
pub(super) trait Teller: Debug + Send {
    /// Takes in a value.
    fn take(&mut self, desk: &mut Desk, value: &Value);

    /// The agents of the file, its own first.
    fn actors(&mut self) -> &mut [Actor];

    /// What was counted.
    fn tally(&mut self) -> &mut Tally;

    /// What has to be said of the account before the file ends.
    fn settle(&mut self) {}

    /// The file ends here.
    fn finish(&mut self, desk: &mut Desk) {
        self.settle();
        for actor in self.actors().iter_mut().rev() {
            actor.finish(desk);
        }
    }

    /// Nothing more has come for now, or for long.
    fn rest(&mut self, desk: &mut Desk, is_long: bool) {
        for actor in self.actors() {
            actor.rest(desk, is_long);
        }
    }

    /// A call has ended: so has whom it set to work.
    fn end_of(&mut self, desk: &mut Desk, call: (AgentId, CallId)) {
        for actor in self.actors().iter_mut().filter(|it| it.works_at(call)) {
            actor.end_for_now(desk);
        }
    }
}

/// One whose agents and figures a scribe keeps, as nearly all do.
pub(super) trait Scribed: Debug + Send {
    /// Who writes down what is told.
    fn scribe(&mut self) -> &mut Scribe;

    /// Takes in a value.
    fn read(&mut self, desk: &mut Desk, value: &Value);

    /// What has been read and not yet told when the file ends.
    fn last_words(&mut self, _desk: &mut Desk) {}

    /// What has to be said of the account before the file ends.
    fn settle(&mut self) {
        self.scribe().settle();
    }
}

impl<T: Scribed> Teller for T {
    fn take(&mut self, desk: &mut Desk, value: &Value) {
        self.read(desk, value);
    }

    fn actors(&mut self) -> &mut [Actor] {
        &mut self.scribe().actors
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.scribe().tally
    }

    fn settle(&mut self) {
        Scribed::settle(self);
    }

    fn finish(&mut self, desk: &mut Desk) {
        self.last_words(desk);
        Scribed::settle(self);
        for actor in self.actors().iter_mut().rev() {
            actor.finish(desk);
        }
    }
}

/// One for a file of this format.
pub(super) fn teller(
    format: Format,
    desk: &mut Desk,
    file: usize,
    aide: Option<&Aide>,
) -> Box<dyn Teller> {
    match (format, aide) {
        (Format::ClaudeCode, None) => Box::new(Claude::new(desk, file)),
        (Format::ClaudeCode, Some(aide)) => {
            Box::new(Claude::aide(desk, file, (&aide.kind, &aide.task)))
        }
        (Format::Codex, _) => Box::new(Codex::new(desk, file)),
        (Format::CodexExec, _) => Box::new(Printed::new(desk, file)),
        (Format::GeminiCli, _) => Box::new(Gemini::new(desk, file)),
        (Format::QwenCode, _) => Box::new(Qwen::new(desk, file)),
        (Format::CopilotCli, _) => Box::new(Copilot::new(desk, file)),
        (Format::Cursor, _) => Box::new(Cursor::new(desk, file)),
        (Format::OpenCode, _) => Box::new(OpenCode::new(desk, file)),
        (Format::KimiCode, _) => Box::new(Kimi::new(desk, file)),
        (Format::Droid, _) => Box::new(Droid::new(desk, file)),
        (Format::Aider, _) => Box::new(Aider::new(desk, file)),
        (Format::SweAgent, _) => Box::new(SweAgent::new(desk, file)),
        (Format::OpenHands, _) => Box::new(OpenHands::new(desk, file)),
        (Format::Inspect, _) => Box::new(Inspect::new(desk, file)),
        (Format::Atif, _) => Box::new(Atif::new(desk, file)),
        (Format::Asciicast, _) => Box::new(Asciicast::new(desk, file)),
    }
}
