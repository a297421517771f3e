//! The last words of an agent whose work somebody waits for: its result, where it has
//! handed none in by itself. A program of somebody else's has no tool for that.

use crate::{
    model::{Outcome, Report},
    text::one_line,
};
use serde_json::Value;

/// Bytes of a last message that count; of a longer one the end.
const MOST: usize = 256 * 1024;
/// How wide a summary is, in cells.
const SUMMARY: usize = 200;

/// What an agent has said since it last did something.
#[derive(Debug)]
pub(super) struct LastWords {
    /// Whether a typed result is wanted.
    is_typed: bool,
    text: String,
    has_reported: bool,
}

impl LastWords {
    /// Nothing is said yet.
    pub(super) const fn new(is_typed: bool) -> Self {
        Self { is_typed, text: String::new(), has_reported: false }
    }

    /// Hears what the agent says. Gives what is to be said before it, if anything.
    pub(super) fn hear(&mut self, report: &Report) -> Option<Report> {
        match report {
            Report::Said(text) => self.push(text),
            Report::TurnTaken | Report::Reached(_) | Report::ToolCalled { .. } => self.text.clear(),
            Report::Reported { .. } => self.has_reported = true,
            Report::Ended(Outcome::Succeeded { .. }) if !self.has_reported => {
                return self.result();
            }
            _ => {}
        }
        None
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        if self.text.len() > 2 * MOST {
            let cut = self.text.floor_char_boundary(self.text.len() - MOST);
            self.text.drain(..cut);
        }
    }

    fn result(&self) -> Option<Report> {
        let text = self.text.trim();
        if text.is_empty() {
            return None;
        }
        let result = if self.is_typed { typed(text)? } else { Value::String(text.to_owned()) };
        let summary = one_line(text, SUMMARY);
        Some(Report::Reported { summary, result: Box::new(result) })
    }
}

/// The JSON that a message ends with: its last fenced block, or all of it.
fn typed(text: &str) -> Option<Value> {
    let whole = serde_json::from_str(text).ok();
    whole.or_else(|| {
        let (before, _) = text.rsplit_once("```")?;
        let (_, block) = before.rsplit_once("```")?;
        let block = block.strip_prefix("json").unwrap_or(block);
        serde_json::from_str(block.trim()).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ended(is_typed: bool, said: &[&str]) -> Option<Value> {
        let mut words = LastWords::new(is_typed);
        for text in said {
            assert_eq!(words.hear(&Report::Said((*text).to_owned())), None);
        }
        match words.hear(&Report::Ended(Outcome::Succeeded { summary: String::new() })) {
            Some(Report::Reported { result, .. }) => Some(*result),
            _ => None,
        }
    }

    #[test]
    fn a_typed_result_is_the_last_block_of_the_last_message() {
        let said = ["First:\n```json\n{\"a\": 1}\n```\nthen\n", "```json\n{\"a\": 2}\n```\nDone."];
        assert_eq!(ended(true, &said), Some(json!({ "a": 2 })));
        assert_eq!(ended(true, &["[1, 2]"]), Some(json!([1, 2])));
        assert_eq!(ended(true, &["there is nothing"]), None);
    }

    #[test]
    fn an_untyped_result_is_the_last_message() {
        assert_eq!(ended(false, &["all ", "well\n"]), Some(json!("all well")));
        assert_eq!(ended(false, &[]), None);
    }

    #[test]
    fn what_was_said_before_a_tool_is_not_the_last_word() {
        let mut words = LastWords::new(false);
        words.hear(&Report::Said("let me look".into()));
        words.hear(&Report::TurnTaken);
        let end = Report::Ended(Outcome::Succeeded { summary: String::new() });
        assert_eq!(words.hear(&end), None);
    }
}
