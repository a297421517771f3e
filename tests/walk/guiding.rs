//! The guide of a first start.

use crate::{house::House, terminal::*};
use std::fs;

const BRIEF: &str = "[[part]]\nname = \"brief\"\n\n[[part.turn]]\nsay = \"That was all.\"\n";

/// A machine on which nothing was ever set.
fn fresh() -> House {
    let mut house = House::open(BRIEF);
    for file in ["config.toml", "cast.toml"] {
        fs::remove_file(house.at("config/auteur").join(file)).unwrap();
    }
    house.set("OPENAI_API_KEY", Some("sk-canary-of-the-guide"));
    house.install("claude", "echo 9.9.9 '(Claude Code)'");
    house
}

#[test]
fn whoever_starts_it_first_is_guided_once_and_leaving_changes_nothing() {
    let house = fresh();
    let mut terminal = house.start(&[]);
    terminal.until_shown("Welcome to Auteur");
    terminal.until_shown("9.9.9 (Claude Code)");
    let shown = terminal.screen.text();
    assert!(shown.contains("✓ OPENAI_API_KEY") && !shown.contains("canary"), "{shown}");
    terminal.press_for(ENTER, "▸ auto");
    terminal.press(ESC);
    terminal.until_shown(" n new ");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert!(!house.at("config/auteur/config.toml").exists());
    let mut again = house.start(&[]);
    again.until_shown(" n new ");
    assert!(!again.screen.text().contains("Welcome"));
    again.press("q");
    assert!(again.until_ended().success());
}

#[test]
fn a_commented_file_is_written_and_the_guide_comes_again_when_it_is_asked_for() {
    let house = fresh();
    let mut terminal = house.start(&["setup"]);
    terminal.until_shown("Welcome to Auteur");
    terminal.press_for(ENTER, "kept");
    terminal.press_for("j", "▸ night");
    terminal.press_for(ENTER, "Write your settings?");
    terminal.until_shown("theme = \"night\"");
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    let file = house.at("config/auteur/config.toml");
    let said = fs::read_to_string(&file).unwrap();
    assert!(said.starts_with("#:schema ./config.schema.json\n"), "{said}");
    assert!(house.at("config/auteur/config.schema.json").is_file());
    // Nothing else is said; where sessions are is this test's own doing.
    let told = house.say(&["config", "show", "--changed"]);
    let told: Vec<&str> = told.lines().filter(|it| !it.starts_with("state.dir")).collect();
    assert_eq!(told, ["ui.theme = \"night\""]);
    // With a file of one's own nobody is guided unasked, and what stands there stays.
    fs::write(&file, "[ui]\n# mine\nfps = 12\n").unwrap();
    let mut terminal = house.start(&["setup"]);
    terminal.until_shown("Welcome to Auteur");
    terminal.press_for(ENTER, "kept");
    terminal.press_for("j", "▸ night");
    terminal.press_for(ENTER, "All else in it stays as it is.");
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    let said = fs::read_to_string(&file).unwrap();
    assert_eq!(said, "[ui]\n# mine\nfps = 12\ntheme = \"night\"\n");
}

#[test]
fn the_demo_can_be_seen_from_the_guide_and_without_a_terminal_nobody_is_guided() {
    let house = fresh();
    let said = house.say(&[]);
    assert!(said.contains("there is no terminal here"), "{said}");
    assert!(!house.at("state/setup-left").exists());
    let mut terminal = house.start(&[]);
    terminal.until_shown("Welcome to Auteur");
    terminal.press_for(ENTER, "kept");
    terminal.press_for(ENTER, "Write your settings?");
    terminal.press_for(RIGHT, "▸  Write them, then the demo");
    terminal.press(ENTER);
    terminal.until_shown("scout");
    assert!(house.at("config/auteur/config.toml").is_file());
}
