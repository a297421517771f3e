//! `kill -9` at any moment, again and again: what was printed is in the journal,
//! no tool runs twice, and no process is left. The witnesses are the tools' marks
//! and the model's own log. `AUTEUR_SEED=n` plays one moment again.

use crate::house::{House, assert_nobody_is_left};
use auteur::{
    journal::{Journal, Reader},
    model::{Event, Stage},
};
use fastrand::Rng;
use std::{collections::BTreeSet, fs, time::Duration};

/// Moments that are tried.
const MOMENTS: u64 = 24;
/// Every so many, the session is gone on with to its end.
const RESUMED: u64 = 4;

/// Six tools, each with a mark of its own, and one that has a child.
const SIX: &str = r#"
[[part]]
name = "six"

[[part.turn]]
say = "One."
calls = [{ tool = "shell", with = { command = "echo 1 >> one; sleep 0.1" } }]

[[part.turn]]
say = "Two and three."
calls = [
    { tool = "shell", with = { command = "echo 2 >> two; (setsid sleep 30 &) ; sleep 0.1" } },
    { tool = "write", with = { path = "three", content = "3" } },
]

[[part.turn]]
say = "Four."
calls = [{ tool = "shell", with = { command = "echo 4 >> four; sleep 0.2" } }]

[[part.turn]]
say = "Five and six."
calls = [
    { tool = "shell", with = { command = "echo 5 >> five" } },
    { tool = "shell", with = { command = "echo 6 >> six; sleep 0.1" } },
]

[[part.turn]]
say = "I have counted."
"#;

/// The events of a journal that was left.
fn events(house: &House) -> Vec<Event> {
    let reader = Reader::open(&house.journal()).unwrap();
    reader.records_from(0).map(|(_, it)| it.event).collect()
}

/// Checks what a killed run left; gives the stage that a next one starts from.
fn check_what_is_left(house: &House, printed: &str, moment: u64) -> Stage {
    assert_nobody_is_left(house);
    let before = fs::read(house.journal()).unwrap();
    let (journal, found) = Journal::reopen(&house.journal()).unwrap();
    drop(journal);
    assert!(found.damaged <= 1 && found.unknown == 0, "moment {moment}: {found:?}");
    assert_eq!(fs::read(house.journal()).unwrap(), before, "to open it changes nothing");
    let reader = Reader::open(&house.journal()).unwrap();
    let kept: BTreeSet<u64> = reader.records_from(0).map(|(_, it)| it.seq.0).collect();
    // Its last line may have been cut with it.
    for line in printed.split_inclusive('\n').filter(|it| it.ends_with('\n')) {
        let told: serde_json::Value = serde_json::from_str(line).unwrap();
        let seq = told["seq"].as_u64().unwrap();
        assert!(kept.contains(&seq), "moment {moment}: {seq} was printed and is lost");
    }
    let events = events(house);
    let turns = events.iter().filter(|it| matches!(it, Event::TurnStarted { .. })).count();
    assert!(house.asked().len() <= turns, "moment {moment}: a call that no journal knows");
    let tools = events.iter().filter(|it| matches!(it, Event::ToolStarted { .. })).count();
    let marks = ["one", "two", "four", "five", "six"].map(|it| house.marks(it));
    assert!(marks.iter().all(|it| *it <= 1), "moment {moment}: {marks:?}");
    assert!(marks.iter().sum::<usize>() <= tools, "moment {moment}: {marks:?}");
    found.stage
}

/// Goes on with what was left, as a director would who says yes.
fn go_on_to_the_end(house: &House, moment: u64) {
    let mut terminal = house.start(&["resume"]);
    terminal.until("its end, or a question", |it| {
        it.has("I have counted.") || it.has("cut in mid-run")
    });
    if terminal.screen.has("cut in mid-run") {
        terminal.press("p");
    }
    terminal.until_shown("I have counted.");
    let marks = ["one", "two", "four", "five", "six"].map(|it| house.marks(it));
    assert!(marks.iter().all(|it| *it <= 1), "moment {moment}: {marks:?}");
    terminal.press("q");
    terminal.until_ended();
    assert_nobody_is_left(house);
}

fn kill_at(moment: u64) {
    let mut dice = Rng::with_seed(moment);
    let house = House::open(SIX);
    let mut child = house.spawn(&["run", "worker", "count", "--headless", "--json"]);
    // The first run is up; from here on any moment is as good as any other.
    while !house.at("state/sessions").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(dice.u64(0..1500)));
    child.kill().unwrap();
    let printed = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    if printed.is_empty() {
        return;
    }
    let stage = check_what_is_left(&house, &printed, moment);
    let is_over = stage.agents().all(auteur::model::Agent::is_over);
    if moment.is_multiple_of(RESUMED) && stage.agents().len() > 0 && !is_over {
        go_on_to_the_end(&house, moment);
    }
}

#[test]
fn f01_killed_at_any_moment_it_has_lost_nothing_and_does_nothing_twice() {
    let seed = std::env::var_os("AUTEUR_SEED").and_then(|it| it.to_str()?.parse().ok());
    let moments = seed.map_or(0..MOMENTS, |it: u64| it..it + 1);
    moments.for_each(kill_at);
}
