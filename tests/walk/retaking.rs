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
    terminal.press_for("\x7f", "Undo turn 3");
    terminal.press(ESC);
    terminal.until_gone("Undo turn 3");
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
    terminal.press_for("b", "★ the best, ");
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

/// What aider writes of a chat of two turns.
const CHAT: &str = "
# aider chat started at 2026-01-02 03:04:05

#### tell me

Once upon a time.

#### and more

There was a king.
";

#[test]
fn what_a_log_of_another_tool_tells_is_taken_again_by_a_role_of_the_cast() {
    let house = House::open(STORY);
    let log = house.at(".aider.chat.history.md");
    std::fs::write(&log, CHAT).unwrap();
    let log = log.display().to_string();
    let mut terminal = house.start_in((120, 35), &["replay", &log]);
    terminal.until_shown("aider");
    terminal.press("G");
    terminal.press_for("f", "Played by");
    terminal.press("\x1b[Z\x1b[Z");
    terminal.press_for("2", "2 of 2");
    terminal.until_shown("told a summary of turn 1");
    terminal.press("\t\t");
    terminal.press("Now of a queen, and more");
    terminal.until_shown("Now of a queen");
    terminal.press(SAVE);
    terminal.wait("the take to have asked", |_| house.asked().len() == 3);
    let asked = house.asked().swap_remove(0);
    for told in ["tell me", "Once upon a time", "Now of a queen, and more"] {
        assert!(asked.last_user.contains(told), "{}", asked.last_user);
    }
    assert!(!asked.last_user.contains("There was a king"), "{}", asked.last_user);
    terminal.until_shown("done, unverified");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let arguments = |role| ["retake", &log, "--role", role, "--turn", "2", "--message", "Louder."];
    let mut terminal = house.start(&arguments("worker"));
    terminal.until_shown("worker done");
    assert!(house.asked()[3].last_user.ends_with("Louder."));
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let mut terminal = house.start(&arguments("nobody"));
    terminal.until_shown("name a role with --role");
    terminal.until_shown("there is no role `nobody`");
    assert!(!terminal.until_ended().success());
}
