//! Two takes and two sessions held against each other: on the command line, and on the
//! screen.

use crate::{house::House, terminal::*};
use serde_json::Value;
use std::fs;

/// Two commands, then words. Who is told of a queen does something else.
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

/// What Claude Code writes of an agent that ran one of these commands and another one.
fn foreign_log() -> String {
    let line = |kind: &str, message: &str| {
        format!(
            r#"{{"type":"{kind}","sessionId":"3333","uuid":"u{n}","timestamp":"2026-01-02T03:04:0{n}Z","cwd":"/home/ann","version":"2.0.0","message":{message}}}"#,
            n = message.len() % 10
        )
    };
    let calls = |id: &str, command: &str| {
        let input = format!(r#"{{"command":"{command}","description":"Tell"}}"#);
        line(
            "assistant",
            &format!(
                r#"{{"role":"assistant","id":"msg_{id}","model":"claude-x","content":[{{"type":"tool_use","id":"toolu_{id}","name":"Bash","input":{input}}}],"usage":{{"input_tokens":1,"output_tokens":1}}}}"#
            ),
        )
    };
    let came = |id: &str, text: &str| {
        line(
            "user",
            &format!(
                r#"{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"toolu_{id}","content":"{text}"}}]}}"#
            ),
        )
    };
    let brief = line("user", r#"{"role":"user","content":"tell me"}"#);
    let lines = [
        brief,
        calls("1", "echo there was"),
        came("1", "there was"),
        calls("2", "echo a witch"),
        came("2", "a witch"),
    ];
    lines.join("\n") + "\n"
}

#[test]
fn a_session_and_a_log_of_another_tool_are_compared_turn_by_turn() {
    let house = House::open(STORY);
    house.say(&["run", "worker", "tell me", "--headless"]);
    let log = house.at("claude.jsonl");
    fs::write(&log, foreign_log()).unwrap();
    let log = log.display().to_string();
    let told = house.say(&["compare", "last", &log]);
    assert!(told.contains("They part at turn 1: both ran echo there was"), "{told}");
    let line =
        |sign: &str, aim: &str| told.lines().any(|it| it.starts_with(sign) && it.ends_with(aim));
    assert!(
        line("A~ turn 2", "ran echo a king") && line("B~ turn 2", "ran echo a witch"),
        "{told}"
    );
    assert!(told.lines().any(|it| it.starts_with('=') && it.contains("tell me")), "{told}");
    assert!(told.contains("- And that was the end."), "{told}");
    let json = house.say(&["compare", "last:worker", &log, "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    // What they say differs from the first turn on, what they do from the second: that our
    // own shell says how a command ended is no difference.
    assert_eq!((&json["parting"], &json["acting_apart"]), (&Value::from(1), &Value::from(2)));
    assert_eq!(json["rows"][0]["sameness"], "same");
    assert_eq!(json["rows"][2]["sides"][1]["calls"][0]["aim"], "echo a witch");
    assert_eq!((&json["sides"][0]["turns"], &json["sides"][1]["turns"]), (&3.into(), &2.into()));
    // With itself nobody parts.
    let same = house.say(&["compare", &log, &log]);
    assert!(same.contains("They part nowhere: all 2 turns are the same."), "{same}");
}

#[test]
fn what_is_passed_over_in_a_folder_is_told_on_the_screen() {
    let house = House::open(STORY);
    let folder = house.at("logs");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("claude.jsonl"), foreign_log()).unwrap();
    std::os::unix::fs::symlink("claude.jsonl", folder.join("link.jsonl")).unwrap();
    for more in [&[][..], &["--follow"]] {
        let line = [&["replay", folder.to_str().unwrap()], more].concat();
        let mut terminal = house.start(&line);
        let told = "passed over: 1 link, which is not followed";
        // It is told before the screen opens, too.
        terminal.until("the screen with it", |it| it.has(told) && it.has("COMMAND"));
        terminal.press("j");
        terminal.until_gone(told);
    }
}

#[test]
fn who_is_not_clear_is_asked_for() {
    let house = House::open(STORY);
    let two = ["run", "worker", "tell me", "worker", "tell me more", "--headless"];
    house.say(&two);
    let told = house.say(&["compare", "last"]);
    assert!(told.contains("worker") && told.contains("worker-2"), "{told}");
    assert!(told.contains("They part at the start"), "{told}");
    let told = house.say(&["compare", "last", "last"]);
    assert!(told.contains("several agents: put one behind it: :worker, :worker-2"), "{told}");
    let told = house.say(&["compare", "last:nobody", "last"]);
    assert!(told.contains("no agent nobody in it; there is worker, worker-2"), "{told}");
    let told = house.say(&["compare", "last:worker"]);
    assert!(told.contains("nothing to hold worker against"), "{told}");
    assert_eq!(house.code(&["compare", "nowhere", "last"]), Some(1));
}

#[test]
fn a_retake_is_held_against_what_it_was_taken_from_live_and_in_a_replay() {
    let house = House::open(STORY);
    let mut terminal = house.start_in((120, 35), &["run", "worker", "tell me"]);
    terminal.until_shown("worker done");
    terminal.press_for("f", "Retake worker");
    terminal.press("\x1b[Z");
    terminal.press_for("2", "2 of 3");
    terminal.press("\t");
    terminal.press("Make it a queen.");
    terminal.until_shown("Make it a queen.");
    terminal.press(SAVE);
    terminal.until_shown("worker-2 done");
    terminal.press_for("T", "Takes: tell me");
    terminal.press_for("v", "They part before turn 2");
    terminal.until_shown("worker-2 was told: “Make it a queen.”");
    terminal.until_shown("── they part here");
    terminal.until_shown("the same");
    // All that was said and done in the next row, and back.
    terminal.press_for("n", "turn 2");
    terminal.press_for(ENTER, "There was a king.");
    terminal.press_for(ESC, "they part here");
    // The difference before and the next one; the other one on the left, and back.
    let marked = |it: &Terminal| it.screen.rows().into_iter().find(|it| it.starts_with('▸'));
    let there = marked(&terminal);
    terminal.press("N");
    terminal.wait("the difference before", |it| marked(it) != there);
    terminal.press("n");
    terminal.wait("the next difference", |it| marked(it) == there);
    let is_left = terminal.screen.has("A worker-2");
    terminal.press_for("x", if is_left { "B worker-2" } else { "A worker-2" });
    terminal.press_for("x", if is_left { "A worker-2" } else { "B worker-2" });
    terminal.press_for(TAB, "final answer");
    terminal.press_for(TAB, "Neither has changed a file.");
    terminal.press_for(TAB, "Both have the same instructions.");
    terminal.resize(80, 24);
    terminal.until_shown("Both have the same instructions.");
    terminal.press_for("\x1b[Z\x1b[Z\x1b[Z", "they part here");
    terminal.press_for(ESC, "Takes: tell me");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let journal = house.journal().display().to_string();
    let told = house.say(&["compare", &journal]);
    assert!(told.contains("worker-2 was told: “Make it a queen.”"), "{told}");
    let mut terminal = house.start_in((120, 35), &["replay", &journal]);
    terminal.press("G");
    terminal.until_shown("worker-2 done");
    terminal.press_for("T", "Takes: tell me");
    terminal.press_for("v", "They part before turn 2");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn two_former_sessions_are_compared_from_their_list() {
    let house = House::open(STORY);
    house.say(&["run", "worker", "tell me", "--headless"]);
    house.say(&["run", "worker", "tell us", "--headless"]);
    let mut terminal = house.start_in((120, 35), &[]);
    // The one that this screen has opened stands first.
    terminal.press_for("H", "3 sessions in this project");
    terminal.press(DOWN);
    terminal.press_for("v", "tell us is marked");
    terminal.press(DOWN);
    terminal.press_for("v", "They part at the start");
    terminal.until_shown("was given: “tell us”");
    terminal.press_for(ESC, "3 sessions in this project");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}
