//! Sessions that somebody made: `tests/fixtures/drift/sessions.toml`.

use crate::{Told, Watched};
use auteur::model::{
    AgentId, Author, CallId, Casting, Cost, Event, FileChange, Millis, Money, Rule, Stop, Turn,
    Usage, Version,
};
use serde::Deserialize;
use std::collections::BTreeMap;

const AGENT: AgentId = AgentId(1);
const ALL: &str = include_str!("../fixtures/drift/sessions.toml");

#[derive(Deserialize)]
struct File {
    session: Vec<Session>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    name: String,
    #[serde(default)]
    drifts: BTreeMap<Rule, u32>,
    #[serde(default)]
    scope: Vec<String>,
    window: Option<u64>,
    /// What a turn costs.
    #[serde(default)]
    cents: u64,
    /// What it is reckoned to cost, in cents.
    estimate: Option<u64>,
    /// What it says in each of them.
    #[serde(default)]
    words: String,
    /// For so many seconds nothing is heard after them.
    #[serde(default)]
    silent: u64,
    /// How much longer the conversation is after each.
    #[serde(default)]
    tokens: u64,
    #[serde(default)]
    turn: Vec<OneTurn>,
    #[serde(default)]
    round: Vec<Round>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneTurn {
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Round {
    times: u32,
    #[serde(default)]
    tokens: u64,
    turns: Vec<Vec<Call>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    tool: String,
    what: String,
    #[serde(default = "yes")]
    ok: bool,
    says: String,
    /// The steps of the plan that it writes down, and how far each is.
    #[serde(default)]
    plan: Vec<(String, String)>,
    #[serde(default)]
    changes: Vec<String>,
    /// Lines added, and removed.
    #[serde(default = "one_more")]
    lines: (u32, u32),
}

const fn yes() -> bool {
    true
}

const fn one_more() -> (u32, u32) {
    (1, 0)
}

/// All of them, each watched to its end.
pub(super) fn sessions() -> Vec<Watched> {
    let file: File = toml::from_str(ALL).unwrap();
    file.session.into_iter().map(watched).collect()
}

fn watched(session: Session) -> Watched {
    let mut play = Play::of(&session);
    for turn in &session.turn {
        play.turn(&turn.calls, 1, session.tokens);
    }
    for round in &session.round {
        for time in 1..=round.times {
            for calls in &round.turns {
                play.turn(calls, time, session.tokens.max(round.tokens));
            }
        }
    }
    let heard = play.told.stage.agent(AGENT).map_or(Millis(0), |it| it.heard.1);
    play.told.wait(heard.plus(Millis(session.silent * 1000)));
    let Session { name, drifts, .. } = session;
    Watched { name, drifts, seen: play.told.seen, is_real: false }
}

struct Play {
    told: Told,
    turn: u32,
    call: u32,
    context: u64,
    cost: Cost,
    words: String,
}

impl Play {
    fn of(session: &Session) -> Self {
        let casting = Casting {
            scope: session.scope.clone(),
            window: session.window,
            estimate: session.estimate.map(Money::cents),
            ..Casting::default()
        };
        let cost = Cost::from(Some(Money::cents(session.cents)));
        let (told, words) = (Told::default(), session.words.clone());
        let mut play = Self { told, turn: 0, call: 0, context: 0, cost, words };
        let casting = Box::new(casting);
        play.tell(Event::AgentAdded { agent: AGENT, casting, by: Author::Director });
        play.tell(Event::AgentStarting { agent: AGENT, run: 1 });
        play.tell(Event::AgentStarted { agent: AGENT });
        play
    }

    fn tell(&mut self, event: Event) {
        let at = Millis(self.told.stage.last().0 * 1000);
        self.told.tell(event, at);
    }

    fn turn(&mut self, calls: &[Call], round: u32, tokens: u64) {
        self.turn += 1;
        self.context += tokens;
        let (agent, turn, version) = (AGENT, Turn(self.turn), Version(1));
        let (model, stop, cost) = (String::new(), Stop::Tools, self.cost);
        let usage = Usage { input: self.context, ..Usage::default() };
        let (reserved, again) = (None, false);
        self.tell(Event::TurnStarted { agent, turn, version, model, reserved, again });
        if !self.words.is_empty() {
            let text = self.words.replace("{n}", &round.to_string());
            self.tell(Event::Said { agent, text });
        }
        self.tell(Event::TurnEnded { agent, turn, stop, usage, cost });
        for call in calls {
            self.call(call, round);
        }
    }

    fn call(&mut self, call: &Call, round: u32) {
        self.call += 1;
        let filled = |text: &str| text.replace("{n}", &round.to_string());
        let (agent, id) = (AGENT, CallId(self.call));
        let title = filled(&call.what);
        let paths = call.changes.iter().map(|it| filled(it)).collect::<Vec<_>>();
        let todos = call
            .plan
            .iter()
            .map(|(text, at)| serde_json::json!({ "content": filled(text), "status": at }));
        let todos = todos.collect::<Vec<_>>();
        let input = serde_json::json!({ "what": title, "paths": paths, "todos": todos });
        self.tell(Event::ToolCalled {
            agent,
            call: id,
            id: String::new(),
            tool: call.tool.clone(),
            title,
            input: input.into(),
            seal: None,
        });
        self.tell(Event::ToolStarted { agent, call: id });
        let (added, removed) = call.lines;
        let changes = paths.into_iter().map(|path| FileChange { path, added, removed });
        self.tell(Event::ToolEnded {
            agent,
            call: id,
            ok: call.ok,
            text: filled(&call.says),
            bytes: 0,
            changes: changes.collect(),
            note: String::new(),
        });
    }
}
