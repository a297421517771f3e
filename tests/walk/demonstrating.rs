//! The demo, as a newcomer meets it.

use crate::{house::House, screen::Screen, terminal::*};

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

#[test]
fn the_one_that_drifts_is_marked_within_five_turns_and_set_right_by_what_is_prepared() {
    let mut house = House::open("[[part]]\nname = \"nobody\"\n\n[[part.turn]]\nsay = \"No.\"\n");
    house.configure("");
    house.set("COLUMNS", None);
    let mut terminal = house.start_in((140, 42), &["demo", "--speed", "16x"]);
    let is_marked = |it: &Screen| it.line("▲ drift").is_some_and(|line| line.contains("tidier"));
    terminal.until("a mark", is_marked);
    terminal.press("I");
    terminal.until_shown("may be drifting");
    terminal.until_shown("changed notes/ideas.md, outside its scope");
    terminal.press(ESC);
    terminal.press("6");
    terminal.press_for(ENTER, "Tidier may be drifting");
    terminal.until_shown("turn 3");
    terminal.press_for(ENTER, "You changed notes/ideas.md, outside its scope.");
    terminal.press(SAVE);
    terminal.press_for(ENTER, "drifts no more: it was told");
    terminal.press_for("q", "Quit?");
    terminal.press(LEFT);
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    assert!(passed(&house), "it was told, and goes on otherwise");
    let (agent, turns) = drifter(&house);
    assert_eq!(agent, 6, "the tidier");
    assert!(turns <= 5, "{turns}");
}

/// Whether a sign has passed because somebody told its agent something.
fn passed(house: &House) -> bool {
    let journal = std::fs::read_to_string(house.journal()).unwrap();
    journal.lines().any(|it| it.contains("\"passed\"") && it.contains("it was told"))
}

/// Who was first seen drifting, and how many turns it had begun by then.
fn drifter(house: &House) -> (u64, usize) {
    let journal = std::fs::read_to_string(house.journal()).unwrap();
    let records: Vec<serde_json::Value> =
        journal.lines().skip(1).map(|it| serde_json::from_str(it).unwrap()).collect();
    let seen = records.iter().position(|it| it["event"]["drifted"]["event"]["seen"].is_object());
    let seen = seen.unwrap();
    let agent = records[seen]["event"]["drifted"]["agent"].as_u64().unwrap();
    let is_turn = |it: &&serde_json::Value| it["event"]["turn-started"]["agent"] == agent;
    (agent, records[..seen].iter().filter(is_turn).count())
}
