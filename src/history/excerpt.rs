//! What stands around a hit: a line of context, and in it what was searched for.

use std::ops::Range;

/// So many bytes are shown before the first thing that was found, and in all.
const BEFORE: usize = 60;
const LENGTH: usize = 240;

/// A line out of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// One line: what were more has blanks between them.
    pub text: String,
    /// Where in it stands what was searched for, in order.
    pub marks: Vec<Range<usize>>,
}

impl Excerpt {
    /// The line around these places of a text.
    pub(super) fn of(text: &str, places: &[Range<usize>]) -> Self {
        let first = places.iter().map(|it| it.start).min().unwrap_or(0);
        let start = beginning(text, first);
        let end = text.floor_char_boundary((start + LENGTH).max(first + 1).min(text.len()));
        let mut marks: Vec<_> = places.iter().filter(|it| it.end <= end).cloned().collect();
        marks.sort_by_key(|it| it.start);
        let mut excerpt = Self::default();
        if start > 0 {
            excerpt.text.push('…');
        }
        let mut at = start;
        for mark in marks {
            if mark.start < at {
                continue;
            }
            excerpt.push(text.get(at..mark.start).unwrap_or_default());
            let from = excerpt.text.len();
            excerpt.push(text.get(mark.clone()).unwrap_or_default());
            excerpt.marks.push(from..excerpt.text.len());
            at = mark.end;
        }
        excerpt.push(text.get(at..end).unwrap_or_default());
        if end < text.len() {
            excerpt.text.push('…');
        }
        excerpt
    }

    /// The first of what was searched for, as it stands there.
    pub fn marked(&self) -> Option<&str> {
        self.text.get(self.marks.first()?.clone())
    }

    /// Appends, with one blank for all between two words that is not on one line.
    fn push(&mut self, text: &str) {
        for character in text.chars() {
            let is_blank = character.is_whitespace();
            let is_open = self.text.is_empty() || self.text.ends_with([' ', '…']);
            if !is_blank {
                self.text.push(character);
            } else if !is_open {
                self.text.push(' ');
            }
        }
    }
}

/// Where an excerpt begins: with a line where one begins near, else with a word.
fn beginning(text: &str, first: usize) -> usize {
    let from = text.floor_char_boundary(first.saturating_sub(BEFORE));
    if from == 0 {
        return 0;
    }
    let before = text.get(from..first).unwrap_or_default();
    let line = before.rfind('\n').map(|at| from + at + 1);
    let word = || before.find(char::is_whitespace).map(|at| from + at + 1);
    line.or_else(word).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_around_what_was_found() {
        let text =
            format!("{}first line\n  the parser\tsplits {}", "x ".repeat(99), "y".repeat(300));
        let (parser, splits) = (text.find("parser").unwrap(), text.find("splits").unwrap());
        let it = Excerpt::of(&text, &[splits..splits + 6, parser..parser + 6]);
        assert!(it.text.starts_with("…the parser splits yyy") && it.text.ends_with("y…"), "{it:?}");
        let marked: Vec<_> = it.marks.iter().map(|mark| &it.text[mark.clone()]).collect();
        assert_eq!(marked, ["parser", "splits"]);
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        let text = "größe matters";
        let it = Excerpt::of(text, &[0..7, 8..15]);
        assert_eq!((it.text.as_str(), it.marks), (text, vec![0..7, 8..15]));
    }
}
