//! An agent's log: what it said and did, as entries a person reads.
//!
//! A log is a window onto the journal, not a copy of it. It keeps the last
//! entries within its bounds; the stage's logs are small, and the one a
//! director scrolls is built by the same fold from another stretch of records.

mod speech;

use super::{
    CallId, Entry, EntryKind, Event, Millis, Outcome, Printed, Record, RedirectId, RequestId, Seq,
    ToolState, Turn,
    excerpt::{STEP, append, small, tail},
    words,
};
use std::{collections::VecDeque, sync::Arc};

/// How much a log keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogBounds {
    /// Entries.
    pub entries: usize,
    /// Bytes of text in one entry; of longer text the end is kept.
    pub text: usize,
    /// Bytes that a command printed to its terminal; of more, the end is kept.
    pub printed: usize,
}

impl LogBounds {
    /// Nothing: for one who only judges.
    pub const NONE: Self = Self { entries: 0, text: 0, printed: 0 };
    /// What a pane in the grid shows.
    pub const PANE: Self = Self { entries: 24, text: 2048, printed: 256 * 1024 };
    /// What a director scrolls: what no screen can show at once.
    pub const READING: Self = Self { entries: 4000, text: 256 * 1024, printed: 0 };
    /// What is copied of one agent as a whole.
    pub const WHOLE: Self = Self { entries: 200_000, text: 256 * 1024, printed: 0 };
}

impl Default for LogBounds {
    fn default() -> Self {
        Self::PANE
    }
}

/// The last entries of one agent's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    entries: VecDeque<Arc<Entry>>,
    bounds: LogBounds,
    /// How many entries were dropped from the front.
    dropped: u64,
    /// The turn that chunks belong to.
    turn: Turn,
    /// Since when what runs is frozen.
    frozen: Option<Millis>,
    /// What it printed, if it is a command in a terminal.
    printed: Option<Box<Printed>>,
}

impl Log {
    /// An empty log.
    pub const fn new(bounds: LogBounds) -> Self {
        let entries = VecDeque::new();
        Self { entries, bounds, dropped: 0, turn: Turn(0), frozen: None, printed: None }
    }

    /// Its entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Arc<Entry>> + ExactSizeIterator {
        self.entries.iter()
    }

    /// Its entries, for one who needs the log no more.
    pub fn into_entries(self) -> impl Iterator<Item = Arc<Entry>> {
        self.entries.into_iter()
    }

    /// The same log with these entries in the place of its own: for one who
    /// keeps a log without them and reads them again.
    #[must_use]
    pub fn with_entries(&self, entries: impl IntoIterator<Item = Arc<Entry>>) -> Self {
        let entries = entries.into_iter().collect();
        let Self { bounds, dropped, turn, frozen, .. } = *self;
        let printed = self.printed.clone();
        Self { entries, bounds, dropped, turn, frozen, printed }
    }

    /// What it printed to its terminal, if it has one and has used it.
    pub fn printed(&self) -> Option<&Printed> {
        self.printed.as_deref()
    }

    /// How many entries stand before the first that is kept.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether nothing was cut of the input of a call that stands here.
    pub fn keeps_whole(&self, input: &serde_json::Value) -> bool {
        match input {
            serde_json::Value::String(text) => text.len() < self.bounds.text,
            serde_json::Value::Object(fields) => fields.values().all(|it| self.keeps_whole(it)),
            _ => true,
        }
    }

    /// Adds what a record of this log's agent tells. Total: a record without
    /// something to read changes nothing.
    pub fn apply(&mut self, record: &Record) {
        if self.bounds.entries == 0 {
            return;
        }
        let place = (record.seq, record.at);
        match &record.event {
            Event::AgentAdded { casting, .. } => {
                self.open(place, EntryKind::Brief(self.tail(&casting.brief)));
            }
            Event::TurnStarted { turn, .. } => self.turn = *turn,
            Event::Said { text, .. } => self.say(place, text),
            Event::Thought { text, .. } => self.think(place, text),
            Event::TurnCut { why, .. } => self.cut(place, why),
            Event::ToolCalled { call, tool, title, input, .. } => {
                self.open_tool(place, *call, [tool, title], input);
            }
            Event::ToolStarted { call, .. } => self.start_tool(*call, record.at),
            Event::ToolPrinted { call, text, .. } => self.print(*call, text),
            Event::ToolEnded { .. } => self.end_tool(record),
            Event::TerminalPrinted { text, .. } => self.on_terminal(|it| it.print(text)),
            Event::TerminalResized { columns, rows, .. } => {
                self.on_terminal(|it| it.resize(*columns, *rows));
            }
            Event::AgentStarting { .. } => self.printed.iter_mut().for_each(|it| it.begin()),
            Event::RetryScheduled { .. } => self.retry(place, &record.event),
            event => {
                self.freeze(event, record.at);
                self.tell(place, event);
            }
        }
    }

    fn on_terminal(&mut self, change: impl FnOnce(&mut Printed)) {
        if self.bounds.printed > 0 {
            let most = self.bounds.printed;
            change(self.printed.get_or_insert_with(|| Box::new(Printed::new(most))));
        }
    }

    /// What is frozen grows no older.
    fn freeze(&mut self, event: &Event, now: Millis) {
        match event {
            Event::Frozen { .. } => self.frozen = Some(now),
            Event::Thawed { .. } => {
                let Some(frozen) = self.frozen.take() else { return };
                for entry in &mut self.entries {
                    if let EntryKind::Tool { state: ToolState::Running(_), .. } = entry.kind
                        && let EntryKind::Tool { state: ToolState::Running(since), .. } =
                            &mut Arc::make_mut(entry).kind
                    {
                        *since = since.plus(now.since(frozen.max(*since)));
                    }
                }
            }
            _ => {}
        }
    }

    /// The events that are told in one entry of their own.
    fn tell(&mut self, place: (Seq, Millis), event: &Event) {
        self.forget_cut(event);
        let kind = match event {
            Event::Asked { request, ask, .. } => {
                EntryKind::Request { request: *request, text: words::ask(ask), answer: None }
            }
            Event::Answered { request, answer, .. } => {
                return self.answer(*request, &words::answer(answer));
            }
            Event::RedirectWritten { redirect, text, by, .. } => EntryKind::Redirect {
                redirect: *redirect,
                by: *by,
                text: self.tail(text),
                state: "queued".into(),
            },
            Event::RedirectEdited { redirect, text, .. } => {
                return self.amend(*redirect, Some(text), "queued, edited".into());
            }
            Event::RedirectSent { redirect, .. } => {
                return self.amend(*redirect, None, "sent".into());
            }
            Event::RedirectTakenBack { redirect, .. } => {
                return self.amend(*redirect, None, "taken back".into());
            }
            Event::RedirectDelivered { redirect, turn, text, .. } => {
                return self.amend(*redirect, Some(text), format!("delivered at turn {turn}"));
            }
            Event::RedirectFailed { redirect, why, .. } => {
                return self.amend(*redirect, None, format!("not delivered: {why}"));
            }
            Event::Reported { summary, .. } => EntryKind::Report { text: self.tail(summary) },
            Event::HandedOff { to, note, .. } => {
                EntryKind::HandOff { to: to.clone(), note: self.tail(note) }
            }
            Event::AgentEnded { outcome, .. } => self.end(outcome),
            event => match words::direction(event).or_else(|| words::note(event)) {
                Some(kind) => kind,
                None => return,
            },
        };
        self.open(place, kind);
    }

    /// The end of the agent. What it has just said or reported is not said again.
    fn end(&self, outcome: &Outcome) -> EntryKind {
        let is_said = |words: &str| {
            let words = words.trim();
            self.entries.iter().rev().take(3).any(|it| match &it.kind {
                EntryKind::Said { text, .. } | EntryKind::Report { text } => text.trim() == words,
                _ => false,
            })
        };
        match words::end(outcome) {
            EntryKind::End { text, ok: true } if is_said(&text) => {
                EntryKind::End { text: String::new(), ok: true }
            }
            end => end,
        }
    }

    fn open(&mut self, (seq, at): (Seq, Millis), kind: EntryKind) {
        // What was said is whole now: the room for more is given back.
        if let Some(Entry {
            kind: EntryKind::Said { text, .. } | EntryKind::Thought { text }, ..
        }) = self.entries.back_mut().and_then(Arc::get_mut)
            && text.capacity() - text.len() > STEP
        {
            text.shrink_to_fit();
        }
        self.entries.push_back(Arc::new(Entry { seq, at, turn: self.turn, kind }));
        while self.entries.len() > self.bounds.entries {
            self.entries.pop_front();
            self.dropped += 1;
        }
    }

    fn open_tool(
        &mut self,
        place: (Seq, Millis),
        call: CallId,
        [tool, title]: [&String; 2],
        input: &serde_json::Value,
    ) {
        let kind = EntryKind::Tool {
            call,
            tool: tool.clone(),
            title: title.clone(),
            input: Box::new(small(input, self.bounds.text)),
            state: ToolState::Called,
            output: String::new(),
            bytes: 0,
            changes: Vec::new(),
            note: String::new(),
        };
        self.open(place, kind);
    }

    /// Changes the entry of a tool call, newest first. One that was dropped
    /// from the window changes nothing.
    fn of_tool(&mut self, id: CallId, change: impl FnOnce(&mut EntryKind)) {
        let is_it =
            |it: &&mut Arc<Entry>| matches!(it.kind, EntryKind::Tool { call, .. } if call == id);
        if let Some(entry) = self.entries.iter_mut().rev().find(is_it) {
            change(&mut Arc::make_mut(entry).kind);
        }
    }

    fn start_tool(&mut self, call: CallId, at: Millis) {
        self.of_tool(call, |kind| {
            if let EntryKind::Tool { state, .. } = kind {
                *state = ToolState::Running(at);
            }
        });
    }

    fn print(&mut self, call: CallId, chunk: &str) {
        let most = self.bounds.text;
        self.of_tool(call, |kind| {
            if let EntryKind::Tool { output, .. } = kind {
                append(output, chunk, most);
            }
        });
    }

    fn end_tool(&mut self, record: &Record) {
        let Event::ToolEnded { call, ok, text, bytes, changes, note, .. } = &record.event else {
            return;
        };
        let (most, at) = (self.bounds.text, record.at);
        self.of_tool(*call, |kind| {
            if let EntryKind::Tool {
                state, output, bytes: size, changes: files, note: said, ..
            } = kind
            {
                let took = match state {
                    ToolState::Running(since) => at.since(*since),
                    ToolState::Called | ToolState::Ended { .. } | ToolState::Dropped => Millis(0),
                };
                *state = ToolState::Ended { ok: *ok, took };
                *output = tail(text, most);
                *size = *bytes;
                files.clone_from(changes);
                said.clone_from(note);
            }
        });
    }

    fn answer(&mut self, id: RequestId, words: &str) {
        let is_it = |it: &&mut Arc<Entry>| matches!(&it.kind, EntryKind::Request { request, answer: None, .. } if *request == id);
        if let Some(entry) = self.entries.iter_mut().rev().find(is_it)
            && let EntryKind::Request { answer, .. } = &mut Arc::make_mut(entry).kind
        {
            *answer = Some(words.to_owned());
        }
    }

    fn amend(&mut self, id: RedirectId, words: Option<&String>, now: String) {
        let most = self.bounds.text;
        let is_it = |it: &&mut Arc<Entry>| matches!(&it.kind, EntryKind::Redirect { redirect, .. } if *redirect == id);
        if let Some(entry) = self.entries.iter_mut().rev().find(is_it)
            && let EntryKind::Redirect { text, state, .. } = &mut Arc::make_mut(entry).kind
        {
            if let Some(words) = words {
                text.clear();
                append(text, words, most);
            }
            *state = now;
        }
    }

    fn tail(&self, text: &str) -> String {
        tail(text, self.bounds.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Author, Cost, Usage, Version};
    use std::iter;

    fn log(events: Vec<Event>) -> Log {
        let mut log = Log::new(LogBounds::PANE);
        for (n, event) in (1..).zip(events) {
            log.apply(&Record { seq: Seq(n), at: Millis(n), event });
        }
        log
    }

    fn cut_call(why: &str) -> Vec<Event> {
        let (agent, turn, version) = (AgentId(1), Turn(1), Version(1));
        let (usage, cost, by) = (Usage::default(), Cost::default(), Author::Director);
        let called = Event::ToolCalled {
            agent,
            call: CallId(1),
            id: "x".into(),
            tool: "shell".into(),
            title: "ls".into(),
            input: serde_json::Value::Null.into(),
            seal: None,
        };
        let (why, model, text) = (why.to_owned(), String::new(), "half".to_owned());
        let redirect =
            Event::RedirectWritten { agent, redirect: RedirectId(1), text: "no".into(), by };
        vec![
            Event::TurnStarted { agent, turn, version, model, reserved: None, again: false },
            Event::Said { agent, text },
            called,
            redirect,
            Event::TurnCut { agent, turn, why, usage, cost },
        ]
    }

    #[test]
    fn a_cut_call_shows_what_was_cut_and_why_and_drops_its_wishes() {
        let log = log(cut_call("interrupted"));
        let kinds: Vec<_> = log.entries().map(|it| &it.kind).collect();
        assert!(matches!(kinds[0], EntryKind::Said { cut: true, .. }), "{kinds:?}");
        assert!(matches!(kinds[1], EntryKind::Tool { state: ToolState::Dropped, .. }));
        assert!(matches!(kinds[3], EntryKind::Note { text, .. } if text == "cut: interrupted"));
    }

    #[test]
    fn a_direction_in_the_middle_of_a_word_does_not_part_it() {
        let said = |text: &str| Event::Said { agent: AgentId(1), text: text.into() };
        let aside = Event::InterruptAsked { agent: AgentId(1), by: Author::Director };
        let chunks = ["I look af", "ter the te", "sts", ".", " And on"].map(said);
        let [first, rest @ ..] = chunks;
        let log = log(iter::once(first).chain([aside]).chain(rest).collect());
        let said = log.entries().filter_map(|it| match &it.kind {
            EntryKind::Said { text, .. } => Some(&**text),
            _ => None,
        });
        assert_eq!(said.collect::<Vec<_>>(), ["I look after", "the tests. And on"]);
    }

    #[test]
    fn a_retry_says_once_why_the_call_was_cut() {
        let mut events = cut_call("no connection");
        let (agent, why, wait) = (AgentId(1), "no connection".to_owned(), Millis(1));
        events.push(Event::RetryScheduled { agent, attempt: 2, most: 3, wait, why });
        let log = log(events);
        let mut kinds = log.entries().map(|it| &it.kind);
        assert!(!kinds.any(|it| matches!(it, EntryKind::Note { .. })));
        assert!(matches!(log.entries().last().unwrap().kind, EntryKind::Retry { .. }));
    }
}
