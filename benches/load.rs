//! A thousand agents that each say a hundred things a second, through
//! supervisor, journal and fold, with a show that draws at 30 frames a second,
//! beside a bare program that only passes on, encodes and writes as much.
//!
//! `cargo bench --bench load -- agents=1000 seconds=5`
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
    engine::{Engine, Hire, Seat, Start, Work},
    journal::{Journal, Reader},
    model::{
        AgentId, Author, Boundary, CallId, Casting, Command, Cost, Event, FORMAT, Header, Input,
        Limits, Millis, Money, Order, Outcome, QuitMode, Record, Report, Seq, Stage, Stop, Turn,
        Usage,
    },
    supervisor::{self, Opening, Session},
    ui::{
        desk::Desk,
        keys::Keymap,
        show::{Cue, FRAME, Live, Show, Source as _},
        theme::Theme,
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use parts::{number, percentile, resident, spent, tell};
use ratatui::{Terminal, backend::TestBackend};
use std::{
    io::Write as _,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::mpsc, time::MissedTickBehavior};

/// How often an agent says something.
const BEAT: Duration = Duration::from_millis(10);
/// What it says in one turn before it calls a tool.
const CHUNKS: u32 = 40;
/// Agents that measure how soon they are answered.
const PROBES: u64 = 5;
const SIZE: (u16, u16) = (200, 50);
const WORDS: &str = "Now I look at the parser: it \"splits\" each line.\n";

/// What all agents of a run share.
#[derive(Default)]
struct Watch {
    /// What agents have said, and the supervisor has taken.
    said: AtomicU64,
    is_over: AtomicBool,
    answers: Mutex<Vec<Duration>>,
}

fn main() {
    let agents = number("agents", 1000);
    let length = Duration::from_secs(number("seconds", 5));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!("{agents} agents, 100 events/s each, {} s, {SIZE:?}", length.as_secs());
    let before = runtime.block_on(floor(agents, length));
    let found = runtime.block_on(measure(agents, length));
    let after = runtime.block_on(floor(agents, length));
    found.tell(f64::midpoint(before, after));
}

/// A bare program: tasks, one channel, one line of JSON an event, group commit
/// beside. Gives its CPU an event in microseconds.
async fn floor(agents: u64, length: Duration) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(folder.path().join("floor")).unwrap();
    let (sender, mut receiver) = mpsc::channel::<Said>(1024);
    let before = spent("self").own;
    for number in 0..agents {
        let sender = sender.clone();
        tokio::spawn(async move {
            let mut beat = beat(number);
            let end = Instant::now() + length;
            while Instant::now() < end {
                beat.tick().await;
                sender.send((number as u32, WORDS.to_owned(), Instant::now())).await.unwrap();
            }
        });
    }
    drop(sender);
    let syncer = sync_beside(file.try_clone().unwrap());
    let mut waits = Vec::new();
    let count = write_all(&mut receiver, file, &mut waits).await;
    drop(syncer);
    let cost = spent("self").own.saturating_sub(before).as_secs_f64() * 1e6 / count as f64;
    let (p50, p99) = (percentile(&mut waits, 50), percentile(&mut waits, 99));
    println!(
        "bare program: {cost:.2} us CPU an event; said -> written p50 {p50:.0?}, p99 {p99:.0?}"
    );
    cost
}

/// What a task of the bare program says, and when it did.
type Said = (u32, String, Instant);

async fn write_all(
    receiver: &mut mpsc::Receiver<Said>,
    mut file: std::fs::File,
    waits: &mut Vec<Duration>,
) -> u64 {
    let (mut batch, mut lines, mut count) = (Vec::new(), Vec::new(), 0);
    while receiver.recv_many(&mut batch, 256).await > 0 {
        lines.clear();
        let first = batch.first().map(|(_, _, at): &Said| *at);
        for (agent, text, _) in batch.drain(..) {
            count += 1;
            let event = Event::Said { agent: AgentId(agent), text };
            let record = Record { seq: Seq(count), at: Millis(count), event };
            serde_json::to_writer(&mut lines, &record).unwrap();
            lines.push(b'\n');
        }
        file.write_all(&lines).unwrap();
        waits.extend(first.map(|it| it.elapsed()));
    }
    count
}

/// Syncs a file ten times a second until the sender is dropped.
fn sync_beside(file: std::fs::File) -> std::sync::mpsc::Sender<()> {
    let (sender, over) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let wait = Duration::from_millis(100);
        while over.recv_timeout(wait) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            file.sync_data().unwrap();
        }
    });
    sender
}

/// Beats that are spread evenly over the agents.
fn beat(number: u64) -> tokio::time::Interval {
    let start = tokio::time::Instant::now() + BEAT * (number % 97) as u32 / 97;
    let mut beat = tokio::time::interval_at(start, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    beat
}

async fn measure(agents: u64, length: Duration) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { auteur: FORMAT, session: "load".into(), ..Header::default() };
    let journal = Journal::create(folder.path(), &header).unwrap();
    let path = journal.path().to_owned();
    let stage = Stage::new(header);
    let watch = Arc::new(Watch::default());
    let opening = Opening::New { title: "load".into(), limits: Limits::default() };
    let session = supervisor::open(journal, stage.clone(), opening, hire(watch.clone()));
    let mut house = House::new(&session, stage, &path);
    let empty = resident("self");
    for number in 1..=agents + PROBES {
        cast(&session, number, agents).await;
    }
    // A second to come up; then it counts.
    house.show(Duration::from_secs(1)).await;
    house.keys.clear();
    watch.answers.lock().unwrap().clear();
    let (said, before) = (watch.said.load(Ordering::SeqCst), spent("self").own);
    house.frames = 0;
    house.show(length).await;
    let (said, cpu) =
        (watch.said.load(Ordering::SeqCst) - said, spent("self").own.saturating_sub(before));
    let full = resident("self");
    watch.is_over.store(true, Ordering::SeqCst);
    house.show(Duration::from_secs(1)).await;
    let command = Command::Quit(QuitMode::Stop);
    session.inbox.send(Input::Command { by: Author::Director, command }).await.unwrap();
    house.show(Duration::from_secs(1)).await;
    session.end().await.unwrap();
    let lost = lost(&path, watch.said.load(Ordering::SeqCst), &house.show.stage);
    println!("{:.0} events/s, {} frames", said as f64 / length.as_secs_f64(), house.frames);
    let answers = watch.answers.lock().unwrap().clone();
    Found {
        per_event: cpu.as_secs_f64() * 1e6 / said as f64,
        lost,
        answers,
        keys: house.keys,
        each: (full - empty) as f64 / (agents + PROBES) as f64,
    }
}

/// What a run came to.
struct Found {
    per_event: f64,
    lost: u64,
    answers: Vec<Duration>,
    keys: Vec<Duration>,
    each: f64,
}

impl Found {
    fn tell(mut self, floor: f64) {
        let (cost, ratio) = (self.per_event, self.per_event / floor);
        tell("CPU an event, us", format!("{cost:.2}"), "<= 4.4", cost <= 4.4);
        tell("  of the bare program's", format!("{ratio:.2}"), "<= 2.0", ratio <= 2.0);
        tell("events lost", self.lost, "0", self.lost == 0);
        let p99 = percentile(&mut self.answers, 99);
        let both = format!("{:.0?} {p99:.0?}", percentile(&mut self.answers, 50));
        tell("asked -> written -> answered, p50 p99", both, "p99 < 1 ms", p99.as_micros() < 1000);
        let p99 = percentile(&mut self.keys, 99);
        let both = format!("{:.1?} {p99:.1?}", percentile(&mut self.keys, 50));
        tell("key -> frame, p50 p99", both, "p99 < 33 ms", p99 < FRAME);
        let is_met = self.each < 100.0;
        tell("resident for each further agent, kB", format!("{:.1}", self.each), "< 100", is_met);
    }
}

async fn cast(session: &Session, number: u64, agents: u64) {
    let role = if number > agents { "probe" } else { "coder" };
    let casting = Casting {
        name: format!("agent-{number}"),
        role: role.into(),
        model: "rehearsal-1".into(),
        brief: "Make the parser fast.".into(),
        instructions: "You are careful.".into(),
        ..Casting::default()
    };
    let command = Command::Add(Box::new(casting));
    session.inbox.send(Input::Command { by: Author::Director, command }).await.unwrap();
}

/// How many of the things said are not in the journal, or not on the screen's
/// own stage.
fn lost(path: &Path, said: u64, shown: &Stage) -> u64 {
    let reader = Reader::open(path).unwrap();
    let (mut kept, mut last) = (0, Seq(0));
    for (_, record) in reader.records_from(0) {
        assert_eq!(record.seq, last.next(), "a gap in the journal");
        last = record.seq;
        kept += u64::from(is_an_agents_own(&record.event));
    }
    assert_eq!(shown.last(), last, "the screen has seen all");
    said.abs_diff(kept)
}

fn is_an_agents_own(event: &Event) -> bool {
    use Event as E;
    matches!(
        event,
        E::AgentStarted { .. }
            | E::BoundaryReached { .. }
            | E::Said { .. }
            | E::ToolCalled { .. }
            | E::TurnEnded { .. }
            | E::ToolPrinted { .. }
            | E::ToolEnded { .. }
    )
}

/// A show on a screen that nobody sees, driven as the terminal's loop drives it.
struct House {
    show: Show,
    live: Live,
    terminal: Terminal<TestBackend>,
    last_frame: tokio::time::Instant,
    keys: Vec<Duration>,
    frames: u32,
}

impl House {
    fn new(session: &Session, stage: Stage, journal: &Path) -> Self {
        let reader = Reader::open(journal).unwrap();
        let live = Live::new(session.feed.clone(), session.clock, reader, &stage);
        let desk = Desk::new(Arc::new(Keymap::built_in().unwrap()), Vec::new());
        let theme = Theme::builtin("night").unwrap();
        Self {
            show: Show::new(stage, desk, theme, Some(session.inbox.clone())),
            live,
            terminal: Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap(),
            last_frame: tokio::time::Instant::now(),
            keys: Vec::new(),
            frames: 0,
        }
    }

    /// Shows what happens for so long; twenty keys a second are pressed.
    async fn show(&mut self, length: Duration) {
        let (sender, mut keys) = mpsc::channel(16);
        tokio::spawn(press(sender));
        let end = tokio::time::Instant::now() + length;
        while tokio::time::Instant::now() < end {
            let due = self.show.is_stale().then_some(self.last_frame + FRAME);
            let mut pressed = None;
            tokio::select! {
                it = keys.recv() => pressed = it,
                () = self.live.changed(), if due.is_none() => {}
                () = tokio::time::sleep_until(due.unwrap_or(end).min(end)) => {}
            }
            if let Some((key, _)) = pressed {
                self.show.step([Cue::Key(key)], self.live.now());
            }
            let news = Cue::News(Box::new(self.live.take()));
            self.show.step([news], self.live.now());
            let is_due = due.is_some_and(|due| due <= tokio::time::Instant::now());
            if self.show.is_urgent() || is_due {
                self.show.draw(&mut self.terminal, self.live.now()).unwrap();
                self.last_frame = tokio::time::Instant::now();
                self.frames += 1;
                self.keys.extend(pressed.map(|(_, at)| at.elapsed()));
            }
        }
    }
}

/// Goes from pane to pane.
async fn press(sender: mpsc::Sender<(KeyEvent, Instant)>) {
    let way = [KeyCode::Right, KeyCode::Down, KeyCode::Left, KeyCode::Up];
    for code in way.into_iter().cycle() {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        if sender.send((key, Instant::now())).await.is_err() {
            return;
        }
    }
}

fn hire(watch: Arc<Watch>) -> Hire {
    Arc::new(move |start: Start| {
        let (number, watch) = (u64::from(start.agent.id.0), watch.clone());
        let is_probe = start.agent.casting.role == "probe";
        Ok(Box::new(Scripted { number, is_probe, watch }) as Box<dyn Engine>)
    })
}

/// An engine that does as its script says, a step a beat.
struct Scripted {
    number: u64,
    is_probe: bool,
    watch: Arc<Watch>,
}

impl Engine for Scripted {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            let mut player = Player { seat, watch: self.watch, beat: beat(self.number) };
            // A supervisor that has gone ends it.
            let _gone = if self.is_probe { player.probe().await } else { player.play().await };
            let _gone = player.seat.end(Outcome::Stopped { by: Author::Director }).await;
        })
    }
}

struct Player {
    seat: Seat,
    watch: Arc<Watch>,
    beat: tokio::time::Interval,
}

impl Player {
    /// Says it at the next beat, and has it only then: as an engine that waits
    /// for its model, and as the bare program does.
    async fn say(&mut self, what: impl FnOnce() -> Report) -> Result<(), auteur::engine::Gone> {
        self.beat.tick().await;
        self.say_now(what()).await
    }

    async fn say_now(&mut self, report: Report) -> Result<(), auteur::engine::Gone> {
        self.seat.say(report).await?;
        self.watch.said.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn ask(&mut self, boundary: Boundary) -> Result<bool, auteur::engine::Gone> {
        self.say_now(Report::Reached(boundary)).await?;
        loop {
            match self.seat.hear().await? {
                Order::TakeTurn(_) | Order::RunTool(_) => return Ok(true),
                Order::Stop => return Ok(false),
                _ => {}
            }
        }
    }

    fn is_over(&self) -> bool {
        self.watch.is_over.load(Ordering::Relaxed)
    }

    /// Turns of many words, one call of a tool and its output.
    async fn play(&mut self) -> Result<(), auteur::engine::Gone> {
        self.say(|| Report::Started).await?;
        for round in 1.. {
            self.beat.tick().await;
            if self.is_over() || !self.ask(model()).await? {
                return Ok(());
            }
            for _ in 0..CHUNKS {
                self.say(|| Report::Said(WORDS.to_owned())).await?;
            }
            let call = CallId(round);
            self.say(|| called(call)).await?;
            self.say(|| turn_ended(Turn(round))).await?;
            self.beat.tick().await;
            if !self.ask(Boundary::Tool { call }).await? {
                return Ok(());
            }
            for _ in 0..4 {
                let text = "   Compiling parser v0.1.0\n";
                self.say(|| Report::ToolPrinted { call, text: text.to_owned() }).await?;
            }
            self.say(|| tool_ended(call)).await?;
        }
        Ok(())
    }

    /// Asks and is answered, a hundred times a second.
    async fn probe(&mut self) -> Result<(), auteur::engine::Gone> {
        self.say(|| Report::Started).await?;
        for round in 1.. {
            self.beat.tick().await;
            if self.is_over() {
                return Ok(());
            }
            let call = CallId(round);
            let asked = Instant::now();
            if !self.ask(Boundary::Tool { call }).await? {
                return Ok(());
            }
            self.watch.answers.lock().unwrap().push(asked.elapsed());
            self.say_now(tool_ended(call)).await?;
        }
        Ok(())
    }
}

const fn model() -> Boundary {
    Boundary::Model { estimate: Some(Money(1_000_000)), again: false }
}

fn called(call: CallId) -> Report {
    Report::ToolCalled {
        call,
        id: format!("toolu_{call}"),
        tool: "shell".into(),
        title: "cargo build".into(),
        input: serde_json::json!({ "command": "cargo build" }).into(),
        seal: None,
    }
}

fn turn_ended(turn: Turn) -> Report {
    let usage = Usage { input: 100, cache_read: 20_000, output: 300, ..Usage::default() };
    Report::TurnEnded { turn, stop: Stop::Tools, usage, cost: Cost::from(Some(Money(12_345))) }
}

fn tool_ended(call: CallId) -> Report {
    Report::ToolEnded {
        call,
        ok: true,
        text: "    let token = self.next().ok_or(Error::End)?;\n".repeat(6),
        bytes: 300,
        changes: Vec::new(),
        note: String::new(),
    }
}
