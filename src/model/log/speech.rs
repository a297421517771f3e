//! What an agent says and thinks, chunk by chunk, and what becomes of it when the
//! call that it came from is cut.

use super::Log;
use crate::model::{
    Entry, EntryKind, Event, Level, Millis, Outcome, Seq, ToolState, excerpt::append,
};
use std::sync::Arc;

/// How a note about a cut call begins.
const CUT: &str = "cut: ";

impl Log {
    pub(super) fn say(&mut self, place: (Seq, Millis), chunk: &str) {
        let (most, turn) = (self.bounds.text, self.turn);
        if let Some(last) = self.entries.back_mut().filter(|it| it.turn == turn)
            && matches!(last.kind, EntryKind::Said { cut: false, .. })
            && let EntryKind::Said { text, .. } = &mut Arc::make_mut(last).kind
        {
            return append(text, chunk, most);
        }
        let chunk = self.finish_word(chunk);
        if !chunk.is_empty() {
            let text = self.tail(chunk);
            self.open(place, EntryKind::Said { text, cut: false });
        }
    }

    /// A direction that came in the middle of a word does not part it: the word ends
    /// where it began, and what stands behind it is still to be told.
    fn finish_word<'a>(&mut self, chunk: &'a str) -> &'a str {
        let (most, turn) = (self.bounds.text, self.turn);
        let is_aside = |it: &Entry| {
            matches!(it.kind, EntryKind::Direction { .. } | EntryKind::Redirect { .. })
        };
        if !self.entries.back().is_some_and(|it| is_aside(it)) {
            return chunk;
        }
        let before = self.entries.iter_mut().rev().find(|it| !is_aside(it));
        if let Some(before) = before.filter(|it| it.turn == turn)
            && let EntryKind::Said { text, cut: false } = &before.kind
            && text.ends_with(|it: char| !it.is_whitespace())
        {
            let end = chunk.find(char::is_whitespace).unwrap_or(chunk.len());
            let (word, rest) = chunk.split_at(end);
            if !word.is_empty()
                && let EntryKind::Said { text, .. } = &mut Arc::make_mut(before).kind
            {
                append(text, word, most);
            }
            return rest.trim_start();
        }
        chunk
    }

    pub(super) fn think(&mut self, place: (Seq, Millis), chunk: &str) {
        let (most, turn) = (self.bounds.text, self.turn);
        if let Some(last) = self.entries.back_mut().filter(|it| it.turn == turn)
            && matches!(last.kind, EntryKind::Thought { .. })
            && let EntryKind::Thought { text } = &mut Arc::make_mut(last).kind
        {
            return append(text, chunk, most);
        }
        let text = self.tail(chunk);
        self.open(place, EntryKind::Thought { text });
    }

    /// Marks the unfinished text of a call that did not end well, drops its
    /// wishes, and says why. A direction may stand behind that text.
    pub(super) fn cut(&mut self, place: (Seq, Millis), why: &str) {
        let turn = self.turn;
        let mut is_marked = false;
        for entry in self.entries.iter_mut().rev().take_while(|it| it.turn == turn) {
            match &entry.kind {
                EntryKind::Said { cut: false, .. } if !is_marked => {
                    is_marked = true;
                    if let EntryKind::Said { cut, .. } = &mut Arc::make_mut(entry).kind {
                        *cut = true;
                    }
                }
                EntryKind::Tool { state: ToolState::Called, .. } => {
                    if let EntryKind::Tool { state, .. } = &mut Arc::make_mut(entry).kind {
                        *state = ToolState::Dropped;
                    }
                }
                _ => {}
            }
        }
        self.open(place, EntryKind::Note { level: Level::Note, text: format!("{CUT}{why}") });
    }

    /// A retry and an end say themselves why the call was cut.
    pub(super) fn forget_cut(&mut self, event: &Event) {
        let why = match event {
            Event::RetryScheduled { .. } => None,
            Event::AgentEnded { outcome: Outcome::Failed { why }, .. } => Some(why),
            _ => return,
        };
        let is_said = |entry: &Arc<Entry>| match &entry.kind {
            EntryKind::Note { text, .. } => {
                let cut = text.strip_prefix(CUT);
                cut.is_some_and(|it| why.is_none_or(|why| why.starts_with(it)))
            }
            _ => false,
        };
        if self.entries.back().is_some_and(is_said) {
            self.entries.pop_back();
        }
    }

    /// A failed call that is made again. Failures of the same turn, one after
    /// another, are one entry that says the last.
    pub(super) fn retry(&mut self, place: (Seq, Millis), event: &Event) {
        let Event::RetryScheduled { attempt, most, wait, why, .. } = event else { return };
        self.forget_cut(event);
        let text = format!("retrying in {wait} (try {attempt} of {most})");
        let kind = EntryKind::Retry { text, why: self.tail(why) };
        let turn = self.turn;
        match self.entries.back_mut().filter(|it| it.turn == turn) {
            Some(last) if matches!(last.kind, EntryKind::Retry { .. }) => {
                Arc::make_mut(last).kind = kind;
            }
            _ => self.open(place, kind),
        }
    }
}
