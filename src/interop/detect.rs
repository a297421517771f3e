//! Whose log it is: told by what stands in it, never by its name.

use super::{
    claude,
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
    pub const ALL: [Self; 1] = [Self::ClaudeCode];

    /// Who bills the calls of its tool, as the price table calls it.
    pub(super) const fn vendor(self) -> &'static str {
        match self {
            Self::ClaudeCode => "anthropic",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ClaudeCode => "claude-code",
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
    fn take(&mut self, value: &Value) {
        let text = |name: &str| value[name].as_str().unwrap_or_default();
        if self.opened.is_none() {
            self.opened = text("timestamp").parse().ok();
        }
        for (to, name) in [(&mut self.folder, "cwd"), (&mut self.session, "sessionId")] {
            if to.is_empty() {
                *to = crate::text::one_line(text(name), 500);
            }
        }
        if self.format.is_none() && claude::is_one(value) == Some(true) {
            self.format = Some(Format::ClaudeCode);
        }
    }
}
