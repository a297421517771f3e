//! Claude Code's transcripts: `~/.claude/projects/FOLDER/SESSION.jsonl`, and the files
//! of sub-agents beside them.
//!
//! One record holds one block of an answer: several of them have the same message id
//! and the same usage, or a growing one. The records are a tree by their parents; the
//! main line is told as the agent's own, a prompt that goes back in it as a branch.
//! Sub-agents have files of their own, or, before 2.0.70, stand in the main file as
//! side chains.

mod beside;
mod kinds;
mod local;
mod record;

use super::{
    actor::{Actor, Ended},
    desk::Desk,
    fields::{dollars, items, key, maybe, small, text, time},
    tally::{Tally, count},
    teller::Teller,
};
use crate::{
    engine::claude as engine,
    model::{CallId, EngineKind, Level, Millis, Turn},
};
pub(super) use beside::aides;
use kinds::Kind;
use local::Local;
use serde_json::Value;
use std::collections::HashMap;

/// How Claude Code notes that its user has cut it.
const CUT: &str = "[Request interrupted by user";
/// The agent of the file itself among its agents.
const MAIN: usize = 0;

/// Where a record stands, by its uuid.
#[derive(Debug, Clone, Copy)]
struct Place {
    actor: usize,
    turn: Turn,
}

/// A transcript, record by record.
#[derive(Debug)]
pub(super) struct Claude {
    /// Which of the files of the session this is.
    file: usize,
    tally: Tally,
    actors: Vec<Actor>,
    /// By the uuid of a record, hashed: what hangs on it belongs to the same chain.
    places: HashMap<u64, Place>,
    /// The file is that of a sub-agent: all of it is a side chain.
    is_aside: Option<bool>,
    /// The call that has set it to work, where its file says so.
    task: String,
}

impl Teller for Claude {
    fn take(&mut self, desk: &mut Desk, record: &Value) {
        self.tally.records += 1;
        let (name, kind) = kinds::of(record);
        count(&mut self.tally.kinds, &name);
        desk.at(time(record));
        let at = self.actor_of(desk, record);
        self.introduce(at, record);
        match kind {
            Kind::Answer => self.answer(desk, at, record),
            Kind::User => self.user(desk, at, record),
            Kind::Queue => self.queue(desk, record),
            Kind::Queued => self.queued(desk, at, record),
            Kind::Title(title) => self.on(at, |it| it.entitle(title)),
            Kind::Retry => self.retry(desk, at, record),
            Kind::Compacted => {
                self.tally.compactions += 1;
                let about = record::compacted(record);
                self.on(at, |it| it.compact(desk, about));
            }
            Kind::Note(level, text) => self.on(at, |it| it.note(desk, level, &text)),
            Kind::Cost(cost) => self.tally.reported = dollars(cost),
            Kind::Quiet => {}
            Kind::Strange => {
                self.tally.unknown += 1;
                self.on(at, |it| it.strange(desk, &name, record.clone()));
            }
        }
        self.note_place(at, record);
    }

    fn actors(&mut self) -> &mut [Actor] {
        &mut self.actors
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }
}

impl Claude {
    /// The main file of a session, or a file alone.
    pub(super) fn new(desk: &mut Desk, file: usize) -> Self {
        Self::of(Actor::new(desk, EngineKind::Claude, "claude"), file, String::new())
    }

    /// The file of a sub-agent of this kind, set to work by this call.
    pub(super) fn aide(desk: &mut Desk, file: usize, (kind, task): (&str, &str)) -> Self {
        let mut claude =
            Self::of(Actor::new(desk, EngineKind::Claude, kind), file, task.to_owned());
        claude.is_aside = Some(true);
        claude
    }

    fn of(main: Actor, file: usize, task: String) -> Self {
        let (tally, places) = (Tally::default(), HashMap::new());
        Self { file, tally, actors: vec![main], places, is_aside: None, task }
    }

    fn on(&mut self, at: usize, act: impl FnOnce(&mut Actor)) {
        if let Some(actor) = self.actors.get_mut(at) {
            act(actor);
        }
    }

    /// Whose record it is: a side chain belongs to a sub-agent.
    fn actor_of(&mut self, desk: &mut Desk, record: &Value) -> usize {
        let Some(in_side_chain) = record["isSidechain"].as_bool() else { return MAIN };
        let is_aside = *self.is_aside.get_or_insert(in_side_chain);
        if !in_side_chain || is_aside {
            return MAIN;
        }
        let parent = key(&record["parentUuid"]).and_then(|it| self.places.get(&it));
        if let Some(parent) = parent.filter(|it| it.actor != MAIN) {
            return parent.actor;
        }
        self.actors.push(Actor::new(desk, EngineKind::Claude, "sub-agent"));
        self.actors.len() - 1
    }

    fn introduce(&mut self, at: usize, record: &Value) {
        let Some(actor) = self.actors.get_mut(at) else { return };
        let program = maybe(&record["version"]).map(|it| format!("Claude Code {it}"));
        let (session, folder) = (text(&record["sessionId"]), text(&record["cwd"]));
        actor.is_in(&program.unwrap_or_default(), session, folder);
        if let Some(mode) = maybe(&record["permissionMode"]) {
            actor.may(mode);
        }
    }

    /// Remembers where a record stands.
    fn note_place(&mut self, at: usize, record: &Value) {
        let has_result = |it: &Value| text(&it["type"]) == "tool_result";
        let is_of_turn = text(&record["type"]) == "assistant"
            || items(&record["message"]["content"]).iter().any(has_result);
        if is_of_turn && at == MAIN {
            self.on(at, |it| it.stands_at(text(&record["uuid"])));
        }
        if let (Some(key), Some(actor)) = (key(&record["uuid"]), self.actors.get(at)) {
            self.places.insert(key, Place { actor: at, turn: actor.turn() });
        }
    }

    fn answer(&mut self, desk: &mut Desk, at: usize, record: &Value) {
        let message = &record["message"];
        let Some(actor) = self.actors.get_mut(at) else { return };
        let is_error = record["isApiErrorMessage"].as_bool().unwrap_or_default();
        if is_error || text(&message["model"]) == record::SYNTHETIC {
            let level = if is_error { Level::Trouble } else { Level::Note };
            return actor.note(desk, level, &engine::words(&message["content"]));
        }
        let id = maybe(&message["id"]).unwrap_or_else(|| text(&record["uuid"]));
        actor.answer(desk, id, text(&message["model"]));
        if let Some(told) = record::usage(record) {
            desk.see(self.file, id, told);
        }
        if let Some(stop) = record::stop(&message["stop_reason"]) {
            actor.stops(stop);
        }
        for block in record::blocks(&message["content"]).iter() {
            self.block(desk, at, block);
        }
    }

    fn block(&mut self, desk: &mut Desk, at: usize, block: &Value) {
        let Some(actor) = self.actors.get_mut(at) else { return };
        match text(&block["type"]) {
            "text" => actor.say(desk, text(&block["text"])),
            "thinking" => actor.think(desk, text(&block["thinking"])),
            "redacted_thinking" => {}
            "tool_use" | "server_tool_use" | "mcp_tool_use" => self.call(desk, at, block),
            kind if kind.ends_with("_result") => self.result(desk, at, block, &Value::Null),
            kind => {
                let name = format!("assistant/{kind}");
                actor.strange(desk, &name, block.clone());
            }
        }
    }

    fn call(&mut self, desk: &mut Desk, at: usize, block: &Value) {
        let Some(actor) = self.actors.get_mut(at) else { return };
        let (id, tool, input) = (text(&block["id"]), text(&block["name"]), &block["input"]);
        count(&mut self.tally.calls, tool);
        let title = engine::title_by(tool, input, |path| actor.name(path));
        let call = actor.call(desk, (id, tool), &title, input);
        if engine::is_aide(tool) {
            desk.remember(actor.task(call, id, text(&input["prompt"])));
        }
    }

    fn result(&mut self, desk: &mut Desk, at: usize, block: &Value, detail: &Value) {
        let Some(actor) = self.actors.get_mut(at) else { return };
        let (id, is_error) = (text(&block["tool_use_id"]), block["is_error"].as_bool());
        let tool = actor.tool_of(id).to_owned();
        let ok = !is_error.unwrap_or_default();
        self.tally.results += 1;
        if !ok {
            count(&mut self.tally.errors, if tool.is_empty() { "?" } else { &tool });
        }
        let changes = engine::changes_by(&tool, detail, |path| actor.name(path));
        let text = engine::words(&block["content"]);
        let call = actor.end_call(desk, Ended { id, ok, text, changes });
        self.end_aide(desk, at, call);
    }

    /// A call has ended: so has the sub-agent of this file that it set to work.
    fn end_aide(&mut self, desk: &mut Desk, at: usize, call: CallId) {
        let aides = self.actors.iter_mut().enumerate().skip(MAIN + 1);
        for (_, aide) in aides.filter(|(place, it)| *place != at && it.origin() == Some(call)) {
            aide.finish(desk);
        }
    }

    fn user(&mut self, desk: &mut Desk, at: usize, record: &Value) {
        let content = &record["message"]["content"];
        let blocks = record::blocks(content);
        let is_result = |it: &&Value| text(&it["type"]) == "tool_result";
        for block in blocks.iter().filter(is_result) {
            self.result(desk, at, block, &record["toolUseResult"]);
        }
        let words: Vec<Value> = blocks.iter().filter(|it| !is_result(it)).cloned().collect();
        let words = engine::words(&Value::Array(words));
        if words.trim().is_empty() {
            return;
        }
        let is = |name: &str| record[name].as_bool().unwrap_or_default();
        if is("isCompactSummary") {
            return self.on(at, |it| it.end_compaction(desk, Some(&words)));
        }
        if is("isMeta") {
            return self.on(at, |it| it.note(desk, Level::Note, &words));
        }
        if words.starts_with(CUT) {
            return self.on(at, |it| it.interrupt(desk, &words));
        }
        let words = match Local::of(&words) {
            Some(Local::Said(said)) => return self.on(at, |it| it.note(desk, Level::Note, &said)),
            Some(Local::Typed(typed)) => typed,
            None => words,
        };
        self.go_back(desk, at, record);
        self.hear(desk, at, &words);
    }

    fn hear(&mut self, desk: &mut Desk, at: usize, words: &str) {
        let is_aide = at != MAIN || self.is_aside == Some(true);
        let id = std::mem::take(&mut self.task);
        let Some(actor) = self.actors.get_mut(at) else { return };
        if is_aide
            && actor.turn() == Turn(0)
            && let Some(task) = desk.task(&id, words)
        {
            actor.works_for(&task);
        }
        actor.hear(desk, words);
    }

    /// A prompt that hangs on an earlier turn than the last goes back to it.
    fn go_back(&mut self, desk: &mut Desk, at: usize, record: &Value) {
        let Some(actor) = self.actors.get_mut(at) else { return };
        let parent = key(&record["parentUuid"]).and_then(|it| self.places.get(&it));
        let Some(to) = parent.filter(|it| it.actor == at).map(|it| it.turn) else { return };
        if to < actor.turn() {
            self.tally.branches += 1;
            let back = format!("went back to turn {to}: what follows is another branch");
            actor.note(desk, Level::Note, &back);
        }
    }

    fn queue(&mut self, desk: &mut Desk, record: &Value) {
        let Some(actor) = self.actors.get_mut(MAIN) else { return };
        match (text(&record["operation"]), maybe(&record["content"])) {
            ("enqueue", Some(words)) => actor.queue(desk, words),
            ("remove" | "popAll", _) => actor.unqueue(desk),
            // What is taken out to be told comes as a prompt.
            _ => {}
        }
    }

    /// What was queued is told in the middle of a turn.
    fn queued(&mut self, desk: &mut Desk, at: usize, record: &Value) {
        let words = engine::words(&record["attachment"]["prompt"]);
        if !words.trim().is_empty() {
            self.on(at, |it| it.hear(desk, &words));
        }
    }

    fn retry(&mut self, desk: &mut Desk, at: usize, record: &Value) {
        let attempts = (small(&record["retryAttempt"]), small(&record["maxRetries"]));
        let wait = record["retryInMs"].as_f64().unwrap_or_default().clamp(0.0, 1e9);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between nothing and 10^9"
        )]
        let wait = Millis(wait as u64);
        let why = record::error(&record["error"]);
        self.on(at, |it| it.retry(desk, attempts, wait, &why));
    }
}

/// Whether a value is of a transcript.
pub(super) fn is_one(value: &Value) -> bool {
    let is_named = ["sessionId", "uuid", "leafUuid"].iter().any(|name| value[*name].is_string());
    match text(&value["type"]) {
        "user" | "assistant" => {
            let role = text(&value["message"]["role"]);
            let is_ours = matches!(role, "user" | "assistant") && is_named;
            is_ours && items(&value["message"]["parts"]).is_empty()
        }
        "" => false,
        _ => is_named && !matches!(kinds::of(value).1, Kind::Strange),
    }
}
