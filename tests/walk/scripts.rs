//! Scripts, as a person plays and directs them.

use crate::{
    house::House,
    terminal::{DOWN, ENTER, ESC, SAVE},
};
use std::{fs, os::unix::fs::PermissionsExt as _};

/// Opens what is typed in `$EDITOR`.
const EDITOR: &str = "\x0f";

/// A scout that finds two, and a worker that greets each.
const GREETING: &str = r#"
[[part]]
name = "finds"
brief = "Find"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "two", result = { names = ["Ada", "Bob"] } } }]

[[part.turn]]
say = "Found."

[[part]]
name = "greets"
brief = "Greet (\\w+)"

[[part.turn]]
calls = [{ tool = "report", with = { summary = "greeted", result = "hello" } }]

[[part.turn]]
say = "Greeted."
"#;

const SCRIPT: &str = r#"
purpose = "Greets whom it finds"

[inputs.place]
default = "here"

[[step]]
name = "find"
role = "worker"
brief = "Find people {{ inputs.place }}"
output = { names = ["string"] }

[[step]]
name = "greet"
role = "worker"
brief = "Greet {{ item }}"
for_each = "steps.find.output.names"

[[step]]
name = "open"
needs = ["greet"]
GATE

[[step]]
name = "count"
needs = ["open"]
run = "echo {{ steps.greet.output | length }} at {{ inputs.place }} > counted"
"#;

fn write(house: &House, gate: &str) -> String {
    let file = house.project().join("greeting.toml");
    fs::write(&file, SCRIPT.replace("GATE", gate)).unwrap();
    file.display().to_string()
}

fn counted(house: &House) -> String {
    fs::read_to_string(house.project().join("counted")).unwrap()
}

#[test]
fn a_script_is_played_without_a_screen() {
    let house = House::open(GREETING);
    let file = write(&house, "");
    let said = house.say(&["run", &file, "--headless", "--set", "place=it's; rm -rf /"]);
    assert!(said.contains("greeting: greet has 2 parts"), "{said}");
    assert!(said.contains("greeting: done"), "{said}");
    assert_eq!(counted(&house), "2 at it's; rm -rf /\n");
    assert_eq!(house.asked().len(), 3);
}

#[test]
fn a_script_without_a_person_stops_at_a_gate_and_goes_on_where_it_was() {
    let house = House::open(GREETING);
    let file = write(&house, "gate = \"director\"");
    let out = house.spawn(&["run", &file, "--headless"]).wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(3), "{}", String::from_utf8_lossy(&out.stdout));
    assert!(!house.project().join("counted").exists());
    assert!(house.say(&["sessions"]).contains("greeting waits for you"));
    let shown = house.say(&["sessions", "show", "last"]);
    assert!(shown.contains("script greeting (run 1): waits for you"), "{shown}");
    // Its agents are over, and yet there is something to go on with.
    let mut first = house.start_in((120, 35), &[]);
    first.until_shown("all done, greeting waits");
    first.press("q");
    assert!(first.until_ended().success());
    let mut terminal = house.start_in((120, 35), &["resume"]);
    terminal.until_shown("1 needs you");
    terminal.press_for("w", "waits for you to open it");
    // Nobody is at work, and yet something is not done.
    terminal.press_for("q", "The script greeting is not done");
    terminal.press(ESC);
    terminal.until_gone("is not done");
    terminal.press("a");
    terminal.until_shown("done · 4 of 4 steps over");
    assert_eq!(counted(&house), "2 at here\n");
    assert_eq!(house.asked().len(), 3, "what was done is not done again");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn a_step_is_held_let_go_on_and_run_again() {
    let house = House::open(GREETING);
    let file = write(&house, "gate = \"director\"");
    let mut terminal = house.start_in((120, 35), &["run", &file]);
    // Its screen is there once it is played.
    terminal.until_shown(" Script ");
    terminal.press_for("S", "waits for you to open it");
    terminal.press("j");
    terminal.press_for("p", "held by you");
    terminal.press("k");
    terminal.press("a");
    terminal.until_shown("3 of 4 steps over");
    terminal.press("j");
    terminal.press_for("p", "done · 4 of 4 steps over");
    fs::remove_file(house.project().join("counted")).unwrap();
    terminal.press("r");
    let again = ["handed over 2 times", "done · 4 of 4 steps over"];
    terminal.until("the count again", |it| again.iter().all(|again| it.has(again)));
    assert!(house.project().join("counted").exists());
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

/// One finds, two greet: what goes from hand to hand, and who does what, is the
/// director's.
const DIRECTED: &str = r#"
[[step]]
name = "find"
role = "worker"
brief = "Find people here"
output = { names = ["string"] }

[[step]]
name = "greet"
role = "worker"
gate = "director"
brief = "Greet {{ steps.find.output.names | join(' and ') }}"
"#;

#[test]
fn what_is_handed_over_the_role_and_the_brief_are_as_the_director_left_them() {
    let mut house = House::open(GREETING);
    let editor = house.at("editor");
    let sed = "#!/bin/sh\nsed -i 's/Bob/Cyd/; s/Greet /Greet kindly /' \"$1\"\n";
    fs::write(&editor, sed).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o700)).unwrap();
    house.set("EDITOR", editor.to_str());
    let file = house.project().join("directed.toml");
    fs::write(&file, DIRECTED).unwrap();
    let mut terminal = house.start_in((120, 35), &["run", &file.display().to_string()]);
    terminal.until_shown(" Script ");
    terminal.press_for("S", "waits for you to open it");
    terminal.press_for("h", "Bob");
    terminal.press_for(EDITOR, "Cyd");
    terminal.press(SAVE);
    terminal.until_shown("handed over, as");
    terminal.press_for("e", "{{ steps.find.output.names");
    terminal.press_for(EDITOR, "Greet kindly {{");
    terminal.press(SAVE);
    terminal.until_shown("directed v2");
    terminal.press_for("I", "Instructions of worker in this script");
    terminal.press(ESC);
    terminal.until_gone("Instructions of worker in this script");
    terminal.press_for("R", "instead of worker?");
    terminal.press_for(DOWN, "▸  asker: ");
    terminal.press(ENTER);
    terminal.until_shown("role        asker");
    terminal.press("a");
    terminal.until_shown("done · 2 of 2 steps over");
    let asked = house.asked();
    let told = &asked.last().unwrap().last_user;
    assert!(told.contains("Greet kindly Ada and Cyd"), "{told}");
    // The role's own words go with it.
    assert!(asked.last().unwrap().instructions.contains("Ask well."));
    // All of it is on record, so a replay shows it as it was.
    let facts = fs::read_to_string(house.journal()).unwrap();
    assert!(facts.contains("hand-off-edited") && facts.contains("\"edited\""), "{facts}");
    terminal.press_for(ENTER, " Log   Brief ");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

/// The first does not come to what it is held to.
const CHECKED: &str = r#"
[[step]]
name = "count"
run = "echo 3"
checks = [{ holds = "output > 5" }]
on_failure = "ask"

[[step]]
name = "tell"
run = "echo {{ steps.count.output }}"
"#;

#[test]
fn the_whole_of_a_script_is_changed_while_it_is_played() {
    let mut house = House::open(GREETING);
    let editor = house.at("editor");
    let sed = "#!/bin/sh\nsed -i 's/output > 5/output > 2/' \"$1\"\n\
        printf '\\n[[step]]\\nname = \"also\"\\nrun = \"echo {{ steps.tell.output }}\"\\n' >> \"$1\"\n";
    fs::write(&editor, sed).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o700)).unwrap();
    house.set("EDITOR", editor.to_str());
    let file = house.project().join("checked.toml");
    fs::write(&file, CHECKED).unwrap();
    let mut terminal = house.start_in((120, 35), &["run", &file.display().to_string()]);
    terminal.until_shown(" Script ");
    terminal.press_for("S", "failed: what now?");
    terminal.press_for("E", "It is played, in version 1");
    terminal.press_for(EDITOR, "output > 2");
    terminal.press_for(SAVE, "Change checked?");
    terminal.press_for(ENTER, "checked v2");
    terminal.press_for("r", "done · 3 of 3 steps over");
    let facts = fs::read_to_string(house.journal()).unwrap();
    assert!(facts.contains("\"edited\""), "{facts}");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

/// The second takes what the first does not hand over.
const BROKEN: &str = r#"
[[step]]
name = "find"
role = "worker"
brief = "Find people here"

[[step]]
name = "greet"
role = "worker"
brief = "Greet {{ steps.find.output.people | join(' and ') }}"
"#;

#[test]
fn a_script_that_failed_for_a_brief_is_mended_and_goes_on() {
    let mut house = House::open(GREETING);
    let editor = house.at("editor");
    let sed = "#!/bin/sh\nsed -i 's/people/names/; s/ and see.*//' \"$1\"\n";
    fs::write(&editor, sed).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o700)).unwrap();
    house.set("EDITOR", editor.to_str());
    let file = house.project().join("mended.toml");
    fs::write(&file, BROKEN).unwrap();
    let mut terminal = house.start_in((120, 35), &["run", &file.display().to_string()]);
    terminal.until_shown(" Script ");
    terminal.press_for("S", "mended · failed");
    terminal.until_shown("greet failed: ");
    terminal.press_for("e", "Brief of greet");
    // What makes no sense is told where it is written.
    terminal.paste(" and see {{ steps.nosuch.output }}");
    terminal.press(SAVE);
    terminal.until_shown("there is no step `nosuch`");
    terminal.press_for(EDITOR, "output.names");
    terminal.press(SAVE);
    terminal.until_shown("mended v2 · failed");
    terminal.press_for("r", "done · 2 of 2 steps over");
    let asked = house.asked();
    assert_eq!(asked.len(), 2, "what was done is not done again");
    assert!(asked[1].last_user.contains("Greet Ada and Bob"), "{}", asked[1].last_user);
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn a_script_plays_another_a_judge_has_it_done_again_and_a_retry_waits() {
    let house = House::open(JUDGED);
    let folder = house.project();
    fs::write(folder.join("inner.toml"), INNER).unwrap();
    let outer = folder.join("outer.toml");
    fs::write(&outer, OUTER).unwrap();
    let said = house.say(&["run", &outer.display().to_string(), "--headless"]);
    assert!(said.contains("outer: done"), "{said}");
    assert!(said.contains("inner: write failed, again: too cold"), "{said}");
    // The command failed once, and was tried again after a while.
    assert!(said.contains("flaky failed, again in"), "{said}");
    assert_eq!(fs::read_to_string(folder.join("said")).unwrap(), "warm to Ada\n");
}

/// Writes coldly first, and is told so by a judge.
const JUDGED: &str = r#"
[[part]]
name = "writes"
brief = "Write to"
[[part.turn]]
calls = [{ tool = "report", with = { summary = "cold", result = { text = "cold" } } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "warm", result = { text = "warm" } } }]

[[part]]
name = "judges cold"
brief = "Is it warm[^$]*\"cold\""
[[part.turn]]
calls = [{ tool = "report", with = { summary = "no", result = { ok = false, why = "too cold" } } }]

[[part]]
name = "judges warm"
brief = "Is it warm[^$]*\"warm\""
[[part.turn]]
calls = [{ tool = "report", with = { summary = "yes", result = { ok = true, why = "it is" } } }]
"#;

const INNER: &str = r#"
[inputs.whom]

[[step]]
name = "write"
role = "worker"
brief = "Write to {{ inputs.whom }}"
output = { text = "string" }
checks = [{ judge = "asker", question = "Is it warm?" }]
retry = { attempts = 2 }
"#;

const OUTER: &str = r#"
[[step]]
name = "flaky"
run = "test -e tried || { touch tried; exit 1; }; echo Ada"
retry = { attempts = 3, backoff = "50ms" }

[[step]]
name = "letter"
script = "inner"
set = { whom = "steps.flaky.output" }

[[step]]
name = "say"
run = "echo {{ steps.letter.output.write.text }} to {{ steps.flaky.output }} > said"
"#;

/// Greets somebody so often, loudly or not.
const ASKS: &str = r#"
purpose = "Greets somebody"

[inputs.whom]
purpose = "who is greeted"

[inputs.often]
type = "integer"
default = 1

[inputs.loud]
type = "boolean"
default = false

[[step]]
name = "greet"
run = "echo {{ inputs.whom }} {{ inputs.often }} {{ inputs.loud }} >> greeted"
"#;

#[test]
fn a_script_is_begun_from_the_screen_with_what_it_is_given_and_again_after_a_resume() {
    let house = House::open(GREETING);
    let folder = house.at("config/auteur/scripts");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("asks.toml"), ASKS).unwrap();
    fs::write(folder.join("broken.toml"), "[[step]]\nnmae = \"x\"\n").unwrap();
    let mut terminal = house.start_in((120, 35), &[]);
    terminal.until_shown("Nobody is on stage yet.");
    terminal.press_for("S", "none is played");
    terminal.until_shown("Greets somebody");
    terminal.press_for("j", "did you mean `name`?");
    terminal.press("k");
    terminal.press_for(ENTER, "Start asks");
    terminal.press_for(SAVE, "it has to be given");
    terminal.press("Ada\t\t3x");
    terminal.press_for(SAVE, "expected a whole number");
    // It is loud, as the field before is chosen.
    terminal.press("\x7f\x1b[Z ");
    terminal.press(SAVE);
    terminal.until_shown("done · 1 of 1 step over");
    let greeted = || fs::read_to_string(house.project().join("greeted")).unwrap();
    assert_eq!(greeted(), "Ada 3 true\n");
    // One is played already: another is begun from beside it, found by its name.
    terminal.press_for("\x10", "Find anything");
    terminal.press("script asks");
    terminal.until_shown("play the script asks");
    terminal.press_for(ENTER, "Start asks");
    terminal.press("Bob");
    terminal.press(SAVE);
    terminal.until_shown("(2 of 2)");
    terminal.until_shown("done · 1 of 1 step over");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let mut terminal = house.start_in((120, 35), &["resume"]);
    terminal.until_shown(" Script ");
    terminal.press_for("S", "(2 of 2)");
    terminal.press_for("n", "Greets somebody");
    terminal.press_for(ENTER, "Start asks");
    terminal.press("Cyd");
    terminal.press(SAVE);
    terminal.until_shown("(3 of 3)");
    terminal.until_shown("done · 1 of 1 step over");
    assert_eq!(greeted(), "Ada 3 true\nBob 1 false\nCyd 1 false\n");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}
