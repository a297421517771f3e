//! What agents change is looked through, commented on and taken over.

use crate::{house::House, terminal::*};
use std::{fs, process::Command};

/// One who changes a file, hears what the director says of it, and does better.
const REHEARSAL: &str = r#"
[[part]]
name = "song"
brief = "change the song"

[[part.turn]]
calls = [{ tool = "write", with = { path = "song.txt", content = "one\n2\nthree\n" } }]

[[part.turn]]
say = "It is done."

[[part.when]]
redirect = "German"
go = "better"

[[part.turn]]
label = "better"
calls = [{ tool = "write", with = { path = "song.txt", content = "one\nzwei\nthree\n" } }]

[[part.turn]]
say = "As you wish."
"#;

fn git(house: &House, words: &[&str]) -> String {
    let out = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost"])
        .args(words)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .current_dir(house.project())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
}

/// A project under git, whose worker has a worktree of its own.
fn house() -> House {
    let house = House::open(REHEARSAL);
    git(&house, &["init", "--quiet", "--initial-branch=main"]);
    fs::write(house.project().join("song.txt"), "one\ntwo\nthree\n").unwrap();
    git(&house, &["add", "--all"]);
    git(&house, &["commit", "--quiet", "--message", "First"]);
    house
}

#[test]
fn a_change_is_looked_at_commented_on_and_merged() {
    let house = house();
    let mut terminal = house.start_in((120, 35), &["run", "worker", "change the song"]);
    terminal.until_shown("It is done.");
    terminal.press_for(ENTER, " Changes ");
    terminal.press_for("4", "+ 2");
    // Down to the added line.
    terminal.press_for("}", "song.txt");
    terminal.press_for("{", "no other file in that direction");
    terminal.press("jjjj");
    terminal.press_for("c", "song.txt:2");
    terminal.press_for("in German, please", "in German, please");
    terminal.press(SAVE);
    terminal.until_shown("+ zwei");
    // All files closed and open; what one turn changed, the one before and the one after.
    terminal.press("z");
    terminal.until_gone("+ zwei");
    terminal.press_for("z", "+ zwei");
    terminal.press_for("[", "2 of 2");
    terminal.press_for("[", "1 of 2");
    terminal.until_shown("+ 2");
    terminal.press_for("]", "2 of 2");
    terminal.press_for("s", "two");
    let said = house.asked().iter().map(|it| it.last_user.clone()).find(|it| it.contains("German"));
    assert_eq!(said.as_deref(), Some("song.txt:2\n> + 2\nin German, please"));
    terminal.press_for("t", "Take the work of worker");
    terminal.press_for("\x1b[B", "Merge");
    terminal.press_for(ENTER, "Merge the work of worker?");
    terminal.press("\x1b[B");
    terminal.press(ENTER);
    let song = house.project().join("song.txt");
    // For a moment there is none: git takes the old one away first.
    let is_merged = |it: String| it == "one\nzwei\nthree\n";
    terminal.wait("the merge", |_| fs::read_to_string(&song).is_ok_and(is_merged));
    terminal.press_for("1", "main is at");
    assert_eq!(git(&house, &["log", "--format=%s"]), "change the song\nFirst");
    assert_eq!(git(&house, &["status", "--porcelain"]), "");
}
