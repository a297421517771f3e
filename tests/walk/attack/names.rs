//! What things are called: S08 to S10.

use super::{assert_plain, assert_straight, assert_tame, look_everywhere, quoted};
use crate::{house::House, terminal::*};
use std::fs;

/// Resets a terminal, names its window and breaks its line.
const EVIL: &str = "ev\u{1b}c\u{1b}]0;x\u{7}\r\nil\u{202e}";

#[test]
fn s08_a_name_is_one_clean_line_wherever_it_stands() {
    let name = quoted(EVIL);
    let house = House::open(&format!(
        "[[part]]\nname = \"any\"\n\n[[part.turn]]\n\
         calls = [{{ tool = \"write\", with = {{ path = \"{name}\", content = \"x\" }} }}, \
         {{ tool = \"list\", with = {{ path = \".\" }} }}, {{ tool = \"{name}\", with = {{}} }}]\n\n\
         [[part.turn]]\nsay = \"the end.\"\n"
    ));
    let cast = format!(
        "[cast.evil]\npurpose = \"{name}\"\nmodel = \"rehearsal/{name}\"\n\
         tools = [\"write\", \"list\"]\npermissions = {{ mode = \"edit\" }}\n\
         instructions = \"{name}\"\n"
    );
    fs::write(house.at("config/auteur/cast.toml"), cast).unwrap();
    let project = house.at(EVIL);
    fs::create_dir(&project).unwrap();
    let folder = project.display().to_string();
    let mut terminal = house.start_in((100, 40), &["-C", &folder, "run", "evil", EVIL]);
    terminal.until_shown("the end.");
    assert_straight(&terminal);
    assert_tame(&terminal);
    look_everywhere(&mut terminal);
    // Where roles, models and agents are chosen and searched.
    terminal.press_for("n", "New agent");
    terminal.press(ESC);
    terminal.press_for("\x10", "Find anything");
    terminal.press("ev");
    terminal.press(ESC);
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_tame(&terminal);
    for line in [&["sessions"][..], &["sessions", "show", "last"], &["sessions", "--json"]] {
        assert_plain(&house.say(line));
    }
    let journal = house.journal().display().to_string();
    let mut replay = house.start_in((100, 40), &["replay", &journal]);
    replay.press_for("G", "the end.");
    assert_tame(&replay);
    // The twin: a name of many scripts is shown as it is.
    let house = House::open(&super::wants("true"));
    let mut terminal = house.start(&["run", "worker", "prüfe 日本 👩‍🔧"]);
    terminal.until("its brief", |it| it.has("prüfe 日本"));
    terminal.until_shown("That was all.");
}

#[test]
fn s09_what_turns_a_text_around_is_seen_by_who_approves() {
    let (house, terminal) = super::asking("echo \u{202e}dlrow\u{2066} >> hello");
    assert!(terminal.screen.has("echo <U+202E>dlrow<U+2066> >> hello"), "{terminal:?}");
    assert_tame(&terminal);
    assert_eq!(house.marks("hello"), 0);
    // The twin: Hebrew is written from right to left without any order to do so.
    let (_house, terminal) = super::asking("touch שלום");
    assert!(terminal.screen.has("touch ") && !terminal.screen.has("U+"), "{terminal:?}");
}

#[test]
fn s09_neither_a_question_nor_its_answers_are_turned_around() {
    let evil = quoted(EVIL);
    let house = House::open(&format!(
        "[[part]]\nname = \"any\"\n\n[[part.turn]]\ncalls = [{{ tool = \"ask\", with = {{ \
         question = \"Well? {evil}\", options = [\"one {evil}\", \"two\"] }} }}]\n\n\
         [[part.turn]]\nsay = \"That was all.\"\n"
    ));
    let mut terminal = house.start_in((100, 40), &["run", "worker", "ask"]);
    terminal.until_shown("1 needs you");
    assert!(terminal.screen.has("il<U+202E>"), "{terminal:?}");
    assert_straight(&terminal);
    assert_tame(&terminal);
    // The twin: the answer beside it is as plain as it was.
    terminal.press("w2");
    terminal.until_shown("That was all.");
    assert!(house.asked()[1].last_result.contains("two"));
}

#[test]
fn s10_what_nobody_sees_is_made_visible_and_counted() {
    let hidden = "\u{e0041}\u{e0042}\u{e0043}\u{e0044}\u{200b}\u{200b}\u{ad}\u{feff}";
    let (_house, terminal) = super::asking(&format!("ls {hidden}; echo a\u{fe0f}"));
    assert!(terminal.screen.has("<U+E0041><U+E0042>"), "{terminal:?}");
    assert!(terminal.screen.has("9 invisible characters"), "{terminal:?}");
    assert_tame(&terminal);
    // The twin: nothing is hidden, and nothing is said about it.
    let (_house, terminal) = super::asking("touch ❤");
    assert!(!terminal.screen.has("invisible"), "{terminal:?}");
}

#[test]
fn s10_instructions_hide_nothing_from_who_reads_them() {
    let house = House::open(&super::wants("true"));
    let secret = quoted("work \u{e0041}\u{200b}well");
    let cast = format!(
        "[cast.worker]\npurpose = \"Works\"\nmodel = \"rehearsal/any\"\ntools = [\"shell\"]\n\
         instructions = \"{secret}\"\n"
    );
    fs::write(house.at("config/auteur/cast.toml"), cast).unwrap();
    let mut terminal = house.start(&["run", "worker", "speak"]);
    terminal.until_shown("That was all.");
    terminal.press_for("e", "Instructions of worker");
    terminal.until_shown("work <U+E0041><U+200B>well");
    assert_tame(&terminal);
}
