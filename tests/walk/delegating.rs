//! Agents that set others to work, and hand off their work, by themselves.

use crate::{
    assisting::{Assistant, end, serve},
    house::{House, wait},
    terminal::Terminal,
};
use serde_json::json;
use std::fs;

/// One that has another look around, and hands off what it has built to be tested.
const BUILDING: &str = r#"
[[part]]
name = "tests"
brief = "hands it off to you"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "tested", result = { tests = 3 } } }]

[[part]]
name = "looks around"
brief = "Look around"

[[part.turn]]
calls = [{ tool = "shell", with = { command = "round" } }]

[[part.turn]]
say = "Nothing is in the way."

[[part]]
name = "builds"
brief = "Build the parser"

[[part.turn]]
calls = [{ tool = "spawn", with = { role = "worker", brief = "Look around" } }]

[[part.turn]]
calls = [{ tool = "hand_off", with = { to = "asker", note = "built: test it" } }]
"#;

const SCRIPT: &str = r#"
purpose = "Builds and tests"

[[step]]
name = "build"
role = "worker"
brief = "Build the parser"
output = { tests = "integer" }
spawn = { roles = ["worker"], most = 2, max_parallel = 1 }
hand_off = { to = ["asker"], most = 1 }

[[step]]
name = "count"
run = "echo {{ steps.build.output.tests }} > counted"
"#;

fn write(house: &House) -> String {
    let file = house.project().join("building.toml");
    fs::write(&file, SCRIPT).unwrap();
    file.display().to_string()
}

fn until_all(terminal: &mut Terminal, words: &[&str]) {
    terminal.until(&words.join(", "), |it| words.iter().all(|word| it.has(word)));
}

#[test]
fn who_works_for_whom_and_who_goes_on_is_seen_while_it_is_and_afterwards() {
    let house = House::open(BUILDING);
    let file = write(&house);
    let checked = house.say(&["check", &file]);
    assert!(checked.contains("may set 2 to work (worker), 1 at once"), "{checked}");
    assert!(checked.contains("may hand off to asker, once"), "{checked}");
    let mut terminal = house.start_in((120, 35), &["run", &file]);
    terminal.until_shown(" Script ");
    terminal.press("S");
    until_all(&mut terminal, &["waits for worker", "set to work", "may hand to"]);
    house.allow("go");
    until_all(&mut terminal, &["done · 2 of 2 steps over", "build → build-asker"]);
    assert_eq!(fs::read_to_string(house.project().join("counted")).unwrap(), "3\n");
    let asked = house.asked();
    let told = &asked.last().unwrap().last_user;
    assert!(told.contains("Build the parser") && told.contains("built: test it"), "{told}");
    let journal = fs::read_to_string(house.journal()).unwrap();
    assert!(journal.contains("Nothing is in the way."), "{journal}");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn a_session_that_is_killed_while_one_waits_for_another_goes_on_and_brings_nobody_twice() {
    let house = House::open(BUILDING);
    let file = write(&house);
    let mut session = house.spawn(&["run", &file, "--headless"]);
    wait("the other is at work", || house.marks("rounds") == 1);
    session.kill().unwrap();
    session.wait().unwrap();
    let mut terminal = house.start_in((120, 35), &["resume"]);
    // What was cut in the one is asked about; the other waits for it as before.
    terminal.until_shown("1 needs you");
    terminal.press_for("w", "cut in mid-run");
    terminal.press("p");
    terminal.press("S");
    terminal.until_shown("done · 2 of 2 steps over");
    let journal = fs::read_to_string(house.journal()).unwrap();
    assert_eq!(journal.matches("\"agent-added\"").count(), 3, "{journal}");
    assert_eq!(house.marks("rounds"), 1);
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn whoever_assists_is_told_who_works_for_whom() {
    let house = House::open(BUILDING);
    let session = serve(&house, &[&write(&house)]);
    let mut assistant = Assistant::hired(&house, &[]);
    let child = assistant.until("worker", "running");
    assert_eq!(child["works_for"], "build", "{child}");
    house.allow("go");
    let last = assistant.until("build-asker", "done");
    assert_eq!(last["was_handed_off_by"], json!({ "agent": "build", "note": "built: test it" }));
    let first = assistant.until("build", "done");
    assert_eq!(first["has_set_to_work"], json!(["worker"]));
    assert_eq!(first["has_handed_off"], json!({ "to": "asker", "agents": ["build-asker"] }));
    assistant.leave();
    end(session);
}
