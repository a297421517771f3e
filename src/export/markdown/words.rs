//! Pieces of Markdown: foreign words in their place, whatever stands in them.

use crate::{
    export::{account::who, wash::Wash},
    model::{EntryKind, Millis},
    text::{inert, one_line},
};

/// No heading, and no cell of a table, is longer.
const LINE: usize = 300;

/// A line that reads as it was written: nothing in it is markup.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                safe.extend(['\\', character]);
            }
            other => safe.push(other),
        }
    }
    safe
}

pub(super) fn heading(wash: &Wash, text: &str) -> String {
    plain(&one_line(&wash.text(text), LINE))
}

/// One line of a list or a table.
pub(super) fn cell(wash: &Wash, text: &str) -> String {
    heading(wash, text)
}

/// A line inside HTML.
pub(super) fn summary(wash: &Wash, text: &str) -> String {
    let line = one_line(&wash.text(text), LINE);
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Words of somebody else: quoted, and inert.
pub(super) fn quoted(wash: &Wash, text: &str) -> String {
    let text = inert(wash.text(text).trim_end());
    let lines = text.lines().map(|line| format!("> {line}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// A text in a block of its own, as it is.
pub(super) fn fenced(wash: &Wash, text: &str, language: &str) -> String {
    let text = wash.text(text);
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

/// What somebody did to an agent, on one line.
pub(super) fn direction(wash: &Wash, kind: &EntryKind) -> String {
    match kind {
        EntryKind::Direction { by, text } => format!("{}: {}", who(*by), cell(wash, text)),
        EntryKind::Redirect { by, text, state, .. } => {
            format!("{}: \"{}\" ({})", who(*by), cell(wash, text), cell(wash, state))
        }
        EntryKind::Request { text, answer, .. } => {
            let answer = answer.as_deref().unwrap_or("no answer");
            format!("{}: {}", cell(wash, text), cell(wash, answer))
        }
        _ => String::new(),
    }
}

/// How long something lasted.
pub(super) fn lasted(span: Millis) -> String {
    span.to_string()
}
