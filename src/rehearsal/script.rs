//! A rehearsal as it is played: parts, their turns, and their reactions.

use regex::Regex;
use serde_json::Value;

use super::{RehearsalError, fault::Fault, file};

/// A scripted model: what each part says and does, and how it reacts.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    pub(super) parts: Vec<Part>,
}

/// One role's lines. Chosen by the first part whose every condition holds.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) model: Option<String>,
    pub(super) instructions: Option<Regex>,
    pub(super) brief: Option<Regex>,
    /// Leave out calls of tools that the request does not offer.
    pub(super) is_adaptable: bool,
    /// What is read from whatever the model was told, by name.
    pub(super) takes: Vec<Take>,
    pub(super) pace: Pace,
    pub(super) turns: Vec<Turn>,
    pub(super) whens: Vec<When>,
}

/// A value that is read from what the model was told: what the first group of a
/// pattern catches.
#[derive(Debug, Clone)]
pub(super) struct Take {
    pub(super) name: String,
    pub(super) pattern: Regex,
}

/// One response of the model. Without calls it ends the part.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) label: Option<String>,
    pub(super) think: String,
    pub(super) say: String,
    pub(super) calls: Vec<Call>,
    pub(super) usage: Override,
    pub(super) pace: Option<Pace>,
    pub(super) faults: Vec<Fault>,
    pub(super) stop: Stop,
    pub(super) then: Then,
    /// How often: the jump of `then`, or without one, the turn itself.
    pub(super) repeat: Option<u32>,
}

/// Where a part goes after a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Next,
    Go(usize),
    /// To where the last reaction took it away.
    Back,
}

/// One tool call of a turn.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) tool: String,
    pub(super) with: Value,
}

/// Tokens per second, and seconds before the first one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace {
    pub(super) rate: f32,
    pub(super) first: f32,
}

/// Token counts that a turn reports instead of the estimated ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Override {
    pub(super) input: Option<u64>,
    pub(super) cache_read: Option<u64>,
    pub(super) cache_write: Option<u64>,
    pub(super) output: Option<u64>,
}

/// Why a response ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// For tools if there are calls, else because all is said.
    Natural,
    Length,
    Refusal,
}

/// A reaction: what was noticed, and the turn it leads to.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub(super) notice: Notice,
    /// Only after this turn.
    pub(super) at: Option<usize>,
    pub(super) go: usize,
    pub(super) times: Option<u32>,
}

/// What a reaction waits for.
#[derive(Debug, Clone)]
pub(super) enum Notice {
    /// A user message after the brief.
    Redirect(Regex),
    /// Instructions that changed in mid-run, and read like this now.
    Instructions(Regex),
    /// A tool result.
    Result(Regex),
    /// A tool result that says the call was denied.
    Denied,
}

impl Rehearsal {
    /// Reads a rehearsal file (TOML; `assets/rehearsals/example.toml` explains
    /// every key). `name` is what errors call the file.
    ///
    /// # Errors
    /// An unknown key, a wrong value, a label that no turn has, or a pattern
    /// that is not a regular expression, with its line and its mend.
    pub fn parse(name: &str, text: &str) -> Result<Self, RehearsalError> {
        file::read(name, text)
    }

    /// The model names that the parts answer to.
    pub fn models(&self) -> Vec<String> {
        let mut models: Vec<String> =
            self.parts.iter().filter_map(|part| part.model.clone()).collect();
        models.dedup();
        models
    }
}
