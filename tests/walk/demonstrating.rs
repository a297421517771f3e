//! The demo, as a newcomer meets it.

use crate::{house::House, terminal::*};

const CAST: [&str; 6] = ["scout", "implementer", "reviewer", "releaser", "extractor", "tidier"];

#[test]
fn six_agents_appear_one_needs_you_and_a_line_says_what_to_try() {
    let mut house = House::open("[[part]]\nname = \"nobody\"\n\n[[part.turn]]\nsay = \"No.\"\n");
    house.configure("");
    house.set("COLUMNS", None);
    let mut terminal = house.start_in((140, 42), &["demo", "--speed", "16x"]);
    for name in CAST {
        terminal.until_shown(&format!(" {name} "));
    }
    terminal.until("a hint", |it| it.has("Enter shows it whole") || it.has("press w"));
    terminal.until("a need", |it| it.has("needs you") || it.has("need you"));
    terminal.until_shown("releaser waiting");
    terminal.press("3");
    terminal.press_for("q", "Quit?");
    terminal.press(LEFT);
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    assert_eq!(terminal.left_over(), Vec::<String>::new());
    assert_eq!(house.asked().len(), 0, "the demo has its own model");
    let mut replay = house.start_in((140, 42), &["replay", &house.journal().display().to_string()]);
    replay.press("G");
    for name in CAST {
        replay.until_shown(&format!(" {name} "));
    }
}
