//! One step of an agent: a turn that it took, or something that it was told.

use super::Deed;
use crate::{
    model::{AgentId, Author, Cost, Fingerprint, Millis, Turn},
    text::{one_line, width},
};
use std::ops::RangeInclusive;

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Whose records tell of it: of a take, those before it begins are another's.
    pub agent: AgentId,
    /// The turn it is; of what was told, the latest by then, or the one that begins with it.
    pub turn: Turn,
    /// When it began.
    pub at: Millis,
    /// Where the first and the last record of it begin in the journal, in bytes.
    pub place: RangeInclusive<u64>,
    /// What it is.
    pub kind: StepKind,
    /// What tells it from every other: the same where the same was said, done and answered.
    pub(super) key: Fingerprint,
    /// The same of what was done alone, without words and results.
    pub(super) deeds: Fingerprint,
    /// The same of what was done and what came of it, without words.
    pub(super) results: Fingerprint,
    /// The words of it, each as a number, in their order and without repeats.
    pub(super) terms: Vec<u32>,
    /// The tools of its calls, each as a number, in their order and with repeats.
    pub(super) tools: Vec<u32>,
}

/// What a step is.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// Something that it was told, or that was done to it.
    Told(Told),
    /// A turn that it took.
    Turn(Work),
}

/// Something that an agent was told, or that was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub what: What,
    /// By whom.
    pub by: Author,
    /// In short.
    pub text: String,
}

/// What was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// Its task.
    Brief,
    /// A message.
    Message,
    /// Other instructions.
    Instructions,
    /// Another model.
    Model,
    /// An answer to what it asked, or that it may not.
    Answer,
    /// That it was cut short.
    Interrupt,
    /// That turns of it are undone, or done again.
    Rewind,
}

/// What it said and did in a turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Work {
    /// What it said, in short.
    pub said: String,
    /// What it did, the first of it.
    pub deeds: Vec<Deed>,
    /// How many calls there are in all, and how many failed.
    pub calls: u32,
    /// See there.
    pub failures: u32,
    /// It thought.
    pub has_thought: bool,
    /// The call of the model was cut.
    pub is_cut: bool,
    /// What the turn cost.
    pub cost: Cost,
    /// How long it took, from its beginning to the last that is told of it.
    pub took: Millis,
}

impl What {
    /// In words, behind who was told so.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Brief => "was given",
            Self::Message => "was told",
            Self::Instructions => "got other instructions",
            Self::Model => "got another model",
            Self::Answer => "was answered",
            Self::Interrupt => "was interrupted",
            Self::Rewind => "went back",
        }
    }

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Message => "message",
            Self::Instructions => "instructions",
            Self::Model => "model",
            Self::Answer => "answer",
            Self::Interrupt => "interrupt",
            Self::Rewind => "rewind",
        }
    }
}

impl Step {
    /// What it did there, as far as it is a turn.
    pub const fn work(&self) -> Option<&Work> {
        match &self.kind {
            StepKind::Turn(work) => Some(work),
            StepKind::Told(_) => None,
        }
    }

    /// In a line, without who it was: `ran cargo test ✗, edited src/lib.rs +3 −1`.
    pub fn line(&self) -> String {
        self.line_within(usize::MAX)
    }

    /// The same, in so many columns.
    pub fn line_within(&self, columns: usize) -> String {
        match &self.kind {
            StepKind::Told(told) if told.what == What::Brief && told.text.is_empty() => {
                "has a brief that its log does not tell".to_owned()
            }
            StepKind::Told(told) => quoted(told.what.words(), ": ", &told.text, columns),
            StepKind::Turn(work) if work.calls == 0 && !work.is_cut && !work.said.is_empty() => {
                quoted("said", " ", &work.said, columns)
            }
            StepKind::Turn(work) => one_line(&work.line(), columns),
        }
    }
}

/// `was told: “only src”`, with as much of the text as fits.
fn quoted(before: &str, between: &str, text: &str, columns: usize) -> String {
    if text.is_empty() {
        return before.to_owned();
    }
    let room = columns.saturating_sub(width(before) + width(between) + 2).max(1);
    format!("{before}{between}“{}”", one_line(text, room))
}

impl Step {
    /// Whether it is a turn in which something was done.
    pub(super) fn has_deeds(&self) -> bool {
        self.work().is_some_and(|it| it.calls > 0)
    }

    /// What was done in it, without what came of it.
    pub(super) fn line_of_deeds(&self) -> String {
        let deeds = self.work().map(|it| it.deeds.iter().map(Deed::words).collect::<Vec<_>>());
        deeds.unwrap_or_default().join(", ")
    }

    /// What came of its calls, in a few words.
    pub(super) fn outcome(&self) -> String {
        match self.work().map_or(0, |it| it.failures) {
            0 => "all went well".to_owned(),
            1 => "a call failed".to_owned(),
            count => format!("{count} calls failed"),
        }
    }
}

impl Work {
    /// In a line: what it did; what it said where it did nothing.
    pub fn line(&self) -> String {
        let mark = |ok: Option<bool>| match ok {
            Some(true) => "",
            Some(false) => " ✗",
            None => " …",
        };
        let mut parts: Vec<String> =
            self.deeds.iter().map(|it| format!("{}{}", it.words(), mark(it.ok))).collect();
        let told = u32::try_from(self.deeds.len()).unwrap_or(u32::MAX);
        if self.calls > told {
            parts.push(format!("{} more calls", self.calls - told));
        }
        if parts.is_empty() && !self.said.is_empty() {
            parts.push(format!("said “{}”", self.said));
        }
        if self.is_cut {
            parts.push("was cut".to_owned());
        }
        if parts.is_empty() {
            // A turn that has come to its end has cost something.
            let is_over = self.cost != Cost::default();
            parts.push(match (self.has_thought, is_over) {
                (true, _) => "thought".to_owned(),
                (false, true) => "said nothing".to_owned(),
                (false, false) => "has done nothing yet".to_owned(),
            });
        }
        parts.join(", ")
    }
}
