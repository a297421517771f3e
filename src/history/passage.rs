//! What can be searched: the texts of a journal, each as whole as a person reads it.
//!
//! What streams stands in a journal in pieces, which part a word anywhere. So they
//! are joined before anybody looks for a word in them.

use super::telling::{Told, told};
use crate::model::{AgentId, CallId, Event, Millis, Record, Seq};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What of a stream goes with it from one block of a journal to the next, in bytes: so
/// much of it is found as one, wherever a block ends.
const CARRIED: usize = 8 << 10;

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The session itself: what is written on it, or who in it is wanted.
    Session,
    /// What the session is called.
    Title,
    /// A task.
    Brief,
    /// What governs how an agent works.
    Instructions,
    /// What a model said.
    Said,
    /// What a model thought.
    Thought,
    /// A tool call: what was asked for.
    Call,
    /// What a tool printed while it ran.
    Printed,
    /// What a tool call came to.
    Result,
    /// What a command printed to its terminal.
    Terminal,
    /// What an agent asked.
    Asked,
    /// What the director, or another author, said or did.
    Direction,
    /// What an agent handed in, or passed on.
    Report,
    /// How an agent ended.
    End,
    /// The names of files that changed.
    Files,
    /// Something about a script.
    Script,
    /// What the program had to say.
    Note,
}

impl Kind {
    /// Its name, in a word for a person.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Title => "title",
            Self::Brief => "brief",
            Self::Instructions => "instructions",
            Self::Said => "said",
            Self::Thought => "thought",
            Self::Call => "called",
            Self::Printed => "printed",
            Self::Result => "result",
            Self::Terminal => "terminal",
            Self::Asked => "asked",
            Self::Direction => "direction",
            Self::Report => "report",
            Self::End => "ended",
            Self::Files => "files",
            Self::Script => "script",
            Self::Note => "note",
        }
    }
}

/// A text, or a stretch of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    pub(super) kind: Kind,
    pub(super) agent: Option<AgentId>,
    pub(super) call: Option<CallId>,
    pub(super) text: String,
    /// Where each of its records begins in the text, and when it was written.
    parts: Vec<(usize, Seq, Millis)>,
    /// Up to here it was told with the block before.
    pub(super) fresh: usize,
}

/// A stream that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stream {
    Said,
    Thought,
    Printed(CallId),
    Terminal,
}

/// Makes passages of records.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    open: BTreeMap<(AgentId, Stream), Passage>,
}

impl Passage {
    fn new(told: Told, agent: Option<AgentId>, record: &Record) -> Self {
        let Told { kind, call, text } = told;
        Self { kind, agent, call, text, parts: vec![(0, record.seq, record.at)], fresh: 0 }
    }

    /// The record that this place of the text is from, and its time.
    pub(super) fn record_at(&self, place: usize) -> (Seq, Millis) {
        let behind = self.parts.partition_point(|it| it.0 <= place);
        let part = self.parts.get(behind.saturating_sub(1)).or(self.parts.first());
        part.map_or((Seq(0), Millis(0)), |it| (it.1, it.2))
    }

    /// What of it goes on into the next block.
    fn carried(mut self) -> Option<Self> {
        if self.fresh == self.text.len() {
            return None;
        }
        let mut cut = self.fresh.max(self.text.len().saturating_sub(CARRIED));
        while !self.text.is_char_boundary(cut) {
            cut += 1;
        }
        let part = self.record_at(cut);
        self.parts.retain(|it| it.0 > cut);
        for it in &mut self.parts {
            it.0 -= cut;
        }
        self.parts.insert(0, (0, part.0, part.1));
        self.text.drain(..cut);
        self.fresh = self.text.len();
        Some(self)
    }
}

impl Gathering {
    /// Takes a record, and tells the passages that are whole with it.
    pub(super) fn take(&mut self, record: &Record, tell: &mut impl FnMut(Passage)) {
        let stream = match &record.event {
            Event::Said { agent, text } => Some((*agent, Stream::Said, text)),
            Event::Thought { agent, text } => Some((*agent, Stream::Thought, text)),
            Event::ToolPrinted { agent, call, text } => {
                Some((*agent, Stream::Printed(*call), text))
            }
            Event::TerminalPrinted { agent, text } => Some((*agent, Stream::Terminal, text)),
            _ => None,
        };
        match stream {
            Some((agent, Stream::Terminal, text)) => {
                self.go_on((agent, Stream::Terminal), record, &plain(text));
            }
            Some((agent, stream, text)) => {
                let other = match stream {
                    Stream::Said => Some(Stream::Thought),
                    Stream::Thought => Some(Stream::Said),
                    _ => None,
                };
                if let Some(over) = other.and_then(|it| self.open.remove(&(agent, it))) {
                    tell(over);
                }
                self.go_on((agent, stream), record, text);
            }
            None => {
                self.close_by(&record.event, tell);
                let agent = record.event.agent();
                told(&record.event, &mut |it| tell(Passage::new(it, agent, record)));
            }
        }
    }

    fn go_on(&mut self, key: (AgentId, Stream), record: &Record, text: &str) {
        let passage = self.open.entry(key).or_insert_with(|| {
            let (kind, call) = match key.1 {
                Stream::Said => (Kind::Said, None),
                Stream::Thought => (Kind::Thought, None),
                Stream::Printed(call) => (Kind::Printed, Some(call)),
                Stream::Terminal => (Kind::Terminal, None),
            };
            let told = Told { kind, call, text: String::new() };
            Passage { parts: Vec::new(), ..Passage::new(told, Some(key.0), record) }
        });
        passage.parts.push((passage.text.len(), record.seq, record.at));
        passage.text.push_str(text);
    }

    /// Tells the streams that end with an event.
    fn close_by(&mut self, event: &Event, tell: &mut impl FnMut(Passage)) {
        let over = |agent: AgentId, stream: Stream| match event {
            Event::TurnStarted { agent: of, .. }
            | Event::TurnEnded { agent: of, .. }
            | Event::TurnCut { agent: of, .. }
            | Event::ToolCalled { agent: of, .. } => {
                agent == *of && matches!(stream, Stream::Said | Stream::Thought)
            }
            Event::ToolEnded { agent: of, call, .. } => {
                agent == *of && stream == Stream::Printed(*call)
            }
            Event::AgentEnded { agent: of, .. } => agent == *of,
            _ => false,
        };
        let closed = self.open.extract_if(.., |(agent, stream), _| over(*agent, *stream));
        for (_, passage) in closed {
            if !is_told_again(&passage, event) {
                tell(passage);
            }
        }
    }

    /// A block begins: what goes on is carried over.
    pub(super) fn turn(&mut self) {
        let open = std::mem::take(&mut self.open).into_iter();
        self.open = open.filter_map(|(key, it)| Some((key, it.carried()?))).collect();
    }

    /// What goes on, as far as it has come in this block.
    pub(super) fn open_texts(&self) -> impl Iterator<Item = &str> {
        self.open.values().filter(|it| it.fresh < it.text.len()).map(|it| it.text.as_str())
    }

    /// A block has ended: tells what goes on as far as it has come.
    pub(super) fn end(self, tell: &mut impl FnMut(Passage)) {
        self.open.into_values().filter(|it| it.fresh < it.text.len()).for_each(tell);
    }
}

/// Whether a call's result says all that it printed.
fn is_told_again(passage: &Passage, event: &Event) -> bool {
    match event {
        Event::ToolEnded { text, .. } => passage.fresh == 0 && text.contains(passage.text.trim()),
        _ => false,
    }
}

/// What a terminal shows of what was printed to it, without its control sequences, which
/// an event holds whole: a place that the cursor is sent to begins a new line.
fn plain(printed: &str) -> String {
    let mut text = String::with_capacity(printed.len());
    let mut rest = printed;
    while let Some((before, behind)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        let (sequence, after) = behind.split_at(sequence(behind));
        let moves = sequence.starts_with('[') && !sequence.ends_with('m');
        if moves {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// How long the control sequence is that goes on like this behind its escape.
fn sequence(behind: &str) -> usize {
    let bytes = behind.as_bytes();
    let upto = |from: usize, is_last: fn(&u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().position(is_last).map_or(bytes.len(), |at| from + at + 1)
    };
    let length = match bytes.first() {
        Some(b'[') => upto(1, |it| matches!(it, b'@'..=b'~')),
        // A command string ends with a bell, or with an escape and a backslash.
        Some(b']' | b'P' | b'_' | b'^' | b'X') => upto(1, |it| matches!(it, 0x07 | b'\\')),
        _ => upto(0, |it| !matches!(it, b' '..=b'/')),
    };
    // No character is cut by what is no sequence.
    (length..=bytes.len()).find(|it| behind.is_char_boundary(*it)).unwrap_or(bytes.len())
}

#[cfg(test)]
#[path = "passage_tests.rs"]
mod tests;
