//! The texts of an event that a person may look for.
//!
//! What is only of use to a machine is not among them: seals, fingerprints, numbers.
//! A text that is told again with a later event, as a redirect is with its delivery,
//! is told once.

use super::passage::Kind;
use crate::{
    model::{Answer, Ask, Author, CallId, Event, FileChange, Outcome},
    text::sanitise,
};
use serde_json::Value;

/// A text, and what it is.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) kind: Kind,
    pub(super) call: Option<CallId>,
    pub(super) text: String,
}

/// Tells the texts of an event that is no piece of a stream.
pub(super) fn told(event: &Event, tell: &mut impl FnMut(Told)) {
    let mut say = |kind: Kind, call: Option<CallId>, text: String| {
        if !text.trim().is_empty() {
            tell(Told { kind, call, text });
        }
    };
    match event {
        Event::AgentAdded { casting, .. } => {
            say(Kind::Brief, None, casting.brief.clone());
            say(Kind::Instructions, None, casting.instructions.clone());
        }
        Event::ToolCalled { call, tool, title, input, .. } => {
            say(Kind::Call, Some(*call), called(tool, title, input));
        }
        Event::ToolEnded { call, text, changes, note, .. } => {
            let names = names(changes);
            say(Kind::Result, Some(*call), joined(&[text, note, &names]));
        }
        Event::Returned { call, text, .. } => say(Kind::Result, Some(*call), text.clone()),
        Event::Reported { summary, result, .. } => {
            say(Kind::Report, None, joined(&[summary, &leaves(result)]));
        }
        Event::HandedOff { to, note, value, .. } => {
            let value = value.as_deref().map(leaves).unwrap_or_default();
            say(Kind::Report, None, joined(&[to, note, &value]));
        }
        Event::Play { event, .. } => {
            let told = event.told().unwrap_or_default();
            let value = serde_json::to_value(event).unwrap_or_default();
            say(Kind::Script, None, joined(&[&told, &leaves(&value)]));
        }
        event => {
            if let Some((kind, text)) = plainly(event) {
                say(kind, None, text);
            }
        }
    }
}

/// The one text of an event that has no more.
fn plainly(event: &Event) -> Option<(Kind, String)> {
    Some(match event {
        Event::SessionOpened { title, .. } => (Kind::Title, title.clone()),
        Event::NoticeRaised { text, .. } | Event::Noted { text, .. } => (Kind::Note, text.clone()),
        Event::Drifted { event, .. } => (Kind::Note, event.told()),
        Event::Proved { event, .. } => (Kind::Note, event.told()?),
        Event::Budgeted { event } => (Kind::Direction, event.told()?),
        Event::Preparing { what, .. } => (Kind::Note, what.clone()),
        Event::WorkspaceMade { tree, .. } => {
            (Kind::Note, joined(&[&tree.path, &tree.branch, &tree.note]))
        }
        Event::Checkpointed { files, .. } => (Kind::Files, names(files)),
        Event::TakeAsked { words, .. } => (Kind::Direction, words.clone()),
        Event::WorkTaken { into, about, .. } => (Kind::Note, joined(&[about, into])),
        Event::WorkNotTaken { into, why, .. } => (Kind::Note, joined(&[why, into])),
        Event::AgentEnded { outcome: Outcome::Succeeded { summary: text }, .. }
        | Event::AgentEnded { outcome: Outcome::Failed { why: text }, .. } => {
            (Kind::End, text.clone())
        }
        Event::SessionClosed { why }
        | Event::TurnCut { why, .. }
        | Event::RetryScheduled { why, .. }
        | Event::RedirectFailed { why, .. } => (Kind::Note, why.clone()),
        Event::Compacted { summary, .. } => (Kind::Note, summary.clone()),
        Event::Strange { name, message, .. } => (Kind::Note, joined(&[name, &leaves(message)])),
        Event::Asked { ask, .. } => (Kind::Asked, asked(ask)?),
        Event::Answered { answer, .. } => (Kind::Direction, answered(answer)?),
        Event::HoldPlaced { note, .. } => (Kind::Direction, note.clone()),
        Event::RedirectWritten { text, .. } | Event::RedirectEdited { text, .. } => {
            (Kind::Direction, text.clone())
        }
        Event::InstructionsEdited { text, .. } => (Kind::Instructions, text.clone()),
        Event::BriefEdited { text, .. } => (Kind::Brief, text.clone()),
        Event::ModelChanged { provider, model, by, .. } => {
            let kind = if *by == Author::Agent { Kind::Note } else { Kind::Direction };
            (kind, joined(&[provider, model]))
        }
        _ => return None,
    })
}

/// A call: what it is called, and what of its input that does not say yet.
fn called(tool: &str, title: &str, input: &Value) -> String {
    let head = if title.starts_with(tool) { title.to_owned() } else { format!("{tool} {title}") };
    let leaves = leaves(input);
    let more = leaves.lines().filter(|it| !says(title, it.trim()));
    [head.as_str()].into_iter().chain(more).collect::<Vec<_>>().join("\n")
}

/// Whether a text holds these words, whole.
fn says(text: &str, words: &str) -> bool {
    let is_in_a_word = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
    text.match_indices(words).any(|(at, it)| {
        let (before, after) = (text.get(..at), text.get(at + it.len()..));
        !is_in_a_word(before.and_then(|it| it.chars().next_back()))
            && !is_in_a_word(after.and_then(|it| it.chars().next()))
    })
}

fn asked(ask: &Ask) -> Option<String> {
    match ask {
        Ask::Approval { tool, shown, reason, .. } => Some(joined(&[tool, shown, reason])),
        Ask::Question { text, options, .. } => Some(joined(&[text, &options.join("\n")])),
        Ask::Budget { .. } => None,
    }
}

fn answered(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Denied { why } => Some(why.clone()),
        Answer::Said { text } => Some(text.clone()),
        Answer::Approved | Answer::Always | Answer::Withdrawn => None,
    }
}

fn names(changes: &[FileChange]) -> String {
    changes.iter().map(|it| it.path.as_str()).collect::<Vec<_>>().join("\n")
}

fn joined(texts: &[&str]) -> String {
    let there: Vec<_> = texts.iter().copied().filter(|it| !it.is_empty()).collect();
    there.join("\n")
}

/// Every text and number in a value, one a line. They come from outside as they are,
/// and so are made safe here.
pub(super) fn leaves(value: &Value) -> String {
    let mut text = String::new();
    push_leaves(value, &mut text);
    match sanitise(&text) {
        std::borrow::Cow::Borrowed(_) => text,
        std::borrow::Cow::Owned(clean) => clean,
    }
}

fn push_leaves(value: &Value, text: &mut String) {
    let mut push = |leaf: &str| {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(leaf);
    };
    match value {
        Value::String(leaf) => push(leaf),
        Value::Number(leaf) => push(&leaf.to_string()),
        Value::Array(items) => items.iter().for_each(|it| push_leaves(it, text)),
        Value::Object(fields) => fields.values().for_each(|it| push_leaves(it, text)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_call_says_nothing_twice() {
        let input = json!({ "path": "src/parser.rs", "text": "one\ntwo" });
        assert_eq!(called("write", "write src/parser.rs", &input), "write src/parser.rs\none\ntwo");
        assert_eq!(called("Edit", "go.mod", &json!({})), "Edit go.mod");
        // A part of a word says something else.
        assert_eq!(called("grep", "parser", &json!({ "for": "pars" })), "grep parser\npars");
        assert_eq!(called("plan", "plan", &json!({ "step": 1 })), "plan\n1");
    }
}
