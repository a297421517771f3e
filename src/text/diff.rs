//! What changed between two texts, line by line, with the changed words marked:
//! for versions of instructions and for edits of files.

use super::styled::{Line, Look};
use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// After so long the rest is told coarsely: a picture of a change is not worth
/// more of the director's time.
const PATIENCE: Duration = Duration::from_millis(200);

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// It is in both.
    Kept,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// No line of the texts: others were left out here.
    Gap,
}

/// A part of a changed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its text.
    pub text: String,
    /// Whether it is what changed in the line.
    pub is_changed: bool,
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What became of it.
    pub change: Change,
    /// Its number in the text before, from 1; of a gap, the next line's.
    pub before: Option<usize>,
    /// Its number in the text after, from 1; of a gap, the next line's.
    pub after: Option<usize>,
    /// Its text without the newline.
    pub parts: Vec<Part>,
}

/// How much changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that are new.
    pub added: usize,
    /// Lines that are gone.
    pub removed: usize,
}

/// The changed lines between two texts, each group with so many kept lines
/// around it. Empty when nothing changed.
pub fn diff(before: &str, after: &str, context: usize) -> Vec<DiffLine> {
    let texts = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
    let mut lines = Vec::new();
    let mut told = 0;
    for group in texts.grouped_ops(context) {
        let Some(first) = group.first() else { continue };
        if first.old_range().start > told || !lines.is_empty() {
            lines.push(DiffLine {
                change: Change::Gap,
                before: Some(first.old_range().start + 1),
                after: Some(first.new_range().start + 1),
                parts: Vec::new(),
            });
        }
        for op in &group {
            lines.extend(texts.iter_inline_changes(op).map(|change| DiffLine {
                change: match change.tag() {
                    ChangeTag::Equal => Change::Kept,
                    ChangeTag::Insert => Change::Added,
                    ChangeTag::Delete => Change::Removed,
                },
                before: change.old_index().map(|it| it + 1),
                after: change.new_index().map(|it| it + 1),
                parts: parts(change.values()),
            }));
            told = op.old_range().end;
        }
    }
    lines
}

fn parts(values: &[(bool, &str)]) -> Vec<Part> {
    let text = |text: &str| text.trim_end_matches(['\n', '\r']).to_owned();
    let parts =
        values.iter().map(|(is_changed, it)| Part { text: text(it), is_changed: *is_changed });
    parts.filter(|part| !part.text.is_empty()).collect()
}

impl Tally {
    /// Counts the lines of a diff.
    pub fn of(lines: &[DiffLine]) -> Self {
        let count = |change| lines.iter().filter(|line| line.change == change).count();
        Self { added: count(Change::Added), removed: count(Change::Removed) }
    }
}

impl DiffLine {
    /// The line with its sign in front, to be shown.
    pub fn to_line(&self) -> Line {
        let (sign, look, word) = match self.change {
            Change::Kept => ("  ", Look::Plain, Look::Plain),
            Change::Added => ("+ ", Look::Added, Look::AddedWord),
            Change::Removed => ("- ", Look::Removed, Look::RemovedWord),
            Change::Gap => return self.to_gap(),
        };
        let mut line = Line::of(sign, look);
        for part in &self.parts {
            line.push(&part.text, if part.is_changed { word } else { look });
        }
        line
    }

    fn to_gap(&self) -> Line {
        let number = self.after.unwrap_or_default();
        Line::of(format!("⋯ line {number}"), Look::Hunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(lines: &[DiffLine]) -> Vec<String> {
        lines.iter().map(|line| line.to_line().text()).collect()
    }

    #[test]
    fn changed_lines_stand_among_their_neighbours() {
        let before = "one\ntwo\nthree\nfour\nfive\n";
        let after = "one\ntwo\nthree\n4\nfive\n";
        let lines = diff(before, after, 1);
        assert_eq!(told(&lines), ["⋯ line 3", "  three", "- four", "+ 4", "  five"]);
        assert_eq!(Tally::of(&lines), Tally { added: 1, removed: 1 });
        assert_eq!(lines[3].after, Some(4));
    }

    #[test]
    fn changed_words_are_marked() {
        let lines = diff("keep the tests green\n", "keep all tests green\n", 3);
        let words = |line: &DiffLine| {
            let changed = line.parts.iter().filter(|part| part.is_changed);
            changed.map(|part| part.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(lines.iter().map(words).collect::<Vec<_>>(), [["the"], ["all"]]);
    }

    #[test]
    fn a_first_version_is_all_new_and_the_same_text_is_no_change() {
        assert_eq!(told(&diff("", "a\nb", 3)), ["+ a", "+ b"]);
        assert_eq!(diff("a\n", "a\n", 3), []);
    }

    proptest! {
        #[test]
        fn with_all_its_context_a_diff_holds_both_texts(
            before in "([abc]{1,2}\n){0,8}", after in "([abc]{1,2}\n){0,8}",
        ) {
            prop_assume!(before != after);
            let lines = diff(&before, &after, 100);
            let of = |gone: Change| -> String {
                let kept = lines.iter().filter(|line| line.change != gone);
                kept.map(|line| line.to_line().text()[2..].to_owned() + "\n").collect()
            };
            prop_assert_eq!((of(Change::Added), of(Change::Removed)), (before, after));
        }
    }
}
