//! Words searched for in a text that stands still.

use super::{Copying, Desk, Dialog, Done, Field};
use crate::model::{Level, Millis};

impl Copying {
    /// Whether a line has the words that are searched for. Upper and lower case are the
    /// same, unless one of the words' letters is upper.
    pub fn is_found(&self, at: usize) -> bool {
        let wanted = self.search.text();
        let Some(line) = self.lines.get(at).filter(|_| !wanted.is_empty()) else { return false };
        if wanted.chars().any(char::is_uppercase) {
            line.text.contains(wanted)
        } else {
            line.text.to_lowercase().contains(wanted)
        }
    }

    /// Which of the lines that are found the keys are on, from 1, and how many there are;
    /// none while nothing is searched for.
    pub fn found(&self) -> Option<(usize, usize)> {
        if self.search.text().is_empty() {
            return None;
        }
        let all: Vec<usize> = (0..self.lines.len()).filter(|it| self.is_found(*it)).collect();
        let here = all.iter().position(|it| *it == self.at).map_or(0, |it| it + 1);
        Some((here, all.len()))
    }

    /// Goes to the first line that is found from where the search began.
    fn look(&mut self) {
        let count = self.lines.len();
        let round = (0..count).map(|it| (self.begun + it) % count.max(1));
        self.at = round.into_iter().find(|it| self.is_found(*it)).unwrap_or(self.begun);
        self.place = None;
    }

    /// Goes to the next line that is found, or the one before, and round at the end.
    fn look_on(&mut self, forward: bool) -> bool {
        let count = self.lines.len();
        let steps = 1..=count;
        let there = steps
            .map(|it| if forward { it } else { count - it })
            .map(|it| (self.at + it) % count.max(1));
        let Some(at) = there.into_iter().find(|it| self.is_found(*it)) else { return false };
        (self.at, self.place) = (at, None);
        true
    }
}

impl Desk {
    /// Begins to search in the text that stands still, if one does.
    pub(super) fn search_copied(&mut self) -> bool {
        let Some(Dialog::Copying(it)) = &mut self.dialog else { return false };
        it.search = Field::replacing(it.search.text());
        (it.is_searching, it.begun) = (true, it.at);
        true
    }

    /// Goes to what fits the words as they are typed by now.
    pub(super) fn look_in_copied(&mut self) {
        if let Some(Dialog::Copying(it)) = &mut self.dialog {
            it.look();
        }
    }

    /// The words are typed.
    pub(super) fn end_search(&mut self, mut copying: Box<Copying>, now: Millis) -> Done {
        copying.is_searching = false;
        let found = copying.found();
        self.dialog = Some(Dialog::Copying(copying));
        match found {
            Some((_, 0)) => self.say(Level::Note, "not found", now),
            _ => Done::Redraw,
        }
    }

    /// Searches no more, and goes back to where it began.
    pub(super) fn forget_search(&mut self, mut copying: Box<Copying>) {
        copying.at = copying.begun;
        (copying.is_searching, copying.search) = (false, Field::default());
        self.dialog = Some(Dialog::Copying(copying));
    }

    /// Goes to the next line that is found, or the one before.
    pub(super) fn next_copied(&mut self, forward: bool, now: Millis) -> Done {
        let Some(Dialog::Copying(it)) = &mut self.dialog else { return Done::Nothing };
        let is_asked = !it.search.text().is_empty();
        if is_asked && it.look_on(forward) {
            return Done::Redraw;
        }
        let text = if is_asked { "not found" } else { "nothing is searched for: / does" };
        self.say(Level::Note, text, now)
    }
}
