//! A session told call by call, as its watches see it: for the tests of the rules.

use super::after;
use crate::model::{
    AgentId, Author, CallId, Casting, Command, Cost, DriftEvent, Event, FileChange, HeedWish,
    Input, Millis, Record, RedirectId, Rule, Stage, Stop, Tree, Turn, Usage, Version, decide,
};
use serde_json::json;

const AGENT: AgentId = AgentId(1);

/// One agent at work.
#[derive(Debug)]
pub(super) struct Story {
    stage: Stage,
    call: u32,
    turn: u32,
    told: u32,
    /// All that the watches said.
    said: Vec<DriftEvent>,
}

impl Default for Story {
    fn default() -> Self {
        Self::of(Casting::default())
    }
}

impl Story {
    pub(super) fn of(casting: Casting) -> Self {
        let mut story =
            Self { stage: Stage::default(), call: 0, turn: 0, told: 0, said: Vec::new() };
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
        let record = Record { seq, at: Millis(seq.0 * 1000), event };
        self.stage.apply(&record);
        for event in after(&self.stage, &record.event) {
            if let Event::Drifted { event, .. } = &event {
                self.said.push(DriftEvent::clone(event));
            }
            let seq = self.stage.last().next();
            self.stage.apply(&Record { seq, at: Millis(seq.0 * 1000), event });
        }
        self
    }

    /// Its model answers once more.
    pub(super) fn turn(&mut self) -> &mut Self {
        self.turn += 1;
        let (turn, version, model) = (Turn(self.turn), Version(1), String::new());
        let (stop, usage, cost) = (Stop::Tools, Usage::default(), Cost::default());
        let agent = AGENT;
        self.record(Event::TurnStarted {
            agent,
            turn,
            version,
            model,
            reserved: None,
            again: false,
        });
        self.record(Event::TurnEnded { agent, turn, stop, usage, cost })
    }

    /// It calls a tool, which says that.
    pub(super) fn call(&mut self, tool: &str, what: &str, (ok, text): (bool, &str)) -> &mut Self {
        self.calls(tool, what, (ok, text), &[])
    }

    /// It changes a file.
    pub(super) fn edit(&mut self, path: &str) -> &mut Self {
        let what = format!("{path} for the {}th time", self.call);
        self.calls("edit", &what, (true, "done"), &[path])
    }

    fn calls(
        &mut self,
        tool: &str,
        what: &str,
        (ok, text): (bool, &str),
        changes: &[&str],
    ) -> &mut Self {
        self.call += 1;
        let (agent, call) = (AGENT, CallId(self.call));
        self.record(Event::ToolCalled {
            agent,
            call,
            id: String::new(),
            tool: tool.to_owned(),
            title: what.to_owned(),
            input: json!({ "what": what }).into(),
            seal: None,
        });
        self.record(Event::ToolStarted { agent, call });
        let (text, changes) = (text.to_owned(), files(changes));
        let note = String::new();
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
        let command = Command::Heed { agent: AGENT, wish: HeedWish::Dismiss { sign } };
        let input = Input::Command { by: Author::Director, command };
        for event in decide(&self.stage, input).unwrap() {
            self.record(event);
        }
        self
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
