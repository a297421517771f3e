//! A command that fetches a key may take long; it is the director's to end.

use crate::{
    directing::ROUNDS,
    house::{House, assert_nobody_is_left, processes_of},
    terminal::*,
};

/// An agent that waits for its key.
fn waiting() -> (House, Terminal) {
    let house = House::open(ROUNDS);
    let command = "echo asked >> asked; setsid sleep 944 & sleep 944";
    house.configure(&format!("{}api_key_cmd = {command:?}\n", house.settings()));
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the key is asked for", |_| house.marks("asked") == 1);
    terminal.until_shown("worker running");
    (house, terminal)
}

fn until_the_command_is_gone(house: &House, terminal: &mut Terminal) {
    let is_gone =
        |_: &Terminal| !processes_of(&house.project()).iter().any(|it| it.contains("944"));
    terminal.wait("the command is gone", is_gone);
}

#[test]
fn while_a_key_is_fetched_the_agent_hears_its_director() {
    let (house, mut terminal) = waiting();
    terminal.press("i");
    terminal.until_shown("worker paused");
    until_the_command_is_gone(&house, &mut terminal);
    terminal.press("p");
    terminal.wait("the key is asked for again", |_| house.marks("asked") == 2);
    terminal.press_for("x", "Stop worker?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_shown("worker stopped");
    until_the_command_is_gone(&house, &mut terminal);
    assert_eq!(house.asked().len(), 0);
}

#[test]
fn a_command_for_a_key_outlives_neither_a_quit_nor_a_crash() {
    let (house, mut terminal) = waiting();
    terminal.signal(rustix::process::Signal::TERM);
    terminal.until_ended();
    assert_nobody_is_left(&house);
    let (house, mut terminal) = waiting();
    terminal.crash();
    assert_nobody_is_left(&house);
}

#[test]
fn a_key_that_a_command_prints_is_used_and_the_doctor_says_what_a_bad_one_said() {
    let house = House::open(ROUNDS);
    house.configure(&format!("{}api_key_cmd = \"echo sk-fetched\"\n", house.settings()));
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    assert!(house.say(&["doctor"]).contains("key from api_key_cmd"));
    let failing = "echo the safe is locked >&2; exit 3";
    house.configure(&format!("{}api_key_cmd = {failing:?}\n", house.settings()));
    let told = house.say(&["doctor"]);
    assert!(told.contains("exit status 3") && told.contains("the safe is locked"), "{told}");
}
