//! A session in lines, as a screen reader reads it: no picture, no cursor that moves, and
//! whole lines that are typed.

use crate::{house::House, terminal::*};

const NEEDY: &str = r#"
[[part]]
name = "needy"
brief = "paint"

[[part.turn]]
say = "I ask first.\nIn two lines."
calls = [{ tool = "shell", with = { command = "echo painted >> painted" } }]

[[part.turn]]
say = "That was all."
"#;

/// Everything that came is text.
#[track_caller]
fn assert_plain(terminal: &Terminal) {
    let strange =
        terminal.raw.iter().position(|it| it.is_ascii_control() && !b"\r\n\t".contains(it));
    assert_eq!(strange, None, "{:?}", String::from_utf8_lossy(&terminal.raw));
}

#[test]
fn an_agent_asks_is_answered_and_ends_in_lines_of_plain_text() {
    let house = House::open(NEEDY);
    let mut terminal = house.start(&["run", "asker", "paint it", "--linear"]);
    terminal.until_shown("asker: In two lines.");
    terminal.until_shown("answer with: approve 1, always 1, or deny 1 WHY");
    assert_eq!(house.marks("painted"), 0);
    terminal.press_for("who\r", "need 1: asker asks for approval, for");
    terminal.press_for("nonsense\r", "no command is called `nonsense`");
    terminal.press_for("approve 1\r", "asker has ended: done");
    assert_eq!(house.marks("painted"), 1);
    terminal.press("quit\r");
    assert!(terminal.until_ended().success());
    assert_plain(&terminal);
    // The same is told of the session afterwards, in one go.
    let told = house.say(&["replay", "last", "--linear"]);
    for line in ["asker: In two lines.", "asker: answered by you: approved", "asker: That was all."]
    {
        assert!(told.contains(line), "{told}");
    }
    assert!(!told.contains('\u{1b}'), "{told:?}");
}

#[test]
fn the_setting_does_the_same_and_who_leaves_is_asked_what_becomes_of_it() {
    let house = House::open(NEEDY);
    house.configure(&format!("[ui]\noutput = \"linear\"\n\n{}", house.settings()));
    let mut terminal = house.start(&["run", "asker", "paint it"]);
    terminal.until_shown("answer with: approve 1");
    terminal.press_for("quit\r", "2: Pause and quit");
    terminal.press_for("7\r", "type 1 to 3, or back");
    terminal.press("2\r");
    assert!(terminal.until_ended().success());
    assert_plain(&terminal);
    assert_eq!(house.marks("painted"), 0);
}
