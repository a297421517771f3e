//! What was spent, on the command line.

use crate::{house::House, terminal::*};
use serde_json::Value;
use std::fs;

/// Two agents; one calls two tools in one answer.
const STORY: &str = r#"
[[part]]
name = "story"
brief = "tell"

[[part.turn]]
say = "Once upon a time."
calls = [
    { tool = "shell", with = { command = "echo there was" } },
    { tool = "list", with = { path = "." } },
]

[[part.turn]]
say = "And that was the end."
"#;

fn read(told: &str) -> Value {
    serde_json::from_str(told).unwrap_or_else(|_| panic!("no JSON: {told}"))
}

#[test]
fn what_a_session_cost_is_told_apart_and_adds_up_to_what_the_session_says() {
    let house = House::open(STORY);
    house.say(&["run", "worker", "tell me", "worker", "tell us", "--headless"]);
    let whole = read(&house.say(&["sessions", "show", "last", "--json"]));
    for by in ["day", "model", "agent", "role", "step", "tool", "session"] {
        let told = read(&house.say(&["cost", "--by", by, "--json"]));
        for name in ["tokens", "cost_nano_dollars", "unpriced_calls"] {
            assert_eq!(told["total"][name], whole[name], "{by}: {name}");
        }
        let rows = told["rows"].as_array().unwrap();
        let output = rows.iter().map(|it| it["tokens"]["output"].as_u64().unwrap()).sum::<u64>();
        assert_eq!(Value::from(output), whole["tokens"]["output"], "{by}");
    }
    let tools = read(&house.say(&["cost", "last", "--by", "tool", "--json"]));
    let row = |name: &str| {
        let rows = tools["rows"].as_array().unwrap().iter();
        rows.clone().find(|it| it["tool"] == name).unwrap()["tool_calls"].clone()
    };
    assert_eq!([row("shell"), row("list"), row("")], [2, 2, 0].map(Value::from));
    let told = house.say(&["cost", "--by", "agent"]);
    assert!(told.contains("worker-2") && told.contains("\nin all"), "{told}");
    let told = house.say(&["cost", "--by", "agent", "--csv"]);
    assert!(told.starts_with("agent,session,answers,") && told.contains("\nworker-2,"), "{told}");
    let told = house.say(&["cost", "--since", "2999-01-01", "--json"]);
    assert_eq!(read(&told)["total"]["answers"], 0);
    assert_eq!(house.code(&["cost", "--by", "mood"]), Some(2));
}

#[test]
fn money_that_was_rehearsed_is_told_as_such() {
    let house = House::open(STORY);
    let model = ["--model", "rehearsal/rehearsal-1"];
    house.say(&[&["run", "worker", "tell me", "--headless"][..], &model].concat());
    let told = house.say(&["cost"]);
    assert!(told.contains("was rehearsed, at made-up prices: nobody was paid."), "{told}");
}

#[test]
fn a_folder_of_logs_of_others_is_counted_once_however_often_one_is_copied() {
    let house = House::open(STORY);
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/interop/claude-code.jsonl");
    let folder = house.at("logs");
    fs::create_dir(&folder).unwrap();
    for name in ["one.jsonl", "copy.jsonl"] {
        fs::copy(fixture, folder.join(name)).unwrap();
    }
    // A copy that has grown is another one, with the same answers.
    let mut grown = fs::read(fixture).unwrap();
    grown.extend_from_slice(b"{}\n");
    fs::write(folder.join("grown.jsonl"), grown).unwrap();
    let folder = folder.display().to_string();
    let told = read(&house.say(&["cost", &folder, "--json"]));
    assert_eq!(told["total"]["cost_nano_dollars"], 22_987_600);
    assert_eq!((&told["copies"], told["sources"].as_array().unwrap().len()), (&Value::from(1), 2));
    let told = house.say(&["cost", &folder]);
    assert!(told.contains("1 log is the copy of another"), "{told}");
    assert!(told.contains("$0.0230"), "{told}");
    assert_eq!(house.code(&["cost", "/nowhere/at/all"]), Some(1));
}

#[test]
fn what_a_session_costs_is_seen_while_it_is_live_and_in_its_replay() {
    let house = House::open(STORY);
    let mut terminal = house.start_in((120, 35), &["run", "worker", "tell me"]);
    terminal.until_shown("worker done");
    terminal.press_for("L", "in all");
    terminal.until_shown("by agent");
    terminal.press_for("]]]", "shell");
    terminal.press_for(TAB, "spent in a minute");
    terminal.press_for(TAB, "tokens in a minute");
    terminal.press_for(TAB, "tokens in the window of worker");
    terminal.press_for(TAB, "█ running");
    terminal.press_for(TAB, "by tool");
    terminal.press_for(ESC, "worker done");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let journal = house.journal().display().to_string();
    let mut terminal = house.start_in((120, 35), &["replay", &journal]);
    terminal.press_for("L", "Nothing was spent yet.");
    terminal.press_for("G", "in all");
    terminal.press_for("]]]", "shell");
    terminal.press_for("g", "Nothing was spent yet.");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

/// Works for as long as it may.
const ROUND: &str = r#"
[[part]]
name = "round"

[[part.turn]]
label = "round"
say = "Another round."
calls = [{ tool = "shell", with = { command = "echo round" } }]
then = "round"
"#;

#[test]
fn two_processes_share_what_may_be_spent_in_a_day_and_a_third_one_gets_nothing() {
    let house = House::open(ROUND);
    // A call writes a hundred tokens at the most.
    let settings = house.settings()
        + "[limits]\nmax_output_tokens = 100\n[budget]\nday = \"0.40\"\n\
           [prices.any]\ninput = \"5\"\noutput = \"50\"\n";
    house.configure(&settings);
    let run = ["run", "worker", "go on", "--headless"];
    let mut both = [house.spawn(&run), house.spawn(&run)];
    for one in &mut both {
        assert!(!one.wait().unwrap().success(), "it waits for somebody who raises it");
    }
    let spent = || {
        let told = read(&house.say(&["cost", "--by", "session", "--json"]));
        (
            told["total"]["cost_nano_dollars"].as_u64().unwrap(),
            told["rows"].as_array().unwrap().len(),
        )
    };
    let (both_spent, sessions) = spent();
    assert_eq!(sessions, 2);
    assert!((200_000_000..=400_000_000).contains(&both_spent), "{both_spent}");
    let book = || read(&fs::read_to_string(house.at("state/purse/book.json")).unwrap());
    assert_eq!(book()["spent_today"], Value::from(both_spent), "what was not spent went back");
    assert_eq!(book()["open"], serde_json::json!({}));
    // What is left does not pay for many more.
    let mut third = house.spawn(&run);
    assert!(!third.wait().unwrap().success());
    let (all_spent, _) = spent();
    assert!(all_spent <= 400_000_000 && all_spent - both_spent < 100_000_000, "{all_spent}");
    assert_eq!(book()["spent_today"], Value::from(all_spent));
}
