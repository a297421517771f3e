//! A newcomer with the README and nothing else: no settings, no key, no project of theirs.

use crate::{house::House, terminal::*};
use std::fs;

/// The lines of the README's shell blocks, without what they say of themselves.
fn told() -> Vec<String> {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|it| it.split_once("\n```"));
    let lines = blocks.flat_map(|(block, _)| block.lines());
    lines.map(|it| it.split(" #").next().unwrap_or_default().trim().to_owned()).collect()
}

/// What is told behind these words, as arguments of the program.
fn arguments<'a>(told: &'a [String], start: &str) -> Vec<&'a str> {
    let line = told.iter().find_map(|it| it.strip_prefix(start));
    line.unwrap_or_else(|| panic!("{start} is told: {told:#?}")).split_whitespace().collect()
}

#[test]
fn a_newcomer_has_the_demo_running_and_its_session_replayed() {
    let mut house = House::open("[[part]]\nname = \"nobody\"\n\n[[part.turn]]\nsay = \"No.\"\n");
    fs::remove_dir_all(house.at("config/auteur")).unwrap();
    house.set("COLUMNS", None);
    let told = told();

    let mut demo = house.start_in((120, 35), &arguments(&told, "cargo run --release -- "));
    demo.until("somebody who needs you", |it| it.has("needs you") || it.has("need you"));
    demo.press_for("q", "Quit?");
    demo.press(LEFT);
    demo.press(ENTER);
    assert!(demo.until_ended().success());
    assert_eq!(house.asked().len(), 0, "the demo has its own model");

    let mut replay =
        house.start_in((120, 35), &[&["replay"][..], &arguments(&told, "auteur replay ")].concat());
    replay.until_shown("REPLAY");
    replay.press("G");
    for name in ["scout", "implementer", "reviewer", "releaser", "extractor", "tidier"] {
        replay.until_shown(&format!(" {name} "));
    }
    replay.press("q");
    assert!(replay.until_ended().success());
    assert!(!house.at("config/auteur").exists(), "nothing was written that nobody asked for");
}
