//! What of a line is changed, where a removed line and an added one are mostly
//! the same.

use super::{Hunk, PatchLine};
use crate::text::Change;
use similar::{ChangeTag, TextDiff};
use std::ops::Range;

/// Lines that are longer are not compared.
const LONGEST: usize = 400;
/// Of a longer run of changed lines nobody can say which goes with which.
const RUN: usize = 40;
/// How much of two lines must be the same for their difference to mean anything.
const ALIKE: f32 = 0.45;

/// Marks the changed words of all lines that go together: the first removed line
/// of a run with its first added one, and so on.
pub(super) fn mark(hunk: &mut Hunk) {
    let mut rest = hunk.lines.as_mut_slice();
    while let Some(start) = rest.iter().position(|it| it.change == Change::Removed) {
        let run = rest.split_at_mut(start).1;
        let removed = count(run, Change::Removed);
        let (before, after) = run.split_at_mut(removed);
        let added = count(after, Change::Added);
        let (after, beyond) = after.split_at_mut(added);
        if removed == added && removed <= RUN {
            before.iter_mut().zip(after).for_each(|(before, after)| compare(before, after));
        }
        rest = beyond;
    }
}

fn count(lines: &[PatchLine], change: Change) -> usize {
    lines.iter().take_while(|it| it.change == change).count()
}

fn compare(before: &mut PatchLine, after: &mut PatchLine) {
    if before.text.len().max(after.text.len()) > LONGEST {
        return;
    }
    let (gone, new) = {
        let words = TextDiff::from_unicode_words(before.text.as_str(), after.text.as_str());
        if words.ratio() < ALIKE {
            return;
        }
        let (mut gone, mut new) = (Marker::default(), Marker::default());
        for change in words.iter_all_changes() {
            let length = change.value().len();
            match change.tag() {
                ChangeTag::Equal => {
                    gone.at += length;
                    new.at += length;
                }
                ChangeTag::Delete => gone.mark(length),
                ChangeTag::Insert => new.mark(length),
            }
        }
        (gone.marks, new.marks)
    };
    (before.marks, after.marks) = (gone, new);
}

/// Walks along a text and marks what is changed.
#[derive(Default)]
struct Marker {
    at: usize,
    marks: Vec<Range<usize>>,
}

impl Marker {
    fn mark(&mut self, length: usize) {
        let end = self.at + length;
        match self.marks.last_mut().filter(|it| it.end == self.at) {
            Some(last) => last.end = end,
            None => self.marks.push(self.at..end),
        }
        self.at = end;
    }
}
