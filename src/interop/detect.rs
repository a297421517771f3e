//! Whose log it is: told by what stands in it, never by its name.

use super::{
    claude, codex, gemini,
    values::{Piece, Values},
};
use serde_json::Value;
use std::{
    fmt,
    io::{self, BufRead},
};

/// So many values are looked at.
const LOOKED_AT: usize = 64;

/// A format of another tool's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Claude Code's transcripts.
    ClaudeCode,
    /// Codex's rollouts.
    Codex,
    /// Gemini CLI's chats.
    GeminiCli,
}

/// What the beginning of a log tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Beginning {
    pub(super) format: Option<Format>,
    /// The first time that is told.
    pub(super) opened: Option<jiff::Timestamp>,
    /// The folder that it works in.
    pub(super) folder: String,
    /// What it calls its session.
    pub(super) session: String,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ClaudeCode, Self::Codex, Self::GeminiCli];

    /// Who bills the calls of its tool, as the price table calls it.
    pub(super) const fn vendor(self) -> &'static str {
        match self {
            Self::ClaudeCode => "anthropic",
            Self::Codex => "openai",
            Self::GeminiCli => "google",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
            Self::GeminiCli => "gemini-cli",
        })
    }
}

/// Looks at the beginning of a log.
pub(super) fn look(source: impl BufRead) -> io::Result<Beginning> {
    let mut values = Values::new(source);
    let mut beginning = Beginning::default();
    for _ in 0..LOOKED_AT {
        match values.next()? {
            None => break,
            Some(Piece::Value(value)) => beginning.take(&value),
            Some(Piece::Unreadable(_) | Piece::Torn(_)) => {}
        }
    }
    Ok(beginning)
}

impl Beginning {
    pub(super) fn take(&mut self, value: &Value) {
        let told = |name: &str| {
            let places = [&value[name], &value["payload"][name]];
            places.into_iter().find_map(Value::as_str).unwrap_or_default()
        };
        if self.opened.is_none() {
            let time = if value["startTime"].is_string() { "startTime" } else { "timestamp" };
            self.opened = told(time).parse().ok();
        }
        let session = if value["payload"].is_object() { "id" } else { "sessionId" };
        for (to, name) in [(&mut self.folder, "cwd"), (&mut self.session, session)] {
            if to.is_empty() {
                *to = crate::text::one_line(told(name), 500);
            }
        }
        if self.format.is_none() {
            self.format = whose(value);
        }
    }
}

fn whose(value: &Value) -> Option<Format> {
    if gemini::is_one(value) {
        return Some(Format::GeminiCli);
    }
    if codex::is_one(value) {
        return Some(Format::Codex);
    }
    claude::is_one(value).then_some(Format::ClaudeCode)
}
