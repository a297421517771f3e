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

use auteur::history::{Filter, History, Query, Wanted};
use parts::{number, percentile, resident, tape, tell};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const SESSIONS: u64 = 8;
/// How often each search is made.
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
    let wanted = Wanted { query, filter, most: Some(1), ..Wanted::default() };
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

/// Sessions that say something in the middle of one of them, and nowhere else.
fn specimen(bytes: u64) -> PathBuf {
    let place = std::env::temp_dir().join(format!("auteur-bench-history-{bytes}"));
    let sessions = place.join("sessions");
    if place.join("whole").exists() {
        return place;
    }
    fs::remove_dir_all(&place).ok();
    for nth in 0..SESSIONS {
        let told = "Here is the shibboleth quokka, and nowhere else.\n";
        let told = (nth == SESSIONS / 2).then_some(told);
        tape::session(&sessions, nth, bytes / SESSIONS, told);
    }
    fs::write(place.join("whole"), "").unwrap();
    place
}
