//! Whose log it is: told by what stands in it, never by its name.

use super::{
    asciicast, atif, claude, codex, copilot, cursor, droid,
    fields::moment,
    gemini, inspect, kimi, opencode, openhands, qwen, swe,
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
    /// What `codex exec --json` prints.
    CodexExec,
    /// Gemini CLI's chats.
    GeminiCli,
    /// Qwen Code's chats.
    QwenCode,
    /// Copilot CLI's events.
    CopilotCli,
    /// Cursor's streams and transcripts.
    Cursor,
    /// OpenCode's folders, databases and streams.
    OpenCode,
    /// Kimi Code's wire logs.
    KimiCode,
    /// Droid's sessions and streams.
    Droid,
    /// aider's chat histories.
    Aider,
    /// Trajectories of SWE-agent and mini-swe-agent.
    SweAgent,
    /// OpenHands' conversations.
    OpenHands,
    /// Inspect's logs.
    Inspect,
    /// Harbor's trajectories.
    Atif,
    /// asciinema's recordings.
    Asciicast,
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
    pub const ALL: [Self; 16] = [
        Self::ClaudeCode,
        Self::Codex,
        Self::CodexExec,
        Self::GeminiCli,
        Self::QwenCode,
        Self::CopilotCli,
        Self::Cursor,
        Self::OpenCode,
        Self::KimiCode,
        Self::Droid,
        Self::Aider,
        Self::SweAgent,
        Self::OpenHands,
        Self::Inspect,
        Self::Atif,
        Self::Asciicast,
    ];

    /// Its name for programs, and who makes the tool, for people.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::ClaudeCode => ("claude-code", "Claude Code"),
            Self::Codex => ("codex", "Codex"),
            Self::CodexExec => ("codex-exec", "Codex"),
            Self::GeminiCli => ("gemini-cli", "Gemini CLI"),
            Self::QwenCode => ("qwen-code", "Qwen Code"),
            Self::CopilotCli => ("copilot-cli", "Copilot CLI"),
            Self::Cursor => ("cursor", "Cursor"),
            Self::OpenCode => ("opencode", "OpenCode"),
            Self::KimiCode => ("kimi-code", "Kimi Code"),
            Self::Droid => ("droid", "Droid"),
            Self::Aider => ("aider", "aider"),
            Self::SweAgent => ("swe-agent", "SWE-agent"),
            Self::OpenHands => ("openhands", "OpenHands"),
            Self::Inspect => ("inspect", "Inspect"),
            Self::Atif => ("atif", "Harbor (ATIF)"),
            Self::Asciicast => ("asciicast", "asciinema"),
        }
    }

    /// The tools whose logs are known, in a sentence.
    pub fn tools() -> String {
        let mut names: Vec<_> = Self::ALL.iter().map(|it| it.names().1).collect();
        names.dedup();
        let last = names.pop().unwrap_or_default();
        format!("{} and {last}", names.join(", "))
    }

    /// Who bills the calls of its tool, as the price table calls it; none where it may
    /// be anybody.
    pub(super) const fn vendor(self) -> Option<&'static str> {
        match self {
            Self::ClaudeCode => Some("anthropic"),
            Self::Codex | Self::CodexExec => Some("openai"),
            Self::GeminiCli => Some("google"),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.names().0)
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
            Some(Piece::Unreadable(_) | Piece::Torn(_) | Piece::Lost(_)) => {}
        }
    }
    Ok(beginning)
}

/// Where the first time may stand, the session's name, and its folder.
const TIMES: [&str; 12] = [
    "/startTime",
    "/timestamp",
    "/payload/timestamp",
    "/time",
    "/created_at",
    "/session/time/created",
    "/session/time_created",
    "/message/time/created",
    "/row/time_created",
    "/steps/0/timestamp",
    "/eval/created",
    "/[list]/0/timestamp",
];
const SESSIONS: [&str; 8] = [
    "/payload/id",
    "/sessionId",
    "/session_id",
    "/sessionID",
    "/session/id",
    "/data/sessionId",
    "/thread_id",
    "/base_state/id",
];
const FOLDERS: [&str; 5] = [
    "/cwd",
    "/payload/cwd",
    "/data/context/cwd",
    "/session/directory",
    "/base_state/workspace/working_dir",
];

impl Beginning {
    pub(super) fn take(&mut self, value: &Value) {
        if self.opened.is_none() {
            let mut times = TIMES.iter().filter_map(|it| moment(value.pointer(it)?));
            self.opened = times.next();
        }
        let told = |places: &[&str]| {
            let found = places.iter().find_map(|it| value.pointer(it)?.as_str());
            crate::text::one_line(found.unwrap_or_default(), 500)
        };
        if self.folder.is_empty() {
            self.folder = told(&FOLDERS);
        }
        if self.session.is_empty() {
            self.session = told(&SESSIONS);
        }
        if self.format.is_none() {
            self.format = whose(value);
        }
    }
}

/// Whether a value is of a format.
type Sign = fn(&Value) -> bool;

/// Each format, and whether a value is of it: those come first that others might take
/// for theirs.
const SIGNS: [(Format, Sign); 15] = [
    (Format::GeminiCli, gemini::is_one),
    (Format::Codex, codex::is_one),
    (Format::CodexExec, codex::is_printed),
    (Format::QwenCode, qwen::is_one),
    (Format::CopilotCli, copilot::is_one),
    (Format::Cursor, cursor::is_one),
    (Format::ClaudeCode, claude::is_one),
    (Format::KimiCode, kimi::is_one),
    (Format::Droid, droid::is_one),
    (Format::OpenCode, opencode::is_one),
    (Format::OpenHands, openhands::is_one),
    (Format::SweAgent, swe::is_one),
    (Format::Atif, atif::is_one),
    (Format::Inspect, inspect::is_one),
    (Format::Asciicast, asciicast::is_one),
];

fn whose(value: &Value) -> Option<Format> {
    SIGNS.iter().find(|(_, is_one)| is_one(value)).map(|(format, _)| *format)
}
