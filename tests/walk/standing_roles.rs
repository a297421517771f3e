//! Roles that are done again and again without a script of theirs.

use crate::{
    house::{House, wait},
    terminal::{ENTER, RIGHT, SAVE},
};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;

/// One who looks, and says what it saw.
const LOOKING: &str = r#"
[[part]]
name = "looks"
brief = "Look at what is new"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "I saw a heron." } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "It is still the heron of before." } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "The heron is gone." } }]
"#;

const CALLED_BY_FILES: &str = "file change: src/**";

fn with_sources() -> House {
    let house = House::open(LOOKING);
    fs::create_dir_all(house.project().join("src")).unwrap();
    house
}

fn count(house: &House, fact: &str) -> usize {
    let journal = house.find_journal().and_then(|it| fs::read_to_string(it).ok());
    journal.unwrap_or_default().matches(fact).count()
}

/// Changes a file, and waits until a run was done for it.
fn change(house: &House, text: &str, runs: usize) {
    fs::write(house.project().join("src/main.rs"), text).unwrap();
    wait("the run", || count(house, "\"ran\"") == runs);
}

#[test]
fn a_role_alone_runs_whenever_files_change_and_knows_what_it_saw_before() {
    let house = with_sources();
    let line = ["run", "worker", "Look at what is new", "--on", CALLED_BY_FILES, "--headless"];
    let child = house.spawn(&line);
    wait("its ear", || count(&house, "\"listens\"") == 1);
    change(&house, "one", 1);
    change(&house, "two", 2);
    // It is one conversation: the second run has what the first came to before it.
    let asked = house.asked();
    assert_eq!((asked.len(), asked[0].messages, asked[1].messages), (2, 1, 3));
    let (first, second) = (&asked[0].last_user, &asked[1].last_user);
    for told in ["on file change: src/**", "Don't wait", "src/main.rs"] {
        assert!(first.contains(told), "{told}: {first}");
    }
    assert!(second.contains("Run 2 of this task") && second.contains("src/main.rs"), "{second}");
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("I saw a heron.") && said.contains("the heron of before"), "{said}");
}

#[test]
fn a_role_of_the_cast_that_stands_goes_on_standing_after_a_crash() {
    let house = with_sources();
    let file = house.at("config/auteur/cast.toml");
    let cast = fs::read_to_string(&file).unwrap();
    let stands = format!("[cast.worker]\non = {CALLED_BY_FILES:?}");
    fs::write(&file, cast.replace("[cast.worker]", &stands)).unwrap();
    let mut terminal = house.start_in((120, 35), &["run", "worker", "Look at what is new"]);
    terminal.until_shown("The script that is played has cast nobody yet");
    terminal.press_for("S", "changes of src/**");
    fs::write(house.project().join("src/main.rs"), "one").unwrap();
    terminal.until_shown("listens, 1 run");
    terminal.until_shown("I saw a heron.");
    terminal.crash();
    let mut terminal = house.start_in((120, 35), &["resume"]);
    terminal.until_shown(" Script ");
    terminal.press_for("S", "listens, 1 run");
    terminal.until_shown("changes of src/**");
    fs::write(house.project().join("src/main.rs"), "two").unwrap();
    terminal.until_shown("listens, 2 runs");
    terminal.until_shown("It is still the heron of before.");
    let asked = house.asked();
    assert_eq!((asked.len(), asked[1].messages), (2, 3), "it remembers, and is asked once a run");
    terminal.press_for("X", "Stop worker?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_shown("worker · stopped");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    // Once is once, whatever the role says.
    assert_eq!(
        house.code(&["run", "worker", "Look at what is new", "--once", "--headless"]),
        Some(0)
    );
}

#[test]
fn the_form_of_a_new_agent_has_it_done_again_and_one_key_runs_it_now() {
    let house = with_sources();
    let mut terminal = house.start_in((120, 35), &[]);
    terminal.until_shown("Nobody is on stage yet.");
    terminal.press_for("C", "can be cast now");
    terminal.press_for("/", "Filter the cast");
    terminal.press("Works");
    terminal.until_shown("1 of ");
    terminal.press(ENTER);
    terminal.press_for(ENTER, "New agent");
    terminal.press("Look at what is new");
    terminal.until_shown("Look at what is new");
    terminal.press("\t\train");
    terminal.until_shown("> rain");
    terminal.press_for(SAVE, "nothing is heard that is called");
    terminal.press("\x7f\x7f\x7f\x7fevery 1h");
    terminal.until_shown("> every 1h");
    terminal.press(SAVE);
    terminal.until_shown("is done again and again, every 1h");
    terminal.until_shown("I saw a heron.");
    terminal.press_for("S", "every 1h, until it is left out");
    terminal.press("r");
    terminal.until_shown("It is still the heron of before.");
    assert_eq!(house.asked().len(), 2);
}

#[test]
fn what_is_no_time_or_for_no_role_is_told_before_anything_begins() {
    let house = House::open(LOOKING);
    let say = |more: &[&str]| house.say(&[&["run"], more].concat());
    let told = say(&["worker", "Look", "--every", "now"]);
    assert!(told.contains("expected a time, not \"now\": write it as"), "{told}");
    let told = say(&["worker", "Look", "--on", "rain"]);
    assert!(told.contains("nothing is heard that is called \"rain\""), "{told}");
    let told = say(&["watch", "--every", "5m", "--headless"]);
    assert!(told.contains("are for a role"), "{told}");
    assert_eq!(house.code(&["run", "watch", "--every", "5m", "--headless"]), Some(2));
    assert!(house.find_journal().is_none());
}
