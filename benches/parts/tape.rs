//! What agents of a made session say and call, in words of which some are often used and
//! most are seldom.
#![allow(dead_code, reason = "no bench uses all of it")]

use auteur::{
    journal::Journal,
    model::{
        AgentId, Author, CallId, Casting, Cost, Event, FORMAT, Header, Limits, Millis, Record, Seq,
        Stop, Turn, Usage,
    },
};
use std::path::Path;

const AGENTS: u32 = 4;
/// How many words there are.
const WORDS: u64 = 30_000;

/// A session of so many bytes below this folder. In its middle stands what is said there,
/// once; tells the number of that record.
pub(crate) fn session(sessions: &Path, nth: u64, bytes: u64, told: Option<&str>) -> Option<Seq> {
    let opened = format!("2026-01-0{}T00:00:00Z", nth + 1);
    let name = format!("session-{nth}");
    let header = Header { auteur: FORMAT, session: name, opened, ..Header::default() };
    let mut journal = Journal::create(sessions, &header).unwrap();
    let (mut seq, mut round, mut dice, mut at) = (0, 0, Dice(nth + 1), None);
    while journal.position() < bytes {
        let mut events = turn(round, &mut dice);
        if let Some(text) = told.filter(|_| at.is_none() && journal.position() > bytes / 2) {
            at = Some(Seq(seq + events.len() as u64 + 1));
            events.push(Event::Said { agent: AgentId(1), text: text.to_owned() });
        }
        let records: Vec<_> = events
            .into_iter()
            .map(|event| {
                seq += 1;
                Record { seq: Seq(seq), at: Millis(seq), event }
            })
            .collect();
        journal.append(&records).unwrap();
        round += 1;
    }
    at
}

/// Numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// Words, the most of them from the few that are often used.
    fn text(&mut self, words: u64) -> String {
        let word = |dice: &mut Self| {
            let of = if dice.next().is_multiple_of(4) { WORDS } else { 300 };
            format!("word{} ", dice.next() % of)
        };
        (0..words).map(|_| word(self)).collect()
    }
}

/// One turn of each agent.
fn turn(round: u32, dice: &mut Dice) -> Vec<Event> {
    let agents = (1..=AGENTS).map(AgentId);
    if round == 0 {
        let title = "bench".to_owned();
        let opened = Event::SessionOpened { title, limits: Limits::default() };
        let cast = agents.map(|agent| {
            let casting = Casting { name: format!("agent-{agent}"), ..Casting::default() };
            Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director }
        });
        return std::iter::once(opened).chain(cast).collect();
    }
    agents.flat_map(|agent| turn_of(agent, round, dice)).collect()
}

fn turn_of(agent: AgentId, round: u32, dice: &mut Dice) -> Vec<Event> {
    let call = CallId(round);
    let mut events: Vec<_> = (0..20).map(|_| Event::Said { agent, text: dice.text(6) }).collect();
    let path = format!("src/module_{}/file_{}.rs", dice.next() % 50, dice.next() % 500);
    events.push(Event::ToolCalled {
        agent,
        call,
        id: format!("toolu_{:x}", dice.next()),
        tool: "read".to_owned(),
        title: path.clone(),
        input: Box::new(serde_json::json!({ "path": path })),
        seal: None,
    });
    let (usage, cost) = (Usage { output: 300, ..Usage::default() }, Cost::default());
    events.push(Event::TurnEnded { agent, turn: Turn(round), stop: Stop::Tools, usage, cost });
    events.push(Event::ToolEnded {
        agent,
        call,
        ok: true,
        text: dice.text(500),
        bytes: 3000,
        changes: Vec::new(),
        note: String::new(),
    });
    events
}
