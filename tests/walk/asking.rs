//! Agents ask, the director answers: nothing is done that was not allowed, and
//! nothing is allowed that was not read.

use crate::{house::House, terminal::*};
use std::fs;

const NEEDY: &str = r#"
[[part]]
name = "needy"
brief = "paint"

[[part.turn]]
calls = [{ tool = "ask", with = { question = "Which colour?", options = ["red", "blue"] } }]

[[part.turn]]
say = "So it is."
calls = [{ tool = "shell", with = { command = "echo painted >> painted" } }]

[[part.turn]]
say = "That was all."
"#;

/// An agent that has asked its question, with the keys on it.
fn asked() -> (House, Terminal) {
    let house = House::open(NEEDY);
    let mut terminal = house.start(&["run", "asker", "paint it"]);
    terminal.until_shown("1 needs you");
    terminal.until_shown("Which colour?");
    terminal.press_for("w", "COMMAND");
    (house, terminal)
}

/// The same agent, waiting for leave to run a command.
fn wants_leave() -> (House, Terminal) {
    let (house, mut terminal) = asked();
    terminal.press_for(ENTER, "TYPING");
    terminal.press_for("green, please", "green, please");
    terminal.press(SAVE);
    terminal.until_shown("echo painted");
    terminal.until_shown("D deny");
    let said = house.asked()[1].last_result.clone();
    assert!(said.contains("green, please"), "{said}");
    terminal.press_for("w", "always for this agent");
    (house, terminal)
}

#[test]
fn a_question_is_answered_in_words_and_a_command_waits_for_its_yes() {
    let (house, mut terminal) = wants_leave();
    assert_eq!(house.marks("painted"), 0);
    terminal.press_for("a", "That was all.");
    assert_eq!(house.marks("painted"), 1);
}

#[test]
fn a_number_chooses_an_answer_that_is_offered() {
    let (house, mut terminal) = asked();
    terminal.press_for("2", "echo painted");
    let said = house.asked()[1].last_result.clone();
    assert!(said.contains("blue"), "{said}");
}

#[test]
fn a_denied_command_is_not_run_and_the_model_is_told_why() {
    let (house, mut terminal) = wants_leave();
    terminal.press_for("D", "why, for the agent");
    terminal.press_for("not on a Sunday", "not on a Sunday");
    terminal.press_for(ENTER, "That was all.");
    assert_eq!(house.marks("painted"), 0);
    let said = house.asked()[2].last_result.clone();
    assert!(said.contains("not on a Sunday"), "{said}");
}

#[test]
fn all_that_needs_somebody_is_seen_to_from_one_list() {
    let house = House::open(NEEDY);
    let mut terminal = house.start(&["run", "asker", "paint it"]);
    terminal.until_shown("asker asks a question");
    terminal.press_for("I", "1-2 choose");
    terminal.press_for("2", "echo painted");
    terminal.until_shown("a approve");
    terminal.press_for("a", "that is seen");
    assert_eq!(house.marks("painted"), 1);
    let said = house.asked()[1].last_result.clone();
    assert!(said.contains("blue"), "{said}");
    terminal.press_for(" ", "Nobody needs you.");
    terminal.press_for("h", "blue");
}

#[test]
fn who_looks_elsewhere_is_called_for_what_comes_then_and_the_title_counts() {
    let house = House::open(NEEDY);
    let alert = house.at("alert.json");
    let notify = format!(
        "[notify]\nby = \"osc9\"\ndwell_s = 0\nkinds = [\"approval\"]\ncommand = [\"tee\", {alert:?}]\n"
    );
    house.configure(&format!("{notify}\n{}", house.settings()));
    let mut terminal = house.start(&["run", "asker", "paint it"]);
    terminal.until_shown("asker asks a question");
    terminal.press_for("w", "1-2 choose");
    terminal.press(AWAY);
    terminal.press_for("2", "echo painted");
    let told = || fs::read_to_string(&alert).unwrap_or_default();
    terminal.wait("the command has run", |_| told().ends_with('}'));
    let told: serde_json::Value = serde_json::from_str(&told()).unwrap();
    assert_eq!(told["needs"][0]["kind"], "approval");
    assert_eq!(told["text"], "asker asks for approval");
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    let calls: Vec<&str> = raw.split("\x1b]9;").skip(1).collect();
    assert_eq!(calls.len(), 1, "the question was seen before: {calls:?}");
    assert!(calls[0].contains("asker asks for approval\x1b\\\x07"), "{:?}", calls[0]);
    let titles = terminal.screen.titles();
    assert!(titles.iter().any(|it| it.starts_with("(1) auteur")), "{titles:?}");
}

#[test]
fn who_looks_here_is_not_called() {
    let house = House::open(NEEDY);
    let notify = "[notify]\nby = \"osc9\"\ndwell_s = 0\n";
    house.configure(&format!("{notify}\n{}", house.settings()));
    let mut terminal = house.start(&["run", "asker", "paint it"]);
    terminal.until_shown("asker asks a question");
    terminal.press(AWAY);
    terminal.press(HERE);
    terminal.press_for("w", "1-2 choose");
    terminal.press_for("2", "echo painted");
    assert!(!String::from_utf8_lossy(&terminal.raw).contains("\x1b]9;"));
}

#[test]
fn a_script_learns_who_needs_somebody_and_waits_for_the_end() {
    let house = House::open(NEEDY);
    let mut terminal = house.start(&["run", "asker", "paint it"]);
    terminal.until_shown("asker asks a question");
    assert_eq!(house.code(&["wait", "asker", "--until", "needs-me"]), Some(0));
    assert_eq!(house.code(&["wait", "asker"]), Some(3), "it needs somebody first");
    assert_eq!(house.code(&["wait", "asker", "--until", "held", "--timeout", "0s"]), Some(3));
    assert!(house.say(&["wait", "nobody"]).contains("nobody is called nobody there: asker"));
    let told = house.say(&["status"]);
    assert!(told.contains("needs you: asker: asks a question"), "{told}");
    assert!(house.say(&["status", "--short"]).starts_with("1◆"));
    let json: serde_json::Value = serde_json::from_str(&house.say(&["status", "--json"])).unwrap();
    assert_eq!(
        (&json["needs"][0]["what"], &json["agents"][0]["needs"][0]),
        (&"question".into(), &"question".into())
    );
    terminal.press_for("w", "1-2 choose");
    terminal.press_for("2", "echo painted");
    terminal.press_for("w", "always for this agent");
    terminal.press_for("a", "That was all.");
    assert_eq!(house.code(&["wait", "asker"]), Some(0));
    assert_eq!(house.code(&["wait", "--until", "held"]), Some(1), "it can't come any more");
}
