//! Whether what an agent says is done is done: its work is checked where it lies.

use crate::{directing::ROUNDS, house::House, terminal::ENTER};
use serde_json::Value;

/// One who says that it is done before it is, and mends that when it is told.
const HASTY: &str = r#"
[[part]]
name = "hasty"
brief = "note"

[[part.turn]]
say = "All is written down."

[[part.when]]
redirect = "your work was checked"
go = "mended"

[[part.turn]]
label = "mended"
say = "Now it is written down."
calls = [{ tool = "write", with = { path = "note.txt", content = "done\n" } }]

[[part.turn]]
say = "That was it."
"#;

fn status(house: &House) -> Value {
    let told = house.say(&["status", "last", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("no JSON: {told}"));
    told["agents"][0].clone()
}

#[test]
fn what_a_check_finds_goes_back_to_the_agent_which_mends_it_and_is_verified() {
    let house = House::open(HASTY);
    let check = ["--check", "test -e note.txt", "--check", "grep done note.txt"];
    let run =
        [&["run", "worker", "note it", "--headless", "--hand-back", "1"][..], &check].concat();
    let said = house.say(&run);
    assert!(said.contains("what does not hold goes back to it"), "{said}");
    assert!(said.contains("check 2 holds"), "{said}");
    assert_eq!(house.code(&run), Some(0), "{said}");
    assert_eq!(status(&house)["checks"], "verified 2/2");
    let shown = house.say(&["sessions", "show", "last"]);
    assert!(shown.contains("done, verified 2/2 after"), "{shown}");
}

#[test]
fn what_does_not_hold_in_the_end_is_a_failure_for_whoever_waits_for_it() {
    let house = House::open(HASTY);
    let run = ["run", "worker", "note it", "--headless", "--check", "test -e note.txt"];
    assert_eq!(house.code(&run), Some(1));
    assert_eq!(status(&house)["checks"], "failed: `test -e note.txt`");
    let listed: Value = serde_json::from_str(&house.say(&["sessions", "--json"])).unwrap();
    assert_eq!(listed[0]["checks"], serde_json::json!({ "held": 0, "failed": 1 }));
    assert_eq!(house.code(&["run", "worker", "note it", "--headless"]), Some(0));
    assert_eq!(status(&house)["checks"], "unverified");
}

#[test]
fn the_director_checks_the_work_of_one_that_is_done_and_sees_what_fails() {
    let house = House::open(HASTY);
    let mut terminal = house.start(&["run", "worker", "note it"]);
    terminal.until_shown("done, unverified");
    terminal.press("V");
    terminal.until_shown("Check the work of worker");
    terminal.paste("test -e nowhere.txt");
    terminal.until_shown("test -e nowhere.txt");
    terminal.press(ENTER);
    terminal.until_shown("done, failed: `test -e nowhere.txt`");
}

/// One who says that it is done before it is; and one who judges that, and how it goes on.
const JUDGED: &str = r#"
[[part]]
name = "content"
brief = "(?s)By that you judge the work.*That was it"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "good", result = { ok = true, why = "it is there" } } }]

[[part]]
name = "critic"
brief = "By that you judge the work"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "bad", result = { ok = false, why = "there is no note" } } }]

[[part]]
name = "watcher"
brief = "Say whether it is on course"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "off", result = { ok = false, why = "It writes no note." } } }]
"#;

/// A house in which a rehearsal judges, too.
fn judging(story: &str) -> House {
    let house = House::open(&format!("{JUDGED}{story}"));
    let cast = house.at("config/auteur/cast.toml");
    let own = std::fs::read_to_string(&cast).unwrap();
    std::fs::write(&cast, format!("{own}\n[cast.judge]\nmodel = \"rehearsal/any\"\n")).unwrap();
    house
}

#[test]
fn a_judge_finds_fault_and_then_none_and_what_it_cost_is_its_own() {
    let house = judging(HASTY);
    let run = ["run", "worker", "note it", "--headless", "--hand-back", "1"];
    let said = house.say(&[&run[..], &["--judge", "A note is written."]].concat());
    assert!(said.contains("check 1 does not hold: there is no note"), "{said}");
    assert_eq!(status(&house)["checks"], "verified 1/1", "{said}");
    let cost = house.say(&["cost", "last", "--by", "role"]);
    assert!(cost.lines().any(|it| it.contains("judge")), "{cost}");
}

#[test]
fn what_it_reports_has_to_fit_a_schema_and_it_is_told_so() {
    let house = House::open(HASTY);
    let form = r#"{ "type": "object", "required": ["rows"] }"#;
    std::fs::write(house.project().join("form.json"), form).unwrap();
    let run = ["run", "worker", "note it", "--headless", "--schema", "form.json"];
    assert_eq!(house.code(&run), Some(1));
    assert_eq!(status(&house)["checks"], "failed: what it reports fits a schema");
}

#[test]
fn a_judge_that_looks_on_says_that_it_is_off_course_and_hurts_nobody() {
    let house = judging(ROUNDS);
    let run = ["run", "worker", "go round", "--heed", "judge=warn:1"];
    let mut terminal = house.start_in((120, 35), &run);
    terminal.until_shown("Another round.");
    // A turn that is over is looked at, while the next one is under way.
    house.allow("go");
    terminal.until_shown("\u{25b2}");
    terminal.press_for("I", "judged to be off course: It writes no note");
    assert_eq!(status(&house)["status"], "running");
}
