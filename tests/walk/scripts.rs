//! Scripts, as a person plays and directs them.

use crate::{house::House, terminal::ESC};
use std::fs;

/// A scout that finds two, and a worker that greets each.
const GREETING: &str = r#"
[[part]]
name = "finds"
brief = "Find"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "two", result = { names = ["Ada", "Bob"] } } }]

[[part.turn]]
say = "Found."

[[part]]
name = "greets"
brief = "Greet (\\w+)"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "greeted", result = "hello" } }]

[[part.turn]]
say = "Greeted."
"#;

const SCRIPT: &str = r#"
purpose = "Greets whom it finds"

[inputs.place]
default = "here"

[[step]]
name = "find"
role = "worker"
brief = "Find people {{ inputs.place }}"
output = { names = ["string"] }

[[step]]
name = "greet"
role = "worker"
brief = "Greet {{ item }}"
for_each = "steps.find.output.names"

[[step]]
name = "open"
needs = ["greet"]
GATE

[[step]]
name = "count"
needs = ["open"]
run = "echo {{ steps.greet.output | length }} at {{ inputs.place }} > counted"
"#;

fn write(house: &House, gate: &str) -> String {
    let file = house.project().join("greeting.toml");
    fs::write(&file, SCRIPT.replace("GATE", gate)).unwrap();
    file.display().to_string()
}

fn counted(house: &House) -> String {
    fs::read_to_string(house.project().join("counted")).unwrap()
}

#[test]
fn a_script_is_played_without_a_screen() {
    let house = House::open(GREETING);
    let file = write(&house, "");
    let said = house.say(&["run", &file, "--headless", "--set", "place=it's; rm -rf /"]);
    assert!(said.contains("greeting: greet has 2 parts"), "{said}");
    assert!(said.contains("greeting: done"), "{said}");
    assert_eq!(counted(&house), "2 at it's; rm -rf /\n");
    assert_eq!(house.asked().len(), 3);
}

#[test]
fn a_script_without_a_person_stops_at_a_gate_and_goes_on_where_it_was() {
    let house = House::open(GREETING);
    let file = write(&house, "gate = \"director\"");
    let out = house.spawn(&["run", &file, "--headless"]).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(3), "{}", String::from_utf8_lossy(&out.stdout));
    assert!(!house.project().join("counted").exists());
    let mut terminal = house.start_in((120, 35), &["resume"]);
    terminal.until_shown("1 needs you");
    terminal.press_for("w", "waits for you to open it");
    // Nobody is at work, and yet something is not done.
    terminal.press_for("q", "The script greeting is not done");
    terminal.press(ESC);
    terminal.until_gone("is not done");
    terminal.press("a");
    terminal.until_shown("done · 4 of 4 steps over");
    assert_eq!(counted(&house), "2 at here\n");
    assert_eq!(house.asked().len(), 3, "what was done is not done again");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn a_step_is_held_let_go_on_and_run_again() {
    let house = House::open(GREETING);
    let file = write(&house, "gate = \"director\"");
    let mut terminal = house.start_in((120, 35), &["run", &file]);
    // Its screen is there once it is played.
    terminal.until_shown(" Script ");
    terminal.press_for("S", "waits for you to open it");
    terminal.press("j");
    terminal.press_for("p", "held by you");
    terminal.press("k");
    terminal.press("a");
    terminal.until_shown("3 of 4 steps over");
    terminal.press("j");
    terminal.press_for("p", "done · 4 of 4 steps over");
    fs::remove_file(house.project().join("counted")).unwrap();
    terminal.press("r");
    let again = ["handed over 2 times", "done · 4 of 4 steps over"];
    terminal.until("the count again", |it| again.iter().all(|again| it.has(again)));
    assert!(house.project().join("counted").exists());
    terminal.press("q");
    assert!(terminal.until_ended().success());
}
