//! A machine that has little, or nothing: F30; one whose clock jumps: F09; and a
//! disk that takes no more: F05.

use crate::{
    directing::talk,
    house::{House, PROGRAM, assert_nobody_is_left},
    skip,
};
use auteur::{
    journal::{Journal, Reader},
    model::{Agent, Seq},
};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::Command,
};

const RUN: [&str; 4] = ["run", "worker", "talk", "--headless"];

/// Runs the program through a shell that first does this to itself.
fn under(house: &House, limit: &str) -> String {
    let line = format!("{limit}; exec {PROGRAM} {}", RUN.join(" "));
    house.output(Command::new("sh").args(["-c", &line]))
}

#[test]
fn f30_few_descriptors_few_processes_and_little_memory_are_enough_or_said() {
    let house = House::open(&talk(3));
    for limit in ["ulimit -n 64", "ulimit -v 1048576", "umask 000", "ulimit -s 1024"] {
        let said = under(&house, limit);
        assert!(said.contains("line 3 of"), "{limit}: {said}");
        assert_nobody_is_left(&house);
    }
}

#[test]
fn f30_without_a_home_a_language_or_a_writable_place_it_works_or_says_what_it_needs() {
    let mut house = House::open(&talk(3));
    house.set("LANG", Some("C"));
    house.set("TERM", None);
    assert!(house.say(&RUN).contains("line 3 of"));
    // Sessions and settings have places of their own here.
    house.set("HOME", None);
    assert!(house.say(&RUN).contains("line 3 of"));
    house.set("AUTEUR_STATE", None);
    let said = house.say(&RUN);
    assert!(said.contains("set HOME, or AUTEUR_STATE"), "{said}");
    for place in ["/dev/null/state", "/proc/state"] {
        house.set("AUTEUR_STATE", Some(place));
        let said = house.say(&RUN);
        assert!(said.contains("could not make") && said.contains(place), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn f05_a_file_that_may_grow_no_more_is_told_and_its_journal_opens() {
    let house = House::open(&talk(3000));
    // In blocks of 512 bytes; the model's words alone are more than that.
    let line = format!("ulimit -f 32; exec {PROGRAM} {} 2>&1", RUN.join(" "));
    let mut command = Command::new("sh");
    let mut child = house.start_quietly(command.args(["-c", &line]));
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let told = said.find(|it| it.contains("journal.jsonl") && it.contains("arge"));
    assert!(told.is_some(), "it ended without a word: {:?}", child.wait());
    let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().signal(), None, "it ends in good order");
    let (_journal, found) = Journal::reopen(&house.journal()).unwrap();
    assert_eq!(found.damaged, 0, "{found:?}");
    assert!(fs::metadata(house.journal()).unwrap().len() <= 32 * 512);
    assert_nobody_is_left(&house);
}

#[test]
fn f09_no_jump_of_the_clock_changes_order_time_or_cost() {
    let jumps =
        ["+1y", "-1y", "@2038-01-19 03:14:00", "@2100-02-28 23:59:59", "@1971-01-01 00:00:00"];
    let is_there = |it: &str| Path::new("/usr/bin").join(it).is_file();
    if !is_there("faketime") {
        return skip("faketime is not here");
    }
    for jump in jumps {
        let mut house = House::open(&talk(20));
        // What waits keeps its own time; the calendar alone is wrong.
        house.set("FAKETIME_DONT_FAKE_MONOTONIC", Some("1"));
        let line = [&["--exclude-monotonic", "-f", jump, PROGRAM][..], &RUN].concat();
        let said = house.output(Command::new("faketime").args(line));
        assert!(said.contains("line 20 of"), "{jump}: {said}");
        let reader = Reader::open(&house.journal()).unwrap();
        let records: Vec<_> = reader.records_from(0).map(|(_, it)| it).collect();
        let places: Vec<_> = records.iter().map(|it| it.seq).collect();
        assert_eq!(places, (1..=records.len() as u64).map(Seq).collect::<Vec<_>>(), "{jump}");
        assert!(records.is_sorted_by_key(|it| it.at), "{jump}");
        assert!(records.last().unwrap().at.0 < 600_000, "{jump}");
        assert!(reader.fold(None).agents().all(Agent::is_over), "{jump}");
        // It is listed and read, whatever year it says it was.
        assert!(house.say(&["sessions"]).contains("talk"), "{jump}");
    }
}
