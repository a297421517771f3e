//! A big journal, replayed on a screen: how soon it stands there, how quickly it
//! is wound, and how much memory that takes, for one agent and for a hundred.
//!
//! `cargo bench --bench replay -- mb=1024`; 128 is the default. Each journal is
//! made once, and kept in the target folder.
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
    journal::{Journal, Reader, Reel},
    model::{
        AgentId, Author, CallId, Casting, Cost, Event, FORMAT, Header, Limits, Millis, Money,
        Record, Seq, Stage, Stop, Turn, Usage, Version,
    },
    ui::{
        desk::{Desk, Play},
        keys::Keymap,
        player::Player,
        show::{Cue, Show, Source as _},
        theme::Theme,
    },
};
use parts::{number, percentile, resident, tell};
use ratatui::{Terminal, backend::TestBackend};
use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

/// What an agent says in one turn.
const CHUNKS: u64 = 20;
const SEEKS: u16 = 200;

fn main() {
    let megabytes = number("mb", 128);
    let agents = number("agents", 0);
    if agents > 0 {
        return measure(&tape(agents, megabytes << 20), agents);
    }
    // Each in a process of its own, so that its memory is its own.
    for agents in ["agents=1", "agents=100"] {
        let itself = std::env::current_exe().unwrap();
        let size = format!("mb={megabytes}");
        assert!(Command::new(itself).args([agents, &size]).status().unwrap().success());
    }
}

fn measure(path: &Path, agents: u64) {
    let megabytes = path.metadata().unwrap().len() as f64 / 1e6;
    println!("{agents} agents, {megabytes:.0} MB");
    let start = Instant::now();
    let mut stand = Stand::open(path);
    stand.draw();
    let took = start.elapsed();
    tell("  first frame", format!("{took:.1?}"), "< 50 ms", took.as_millis() < 50);
    while stand.player.playhead().indexed < 1.0 {
        sleep(Duration::from_millis(1));
    }
    let took = start.elapsed();
    let speed = megabytes / took.as_secs_f64();
    tell("  folded and indexed beside it, MB/s", format!("{speed:.0}"), ">= 350", speed >= 350.0);
    let took = find_lines(path);
    let goal = 0.5 * megabytes / 1074.0;
    let found = format!("{:.3}", took.as_secs_f64());
    tell("  its lines found, s", found, &format!("< {goal:.3}"), took.as_secs_f64() < goal);
    let mut seeks: Vec<_> = (1..=SEEKS)
        .map(|nth| {
            let start = Instant::now();
            stand.player.play(Play::Thousandth(nth.wrapping_mul(40503) % 1000));
            stand.draw();
            start.elapsed()
        })
        .collect();
    let p99 = percentile(&mut seeks, 99);
    let both = format!("{:.1?} {p99:.1?}", percentile(&mut seeks, 50));
    tell("  seek to frame, p50 p99", both, "p99 < 33 ms", p99.as_millis() < 33);
    stand.player.play(Play::End);
    stand.draw();
    let mut steps: Vec<_> = (1..=SEEKS)
        .map(|_| {
            let start = Instant::now();
            stand.player.play(Play::Events(-1, None));
            stand.draw();
            start.elapsed()
        })
        .collect();
    let p99 = percentile(&mut steps, 99);
    let both = format!("{:.1?} {p99:.1?}", percentile(&mut steps, 50));
    tell("  step back to frame, p50 p99", both, "p99 < 33 ms", p99.as_millis() < 33);
    let most = if agents == 1 { 100 } else { 300 };
    let found = resident("self") / 1024;
    tell("  resident, MB", found, &format!("< {most}"), found < most);
}

/// What it takes at least to know where each line begins.
fn find_lines(path: &Path) -> Duration {
    let start = Instant::now();
    let mut file = std::fs::File::open(path).unwrap();
    let (mut room, mut lines, mut at) = (vec![0; 256 << 10], Vec::new(), 0);
    while let Ok(count @ 1..) = file.read(&mut room) {
        lines.extend(memchr::memchr_iter(b'\n', &room[..count]).map(|it| at + it as u64));
        at += count as u64;
    }
    assert!(!lines.is_empty());
    start.elapsed()
}

/// A replay on a screen that nobody sees.
struct Stand {
    player: Player,
    show: Show,
    terminal: Terminal<TestBackend>,
}

impl Stand {
    fn open(path: &Path) -> Self {
        let reader = Reader::open(path).unwrap();
        let stage = Stage::new(reader.header().clone());
        let player = Player::new(Reel::new(reader).unwrap());
        let mut desk = Desk::new(Arc::new(Keymap::built_in().unwrap()), Vec::new());
        desk.playhead = Some(player.playhead());
        let show = Show::new(stage, desk, Theme::builtin("night").unwrap(), None);
        Self { player, show, terminal: Terminal::new(TestBackend::new(200, 50)).unwrap() }
    }

    fn draw(&mut self) {
        let news = self.player.take();
        self.show.step([Cue::News(Box::new(news))], self.player.now());
        self.show.repaint();
        self.show.draw(&mut self.terminal, self.player.now()).unwrap();
    }
}

/// A session of agents that talk, call tools and are paid, as real ones do.
fn tape(agents: u64, bytes: u64) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tape-{agents}-{bytes}"));
    let path = place.join("one").join(auteur::journal::FILE);
    if path.metadata().is_ok_and(|it| it.len() >= bytes) {
        return path;
    }
    std::fs::remove_dir_all(&place).ok();
    let header = Header { auteur: FORMAT, session: "one".into(), ..Header::default() };
    let mut journal = Journal::create(&place, &header).unwrap();
    let (mut seq, mut round) = (0, 0);
    while journal.position() < bytes {
        let mut records = Vec::new();
        for event in turns(agents, round) {
            seq += 1;
            records.push(Record { seq: Seq(seq), at: Millis(seq), event });
        }
        journal.append(&records).unwrap();
        round += 1;
    }
    path
}

/// One turn of each agent, interleaved.
fn turns(agents: u64, round: u64) -> Vec<Event> {
    let all = || (1..=agents).map(|it| AgentId(it as u32));
    if round > 0 {
        return (0..CHUNKS + 6)
            .flat_map(|step| all().map(move |it| event(it, round, step)))
            .collect();
    }
    let opened = Event::SessionOpened { title: "bench".into(), limits: Limits::default() };
    let cast = |agent| {
        let casting = Box::new(Casting { name: format!("agent-{agent}"), ..Casting::default() });
        [
            Event::AgentAdded { agent, casting, by: Author::Director },
            Event::AgentStarting { agent, run: 1 },
            Event::AgentStarted { agent },
        ]
    };
    std::iter::once(opened).chain(all().flat_map(cast)).collect()
}

fn event(agent: AgentId, round: u64, step: u64) -> Event {
    let (turn, call) = (Turn(round as u32), CallId(round as u32));
    match step {
        0 => Event::TurnStarted {
            agent,
            turn,
            version: Version(1),
            model: "claude-sonnet-4".into(),
            reserved: Some(Money(1_000_000)),
            again: false,
        },
        step if step <= CHUNKS => Event::Said {
            agent,
            text: format!("Now I look at the parser: it \"splits\" lines.\n- step {step}\n"),
        },
        21 => Event::ToolCalled {
            agent,
            call,
            id: format!("toolu_{round}"),
            tool: "read".into(),
            title: format!("src/parser_{round}.rs"),
            input: serde_json::json!({ "path": format!("src/parser_{round}.rs") }).into(),
            seal: None,
        },
        22 => {
            let usage = Usage { input: 100, cache_read: 20_000, output: 300, ..Usage::default() };
            let cost = Cost::from(Some(Money(12_345)));
            Event::TurnEnded { agent, turn, stop: Stop::Tools, usage, cost }
        }
        23 => Event::ToolStarted { agent, call },
        24 => Event::ToolPrinted { agent, call, text: "   Compiling parser v0.1.0\n".repeat(8) },
        _ => Event::ToolEnded {
            agent,
            call,
            ok: true,
            text: "    let token = self.next().ok_or(Error::End)?;\n".repeat(30),
            bytes: 1500,
            changes: Vec::new(),
            note: String::new(),
        },
    }
}
