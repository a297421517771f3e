//! What the model is told: a fold over what happened to its agent.
//!
//! The engine builds it as it goes, and a later run rebuilds it from the
//! journal by [`Conversation::replay`]; both go through the same verbs, so the
//! model of a resumed agent is told exactly what it was told before.

use super::tool::Wanted;
use crate::engine::voice::Kind;
use crate::{
    llm::{Message, Part, ToolResult},
    model::{CallId, Event, Turn},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An agent's conversation with its model.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Conversation {
    messages: Vec<Message>,
    /// What the model has said in the turn that is going on.
    saying: Vec<Part>,
    /// Calls of the latest turn that have no result yet, in their order.
    open: Vec<(CallId, String, String)>,
    /// Results of the latest turn, by call: they go back in the order of the calls.
    results: BTreeMap<CallId, ToolResult>,
    /// Messages that wait until the results are complete.
    waiting: Vec<String>,
    /// The highest call number so far.
    last_call: CallId,
    /// The latest turn.
    turn: Turn,
    /// Where each turn's first message stands, for compaction.
    starts: Vec<(Turn, usize)>,
}

impl Conversation {
    /// One that opens with the brief.
    pub(super) fn opening(brief: &str) -> Self {
        Self { messages: vec![Message::User(brief.to_owned())], ..Self::default() }
    }

    /// The brief reads like this now.
    pub(super) fn brief(&mut self, text: &str) {
        if let Some(first) = self.messages.first_mut() {
            *first = Message::User(text.to_owned());
        }
    }

    /// Whether the model has said all it had to say, and nobody anything since.
    pub(super) fn is_complete(&self) -> bool {
        let is_call = |part: &Part| matches!(part, Part::Call { .. });
        match self.messages.last() {
            Some(Message::Assistant(parts)) => !parts.iter().any(is_call),
            _ => false,
        }
    }

    /// Whether there is something of the model's own that a summary could take
    /// the place of.
    pub(super) fn can_be_shortened(&self) -> bool {
        self.messages.iter().any(|it| matches!(it, Message::Assistant(_)))
    }

    /// The conversation as the model gets it.
    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The number that the next tool call gets.
    pub(super) const fn next_call(&self) -> CallId {
        self.last_call.next()
    }

    /// The words of the model's latest message.
    pub(super) fn last_words(&self) -> String {
        let last = self.messages.iter().rev().find_map(|it| match it {
            Message::Assistant(parts) => Some(parts),
            _ => None,
        });
        let texts = last.into_iter().flatten().filter_map(|part| match part {
            Part::Text(text) => Some(text.trim()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The director says something. While results are missing it waits: no
    /// vendor lets a message stand between a call and its result.
    pub(super) fn user(&mut self, text: &str) {
        if self.open.is_empty() {
            self.messages.push(Message::User(text.to_owned()));
        } else {
            self.waiting.push(text.to_owned());
        }
    }

    /// A model call begins: what an earlier attempt at it had said is dropped.
    pub(super) fn start_turn(&mut self, turn: Turn) {
        self.saying.clear();
        if self.turn != turn {
            self.turn = turn;
            self.starts.push((turn, self.messages.len()));
        }
    }

    /// The model speaks or thinks: a piece, which may be empty.
    pub(super) fn keep(&mut self, kind: Kind, text: &str) {
        match kind {
            // Of what is empty, no service takes a part, and no journal a line.
            _ if text.is_empty() => {}
            Kind::Words => self.said(text),
            Kind::Thought => self.thought(text),
        }
    }

    fn said(&mut self, text: &str) {
        match self.saying.last_mut() {
            Some(Part::Text(words)) => words.push_str(text),
            _ => self.saying.push(Part::Text(text.to_owned())),
        }
    }

    fn thought(&mut self, text: &str) {
        match self.saying.last_mut() {
            Some(Part::Thought { text: words, seal: None }) => words.push_str(text),
            _ => self.saying.push(Part::Thought { text: text.to_owned(), seal: None }),
        }
    }

    /// Seals the thought that ends here; without one, it is a hidden thought.
    pub(super) fn sealed(&mut self, seal: Value) {
        match self.saying.last_mut() {
            Some(Part::Thought { seal: open @ None, .. }) => *open = Some(seal),
            _ => self.saying.push(Part::Thought { text: String::new(), seal: Some(seal) }),
        }
    }

    pub(super) fn called(
        &mut self,
        call: CallId,
        id: &str,
        name: &str,
        (arguments, seal): (Value, Option<Value>),
    ) {
        self.last_call = self.last_call.max(call);
        self.open.push((call, id.to_owned(), name.to_owned()));
        let (id, name) = (id.to_owned(), name.to_owned());
        self.saying.push(Part::Call { id, name, arguments, seal });
    }

    /// Whether the model has said anything but thoughts in this turn.
    pub(super) fn has_answer(&self) -> bool {
        self.saying.iter().any(|part| match part {
            Part::Text(text) => !text.trim().is_empty(),
            Part::Call { .. } => true,
            Part::Thought { .. } => false,
        })
    }

    /// The model call ended well: what it said stands. Of an answer without
    /// words and calls nothing does: no service takes one back.
    pub(super) fn end_turn(&mut self) {
        if self.has_answer() {
            self.messages.push(Message::Assistant(std::mem::take(&mut self.saying)));
        }
        self.saying.clear();
    }

    /// The model call did not end well: what it said is dropped, with its calls.
    pub(super) fn cut_turn(&mut self) {
        // Calls of a turn that had ended are not a part of this one.
        self.close_results();
        self.saying.clear();
        self.open.clear();
        self.results.clear();
        self.release();
    }

    /// A tool call has its result. When all have, they go to the model, and
    /// after them what the director has said meanwhile.
    pub(super) fn result(&mut self, call: CallId, text: &str, is_error: bool) {
        let Some(index) = self.open.iter().position(|(open, ..)| *open == call) else { return };
        let (_, id, name) = self.open.remove(index);
        // An empty result is no result to some services.
        let text = if text.is_empty() { "(no output)" } else { text }.to_owned();
        self.results.insert(call, ToolResult { id, name, text, is_error });
        if self.open.is_empty() {
            let results = std::mem::take(&mut self.results).into_values().collect();
            self.messages.push(Message::Results(results));
            self.release();
        }
    }

    fn release(&mut self) {
        self.messages.extend(self.waiting.drain(..).map(Message::User));
    }

    /// What was said last, by the director, was not said.
    pub(super) fn unsay(&mut self) {
        self.messages.pop_if(|it| matches!(it, Message::User(_)));
    }

    /// What was said after this turn.
    pub(super) fn since(&self, turn: Turn) -> &[Message] {
        let start = self.starts.iter().find(|(it, _)| *it > turn).map_or(0, |(_, start)| *start);
        let start = if turn.0 == 0 { 1 } else { start };
        self.messages.get(start..).unwrap_or_default()
    }

    /// A summary takes the place of all turns up to and with `upto`; the brief
    /// stays as it is, and so does what the director has said since.
    pub(super) fn compact(&mut self, upto: Turn, summary: &str) {
        let cut = self.end_of_old(upto);
        let mut kept = self.messages.split_off(cut);
        self.messages.truncate(1);
        self.messages.push(Message::User(format!(
            "Summary of your work so far (the conversation was shortened):\n\n{summary}"
        )));
        let shift = cut.saturating_sub(self.messages.len());
        self.starts.retain(|(turn, _)| *turn > upto);
        for (_, start) in &mut self.starts {
            *start = start.saturating_sub(shift);
        }
        self.messages.append(&mut kept);
    }

    /// What a summary of all turns up to and with `upto` would take the place of.
    pub(super) fn old(&self, upto: Turn) -> &[Message] {
        self.messages.get(1..self.end_of_old(upto)).unwrap_or_default()
    }

    fn end_of_old(&self, upto: Turn) -> usize {
        let cut = self.starts.iter().find(|(turn, _)| *turn > upto).map(|(_, start)| *start);
        let cut = cut.unwrap_or(self.messages.len());
        let is_heard = |it: &Message| !matches!(it, Message::User(_));
        let answered = self.messages.iter().take(cut).rposition(is_heard);
        answered.map_or(1, |index| index + 1).min(self.messages.len())
    }

    /// Takes in what a former run of the agent has left in the journal.
    pub(super) fn replay(&mut self, event: &Event) {
        match event {
            Event::AgentAdded { casting, .. } => *self = Self::opening(&casting.brief),
            Event::BriefEdited { text, .. } => self.brief(text),
            Event::TurnStarted { turn, .. } => {
                // Only where a damaged line is missing is anything open here.
                self.close_gaps();
                self.start_turn(*turn);
            }
            Event::Said { text, .. } => {
                self.close_results();
                self.keep(Kind::Words, text);
            }
            Event::Thought { text, .. } => {
                self.close_results();
                self.keep(Kind::Thought, text);
            }
            Event::Sealed { seal, .. } => {
                self.close_results();
                self.sealed(seal.clone());
            }
            Event::ToolCalled { call, id, tool, input, seal, .. } => {
                self.close_results();
                self.called(*call, id, tool, ((**input).clone(), seal.as_deref().cloned()));
            }
            // A run that was cut in the middle of a call left it without an end.
            Event::TurnCut { .. } => self.cut_turn(),
            // What an ended turn asked for waits for its run, if it has not begun.
            Event::AgentStarting { .. } if !self.saying.is_empty() => self.cut_turn(),
            // A tool runs after its turn, even where the line that said so is damaged.
            Event::TurnEnded { .. } | Event::ToolStarted { .. } => self.end_turn(),
            // A call of a turn that has not ended goes when the turn is cut.
            Event::ToolEnded { .. } if !self.saying.is_empty() => {}
            Event::ToolEnded { call, ok, text, .. } => self.result(*call, text, !ok),
            Event::RedirectDelivered { text, .. } => self.user(text),
            Event::Compacted { upto, summary, .. } => {
                self.close_gaps();
                self.compact(*upto, summary);
            }
            _ => {}
        }
    }

    /// Brings what a run left open to an end: an unfinished message is dropped,
    /// a call without a result gets one that says so.
    pub(super) fn close_gaps(&mut self) {
        if !self.saying.is_empty() {
            return self.cut_turn();
        }
        self.close_results();
    }

    /// The same, but for calls that wait for their run: these are given back, in
    /// their order.
    pub(super) fn close_gaps_but(&mut self, waits: impl Fn(CallId) -> bool) -> Vec<Wanted> {
        if !self.saying.is_empty() {
            self.cut_turn();
        }
        self.close_results_but(waits);
        let arguments = self.arguments();
        let wanted = self.open.iter().map(|(call, id, name)| {
            let arguments = arguments.get(call).cloned().unwrap_or_default();
            Wanted::new(*call, id.clone(), name.clone(), Ok(arguments))
        });
        wanted.collect()
    }

    /// What each call of the latest turn was called with.
    fn arguments(&self) -> BTreeMap<CallId, Value> {
        let Some(Message::Assistant(parts)) = self.messages.last() else {
            return BTreeMap::new();
        };
        let arguments = parts.iter().filter_map(|part| match part {
            Part::Call { arguments, .. } => Some(arguments.clone()),
            _ => None,
        });
        let all = self.results.keys().chain(self.open.iter().map(|(call, ..)| call));
        let all: BTreeSet<CallId> = all.copied().collect();
        all.into_iter().zip(arguments).collect()
    }

    /// Gives each call of an ended turn that has none a result that says so.
    fn close_results(&mut self) {
        self.close_results_but(|_| false);
    }

    fn close_results_but(&mut self, waits: impl Fn(CallId) -> bool) {
        if !self.saying.is_empty() {
            return;
        }
        let open = self.open.iter().map(|(call, ..)| *call).filter(|call| !waits(*call));
        let open: Vec<_> = open.collect();
        for call in open {
            self.result(call, "unknown: it was cut off before it had a result", true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Author, Casting, Cost, RedirectId, Stop, Usage, Version};
    use proptest::prelude::*;
    use serde_json::json;

    fn called(conversation: &mut Conversation, n: u32) {
        conversation.called(CallId(n), &format!("id{n}"), "shell", (json!({}), None));
    }

    #[test]
    fn results_go_back_in_the_order_of_the_calls_and_before_what_was_said_meanwhile() {
        let mut told = Conversation::opening("mend it");
        told.start_turn(Turn(1));
        told.said("I ");
        told.said("look");
        called(&mut told, 1);
        called(&mut told, 2);
        told.end_turn();
        told.user("only in src");
        told.result(CallId(2), "two", false);
        told.result(CallId(1), "", true);
        let result = |id: &str, text: &str, is_error| {
            let (id, name, text) = (id.into(), "shell".into(), text.into());
            ToolResult { id, name, text, is_error }
        };
        let call = |id: &str| {
            let (id, name) = (id.into(), "shell".into());
            Part::Call { id, name, arguments: json!({}), seal: None }
        };
        let expected = [
            Message::User("mend it".into()),
            Message::Assistant(vec![Part::Text("I look".into()), call("id1"), call("id2")]),
            Message::Results(vec![result("id1", "(no output)", true), result("id2", "two", false)]),
            Message::User("only in src".into()),
        ];
        assert_eq!(told.messages(), expected);
    }

    #[test]
    fn what_a_cut_call_had_said_is_not_told_again() {
        let mut told = Conversation::opening("mend it");
        told.start_turn(Turn(1));
        told.said("half a");
        called(&mut told, 1);
        told.cut_turn();
        told.start_turn(Turn(1));
        told.said("whole");
        told.end_turn();
        assert_eq!(told.last_words(), "whole");
        assert_eq!(told.messages().len(), 2);
    }

    #[test]
    fn a_summary_takes_the_place_of_the_turns_before_it() {
        let mut told = Conversation::opening("mend it");
        for n in 1..=3 {
            told.start_turn(Turn(n));
            told.said(&format!("turn {n}"));
            called(&mut told, n);
            told.end_turn();
            told.result(CallId(n), "done", false);
        }
        told.compact(Turn(2), "so far, so good");
        assert_eq!(told.messages().len(), 4);
        assert_eq!(told.messages().first(), Some(&Message::User("mend it".into())));
        assert_eq!(told.last_words(), "turn 3");
        told.compact(Turn(3), "all done");
        assert_eq!(told.messages().len(), 2);
    }

    #[test]
    fn a_turn_that_was_cut_off_leaves_nothing_behind_not_even_results() {
        let agent = AgentId(1);
        let casting = Box::new(Casting { brief: "mend it".into(), ..Casting::default() });
        let mut told = Conversation::default();
        let called = happening(3, 1);
        told.replay(&Event::AgentAdded { agent, casting, by: Author::Director });
        for event in [happening(0, 1), happening(1, 1), called, happening(7, 1), happening(8, 1)] {
            told.replay(&event);
        }
        assert_eq!(told.messages(), [Message::User("mend it".into())]);
    }

    /// One of the things that happen to an agent; `n` is its turn or its call.
    fn happening(kind: u8, n: u32) -> Event {
        let (agent, call, turn) = (AgentId(1), CallId(n), Turn(n));
        let (usage, cost) = (Usage::default(), Cost::default());
        let text = format!("{kind} {n}");
        match kind {
            0 => {
                let (version, model) = (Version(1), String::new());
                Event::TurnStarted { agent, turn, version, model, reserved: None, again: false }
            }
            1 => Event::Said { agent, text },
            2 => Event::Thought { agent, text },
            3 => Event::ToolCalled {
                agent,
                call,
                id: format!("id{n}"),
                tool: "shell".into(),
                title: text,
                input: json!({}).into(),
                seal: None,
            },
            4 => Event::TurnEnded { agent, turn, stop: Stop::End, usage, cost },
            5 => Event::TurnCut { agent, turn, why: text, usage, cost },
            6 => Event::ToolStarted { agent, call },
            7 => Event::ToolEnded {
                agent,
                call,
                ok: true,
                text,
                bytes: 0,
                changes: vec![],
                note: String::new(),
            },
            8 => Event::AgentStarting { agent, run: 2 },
            9 => Event::RedirectDelivered { agent, redirect: RedirectId(n), turn, text },
            _ => Event::Compacted { agent, summary: text, upto: turn, usage, cost },
        }
    }

    fn calls(message: Option<&Message>) -> Vec<&str> {
        let Some(Message::Assistant(parts)) = message else { return vec![] };
        let ids = parts.iter().filter_map(|part| match part {
            Part::Call { id, .. } => Some(id.as_str()),
            _ => None,
        });
        ids.collect()
    }

    fn results(message: Option<&Message>) -> Vec<&str> {
        let Some(Message::Results(results)) = message else { return vec![] };
        results.iter().map(|it| it.id.as_str()).collect()
    }

    proptest! {
        #[test]
        fn whatever_happened_each_call_has_its_result_and_each_result_its_call(
            happened in proptest::collection::vec((0_u8..11, 1_u32..9), 0..60),
        ) {
            let mut told = Conversation::opening("mend it");
            let (mut seen, mut turn) = (std::collections::BTreeSet::new(), 0);
            for (kind, n) in happened {
                // Calls are numbered on, and so are turns.
                if kind == 3 && (seen.last() >= Some(&n) || !seen.insert(n)) {
                    continue;
                }
                turn += u32::from(kind == 0);
                let n = if matches!(kind, 3 | 6 | 7) { n } else { turn };
                told.replay(&happening(kind, n));
                let mut asked = told.clone();
                asked.close_gaps();
                let messages = asked.messages();
                for (index, message) in messages.iter().enumerate() {
                    let is_empty = matches!(message, Message::Assistant(parts) if parts.is_empty());
                    prop_assert!(!is_empty);
                    prop_assert_eq!(calls(Some(message)), results(messages.get(index + 1)));
                }
                prop_assert!(results(messages.first()).is_empty());
            }
        }
    }
}
