//! `kill -9` in the middle of a turn, and going on from there.

use crate::{
    directing::ROUNDS,
    house::{House, assert_nobody_is_left},
    terminal::*,
};

/// Three tools; the second does not end by itself.
const THREE: &str = r#"
[[part]]
name = "three"
brief = "count"

[[part.turn]]
say = "One."
calls = [{ tool = "shell", with = { command = "echo 1 >> one" } }]

[[part.turn]]
say = "Two."
calls = [{ tool = "shell", with = { command = "echo 2 >> two; setsid sleep 600 & sleep 600" } }]

[[part.turn]]
say = "Three."
calls = [{ tool = "shell", with = { command = "echo 3 >> three" } }]

[[part.turn]]
say = "I have counted."
"#;

#[test]
fn f01_after_a_crash_in_mid_turn_it_goes_on_and_nothing_that_was_done_is_done_again() {
    let house = House::open(THREE);
    let mut terminal = house.start(&["run", "worker", "count"]);
    terminal.wait("the second tool", |_| house.marks("two") == 1);
    terminal.until_shown("Two.");
    terminal.crash();
    assert_nobody_is_left(&house);
    assert_eq!(house.asked().len(), 2);
    let mut terminal = house.start(&["resume"]);
    // Nobody knows what became of the second, so a person is asked first.
    terminal.until_shown("worker paused");
    terminal.until_shown("cut in mid-run");
    assert_eq!(house.asked().len(), 2);
    terminal.press("p");
    terminal.until_shown("I have counted.");
    let ran = ["one", "two", "three"].map(|it| house.marks(it));
    assert_eq!(ran, [1, 1, 1]);
    // The model was told that the second was cut off, and left it at that.
    let said = house.asked()[2].last_result.clone();
    assert!(said.contains("unknown"), "{said}");
}

#[test]
fn a_pause_survives_a_crash() {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.until_shown("worker running");
    terminal.press_for("p", "worker pausing");
    house.allow("go");
    terminal.until_shown("worker paused");
    terminal.crash();
    let mut terminal = house.start(&["resume"]);
    terminal.until_shown("worker paused");
    terminal.press_for("?", "What the keys do here");
    terminal.press(ESC);
    terminal.until_gone("What the keys do here");
    assert_eq!((house.asked().len(), house.marks("rounds")), (1, 1));
    terminal.press("p");
    terminal.wait("the second round", |_| house.marks("rounds") == 2);
    assert_eq!(house.asked().len(), 2);
}

#[test]
fn the_next_start_offers_the_session_that_was_cut_and_one_key_goes_on_with_it() {
    let house = House::open(THREE);
    let mut terminal = house.start(&["run", "worker", "count"]);
    terminal.wait("the second tool", |_| house.marks("two") == 1);
    terminal.until_shown("Two.");
    terminal.crash();
    let mut terminal = house.start(&[]);
    terminal.until_shown("resume session \"count\": 1 agent, 1 in mid-turn");
    terminal.press("c");
    terminal.until_shown("worker paused");
    terminal.press("p");
    terminal.until_shown("I have counted.");
    assert_eq!(house.marks("one"), 1);
}
