//! The texts of an event that a person may look for.
//!
//! What is only of use to a machine is not among them: seals, fingerprints, numbers.
//! A text that is told again with a later event, as a redirect is with its delivery,
//! is told once.

use super::passage::Kind;
use crate::{
    model::{Answer, Ask, Author, CallId, Event, FileChange, LOG_ENDS, Outcome, play::PlayEvent},
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
            say(Kind::Script, None, joined(&[&told, &of_play(event)]));
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
        // Every log of another tool's says so: nobody looks for that.
        Event::SessionClosed { why } if why == LOG_ENDS => return None,
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
        Event::Retaken { message, .. } => (Kind::Direction, message.clone()),
        Event::InstructionsEdited { text, .. } => (Kind::Instructions, text.clone()),
        Event::BriefEdited { text, .. } => (Kind::Brief, text.clone()),
        Event::ModelChanged { provider, model, by, .. } => {
            let kind = if *by == Author::Agent { Kind::Note } else { Kind::Direction };
            (kind, joined(&[provider, model]))
        }
        _ => return None,
    })
}

/// What a person wrote, or an agent came to, in an event of a script: no numbers of
/// attempts, and no names of kinds.
fn of_play(event: &PlayEvent) -> String {
    match event {
        PlayEvent::Started { script, inputs, .. } => {
            let steps = serde_json::to_value(&script.steps).unwrap_or_default();
            joined(&[&script.name, &leaves(inputs), &words(&steps)])
        }
        PlayEvent::Edited { script, .. } => {
            words(&serde_json::to_value(&script.steps).unwrap_or_default())
        }
        PlayEvent::Begun { items, .. } => items.iter().map(leaves).collect::<Vec<_>>().join("\n"),
        PlayEvent::HandOffEdited { value: it, .. }
        | PlayEvent::HandedIn { output: it, .. }
        | PlayEvent::Called { call: it, .. } => leaves(it),
        PlayEvent::Attempted { command, .. } => command.clone(),
        PlayEvent::CheckBegun { command, script, .. } => {
            joined(&[command, script.as_deref().unwrap_or_default()])
        }
        PlayEvent::CommandFailed { why, .. } | PlayEvent::CheckEnded { why, .. } => why.clone(),
        // All that is in the others is told in their line.
        _ => String::new(),
    }
}

/// The texts in a value that are more than a word for a machine: what stands in the steps
/// of a script.
fn words(value: &Value) -> String {
    let is_said = |it: &&str| it.trim().contains(char::is_whitespace) || it.contains(['/', '.']);
    leaves(value).lines().filter(is_said).collect::<Vec<_>>().join("\n")
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
        Ask::Drift { words, .. } => Some(words.clone()),
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
    use crate::model::{AgentId, PlayId, play::Spot};
    use serde_json::json;

    #[test]
    fn an_event_of_a_script_tells_no_values_of_a_machine() {
        let spot = Spot { play: PlayId(3), step: "build".to_owned(), part: None };
        let event = |event: PlayEvent| {
            let mut all = Vec::new();
            let event = Event::Play { play: PlayId(3), event: Box::new(event) };
            told(&event, &mut |it: Told| all.push(it.text));
            all.join("|")
        };
        let begun = PlayEvent::Attempted {
            spot: spot.clone(),
            attempt: 1,
            round: 1,
            agent: Some(AgentId(7)),
            handed_to: String::new(),
            command: "cargo test".to_owned(),
            play: None,
        };
        assert_eq!(event(begun), "build begins\ncargo test");
        let output = Box::new(json!({ "ok": true, "why": "it compiles" }));
        let handed = PlayEvent::HandedIn { spot: spot.clone(), attempt: 2, output };
        assert_eq!(event(handed), "it compiles");
        let ended =
            PlayEvent::CheckEnded { spot, attempt: 2, check: 0, ok: true, why: String::new() };
        assert_eq!(event(ended), "");
    }

    #[test]
    fn that_a_log_ends_is_nothing_that_anybody_said() {
        let closed = |why: &str| {
            let (mut count, why) = (0, why.to_owned());
            told(&Event::SessionClosed { why }, &mut |_: Told| count += 1);
            count
        };
        assert_eq!((closed(LOG_ENDS), closed("the disk is full")), (0, 1));
    }

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
