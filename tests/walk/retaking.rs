//! Another take of an agent, as a person has it made: live, from a replay, and from the
//! command line.

use crate::{house::House, house::written, terminal::*};

/// Three turns.
const STORY: &str = r#"
[[part]]
name = "story"
brief = "tell"

[[part.turn]]
say = "Once upon a time."
calls = [{ tool = "shell", with = { command = "echo there was" } }]

[[part.turn]]
say = "There was a king."
calls = [{ tool = "shell", with = { command = "echo a king" } }]

[[part.turn]]
say = "And that was the end."
"#;

#[test]
fn an_agent_is_taken_again_from_a_turn_with_another_message_and_both_are_compared() {
    let house = House::open(STORY);
    let mut terminal = house.start_in((120, 35), &["run", "worker", "tell me"]);
    terminal.until_shown("worker done");
    let first = house.asked();
    assert_eq!(first.len(), 3);
    terminal.press_for("f", "Retake worker");
    // From the third turn, which is the latest, to the second.
    terminal.press("\x1b[Z");
    terminal.press_for("2", "2 of 3");
    terminal.until_shown("It knows turn 1 as it was");
    terminal.press("\t");
    terminal.press("Make it a queen.");
    terminal.until_shown("Make it a queen.");
    terminal.press("\t");
    // Where the cursor stands the role's own end: what is put around them is not written
    // into it.
    terminal.press(" At last.");
    terminal.until_shown("Work well. At last.");
    terminal.until_shown("+1 −1");
    terminal.press(SAVE);
    terminal.until_shown("worker-2 done");
    let asked = house.asked().split_off(3);
    // What the second call was told, and the edit: nothing else.
    assert_eq!(asked[0].messages, first[1].messages, "with the result it is one message");
    assert_eq!(asked[0].last_user, "Make it a queen.");
    assert_eq!(asked[0].last_result, first[1].last_result);
    assert!(written(&asked[0]).contains("At last."), "{}", asked[0].instructions);
    terminal.press_for("T", "Takes: tell me");
    terminal.until_shown("└ worker-2");
    terminal.press_for(DOWN, "▸ ✓ └ worker-2");
    terminal.press_for("b", ", the best");
    terminal.press_for("K", "The role worker");
    terminal.until_shown("# From the take worker-2, marked as the best, of 2 takes of one brief");
    terminal.press_for(SAVE, "Write worker?");
    terminal.press(ENTER);
    terminal.until_gone("Write worker?");
    let file = house.at("config/auteur/cast.toml");
    let is_written = || std::fs::read_to_string(&file).is_ok_and(|it| it.contains("At last."));
    terminal.wait("the role to be written", |_| is_written());
    let cast = std::fs::read_to_string(&file).unwrap();
    assert!(cast.contains("# - worker: done") && cast.contains("Work well. At last."), "{cast}");
    assert!(!cast.contains("A director watches"), "{cast}");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn the_key_of_a_replay_and_the_command_take_a_session_up_with_a_take_in_it() {
    let house = House::open(STORY);
    let mut terminal = house.start(&["run", "worker", "tell me"]);
    terminal.until_shown("worker done");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let journal = house.journal().display().to_string();
    let mut terminal = house.start(&["replay", &journal]);
    terminal.press("G");
    terminal.until_shown("worker done");
    terminal.press_for("f", "Retake worker");
    terminal.press("And now?");
    terminal.until_shown("And now?");
    terminal.press(SAVE);
    terminal.until_shown("worker-2 done");
    let asked = house.asked();
    assert_eq!((asked.len(), &*asked[3].last_user), (4, "And now?"));
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let arguments =
        ["retake", &journal, "--agent", "worker", "--turn", "2", "--message", "Louder."];
    let mut terminal = house.start(&arguments);
    terminal.until_shown("worker-3 done");
    let asked = house.asked();
    assert_eq!((asked[4].messages, &*asked[4].last_user), (asked[1].messages, "Louder."));
    terminal.press("q");
    assert!(terminal.until_ended().success());
}
