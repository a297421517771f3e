//! Commands in terminals, as a director sees them and types to them.

use crate::{
    house::{House, assert_nobody_is_left},
    terminal::*,
};
use std::fs;

const REHEARSAL: &str = "[[part]]\nname = \"any\"\n[[part.turn]]\nsay = \"Done.\"\n";
/// What leaves a terminal, as most terminals send it.
const LEAVE: &str = "\x1d";

const CAST: &str = r#"
[programs.bare]
engine = "pty"
command = ["bash", "--norc", "--noprofile", "-i"]
env = { PS1 = "$ " }
"#;

fn house() -> House {
    let house = House::open(REHEARSAL);
    fs::write(house.at("config/auteur/programs.toml"), CAST).unwrap();
    let cast = "[cast.bare]\npurpose = \"A shell\"\nprogram = \"bare\"\n";
    fs::write(house.at("config/auteur/cast.toml"), cast).unwrap();
    house
}

#[test]
fn s16_a_shell_is_typed_to_and_left_and_nothing_it_prints_gets_out() {
    let house = house();
    let mut terminal = house.start(&["run", "bare", "echo $((6*7))"]);
    terminal.until_shown("$ echo $((6*7))");
    terminal.until("its answer", |it| it.has("42"));
    terminal.press_for(ENTER, "Terminal");
    terminal.press_for(ENTER, "TYPING");
    terminal.press("printf '\\e]0;evil\\a\\e]52;c;ZXZpbA==\\a\\e[31mred\\e[m\\n'; stty size\r");
    terminal.until_shown("red");
    // As large as it is shown.
    terminal.until("its size", |it| it.has("24 97") || it.has("24 98") || it.has("25 98"));
    // Keys that mean something elsewhere are the shell's here.
    terminal.press("echo quit | tr q Q\r");
    terminal.until_shown("Quit");
    terminal.press_for(LEAVE, "COMMAND");
    terminal.press_for("p", "paused");
    terminal.press("p");
    terminal.until("it goes on", |it| it.has("bare active") || it.has("bare quiet"));
    terminal.press_for(ENTER, "TYPING");
    terminal.press("exit 3\r");
    terminal.until_shown("exited 3");
    terminal.until_shown("COMMAND");
    terminal.press("q");
    terminal.until_ended();
    let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert!(!raw.contains("\x1b]52;") && !raw.contains("\x1b]0;evil"));
    assert_nobody_is_left(&house);
}
