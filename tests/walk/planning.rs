//! A goal in a sentence, the script that is written for it, and what the director makes of
//! it.

use crate::{
    house::{House, server_of},
    terminal::*,
};
use std::fs;

/// A strategist whose first script has a fault, and who mends it when it is told.
const STRATEGIST: &str = r#"
[[part]]
name = "strategist"
brief = "^Write a script, a workflow"
[[part.turn]]
calls = [{ tool = "report", with = { summary = "a script", result = { name = "tidy", text = "[[step]]\nname = \"hello\"\nrnu = \"echo hello\"\n" } } }]
[[part.turn]]
say = "Written."
[[part.turn]]
label = "mend"
calls = [{ tool = "report", with = { summary = "mended", result = { name = "tidy", text = "purpose = \"Says hello\"\n\n[[step]]\nname = \"hello\" # politely\nrun = \"echo hello > said\"\n" } } }]
[[part.turn]]
say = "Mended."
[[part.when]]
redirect = "did you mean `run`"
go = "mend"
"#;

const END: &str = "\x1b[F";

/// A machine on which every role has the same model.
fn house() -> House {
    let house = House::open(STRATEGIST);
    let tiers = ["strongest", "able", "quick"].map(|it| format!("{it} = [\"rehearsal/any\"]\n"));
    house.configure(&format!("{}\n[models.tiers]\n{}", house.settings(), tiers.concat()));
    house
}

/// The stage of scripts, where a plan waits.
fn planned(house: &House) -> Terminal {
    let mut terminal = house.start_in((120, 35), &[]);
    terminal.until_shown("Nobody is on stage yet.");
    terminal.press_for("S", "none is played");
    terminal.press_for("m", "Plan for me");
    terminal.press("Say hello to whoever is there");
    terminal.press(ENTER);
    terminal.until_shown("a plan waits for you");
    terminal
}

#[test]
fn a_goal_becomes_a_script_that_is_changed_and_started_by_the_director() {
    let house = house();
    let mut terminal = planned(&house);
    let brief = &house.asked()[0].last_user;
    for told in ["Say hello to whoever is there", "- strategist: ", "`for_each =", "An example"] {
        assert!(brief.contains(told), "{told}: {brief}");
    }
    // What is wrong with it went back to whoever wrote it.
    assert!(house.asked().iter().any(|it| it.last_user.contains("script.toml:3")));
    terminal.press_for(ENTER, "The script tidy");
    terminal.until_shown("Says hello");
    terminal.until_shown("1 step");
    // The steps follow the text as it is typed.
    terminal.press_for("x", "tidy.toml:1");
    terminal.press("\x7f");
    terminal.until_gone("tidy.toml:1");
    terminal.press(&[DOWN.repeat(4).as_str(), END, "\x7f2\""].concat());
    terminal.until_shown("hello > said2\"");
    terminal.press_for(SAVE, "What becomes of tidy?");
    assert!(!house.project().join("said2").exists(), "nothing runs before he says so");
    terminal.press_for(ENTER, "Start tidy");
    terminal.press(SAVE);
    terminal.until_shown("done · 1 of 1 step over");
    assert_eq!(fs::read_to_string(house.project().join("said2")).unwrap(), "hello\n");
    assert!(!house.project().join("said").exists());
    // Both are over, and what was changed is on record.
    terminal.press_for("[", "plan (1 of 2) · done");
    terminal.press_for("]", "tidy (2 of 2) · done");
    assert!(fs::read_to_string(house.journal()).unwrap().contains("hand-off-edited"));
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn a_plan_that_waits_outlives_the_program_and_is_kept_in_the_project() {
    let house = house();
    let mut terminal = planned(&house);
    terminal.press_for(ENTER, "The script tidy");
    terminal.until_shown("1 step");
    terminal.press_for("# mine\r", "# mine");
    terminal.press_for(ESC, "kept as you have left it");
    terminal.press_for("q", "The script plan is not done");
    terminal.press_for("\t", "Pause and quit");
    terminal.press(ENTER);
    assert!(terminal.until_ended().success());
    let mut terminal = house.start_in((120, 35), &["resume"]);
    terminal.until_shown("1 needs you");
    terminal.press_for("w", "a plan waits for you");
    terminal.press_for(ENTER, "# mine");
    terminal.until_shown("1 step");
    terminal.press_for(SAVE, "What becomes of tidy?");
    terminal.press_for(&format!("\t{ENTER}"), "Save the script as");
    let file = house.project().join(".auteur/scripts/hello.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file.with_file_name("tidy.toml"), "").unwrap();
    terminal.press_for(ENTER, "there is .auteur/scripts/tidy.toml already");
    fs::remove_file(file.with_file_name("tidy.toml")).unwrap();
    terminal.press("\x7f\x7f\x7f\x7fhello");
    terminal.press_for(ENTER, "saved as .auteur/scripts/hello.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# mine\npurpose") && text.contains("# politely"), "{text}");
    // It counts at once: the director has written it.
    terminal.until_shown("this project's");
    terminal.press_for(ENTER, "Start hello");
    terminal.press(SAVE);
    terminal.until_shown("done · 1 of 1 step over");
    assert_eq!(fs::read_to_string(house.project().join("said")).unwrap(), "hello\n");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_eq!(server_of(&house), None);
}

#[test]
fn a_plan_is_printed_or_kept_without_a_screen_and_writes_over_nothing() {
    let house = house();
    let out = house.spawn(&["plan", "Say hello"]).wait_with_output().unwrap();
    let (said, told) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{told}");
    assert!(said.starts_with("purpose = \"Says hello\"") && said.contains("# politely"), "{said}");
    assert!(told.contains("plan: write failed, again"), "{told}");
    let said = house.say(&["plan", "--save", "Say hello"]);
    assert!(said.contains("saved as .auteur/scripts/tidy.toml: auteur run tidy"), "{said}");
    assert_eq!(house.code(&["check", "tidy"]), Some(0));
    // One that is there already is left alone.
    let said = house.say(&["plan", "--save", "Say hello"]);
    assert!(said.contains("saved as .auteur/scripts/tidy-2.toml: auteur run tidy-2"), "{said}");
    assert_eq!(house.code(&["check", "tidy-2"]), Some(0));
    assert_eq!(house.code(&["plan", " "]), Some(2));
    assert!(!house.project().join("said").exists());
}

#[test]
fn a_script_of_the_directors_own_is_changed_from_the_list() {
    let house = house();
    let folder = house.at("config/auteur/scripts");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("a.toml");
    fs::write(&file, "# one\n[[step]]\nname = \"go\"\nrun = \"true\" # two\n").unwrap();
    let mut terminal = house.start_in((120, 35), &[]);
    terminal.until_shown("Nobody is on stage yet.");
    terminal.press_for("S", "none is played");
    terminal.until_shown("▸   a");
    terminal.press_for("e", "The script a");
    terminal.until_shown("1 step");
    terminal.press_for("x", "a.toml:1");
    terminal.press_for(SAVE, "Write it all the same");
    terminal.press_for(ESC, "The script a");
    terminal.press("\x7f");
    terminal.until_gone("a.toml:1");
    terminal.press_for("budget = \"1\"\r", "may spend $1.00");
    terminal.press_for(SAVE, "+ budget");
    terminal.press_for(ENTER, "a is written");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text, "budget = \"1\"\n# one\n[[step]]\nname = \"go\"\nrun = \"true\" # two\n");
    terminal.until_shown("may spend   $1.00");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}
