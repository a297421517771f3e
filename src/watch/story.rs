//! A session told call by call, as its watches see it: for the tests of the rules.

use super::{after, next};
use crate::model::{
    Agent, AgentId, Answer, Author, CallId, Casting, Command, Cost, DriftEvent, Event, FileChange,
    HeedWish, Input, Millis, Money, Record, RedirectId, RequestId, Rule, Stage, Stop, Tree, Turn,
    Usage, Version, decide, follow_up,
};
use serde_json::json;
use std::collections::VecDeque;

const AGENT: AgentId = AgentId(1);

/// One agent at work.
#[derive(Debug)]
pub(super) struct Story {
    stage: Stage,
    call: u32,
    turn: u32,
    told: u32,
    /// For how long nothing has happened, in seconds.
    idle: u64,
    /// All that the watches said.
    said: Vec<DriftEvent>,
    /// All that they did beside that, and what was lifted.
    done: Vec<Event>,
}

impl Default for Story {
    fn default() -> Self {
        Self::of(Casting::default())
    }
}

impl Story {
    pub(super) fn of(casting: Casting) -> Self {
        let mut story = Self {
            stage: Stage::default(),
            call: 0,
            turn: 0,
            told: 0,
            idle: 0,
            said: Vec::new(),
            done: Vec::new(),
        };
        let casting = Box::new(casting);
        story.record(Event::AgentAdded { agent: AGENT, casting, by: Author::Director });
        story.record(Event::AgentStarting { agent: AGENT, run: 1 });
        story.record(Event::AgentStarted { agent: AGENT });
        story
    }

    /// One with this scope.
    pub(super) fn within(scope: &[&str]) -> Self {
        let scope = scope.iter().map(|it| (*it).to_owned()).collect();
        Self::of(Casting { scope, ..Casting::default() })
    }

    /// One whose folder is kept after each turn.
    pub(super) fn kept(mut self) -> Self {
        let tree = Box::new(Tree { kept: "refs/kept".into(), ..Tree::default() });
        self.record(Event::WorkspaceMade { agent: AGENT, tree });
        self
    }

    /// A fact, and what the watches say to it.
    pub(super) fn record(&mut self, event: Event) -> &mut Self {
        let seq = self.stage.last().next();
        self.idle = 0;
        let record = Record { seq, at: Millis(seq.0 * 1000), event };
        self.stage.apply(&record);
        for event in after(&self.stage, &record.event) {
            match &event {
                Event::Drifted { event, .. } => self.said.push(DriftEvent::clone(event)),
                event => self.done.push(event.clone()),
            }
            let seq = self.stage.last().next();
            self.stage.apply(&Record { seq, at: Millis(seq.0 * 1000), event });
        }
        self
    }

    /// Its model answers once more.
    pub(super) fn turn(&mut self) -> &mut Self {
        self.turn_with(Usage::default(), Cost::default())
    }

    /// Its model answers once more, and the window holds so many tokens then.
    pub(super) fn turn_of(&mut self, tokens: u64) -> &mut Self {
        self.turn_with(Usage { input: tokens, ..Usage::default() }, Cost::default())
    }

    /// Its model answers once more, for a cent.
    pub(super) fn paid_turn(&mut self) -> &mut Self {
        self.turn_with(Usage::default(), Cost::from(Some(Money::cents(1))))
    }

    fn turn_with(&mut self, usage: Usage, cost: Cost) -> &mut Self {
        self.turn += 1;
        let (agent, turn, version) = (AGENT, Turn(self.turn), Version(1));
        let (model, stop) = (String::new(), Stop::Tools);
        let (reserved, again) = (None, false);
        self.record(Event::TurnStarted { agent, turn, version, model, reserved, again });
        self.record(Event::TurnEnded { agent, turn, stop, usage, cost })
    }

    /// Its model answers once more, with these words.
    pub(super) fn says(&mut self, text: &str) -> &mut Self {
        self.turn += 1;
        let (agent, turn, version) = (AGENT, Turn(self.turn), Version(1));
        let (reserved, again, model) = (None, false, String::new());
        self.record(Event::TurnStarted { agent, turn, version, model, reserved, again });
        self.record(Event::Said { agent, text: text.to_owned() });
        let (stop, usage, cost) = (Stop::Tools, Usage::default(), Cost::default());
        self.record(Event::TurnEnded { agent, turn, stop, usage, cost })
    }

    /// It writes its plan down: steps, and how far each is.
    pub(super) fn plan(&mut self, steps: &[(&str, &str)]) -> &mut Self {
        self.plans(steps, true)
    }

    /// It would write its plan down, and its call succeeds or fails.
    pub(super) fn plans(&mut self, steps: &[(&str, &str)], ok: bool) -> &mut Self {
        let todos = steps.iter().map(|(text, at)| json!({ "content": text, "status": at }));
        self.call += 1;
        let (agent, call) = (AGENT, CallId(self.call));
        self.record(Event::ToolCalled {
            agent,
            call,
            id: String::new(),
            tool: "TodoWrite".to_owned(),
            title: "its plan".to_owned(),
            input: json!({ "todos": todos.collect::<Vec<_>>() }).into(),
            seal: None,
        });
        let (text, note, changes) = ("noted".to_owned(), String::new(), Vec::new());
        self.record(Event::ToolEnded { agent, call, ok, text, bytes: 0, changes, note })
    }

    /// Nothing happens for so many seconds more.
    pub(super) fn quiet(&mut self, seconds: u64) -> &mut Self {
        let heard = self.stage.agent(AGENT).unwrap().heard.1;
        self.idle += seconds;
        let now = heard.plus(Millis(self.idle * 1000));
        for event in next(&self.stage, now) {
            let seq = self.stage.last().next();
            self.stage.apply(&Record { seq, at: now, event });
        }
        self
    }

    /// It calls a tool, which says that.
    pub(super) fn call(&mut self, tool: &str, what: &str, told: (bool, &str)) -> &mut Self {
        self.calls((tool, what), what, told, Vec::new())
    }

    /// It changes a file to something new.
    pub(super) fn edit(&mut self, path: &str) -> &mut Self {
        let text = format!("for the {}th time", self.call);
        self.write(path, &text)
    }

    /// It writes that into a file.
    pub(super) fn write(&mut self, path: &str, text: &str) -> &mut Self {
        self.change(path, text, (1, 0))
    }

    /// It writes that into a file: so many lines more, so many less.
    pub(super) fn change(&mut self, path: &str, text: &str, lines: (u32, u32)) -> &mut Self {
        let change = FileChange { path: path.to_owned(), added: lines.0, removed: lines.1 };
        self.calls(("edit", path), text, (true, "done"), vec![change])
    }

    fn calls(
        &mut self,
        (tool, title): (&str, &str),
        input: &str,
        (ok, text): (bool, &str),
        changes: Vec<FileChange>,
    ) -> &mut Self {
        self.call += 1;
        let (agent, call) = (AGENT, CallId(self.call));
        self.record(Event::ToolCalled {
            agent,
            call,
            id: String::new(),
            tool: tool.to_owned(),
            title: title.to_owned(),
            input: json!({ "title": title, "input": input }).into(),
            seal: None,
        });
        self.record(Event::ToolStarted { agent, call });
        let (text, note) = (text.to_owned(), String::new());
        self.record(Event::ToolEnded { agent, call, ok, text, bytes: 0, changes, note })
    }

    /// Its folder is kept: what differs from before, and from the beginning.
    pub(super) fn checkpoint(&mut self, files_now: &[&str], in_all: &[&str]) -> &mut Self {
        self.record(Event::Checkpointed {
            agent: AGENT,
            turn: Turn(self.turn),
            commit: format!("c{}", self.turn),
            files: files(files_now),
            more: 0,
            in_all: Some(
                files_now
                    .iter()
                    .filter(|it| in_all.contains(it))
                    .flat_map(|it| files(&[it]))
                    .collect(),
            ),
        })
    }

    /// The director tells it something, and it sees that.
    pub(super) fn tell(&mut self, text: &str) -> &mut Self {
        self.told += 1;
        let (agent, redirect) = (AGENT, RedirectId(self.told));
        let (text, by) = (text.to_owned(), Author::Director);
        self.record(Event::RedirectWritten { agent, redirect, text: text.clone(), by });
        let turn = Turn(self.turn + 1);
        self.record(Event::RedirectDelivered { agent, redirect, turn, text })
    }

    /// The director says that what was seen last is no drift.
    pub(super) fn dismiss(&mut self) -> &mut Self {
        let sign = self.stage.agent(AGENT).and_then(|it| it.drifts()).unwrap().number;
        self.direct(Command::Heed { agent: AGENT, wish: HeedWish::Dismiss { sign } })
    }

    /// The director answers what the watches ask.
    pub(super) fn answer(&mut self, answer: Answer) -> &mut Self {
        self.direct(Command::Answer { agent: AGENT, request: RequestId::DRIFT, answer })
    }

    /// The director does something, and what follows from that follows.
    pub(super) fn direct(&mut self, command: Command) -> &mut Self {
        let input = Input::Command { by: Author::Director, command };
        let mut facts: VecDeque<Event> = decide(&self.stage, input).unwrap().into();
        while let Some(event) = facts.pop_front() {
            self.done.push(event.clone());
            self.record(event.clone());
            facts.extend(follow_up(&self.stage, &event));
        }
        self
    }

    /// Everybody.
    pub(super) const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// How it stands.
    pub(super) fn agent(&self) -> &Agent {
        self.stage.agent(AGENT).unwrap()
    }

    /// Whether something was done beside that.
    pub(super) fn did(&self, what: impl Fn(&Event) -> bool) -> bool {
        self.done.iter().any(what)
    }

    /// How much was.
    pub(super) fn deeds(&self) -> usize {
        self.done.len()
    }

    /// The signs that stand.
    pub(super) fn signs(&self) -> Vec<Rule> {
        self.stage.agent(AGENT).unwrap().drift.signs().map(|it| it.rule).collect()
    }

    /// How often something was seen.
    pub(super) fn times_seen(&self) -> usize {
        self.said.iter().filter(|it| matches!(it, DriftEvent::Seen { .. })).count()
    }

    /// Whether the signs seen are counted from 1 without gaps.
    pub(super) fn are_numbered(&self) -> bool {
        let seen = self.said.iter().filter_map(|it| match it {
            DriftEvent::Seen { sign, .. } => Some(*sign),
            _ => None,
        });
        seen.eq((1..).take(self.times_seen()))
    }

    /// What the latest sign says.
    pub(super) fn words(&self) -> &str {
        &self.stage.agent(AGENT).unwrap().drifts().unwrap().words
    }

    /// The turns that show it.
    pub(super) fn evidence(&self) -> Vec<u32> {
        let sign = self.stage.agent(AGENT).unwrap().drifts().unwrap();
        sign.evidence.iter().map(|it| it.turn.0).collect()
    }
}

fn files(paths: &[&str]) -> Vec<FileChange> {
    let file = |it: &&str| FileChange { path: (*it).to_owned(), added: 1, removed: 0 };
    paths.iter().map(file).collect()
}
