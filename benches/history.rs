//! How soon something is found in what former sessions said, with the index and without
//! it, and how fast the index takes journals in.
//!
//! `cargo bench --bench history -- mb=1024`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a bench stops where it can't go on, and tells what it found"
)]

mod parts;

use auteur::{
    history::{Filter, History, Query, Wanted},
    journal::Journal,
    model::{
        AgentId, Author, CallId, Casting, Cost, Event, FORMAT, Header, Limits, Millis, Record, Seq,
        Stop, Turn, Usage,
    },
};
use parts::{number, percentile, resident, tell};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const SESSIONS: u64 = 8;
const AGENTS: u32 = 4;
/// How many words there are, and how often each search is made.
const WORDS: u64 = 30_000;
const ROUNDS: usize = 7;
/// Goals for 1 GB.
const INDEXED: Duration = Duration::from_millis(50);
const BARE: Duration = Duration::from_millis(180);

fn main() {
    let megabytes = number("mb", 1024);
    let place = specimen(megabytes << 20);
    let history = History::new(place.join("sessions"));
    for end in ["", "-wal", "-shm"] {
        fs::remove_file(place.join(format!("history.db{end}"))).ok();
    }
    println!("{megabytes} MB of journals in {SESSIONS} sessions");
    let searches = [
        ("a word that is everywhere", "word17"),
        ("a word that is once, in the middle", "shibboleth"),
        ("two words, once together", "shibboleth quokka"),
        ("a phrase that is once", "\"the shibboleth quokka\""),
        ("the beginning of a word, once", "shibb*"),
        ("a word that is nowhere", "nonexistent"),
    ];
    for (name, query) in searches {
        first_hit(&history, &format!("without index: {name}"), query, BARE);
    }
    let bytes = sizes(&place.join("sessions"));
    let start = Instant::now();
    assert!(history.fill(u64::MAX, || true).unwrap().is_whole);
    let took = start.elapsed().as_secs_f64();
    let speed = bytes as f64 / took / 1e6;
    tell("indexed", format!("{speed:.0} MB/s"), ">= 50 MB/s", speed >= 50.0);
    let size = fs::metadata(place.join("history.db")).unwrap().len();
    let share = 100.0 * size as f64 / bytes as f64;
    tell("the index, of the journals", format!("{share:.1} %"), "<= 10 %", share <= 10.0);
    for (name, query) in searches {
        first_hit(&history, &format!("with index: {name}"), query, INDEXED);
    }
    tell(
        "resident",
        format!("{} MB", resident("self") / 1024),
        "< 100 MB",
        resident("self") < 100 << 10,
    );
}

/// How long it takes until the first hit is there, or until it is known that there is none.
fn first_hit(history: &History, figure: &str, query: &str, goal: Duration) {
    let (query, filter) = (Query::read(query), Filter::default());
    let wanted = Wanted { query, filter, most: Some(1), each: None };
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let (start, mut first) = (Instant::now(), None);
            history.search(&wanted, || true, |_| first = Some(start.elapsed()));
            first.unwrap_or_else(|| start.elapsed())
        })
        .collect();
    let found = percentile(&mut times, 50);
    tell(figure, format!("{found:.1?}"), &format!("< {goal:?}"), found < goal);
}

fn sizes(sessions: &Path) -> u64 {
    let folders = fs::read_dir(sessions).unwrap().map(|it| it.unwrap().path());
    folders.map(|it| fs::metadata(it.join(auteur::journal::FILE)).unwrap().len()).sum()
}

/// Sessions of agents that talk and call tools, in words of which some are often used and
/// most are seldom.
fn specimen(bytes: u64) -> PathBuf {
    let place = std::env::temp_dir().join(format!("auteur-bench-history-{bytes}"));
    let sessions = place.join("sessions");
    if place.join("whole").exists() {
        return place;
    }
    fs::remove_dir_all(&place).ok();
    for session in 0..SESSIONS {
        let opened = format!("2026-01-0{}T00:00:00Z", session + 1);
        let name = format!("session-{session}");
        let header = Header { auteur: FORMAT, session: name, opened, ..Header::default() };
        let mut journal = Journal::create(&sessions, &header).unwrap();
        let (mut seq, mut round, mut dice) = (0, 0, Dice(session + 1));
        let each = bytes / SESSIONS;
        while journal.position() < each {
            let is_middle = session == SESSIONS / 2 && seq > 0 && journal.position() > each / 2;
            let mut events = turn(round, &mut dice);
            if is_middle && !place.join("told").exists() {
                fs::write(place.join("told"), "").unwrap();
                let text = "Here is the shibboleth quokka, and nowhere else.\n".to_owned();
                events.push(Event::Said { agent: AgentId(1), text });
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
    }
    fs::write(place.join("whole"), "").unwrap();
    place
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
