//! What is done to several agents at once: each still hears it by itself.

use crate::{house::House, terminal::*};
use auteur::rehearsal::Logged;

const PAINTERS: &str = r#"
[[part]]
name = "painter"
brief = "paint"

[[part.turn]]
calls = [{ tool = "shell", with = { command = "echo painted >> painted" } }]

[[part.turn]]
say = "That was all."

[[part]]
name = "other"
brief = "clean"

[[part.turn]]
calls = [{ tool = "shell", with = { command = "echo cleaned >> painted" } }]

[[part.turn]]
say = "It is clean."
"#;

/// Three who ask leave for the same command, and one for another; the keys are on the first.
fn asking() -> (House, Terminal) {
    let house = House::open(PAINTERS);
    let who = ["run", "asker", "paint", "asker", "paint", "asker", "clean", "asker", "paint"];
    let mut terminal = house.start_in((120, 35), &who);
    terminal.until_shown("4 need you");
    terminal.until_shown("2 others ask the same");
    terminal.press_for("I", "A always for this agent");
    // Which of them asked first is left to chance.
    if !terminal.screen.has("approve all") {
        terminal.press_for("j", "approve all");
    }
    (house, terminal)
}

#[test]
fn one_key_approves_all_who_ask_for_exactly_the_same_and_all_ends_are_seen_at_once() {
    let (house, mut terminal) = asking();
    terminal.press_for("=", "approved for 3 who asked the same");
    terminal.wait("three have painted", |_| house.marks("painted") == 3);
    terminal.until_shown("echo cleaned");
    terminal.until_shown("all seen");
    terminal.press_for("*", "3 ends count as seen");
    terminal.until_gone("asker-4");
    assert_eq!(house.marks("painted"), 3, "the other one was not approved");
}

#[test]
fn one_key_denies_all_who_ask_for_exactly_the_same_and_each_is_told_why() {
    let (house, mut terminal) = asking();
    terminal.press_for("#", "Deny all 3 that ask the same");
    terminal.press_for("not on a Sunday", "not on a Sunday");
    terminal.press(ENTER);
    terminal.until_gone("others ask the same");
    terminal.wait("three are told", |_| {
        let told = |it: &&Logged| it.last_result.contains("not on a Sunday");
        house.asked().iter().filter(told).count() == 3
    });
    assert_eq!(house.marks("painted"), 0);
}

#[test]
fn what_is_done_goes_to_all_that_are_marked_and_stopping_them_asks_once() {
    let (house, mut terminal) = asking();
    terminal.press(ESC);
    terminal.until_shown("asker-4");
    terminal.press_for("*", "4 marked");
    terminal.press_for(" ", "3 marked");
    terminal.press_for("p", "pause: 3 agents");
    terminal.press_for("r", "Redirect 3 agents");
    terminal.press_for("be quick", "be quick");
    terminal.press_for(SAVE, "redirect: 3 agents");
    terminal.press_for("x", "Stop 3 agents");
    // Enter falls on cancel.
    terminal.press(ENTER);
    terminal.until_gone("Stop 3 agents");
    terminal.press_for("x", "Stop 3 agents");
    terminal.press(TAB);
    terminal.press_for(ENTER, "stop: 3 agents");
    terminal.until_shown("1 needs you");
    terminal.press_for(ESC, "nobody is marked");
    assert_eq!(house.asked().len(), 4, "each asked its model once, and no more");
}
