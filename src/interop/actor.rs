//! An agent of a log, told in our own events, as its engine would have told them.
//!
//! It comes on stage when it is known which model plays it; what happened before is
//! held back for as long, and told at its own time.

mod ending;
mod meeting;
mod resting;

use super::desk::Desk;
use crate::{
    engine::program::kept,
    model::{
        AgentId, Author, CallId, Casting, Cost, EngineKind, Event, FileChange, Level, Limits,
        Millis, Quota, RedirectId, Stop, Turn, Usage, Version,
    },
    text::{harmless, one_line, sanitise},
};
use serde_json::Value;
use std::{collections::VecDeque, mem};

/// So much is held back; then nobody waits for a model any more.
const HELD: usize = 64;
/// A title's width at most, in columns, and a name's.
const TITLE: usize = 200;
const NAME: usize = 80;
/// A message that nobody knows is kept whole up to this size, in bytes.
const STRANGE: usize = 16 << 10;

/// One agent.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent, and each says something else")]
pub(super) struct Actor {
    id: AgentId,
    casting: Casting,
    /// Its program and its session there.
    link: (String, String),
    title: String,
    came: Option<Millis>,
    held: Option<Vec<(Millis, Event)>>,
    turn: Turn,
    /// The answer that is under way.
    open: Option<String>,
    stop: Stop,
    /// The log has said so, of this answer; and how it was with the last one.
    is_stop_told: bool,
    was_stop_told: bool,
    last_stop: Option<Stop>,
    /// What was told of tokens and is not settled: answers that were settled before
    /// all of them was known, or a log's own counts.
    owing: Vec<String>,
    /// Its log tells of tokens apart from its answers.
    is_counted_apart: bool,
    /// Something was told of them.
    is_counted: bool,
    /// What the last turn has used.
    window: u64,
    /// Calls without a result, oldest first: the program's name of it, ours, the tool.
    calls: VecDeque<(String, CallId, String)>,
    last_call: CallId,
    queued: VecDeque<(RedirectId, String)>,
    last_redirect: RedirectId,
    compacting: Option<String>,
    /// What its program calls the place in its session where it stands.
    place: Option<String>,
    /// Its user has cut it, and has not said anything since.
    is_cut: bool,
    is_over: bool,
    /// It has ended as far as is known, and is watched.
    rests: bool,
    /// How often it was set to work.
    run: u32,
}

/// The result of a tool call.
#[derive(Debug)]
pub(super) struct Ended<'record> {
    /// The program's name of the call; empty where it tells none.
    pub(super) id: &'record str,
    pub(super) ok: bool,
    pub(super) text: String,
    pub(super) changes: Vec<FileChange>,
}

impl Actor {
    /// An agent of this name, driven by a program of somebody else's.
    pub(super) fn new(desk: &mut Desk, engine: EngineKind, name: &str) -> Self {
        let id = desk.next_agent();
        let role = one_line(name, NAME);
        let name = desk.unique(&role);
        let provider = role.clone();
        let casting = Casting { name, role, engine, provider, ..Casting::default() };
        Self {
            id,
            casting,
            link: Default::default(),
            title: String::new(),
            came: None,
            held: Some(Vec::new()),
            turn: Turn(0),
            open: None,
            stop: Stop::End,
            is_stop_told: false,
            was_stop_told: false,
            last_stop: None,
            owing: Vec::new(),
            is_counted_apart: false,
            is_counted: false,
            window: 0,
            calls: VecDeque::new(),
            last_call: CallId(0),
            queued: VecDeque::new(),
            last_redirect: RedirectId(0),
            compacting: None,
            place: None,
            is_cut: false,
            is_over: false,
            rests: false,
            run: 1,
        }
    }

    pub(super) const fn turn(&self) -> Turn {
        self.turn
    }

    /// The call that has set it to work.
    pub(super) fn origin(&self) -> Option<CallId> {
        self.casting.origin.as_ref().map(|it| it.call)
    }

    /// A path as it is named in its folder.
    pub(super) fn name(&self, path: &str) -> String {
        let folder = self.casting.workspace.as_str();
        let inside = path.strip_prefix(folder).and_then(|it| it.strip_prefix('/'));
        inside.filter(|_| !folder.is_empty()).unwrap_or(path).to_owned()
    }

    fn tell(&mut self, desk: &mut Desk, event: Event) {
        let now = desk.now();
        self.came.get_or_insert(now);
        let Some(held) = &mut self.held else {
            self.wake_for(desk, &event);
            return desk.tell(now, event);
        };
        held.push((now, event));
        if held.len() >= HELD {
            self.come(desk);
        }
    }

    /// Comes on stage.
    fn come(&mut self, desk: &mut Desk) {
        let Some(held) = self.held.take() else { return };
        let (agent, at) = (self.id, self.came.unwrap_or_else(|| desk.now()));
        // The coming of the first one opens the session.
        if agent == AgentId(1) && desk.is_untitled() {
            let brief = one_line(&self.casting.brief, TITLE);
            let title = if self.title.is_empty() { brief } else { self.title.clone() };
            desk.tell(at, Event::SessionOpened { title, limits: Limits::default() });
        }
        let by = if self.origin().is_some() { Author::Agent } else { Author::Director };
        let casting = Box::new(self.casting.clone());
        desk.tell(at, Event::AgentAdded { agent, casting, by });
        desk.tell(at, Event::AgentStarting { agent, run: 1 });
        desk.tell(at, Event::AgentStarted { agent });
        let (program, session) = self.link.clone();
        if !program.is_empty() {
            desk.tell(at, Event::Linked { agent, program, session, model: String::new() });
        }
        for (at, event) in held {
            desk.tell(at, event);
        }
    }

    /// Its user, or whoever set it to work, says something.
    pub(super) fn hear(&mut self, desk: &mut Desk, text: &str) {
        self.end_turn(desk);
        (self.is_cut, self.last_stop) = (false, None);
        let text = kept(sanitise(text).into_owned());
        if self.held.is_some() && self.casting.brief.is_empty() {
            self.came.get_or_insert(desk.now());
            self.casting.brief = text;
            return;
        }
        let waiting = self.queued.iter().position(|(_, it)| *it == text);
        let known = waiting.and_then(|at| self.queued.remove(at)).map(|(redirect, _)| redirect);
        let redirect = known.unwrap_or_else(|| self.write(desk, text.clone()));
        let (agent, turn) = (self.id, self.turn.next());
        self.tell(desk, Event::RedirectDelivered { agent, redirect, turn, text });
    }

    fn write(&mut self, desk: &mut Desk, text: String) -> RedirectId {
        self.last_redirect = self.last_redirect.next();
        let (agent, redirect, by) = (self.id, self.last_redirect, Author::Director);
        self.tell(desk, Event::RedirectWritten { agent, redirect, text, by });
        redirect
    }

    /// Its user has written something while it was busy.
    pub(super) fn queue(&mut self, desk: &mut Desk, text: &str) {
        // The very first words wait for nobody: they are the brief.
        if self.came.is_some() {
            let text = kept(sanitise(text).into_owned());
            let redirect = self.write(desk, text.clone());
            self.queued.push_back((redirect, text));
        }
    }

    /// What waited longest was taken back.
    pub(super) fn unqueue(&mut self, desk: &mut Desk) {
        if let Some((redirect, _)) = self.queued.pop_front() {
            let (agent, by) = (self.id, Author::Director);
            self.tell(desk, Event::RedirectTakenBack { agent, redirect, by });
        }
    }

    /// A record of an answer: it begins a turn, unless that is under way or over.
    pub(super) fn answer(&mut self, desk: &mut Desk, id: &str, model: &str) {
        let is_open = self.open.as_deref() == Some(id);
        if is_open || desk.bill.knows(id) {
            if !is_open {
                self.owe(id);
            }
            return;
        }
        self.end_turn(desk);
        self.end_compaction(desk, None);
        let model = one_line(model, NAME);
        if self.held.is_some() {
            self.casting.model.clone_from(&model);
            self.came.get_or_insert(desk.now());
            self.come(desk);
        } else if self.casting.model != model {
            self.casting.model.clone_from(&model);
            let (agent, provider) = (self.id, self.casting.provider.clone());
            // Nobody knows who has changed it, if it is not merely known now.
            let (model, by) = (model.clone(), Author::Agent);
            self.tell(desk, Event::ModelChanged { agent, provider, model, by });
        }
        self.name_place(desk);
        self.turn = self.turn.next();
        (self.open, self.stop) = (Some(id.to_owned()), Stop::End);
        (self.is_stop_told, self.last_stop) = (false, None);
        let (agent, turn, version) = (self.id, self.turn, Version(1));
        let (reserved, again) = (None, false);
        self.tell(desk, Event::TurnStarted { agent, turn, version, model, reserved, again });
    }

    /// Its log tells of tokens apart from its answers.
    pub(super) const fn is_counted_apart(&mut self) {
        self.is_counted_apart = true;
    }

    /// Something of this name on the bill is to be settled with the turn.
    pub(super) fn owe(&mut self, id: &str) {
        self.is_counted = true;
        if !self.owing.iter().any(|it| it == id) {
            self.owing.push(id.to_owned());
        }
    }

    /// Settles what came behind the last turn with that; the window is as full as it was.
    pub(super) fn settle(&mut self, desk: &mut Desk) {
        if self.open.is_none() && self.turn > Turn(0) && !self.owing.is_empty() {
            let tokens = self.window;
            self.close_turn(desk, Default::default());
            if tokens > 0 {
                self.tell(desk, Event::WindowSeen { agent: self.id, tokens, size: None });
            }
        }
    }

    /// Why the answer that is under way was over.
    pub(super) fn stops(&mut self, stop: Stop) {
        (self.stop, self.is_stop_told) = (stop, true);
    }

    /// Ends the turn that is under way.
    pub(super) fn end_turn(&mut self, desk: &mut Desk) {
        let Some(id) = self.open.take() else { return };
        let own = if self.is_counted_apart { Default::default() } else { desk.bill.settle(&id) };
        self.close_turn(desk, own);
        // What is paid elsewhere fills its window all the same.
        if let Some(tokens) = desk.bill.elsewhere(&id) {
            self.window = tokens;
            self.tell(desk, Event::WindowSeen { agent: self.id, tokens, size: None });
        }
    }

    fn close_turn(&mut self, desk: &mut Desk, (mut usage, mut cost): (Usage, Cost)) {
        for id in mem::take(&mut self.owing) {
            let (more, dearer) = desk.bill.settle(&id);
            usage += more;
            cost += dearer;
        }
        self.window = usage.total();
        let (agent, turn, stop) = (self.id, self.turn, mem::take(&mut self.stop));
        (self.was_stop_told, self.last_stop) = (self.is_stop_told, Some(stop.clone()));
        self.tell(desk, Event::TurnEnded { agent, turn, stop, usage, cost });
    }

    pub(super) fn say(&mut self, desk: &mut Desk, text: &str) {
        if !text.trim().is_empty() {
            let (agent, text) = (self.id, format!("{}\n\n", sanitise(text.trim_end())));
            self.tell(desk, Event::Said { agent, text });
        }
    }

    pub(super) fn think(&mut self, desk: &mut Desk, text: &str) {
        if !text.trim().is_empty() {
            let (agent, text) = (self.id, format!("{}\n\n", sanitise(text.trim_end())));
            self.tell(desk, Event::Thought { agent, text });
        }
    }

    /// It calls a tool, which runs at once as far as a log tells.
    pub(super) fn call(
        &mut self,
        desk: &mut Desk,
        (id, tool): (&str, &str),
        title: &str,
        input: &Value,
    ) -> CallId {
        self.last_call = self.last_call.next();
        let (agent, call) = (self.id, self.last_call);
        let (id, tool, title) = (one_line(id, TITLE), one_line(tool, NAME), one_line(title, TITLE));
        self.calls.push_back((id.clone(), call, tool.clone()));
        let (input, seal) = (Box::new(input.clone()), None);
        self.tell(desk, Event::ToolCalled { agent, call, id, tool, title, input, seal });
        self.tell(desk, Event::ToolStarted { agent, call });
        call
    }

    /// The tool of a call that has no result yet.
    pub(super) fn tool_of(&self, id: &str) -> &str {
        self.place_of(id).and_then(|at| self.calls.get(at)).map_or("", |it| it.2.as_str())
    }

    fn place_of(&self, id: &str) -> Option<usize> {
        let named = self.calls.iter().position(|it| it.0 == id);
        named.or_else(|| (id.is_empty() && !self.calls.is_empty()).then_some(0))
    }

    /// A tool call has a result. One whose call is not there is shown as well.
    pub(super) fn end_call(&mut self, desk: &mut Desk, ended: Ended<'_>) -> CallId {
        self.end_turn(desk);
        self.last_stop = None;
        let place = self.place_of(ended.id);
        let call = if let Some((_, call, _)) = place.and_then(|at| self.calls.remove(at)) {
            call
        } else {
            let call = self.call(desk, (ended.id, "?"), "a call that is not told", &Value::Null);
            self.calls.pop_back();
            call
        };
        self.tell(
            desk,
            Event::ToolEnded {
                agent: self.id,
                call,
                ok: ended.ok,
                bytes: ended.text.len() as u64,
                text: kept(sanitise(&ended.text).into_owned()),
                changes: ended.changes,
                note: String::new(),
            },
        );
        desk.note_end(self.id, call);
        call
    }

    /// Its user has cut what it did.
    pub(super) fn interrupt(&mut self, desk: &mut Desk, what: &str) {
        self.end_turn(desk);
        self.is_cut = true;
        let (agent, by) = (self.id, Author::Director);
        self.tell(desk, Event::InterruptAsked { agent, by });
        let what = one_line(what, TITLE);
        self.tell(desk, Event::Interrupted { agent, what });
    }

    /// A model call failed and will be made again.
    pub(super) fn retry(
        &mut self,
        desk: &mut Desk,
        (attempt, most): (u32, u32),
        wait: Millis,
        why: &str,
    ) {
        let (agent, why) = (self.id, one_line(why, TITLE));
        self.tell(desk, Event::RetryScheduled { agent, attempt, most, wait, why });
    }

    /// Its conversation is made shorter; what stands for it may come next.
    pub(super) fn compact(&mut self, desk: &mut Desk, about: String) {
        self.end_compaction(desk, None);
        self.end_turn(desk);
        self.compacting = Some(about);
    }

    /// What stands in the place of the conversation so far.
    pub(super) fn end_compaction(&mut self, desk: &mut Desk, summary: Option<&str>) {
        let about = self.compacting.take();
        let summary = summary.map(|it| kept(sanitise(it).into_owned()));
        if let Some(summary) = summary.or(about) {
            let (agent, upto) = (self.id, self.turn);
            let (usage, cost) = Default::default();
            self.tell(desk, Event::Compacted { agent, summary, upto, usage, cost });
        }
    }

    /// Something about it that its log should tell.
    pub(super) fn note(&mut self, desk: &mut Desk, level: Level, text: &str) {
        let text = kept(sanitise(text.trim()).into_owned());
        if !text.is_empty() {
            self.tell(desk, Event::Noted { agent: self.id, level, text });
        }
    }

    /// Its service has told how much may still be asked of it.
    pub(super) fn is_granted(&mut self, desk: &mut Desk, quota: Quota) {
        self.tell(desk, Event::QuotaTold { agent: self.id, quota: Box::new(quota) });
    }

    /// A record of a kind that nobody knows.
    pub(super) fn strange(&mut self, desk: &mut Desk, name: &str, mut message: Value) {
        let text = message.to_string();
        if text.len() > STRANGE {
            let start = text.get(..text.floor_char_boundary(STRANGE)).unwrap_or_default();
            message = Value::String(start.to_owned());
        }
        harmless(&mut message);
        let (agent, name) = (self.id, one_line(name, NAME));
        self.tell(desk, Event::Strange { agent, name, message: message.into() });
    }
}
