//! Commands in panes, beside what others make of as many: what it costs to take
//! in what they print, to show one of them or all, to wait, and to answer a key.
//!
//! `cargo bench --bench panes -- seconds=10 only=tmux part=keys`
//!
//! It prints a table for every program that is installed (tmux, GNU screen,
//! mprocs), and says which are not; figures of one run may be compared, of two
//! runs their ratios.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a bench stops where it can't go on, and tells what it found"
)]

#[path = "../parts/mod.rs"]
mod parts;
mod peers;
mod printer;
mod stand;

use parts::{number, percentile};
use peers::{Peer, Show};
use printer::Load;
use stand::Stand;
use std::{
    collections::BTreeMap,
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Every line has so many bytes.
const LINE: u64 = 120;
/// What panes that print do: so many lines a second.
const STEADY: Load = Load::Lines(1000);
/// How long a program may take to come up, and to settle.
const SETTLE: Duration = Duration::from_secs(4);
/// So many keys are pressed.
const KEYS: usize = 60;

fn main() {
    if let Some(load) = printer::asked() {
        return printer::print(load);
    }
    let length = Duration::from_secs(number("seconds", 10));
    let only = std::env::args().find_map(|it| it.strip_prefix("only=").map(str::to_owned));
    let part = std::env::args().find_map(|it| it.strip_prefix("part=").map(str::to_owned));
    let wanted = |it: &Peer| only.as_deref().is_none_or(|only| it.name() == only || it.is_ours());
    let mut found = BTreeMap::new();
    for peer in Peer::all().into_iter().filter(wanted) {
        if !peer.is_here() {
            println!("skipped: there is no `{}` here", peer.name());
            continue;
        }
        println!("{} …", peer.name());
        found.insert(peer, Found::measure(peer, length, part.as_deref()));
    }
    tell(&found);
}

/// Rows of the table: a figure where a program can do that.
type Rows = Vec<(&'static str, Option<f64>)>;

/// Measures some rows of a program.
type Measure = fn(Peer, Duration) -> Rows;

/// What was measured of one program.
struct Found(Rows);

impl Found {
    fn measure(peer: Peer, length: Duration, part: Option<&str>) -> Self {
        let parts: [(&str, Measure); 5] = [
            ("load", Self::load),
            ("flood", Self::flood),
            ("keys", Self::keys),
            ("idle", Self::idle),
            ("start", Self::start),
        ];
        let wanted = parts.into_iter().filter(|(name, _)| part.is_none_or(|it| it == *name));
        Self(wanted.flat_map(|(_, measure)| measure(peer, length)).collect())
    }

    fn load(peer: Peer, length: Duration) -> Rows {
        let mut rows = Vec::new();
        let [one, all] = [Show::One, Show::All].map(|show| Loaded::run(peer, 32, show, length));
        rows.push(("32 panes x 1,000 lines/s, 1 seen: CPU %", one.as_ref().map(|it| it.cpu)));
        rows.push(("  bytes/s to the terminal, kB", one.as_ref().map(|it| it.drawn)));
        rows.push(("  lines that came late, %", one.as_ref().map(|it| it.late)));
        rows.push(("  memory with full histories / 32, MB", one.map(|it| it.memory)));
        rows.push(("the same, all seen: CPU %", all.as_ref().map(|it| it.cpu)));
        rows.push(("  bytes/s to the terminal, kB", all.as_ref().map(|it| it.drawn)));
        let many = Loaded::run(peer, 100, Show::One, length);
        rows.push(("100 panes x 1,000 lines/s: CPU %", many.as_ref().map(|it| it.cpu)));
        rows.push(("  lines that came late, %", many.map(|it| it.late)));
        rows
    }

    fn flood(peer: Peer, length: Duration) -> Rows {
        let mut rows = Vec::new();
        for panes in [8, 32] {
            let flood = flood(peer, panes, length);
            rows.push(("8, then 32 at full speed: MB/s", flood.map(|it| it.0)));
            rows.push(("  CPU s for 100 MB", flood.map(|it| it.1)));
        }
        rows
    }

    fn keys(peer: Peer, _: Duration) -> Rows {
        let mut rows = Vec::new();
        for (panes, show) in [(32, Show::One), (100, Show::One), (32, Show::All)] {
            let times = keys(peer, panes, show);
            let name = match (panes, show) {
                (100, _) => "key -> screen, 100 panes: p50 ms",
                (_, Show::All) => "key -> screen, 32 seen: p50 ms",
                _ => "key -> screen, 32 panes: p50 ms",
            };
            rows.push((name, times.map(|it| it.0)));
            rows.push(("  p99 ms", times.map(|it| it.1)));
        }
        rows
    }

    fn idle(peer: Peer, length: Duration) -> Rows {
        let mut rows = Vec::new();
        let (idle, one) = (idle(peer, 100, length), idle(peer, 1, length));
        rows.push(("100 that wait: CPU %", idle.map(|it| it.cpu)));
        rows.push(("  wake-ups/s", idle.map(|it| it.naps)));
        let each = idle.zip(one).map(|(all, one)| (all.memory - one.memory) / 99.0);
        rows.push(("  memory of each further one, MB", each));
        rows
    }

    fn start(peer: Peer, _: Duration) -> Rows {
        vec![
            ("start -> first frame, 1 pane: ms", start(peer, 1)),
            ("start -> first frame, 32 panes: ms", start(peer, 32)),
        ]
    }
}

fn tell(found: &BTreeMap<Peer, Found>) {
    let Some(ours) = found.iter().find(|(peer, _)| peer.is_ours()).map(|(_, it)| it) else {
        return;
    };
    print!("\n{:<42}", "");
    for peer in found.keys() {
        print!("{:>18}", peer.name());
    }
    println!("\n{:<42}{:>18}", "", "(ours / theirs)");
    for (row, (name, own)) in ours.0.iter().enumerate() {
        print!("{name:<42}");
        for (peer, it) in found {
            let figure = it.0[row].1;
            let ratio = own.zip(figure).filter(|(_, it)| !peer.is_ours() && *it > 0.0);
            let text = match (figure, ratio) {
                (None, _) => "-".to_owned(),
                (Some(figure), None) => format!("{figure:.2}"),
                (Some(figure), Some((own, _))) => format!("{figure:.2} ({:.2})", own / figure),
            };
            print!("{text:>18}");
        }
        println!();
    }
}

/// Panes that print at a steady pace.
struct Loaded {
    cpu: f64,
    /// In kB a second.
    drawn: f64,
    late: f64,
    memory: f64,
}

impl Loaded {
    fn run(peer: Peer, panes: usize, show: Show, length: Duration) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let commands = vec![STEADY.command(folder.path()); panes];
        let mut stand = Stand::start(peer, &commands, show)?;
        stand.settle(SETTLE);
        let (cpu, written) = (stand.cpu(), printer::written(folder.path()));
        let drawn = stand.drain_for(length);
        let (cpu, written) =
            (stand.cpu().saturating_sub(cpu), printer::written(folder.path()) - written);
        let seconds = length.as_secs_f64();
        let due = seconds * 1000.0 * (LINE * panes as u64) as f64;
        Some(Self {
            cpu: cpu.as_secs_f64() / seconds * 100.0,
            drawn: drawn as f64 / seconds / 1000.0,
            late: (100.0 - written as f64 / due * 100.0).max(0.0),
            memory: stand.memory() / panes as f64,
        })
    }
}

/// Panes that print as fast as they are let: MB a second in all, and the time on
/// processors that 100 MB take.
fn flood(peer: Peer, panes: usize, length: Duration) -> Option<(f64, f64)> {
    let folder = TempDir::new().unwrap();
    let commands = vec![Load::Flood.command(folder.path()); panes];
    let mut stand = Stand::start(peer, &commands, Show::One)?;
    stand.settle(SETTLE);
    let (cpu, written) = (stand.cpu(), printer::written(folder.path()));
    stand.drain_for(length);
    let cpu = stand.cpu().saturating_sub(cpu).as_secs_f64();
    let megabytes = (printer::written(folder.path()) - written) as f64 / 1e6;
    Some((megabytes / length.as_secs_f64(), cpu / megabytes * 100.0))
}

/// How soon a letter that is typed into one pane is on the screen while others
/// print: in milliseconds, half of the times and nearly all.
fn keys(peer: Peer, panes: usize, show: Show) -> Option<(f64, f64)> {
    let folder = TempDir::new().unwrap();
    let mut commands = vec![STEADY.command(folder.path()); panes];
    commands[0] = vec!["cat".to_owned()];
    let mut stand = Stand::start(peer, &commands, show)?;
    stand.settle(SETTLE);
    stand.type_into_first();
    let mut times = Vec::new();
    for letter in "QXZJKVWQXZJK".chars().cycle().take(KEYS) {
        stand.drain_for(Duration::from_millis(37));
        let start = Instant::now();
        stand.press(&letter.to_string());
        if !stand.until_drawn(letter, Duration::from_secs(3)) {
            return None;
        }
        times.push(start.elapsed());
    }
    let of = |it: Duration| it.as_secs_f64() * 1000.0;
    Some((of(percentile(&mut times, 50)), of(percentile(&mut times, 99))))
}

#[derive(Clone, Copy)]
struct Idle {
    cpu: f64,
    naps: f64,
    memory: f64,
}

/// Panes in which nothing happens.
fn idle(peer: Peer, panes: usize, length: Duration) -> Option<Idle> {
    let commands = vec![vec!["cat".to_owned()]; panes];
    let mut stand = Stand::start(peer, &commands, Show::One)?;
    stand.settle(SETTLE);
    let (cpu, naps) = (stand.cpu(), stand.naps());
    stand.drain_for(length);
    let seconds = length.as_secs_f64();
    let cpu = stand.cpu().saturating_sub(cpu).as_secs_f64() / seconds * 100.0;
    let naps = (stand.naps() - naps) as f64 / seconds;
    Some(Idle { cpu, naps, memory: stand.memory() })
}

/// The time until there is a first whole frame, in milliseconds: the middle of some.
fn start(peer: Peer, panes: usize) -> Option<f64> {
    // What stands there is not what is asked for: some show the command first.
    let command = ["sh", "-c", "echo REA$((1))DY; exec cat"].map(str::to_owned).to_vec();
    let commands = vec![command; panes];
    let mut times = Vec::new();
    for _ in 0..7 {
        let start = Instant::now();
        let mut stand = Stand::start(peer, &commands, Show::All)
            .or_else(|| Stand::start(peer, &commands, Show::One))?;
        if !stand.until_words(peer.first_words(panes), Duration::from_secs(20)) {
            return None;
        }
        times.push(start.elapsed());
        drop(stand);
        sleep(Duration::from_millis(200));
    }
    Some(percentile(&mut times, 50).as_secs_f64() * 1000.0)
}
