//! Nothing that was typed is lost.

use crate::{directing::ROUNDS, house::House, terminal::*};
use std::{fs, os::unix::fs::PermissionsExt as _};

const WORDS: &str = "a long thought about kings";

/// An agent at work, and a redirect that is being typed.
fn typing() -> (House, Terminal) {
    let mut house = House::open(ROUNDS);
    let editor = house.at("home/editor");
    fs::write(&editor, "#!/bin/sh\nsed -i 's/kings$/kings and queens/' \"$1\"\n").unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o700)).unwrap();
    house.set("EDITOR", editor.to_str());
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.until_shown("worker running");
    terminal.press_for("r", "Redirect worker");
    terminal.press_for(WORDS, WORDS);
    (house, terminal)
}

#[test]
fn a_text_that_is_put_away_is_there_when_it_is_opened_again() {
    let (house, mut terminal) = typing();
    terminal.press(ESC);
    terminal.until_gone(WORDS);
    assert!(terminal.screen.has("worker running"), "{terminal:?}");
    terminal.press_for("r", WORDS);
    terminal.resize(40, 12);
    terminal.resize(120, 40);
    terminal.until_shown(WORDS);
    terminal.press_for(" of old", &format!("{WORDS} of old"));
    terminal.press(SAVE);
    terminal.until_gone("Redirect worker");
    house.allow("go");
    terminal.wait("another request", |_| house.asked().len() == 2);
    assert_eq!(house.asked()[1].last_user, format!("{WORDS} of old"));
}

#[test]
fn the_end_of_an_agent_leaves_the_text_that_is_typed_to_it() {
    let (house, mut terminal) = typing();
    terminal.press(ESC);
    terminal.press_for("X", "Kill worker?");
    terminal.press(RIGHT);
    terminal.press_for(ENTER, "worker stopped");
    terminal.press_for("r", WORDS);
    terminal.press(SAVE);
    // Words to an agent that is over take it up again.
    terminal.wait("another request", |_| house.asked().len() == 2);
    assert_eq!(house.asked()[1].last_user, WORDS);
}

#[test]
fn a_paste_is_text_in_an_editor_with_its_lines() {
    let (house, mut terminal) = typing();
    terminal.paste(": first\nsecond\x1b[31m\nthird q ");
    terminal.until_shown("third q");
    terminal.press(SAVE);
    terminal.until_gone("Redirect worker");
    house.allow("go");
    terminal.wait("another request", |_| house.asked().len() == 2);
    let said = house.asked()[1].last_user.clone();
    assert!(said.starts_with(&format!("{WORDS}: first\nsecond")), "{said:?}");
    assert!(said.contains("\nthird q") && !said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn a_text_goes_through_the_directors_own_editor_and_back() {
    let (house, mut terminal) = typing();
    terminal.press_for("\x0f", "kings and queens");
    terminal.press_for(", then", "queens, then");
    terminal.press("\x1a");
    terminal.press(SAVE);
    terminal.until_gone("Redirect worker");
    house.allow("go");
    terminal.wait("another request", |_| house.asked().len() == 2);
    let said = house.asked()[1].last_user.clone();
    assert!(said.starts_with("a long thought about kings and queens"), "{said:?}");
}

#[test]
fn an_editor_that_fails_leaves_the_text_and_the_terminal_as_they_were() {
    let (house, mut terminal) = typing();
    let fails = "#!/bin/sh\nprintf half > \"$1\"\nprintf '\\033[?25l'\nstty raw\nexit 3\n";
    fs::write(house.at("home/editor"), fails).unwrap();
    terminal.press_for("\x0f", "ended with exit status: 3; the text is as it was");
    terminal.press_for(", still", &format!("{WORDS}, still"));
    fs::remove_file(house.at("home/editor")).unwrap();
    terminal.press_for("\x0f", "did not start");
    terminal.press(SAVE);
    terminal.until_gone("Redirect worker");
    house.allow("go");
    terminal.wait("another request", |_| house.asked().len() == 2);
    assert_eq!(house.asked()[1].last_user, format!("{WORDS}, still"));
}
