//! What the program says of sessions on an ordinary output, whatever has become
//! of them and whatever stands in them.

use crate::{
    directing::{ROUNDS, talk},
    house::House,
    terminal::*,
};
use std::fs;

/// What a terminal would obey, and what nobody would see.
const EVIL: &str = "br\u{1b}]0;PWN\u{7}\u{9b}2J\u{202e}";

#[track_caller]
fn assert_harmless(said: &str) {
    let is_evil = |it: char| (it.is_control() && it != '\n') || it == '\u{202e}';
    assert!(!said.contains(is_evil), "{said:?}");
}

#[test]
fn a_session_whose_program_was_killed_is_listed_as_cut_off() {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    assert!(house.say(&["sessions"]).contains("LIVE, 1 running"));
    terminal.crash();
    let (listed, shown) = (house.say(&["sessions"]), house.say(&["sessions", "show", "last"]));
    assert!(listed.contains("1 cut off") && !listed.contains("running"), "{listed}");
    assert!(shown.contains("cut off while running"), "{shown}");
    assert!(house.say(&["sessions", "--json"]).contains("\"cut_off\": true"));
}

#[test]
fn neither_a_brief_nor_a_header_commands_a_terminal() {
    let house = House::open(&talk(1));
    for json in [&["--json"][..], &[]] {
        let line = [&["run", "worker", EVIL, "--headless"], json].concat();
        let said = house.say(&line);
        assert!(said.contains("br"), "{said}");
        assert_harmless(&said);
    }
    for session in fs::read_dir(house.at("state/sessions")).unwrap() {
        let journal = session.unwrap().path().join(auteur::journal::FILE);
        let tape = fs::read_to_string(&journal).unwrap();
        assert_harmless(&tape);
        // Somebody else's journal, with another kind of author.
        let by = serde_json::to_string(EVIL).unwrap();
        fs::write(&journal, tape.replacen("\"by\":\"ann\"", &format!("\"by\":{by}"), 1)).unwrap();
    }
    for line in [&["sessions"][..], &["sessions", "show", "last"], &["sessions", "--json"]] {
        let said = house.say(line);
        assert!(said.contains("br"), "{said}");
        assert_harmless(&said);
    }
    let told: serde_json::Value =
        serde_json::from_str(&house.say(&["sessions", "--json"])).unwrap();
    assert_eq!(told[0]["by"], EVIL);
}

#[test]
fn what_is_no_journal_and_no_folder_is_said() {
    let house = House::open(ROUNDS);
    let folder = house.project().display().to_string();
    for (named, expected) in [(folder.as_str(), "is a folder without"), ("/dev/null", "is no file")]
    {
        let mut terminal = house.start_in((200, 30), &["replay", named]);
        assert!(!terminal.until_ended().success());
        assert!(terminal.screen.has(expected), "{terminal:?}");
    }
    house.allow("file");
    let said = house.say(&["-C", "file", "sessions"]);
    assert!(said.contains("file is no folder"), "{said}");
}

#[test]
fn a_session_that_was_taken_away_holds_its_agents_and_offers_no_replay() {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.until_shown("worker running");
    fs::remove_dir_all(house.at("state/sessions")).unwrap();
    house.allow("go");
    terminal.until_shown("moved or deleted");
    terminal.press_for("q", "Quit?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    assert!(!terminal.until_ended().success());
    assert!(!terminal.screen.has("auteur replay"), "{terminal:?}");
    assert!(terminal.screen.has("were not kept"), "{terminal:?}");
}
