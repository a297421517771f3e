//! What most readers do alike: agents of a file that answer, call tools and use tokens,
//! told and counted at once.

use super::{
    Tally,
    actor::{Actor, Ended},
    bill::Told,
    desk::Desk,
    fields::title,
    tally::count,
};
use crate::{
    llm::{Billed, Tier},
    model::{CallId, EngineKind, FileChange, Level, Stop, Usage},
};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashMap;

/// So many agents of one file are told apart.
const MOST: usize = 400;

/// Who writes down what a file tells.
#[derive(Debug)]
pub(super) struct Scribe {
    file: usize,
    engine: EngineKind,
    pub(super) tally: Tally,
    pub(super) actors: Vec<Actor>,
    /// By what the file calls each.
    known: HashMap<String, usize>,
    /// Whose turn it is.
    at: usize,
    /// When what is being read was written.
    when: Option<Timestamp>,
    /// How many answers were told that have no name of their own.
    nameless: u64,
}

/// The result of a tool call.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) ok: bool,
    pub(super) text: String,
    pub(super) changes: Vec<FileChange>,
}

impl Outcome {
    /// One that changed no file, as far as is told.
    pub(super) fn of(ok: bool, text: impl Into<String>) -> Self {
        Self { ok, text: text.into(), changes: Vec::new() }
    }
}

impl Scribe {
    /// For a file of one agent of this name.
    pub(super) fn new(desk: &mut Desk, file: usize, engine: EngineKind, name: &str) -> Self {
        let mut scribe = Self::of_many(file, engine);
        scribe.enter(desk, "", name);
        scribe
    }

    /// For a file of agents that come one by one.
    pub(super) fn of_many(file: usize, engine: EngineKind) -> Self {
        Self {
            file,
            engine,
            tally: Tally::default(),
            actors: Vec::new(),
            known: HashMap::new(),
            at: 0,
            when: None,
            nameless: 0,
        }
    }

    /// What follows is about the agent that the file calls so; says whether it is new.
    pub(super) fn enter(&mut self, desk: &mut Desk, key: &str, name: &str) -> bool {
        if let Some(at) = self.known.get(key) {
            self.at = *at;
            return false;
        }
        if self.actors.len() >= MOST {
            self.at = MOST - 1;
            return false;
        }
        let mut actor = Actor::new(desk, self.engine, name);
        actor.is_counted_apart();
        self.actors.push(actor);
        self.at = self.actors.len() - 1;
        self.known.insert(key.to_owned(), self.at);
        true
    }

    /// What follows is about the first agent.
    pub(super) const fn enter_first(&mut self) {
        self.at = 0;
    }

    /// Does something with the agent whose turn it is, if there is one.
    pub(super) fn on<T>(&mut self, act: impl FnOnce(&mut Actor) -> T) -> Option<T> {
        self.actors.get_mut(self.at).map(act)
    }

    /// A value of this kind was read, written at that time.
    pub(super) fn note_record(&mut self, desk: &mut Desk, kind: &str, when: Option<Timestamp>) {
        self.tally.records += 1;
        count(&mut self.tally.kinds, kind);
        self.note_time(desk, when);
    }

    pub(super) fn note_time(&mut self, desk: &mut Desk, when: Option<Timestamp>) {
        if when.is_some() {
            self.when = when;
        }
        desk.at(when);
    }

    /// An answer begins, or goes on, that has this name; or none, and it is a new one.
    pub(super) fn answer(&mut self, desk: &mut Desk, id: &str, model: &str) -> String {
        let id = if id.is_empty() { self.next_name() } else { id.to_owned() };
        self.on(|it| it.answer(desk, &id, model));
        id
    }

    fn next_name(&mut self) -> String {
        self.nameless += 1;
        format!("answer {}", self.nameless)
    }

    /// Begins an answer unless one is under way: for what only an answer holds.
    pub(super) fn go_on_answering(&mut self, desk: &mut Desk, model: &str) {
        if self.on(|it| it.is_answering()) == Some(false) {
            self.answer(desk, "", model);
        }
    }

    /// Something of this name has used so much.
    pub(super) fn used(&mut self, desk: &mut Desk, (id, model): (&str, &str), usage: Usage) {
        let (at, tier) = (self.when, Tier::Standard);
        let parts = vec![Billed { model: None, usage }];
        desk.see(self.file, id, Told { model, at, tier, parts, is_over: true, mark: None });
        self.on(|it| it.owe(id));
    }

    pub(super) fn say(&mut self, desk: &mut Desk, text: &str) {
        self.on(|it| it.say(desk, text));
    }

    pub(super) fn think(&mut self, desk: &mut Desk, text: &str) {
        self.on(|it| it.think(desk, text));
    }

    pub(super) fn hear(&mut self, desk: &mut Desk, text: &str) {
        if !text.trim().is_empty() {
            self.on(|it| it.hear(desk, text));
        }
    }

    pub(super) fn note(&mut self, desk: &mut Desk, level: Level, text: &str) {
        self.on(|it| it.note(desk, level, text));
    }

    pub(super) fn stops(&mut self, stop: Stop) {
        self.on(|it| it.stops(stop));
    }

    /// A tool is called; the call may set another agent to work.
    pub(super) fn call(
        &mut self,
        desk: &mut Desk,
        (id, tool): (&str, &str),
        input: &Value,
    ) -> Option<CallId> {
        count(&mut self.tally.calls, tool);
        let title = title(tool, input);
        let call = self.on(|it| it.call(desk, (id, tool), &title, input))?;
        if !id.is_empty()
            && let Some(task) = self.on(|it| it.task(call, id, ""))
        {
            desk.remember(task);
        }
        Some(call)
    }

    /// A tool call has a result.
    pub(super) fn end_call(&mut self, desk: &mut Desk, id: &str, outcome: Outcome) {
        self.tally.results += 1;
        let Outcome { ok, text, changes } = outcome;
        if !ok {
            let tool = self.on(|it| it.tool_of(id).to_owned()).unwrap_or_default();
            count(&mut self.tally.errors, if tool.is_empty() { "?" } else { &tool });
        }
        self.on(|it| it.end_call(desk, Ended { id, ok, text, changes }));
    }

    /// A tool call whose result the file never tells.
    pub(super) fn end_untold(&mut self, desk: &mut Desk, id: &str) {
        let (ok, text, changes) = (true, String::new(), Vec::new());
        self.on(|it| it.end_call(desk, Ended { id, ok, text, changes }));
    }

    /// The conversation was made shorter; this stands for it, if it is told.
    pub(super) fn compact(&mut self, desk: &mut Desk, summary: &str) {
        self.tally.compactions += 1;
        let about = "its program made its conversation shorter".to_owned();
        self.on(|it| {
            it.compact(desk, about);
            it.end_compaction(desk, Some(summary).filter(|it| !it.is_empty()));
        });
    }

    /// A value of a kind that nobody knows.
    pub(super) fn strange(&mut self, desk: &mut Desk, name: &str, value: &Value) {
        self.tally.unknown += 1;
        self.on(|it| it.strange(desk, name, value.clone()));
    }

    /// The agent whose turn it is works for whoever made that call.
    pub(super) fn works_for(&mut self, desk: &mut Desk, call: &str) {
        if let Some(task) = desk.task(call, "") {
            self.on(|it| it.works_for(&task));
        }
    }

    /// Of whom nothing was told of tokens, nobody knows what it cost.
    pub(super) fn settle(&mut self) {
        for actor in &mut self.actors {
            actor.owe_what_is_untold();
        }
    }
}
