//! What a director is led to approve: S11, S12 and S15.

use super::{asking, assert_tame};
use crate::{house::House, terminal::*};

#[test]
fn s11_what_would_overwrite_a_command_is_shown_with_the_whole_command() {
    let (house, terminal) = asking("touch evil\r  ls -la        ");
    assert!(terminal.screen.has("touch evil␍  ls -la"), "{terminal:?}");
    assert_tame(&terminal);
    assert!(!house.project().join("evil").exists());
    let (_house, terminal) = asking("ls\u{8}\u{8}rm");
    assert!(terminal.screen.has("ls␈␈rm"), "{terminal:?}");
}

#[test]
fn s12_a_command_is_not_approved_before_its_end_was_on_the_screen() {
    let lines: Vec<String> = (1..=80).map(|it| format!("true {it}")).collect();
    let (house, mut terminal) = asking(&format!("{}\necho evil >> evil", lines.join("\n")));
    assert!(!terminal.screen.has("echo evil"), "{terminal:?}");
    terminal.press_for("a", "read it to its end first");
    terminal.press("aaa");
    // No key leads past what was not in sight.
    let mut seen = terminal.screen.text();
    while terminal.screen.has("scroll to read on") {
        let before = terminal.screen.text();
        terminal.press("G");
        terminal.until("more of it", |it| it.text() != before);
        seen += &terminal.screen.text();
    }
    assert!(lines.iter().all(|line| seen.contains(line)), "{seen}");
    terminal.until_gone("scroll to read on");
    assert_eq!(house.marks("evil"), 0);
    terminal.press_for("a", "That was all.");
    assert_eq!(house.marks("evil"), 1);
}

#[test]
fn s12_blanks_hide_nothing() {
    for (blanks, told) in [(" ".repeat(300), "300 spaces"), ("\n".repeat(200), "200 newlines")] {
        let (house, terminal) = asking(&format!("ls{blanks}; echo evil >> evil"));
        assert!(terminal.screen.has("echo evil") && terminal.screen.has(told), "{terminal:?}");
        assert_eq!(house.marks("evil"), 0);
    }
    // The twin: the blanks that people write stay as they are.
    let (_house, terminal) = asking("if true\nthen\n    touch so;  touch it\nfi");
    assert!(terminal.screen.has("    touch so;  touch it"), "{terminal:?}");
}

/// An agent that waits for leave to leave its mark.
fn wants_to_mark() -> (House, Terminal) {
    asking("echo evil >> evil")
}

/// The keys are heard again, and nothing was approved meanwhile.
#[track_caller]
fn assert_nothing_was_approved(house: &House, terminal: &mut Terminal) {
    terminal.press_for("?", "What the keys do here");
    terminal.press(ESC);
    terminal.until_gone("What the keys do here");
    assert!(terminal.screen.has("echo evil"), "{terminal:?}");
    assert_eq!((house.marks("evil"), house.asked().len()), (0, 1));
}

#[test]
fn s15_a_paste_that_ends_itself_approves_nothing() {
    let (house, mut terminal) = wants_to_mark();
    // Bytes that a terminal lets through unchanged: the rest looks like keys.
    terminal.press("\x1b[200~x\x1b[201~y\r\x1b[201~");
    assert_nothing_was_approved(&house, &mut terminal);
}

#[test]
fn s15_pasted_text_is_never_taken_for_keys() {
    let (house, mut terminal) = wants_to_mark();
    terminal.paste("aaa\rD\rq\r");
    terminal.paste("\x1b[200~x\x1b[201~");
    assert_nothing_was_approved(&house, &mut terminal);
    // The twin: the same letter, pressed: once to have the keys again, and once more.
    terminal.press_for("a", "press it again");
    terminal.press_for("a", "That was all.");
    assert_eq!(house.marks("evil"), 1);
}
