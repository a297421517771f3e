//! How fast a journal is written, read, folded and wound.
//!
//! `cargo bench --bench journal`; the size of the journal in MB comes behind
//! `--`, as in `cargo bench --bench journal -- 1000`; 100 is the default.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a bench stops where it can't go on, and tells what it found"
)]

use auteur::{
    journal::{Anchor, Journal, Reader, Reel, read_log},
    model::{
        AgentId, Author, CallId, Casting, Cost, Event, FORMAT, Header, Limits, Millis, Money,
        Record, Seq, Stop, Turn, Usage, Version,
    },
};
use divan::{Bencher, counter::BytesCount};
use std::{hint::black_box, path::PathBuf, sync::OnceLock, thread, time::Instant};

const AGENTS: u64 = 100;
/// What one turn of the specimen is made of.
const CHUNKS: u64 = 20;

fn main() {
    let megabytes = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(100);
    let place = specimen(megabytes << 20);
    tell(&place);
    SPECIMEN.set(place).ok();
    divan::main();
}

static SPECIMEN: OnceLock<PathBuf> = OnceLock::new();

fn reader() -> Reader {
    Reader::open(SPECIMEN.get().unwrap()).unwrap()
}

/// A session of agents that talk, call tools and are paid, as real ones do.
fn specimen(bytes: u64) -> PathBuf {
    let place = std::env::temp_dir().join(format!("auteur-bench-{bytes}"));
    let path = place.join("one").join(auteur::journal::FILE);
    if path.metadata().is_ok_and(|it| it.len() >= bytes) {
        return path;
    }
    std::fs::remove_dir_all(&place).ok();
    let header = Header { auteur: FORMAT, session: "one".into(), ..Header::default() };
    let mut journal = Journal::create(&place, &header).unwrap();
    let (mut seq, mut round) = (0, 0);
    while journal.position() < bytes {
        let records: Vec<_> = turns(round)
            .map(|event| {
                seq += 1;
                Record { seq: Seq(seq), at: Millis(seq), event }
            })
            .collect();
        journal.append(&records).unwrap();
        round += 1;
    }
    path
}

/// One turn of each agent, interleaved.
fn turns(round: u64) -> Box<dyn Iterator<Item = Event>> {
    let agents = || (1..=AGENTS).map(|it| AgentId(it as u32));
    if round == 0 {
        let casting = |it: AgentId| Casting { name: format!("agent-{it}"), ..Casting::default() };
        let cast = move |agent| Event::AgentAdded {
            agent,
            casting: Box::new(casting(agent)),
            by: Author::Director,
        };
        let opened = Event::SessionOpened { title: "bench".into(), limits: Limits::default() };
        return Box::new(std::iter::once(opened).chain(agents().map(cast)));
    }
    let steps = CHUNKS + 6;
    Box::new((0..steps).flat_map(move |step| agents().map(move |it| event(it, round, step))))
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
            text: format!(
                "Now I will look at the parser: it \"splits\" lines at {round}.\n- step {step}\n"
            ),
        },
        21 => Event::ToolCalled {
            agent,
            call,
            id: format!("toolu_{round}"),
            tool: "read".into(),
            title: format!("src/parser_{round}.rs"),
            input: serde_json::json!({ "path": format!("src/parser_{round}.rs"), "lines": 200 })
                .into(),
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

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0) / 1024
}

/// What happens once, told in words.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn tell(path: &std::path::Path) {
    let start = Instant::now();
    let reel = Reel::new(Reader::open(path).unwrap()).unwrap();
    black_box(reel.stage_at(Seq(1)));
    println!("first frame   {:?}", start.elapsed());
    while !reel.is_indexed() {
        thread::sleep(std::time::Duration::from_millis(1));
    }
    let took = start.elapsed();
    let bytes = reel.reader().len();
    println!("indexed       {took:?}, {} MB/s", bytes as f64 / took.as_secs_f64() / 1e6);
    println!("resident      {} MB", resident());
    let last = reel.last_seq().0;
    let mut seeks: Vec<_> = (1..=200_u64)
        .map(|nth| {
            let seq = Seq(nth.wrapping_mul(0x9E37_79B9_7F4A_7C15) % last);
            let start = Instant::now();
            black_box(reel.stage_at(seq));
            start.elapsed()
        })
        .collect();
    seeks.sort();
    println!("seek          p50 {:?}, p99 {:?}", seeks[100], seeks[197]);
    let mut steps: Vec<_> = (1..=200_u64)
        .map(|nth| {
            let start = Instant::now();
            black_box(reel.stage_at(Seq(last * 2 / 3 - nth)));
            start.elapsed()
        })
        .collect();
    steps.sort();
    println!("step back     p50 {:?}, p99 {:?}", steps[100], steps[197]);
    println!("resident      {} MB", resident());
    let start = Instant::now();
    black_box(reel.seq_at(Millis(last / 2)));
    println!("seq of time   {:?}", start.elapsed());
}

#[divan::bench(sample_count = 5)]
fn fold(bencher: Bencher) {
    let reader = reader();
    bencher.counter(BytesCount::new(reader.len())).bench(|| reader.fold(None));
}

#[divan::bench]
fn log_at_the_end(bencher: Bencher) {
    let reader = reader();
    bencher.bench(|| read_log(&reader, AgentId(7), Anchor::End, 200));
}

/// The first records of an agent, from the end of the journal: all of it is
/// looked through.
#[divan::bench(sample_count = 5)]
fn backward_scan_for_a_stranger(bencher: Bencher) {
    let reader = reader();
    let end = reader.len();
    bencher.counter(BytesCount::new(end)).bench(|| reader.before(end, Some(AgentId(100_000)), 10));
}

/// Batches of 100 as a supervisor writes them, synced beside.
#[divan::bench]
fn append_100(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { auteur: FORMAT, session: "one".into(), ..Header::default() };
    let mut journal = Journal::create(folder.path(), &header).unwrap();
    let records: Vec<_> = (1..=100)
        .map(|seq| Record { seq: Seq(seq), at: Millis(seq), event: event(AgentId(1), 1, 3) })
        .collect();
    bencher.counter(divan::counter::ItemsCount::new(100_u32)).bench_local(|| {
        journal.append(&records).unwrap();
    });
}
