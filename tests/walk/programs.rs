//! Programs of others as agents: found, shown, started, and brought to a
//! rehearsal. The program here is a script; tests/programs/ drives the real ones.

use crate::{
    directing::ROUNDS,
    house::{House, assert_nobody_is_left},
    terminal::*,
};
use std::fs;

/// Says its version, or writes down what it sees and ends with a reason.
const FAKE: &str = r#"
if [ "$1" = --version ]; then echo "9.9.9 (Fake Code)"; exit 0; fi
env > "$PWD/seen"
echo "no such luck" >&2
exit 3"#;

/// What plays the model of whoever is rehearsed.
const PLAY: &str = r#"
[[part]]
name = "play"
[[part.turn]]
say = "I was only played."
"#;

/// A machine with this as its only program of somebody else's.
fn house(program: Option<&str>) -> House {
    let mut house = House::open(ROUNDS);
    house.set("PATH", Some("/usr/bin:/bin"));
    if let Some(script) = program {
        house.install("claude", script);
    }
    fs::write(house.at("play.toml"), PLAY).unwrap();
    house
}

#[test]
fn a_program_that_is_not_installed_is_told_with_the_command_that_installs_it() {
    let house = house(None);
    let said = house.say(&["run", "claude", "do it", "--headless"]);
    assert!(said.contains("npm install --global @anthropic-ai/claude-code"), "{said}");
    assert!(!house.at("state/sessions").exists(), "nothing was opened");
    let mut terminal = house.start_in((150, 45), &[]);
    terminal.until_shown("Nobody is on stage yet");
    terminal.press_for("n", "New agent");
    terminal.press("c");
    terminal.until_shown("`claude` is not installed");
    terminal.press(ESC);
    terminal.until_gone("New agent");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn the_form_for_a_new_agent_asks_a_program_for_its_version_once_it_is_open() {
    let house = house(Some(FAKE));
    let mut terminal = house.start_in((150, 45), &[]);
    terminal.until_shown("Nobody is on stage yet");
    terminal.press_for("n", "New agent");
    terminal.press("c");
    terminal.until_shown("9.9.9 (Fake Code), not signed in");
    terminal.press(ESC);
    terminal.until_gone("New agent");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_nobody_is_left(&house);
}

#[test]
fn the_doctor_says_which_programs_are_here() {
    let mut house = house(Some(FAKE));
    house.set("ANTHROPIC_API_KEY", Some("sk-canary"));
    let said = house.say(&["doctor"]);
    assert!(said.contains("9.9.9 (Fake Code), signed in (ANTHROPIC_API_KEY)"), "{said}");
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn a_rehearsed_program_sees_no_key_of_ours_and_only_an_address_of_loopback() {
    let mut house = house(Some(FAKE));
    house.set("ANTHROPIC_API_KEY", Some("sk-canary"));
    house.set("OPENAI_API_KEY", Some("sk-canary"));
    let file = house.at("play.toml").display().to_string();
    house.say(&["run", "claude", "do it", "--headless", "--rehearse", &file]);
    let seen = fs::read_to_string(house.project().join("seen")).unwrap();
    assert!(seen.contains("ANTHROPIC_BASE_URL=http://127.0.0.1:"), "{seen}");
    assert!(seen.contains("ANTHROPIC_API_KEY=rehearsal"), "{seen}");
    let home = house.at("state/sessions").display().to_string();
    assert!(seen.contains(&format!("\nHOME={home}")), "{seen}");
    assert!(!seen.contains("canary"), "{seen}");
}

#[test]
fn a_program_sees_its_own_key_and_no_other() {
    let mut house = house(Some(FAKE));
    house.set("ANTHROPIC_API_KEY", Some("sk-canary-own"));
    house.set("OPENAI_API_KEY", Some("sk-canary-other"));
    let said = house.say(&["run", "claude", "do it", "--headless"]);
    let seen = fs::read_to_string(house.project().join("seen")).unwrap();
    assert!(seen.contains("ANTHROPIC_API_KEY=sk-canary-own"), "{seen}");
    assert!(!seen.contains("canary-other"), "{seen}");
    let journal = fs::read_to_string(house.journal()).unwrap();
    assert!(!journal.contains("canary") && !said.contains("canary"), "{journal}");
}

#[test]
fn a_native_agent_is_rehearsed_without_any_service() {
    let house = house(None);
    house.configure("");
    let file = house.at("play.toml").display().to_string();
    let said = house.say(&["run", "implementer", "do it", "--headless", "--rehearse", &file]);
    assert!(said.contains("I was only played."), "{said}");
    assert_eq!(house.asked().len(), 0, "another server played it");
    fs::write(house.at("play.toml"), "[[part]]\nnam = 1\n").unwrap();
    let said = house.say(&["run", "implementer", "do it", "--headless", "--rehearse", &file]);
    assert!(said.contains("play.toml:2"), "{said}");
}

#[test]
fn f22_a_program_that_ends_at_once_shows_its_last_words_and_is_started_anew_with_r() {
    let house = house(Some(FAKE));
    let mut terminal = house.start_in((120, 35), &["run", "claude", "do it"]);
    terminal.until_shown("claude failed");
    terminal.until_shown("no such luck");
    fs::remove_file(house.project().join("seen")).unwrap();
    terminal.press("R");
    terminal.wait("another run", |_| house.project().join("seen").exists());
    terminal.until("its end", |it| it.has("taken up again") && it.has("claude failed"));
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_nobody_is_left(&house);
}

#[test]
fn a_program_that_is_broken_does_not_break_the_demo() {
    let mut house = house(Some(FAKE));
    house.configure("");
    house.set("COLUMNS", None);
    let mut terminal = house.start_in((140, 42), &["demo", "--speed", "16x"]);
    for name in [" scout ", " tidier ", " claude failed"] {
        terminal.until_shown(name);
    }
    terminal.press_for("q", "Quit?");
    terminal.press(LEFT);
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
}
