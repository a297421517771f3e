//! The end of an agent's log, as an assistant reads it.

use super::roster::{cut, who};
use crate::{
    journal::{Anchor, Reader, read_log},
    model::{AgentId, Entry, EntryKind, ToolState},
};

/// How much is told of one entry, in bytes.
const ENTRY: usize = 6000;
/// How much is told at once, in bytes.
const ALL: usize = 64_000;

/// The last entries of an agent's log, the newest last. Of more than can be told at
/// once, the older are left out.
pub(super) fn log(reader: &Reader, agent: AgentId, entries: usize) -> String {
    let (log, _, _) = read_log(reader, agent, Anchor::End, entries);
    let mut told = Vec::new();
    let mut room = ALL;
    for entry in log.entries().rev().take(entries) {
        let words = words(entry);
        let Some(rest) = room.checked_sub(words.len()) else { break };
        room = rest;
        told.push(words);
    }
    let older = log.dropped() > 0 || told.len() < log.entries().len();
    told.reverse();
    let head = if older { "[there is more before this]\n\n" } else { "" };
    format!("{head}{}", told.join("\n\n"))
}

fn words(entry: &Entry) -> String {
    let (at, turn) = (entry.at, entry.turn.0);
    let told = match &entry.kind {
        EntryKind::Brief(text) => format!("brief: {text}"),
        EntryKind::Said { text, cut: false } => format!("says: {text}"),
        EntryKind::Said { text, cut: true } => format!("says, and was cut off: {text}"),
        EntryKind::Thought { text } => format!("thinks: {text}"),
        EntryKind::Tool { tool, title, state, output, .. } => {
            let state = match state {
                ToolState::Called => "not begun",
                ToolState::Running(_) => "runs",
                ToolState::Ended { ok: true, .. } => "ended well",
                ToolState::Ended { ok: false, .. } => "failed",
                ToolState::Dropped => "dropped",
            };
            format!("tool {tool} ({state}): {title}\n{output}")
        }
        EntryKind::Direction { by, text } => format!("directed by {}: {text}", who(*by)),
        EntryKind::Redirect { by, text, state, .. } => {
            format!("message of {} ({state}): {text}", who(*by))
        }
        EntryKind::Request { text, answer: Some(answer), .. } => {
            format!("asked the director: {text}\nanswer: {answer}")
        }
        EntryKind::Request { text, answer: None, .. } => {
            format!("asks the director, who has not answered: {text}")
        }
        EntryKind::Report { text } => format!("reports: {text}"),
        EntryKind::HandOff { to, note } => format!("hands off to {to}: {note}"),
        EntryKind::Note { text, .. } => format!("note: {text}"),
        EntryKind::Retry { text, .. } => format!("model call: {text}"),
        EntryKind::End { text, .. } => format!("end: {text}"),
    };
    format!("[{at}, turn {turn}] {}", cut(told.trim_end(), ENTRY))
}
