//! What agents start is held, and the screen says how. The sandboxes themselves
//! are tried in tests/sandbox/.

use crate::{
    house::{House, assert_nobody_is_left},
    trees::{git, with_repository},
};
use std::fs;

/// Tries to write beside its folder, and writes in it.
const TRIES: &str = r#"
[[part]]
name = "tries"
[[part.turn]]
calls = [{ tool = "shell", with = { command = "echo made > made; cp made ../canary" } }]
[[part.turn]]
say = "That is all."
"#;

fn house(more: &str) -> House {
    let house = House::open(TRIES);
    house.configure(&format!("{}\n{more}", house.settings()));
    fs::write(house.at("canary"), "alive").unwrap();
    house
}

fn journal(house: &House) -> String {
    fs::read_to_string(house.journal()).unwrap()
}

#[test]
fn a_command_of_an_agent_is_held_and_that_is_a_fact() {
    let house = house("");
    let said = house.say(&["run", "worker", "try it", "--headless"]);
    assert_eq!(fs::read_to_string(house.at("canary")).unwrap(), "alive", "{said}");
    assert_eq!(fs::read_to_string(house.project().join("made")).unwrap(), "made\n", "{said}");
    let told = journal(&house);
    assert!(told.contains("\"confined\"") && !told.contains("\"how\":\"none\""), "{told}");
    assert!(told.contains("\"network\":\"off\""), "{told}");
    assert_nobody_is_left(&house);
}

/// Commits what it made, and tries to have something run at the director's next commit.
const COMMITS: &str = r#"
[[part]]
name = "commits"
[[part.turn]]
calls = [{ tool = "shell", with = { command = "commits" } }]
[[part.turn]]
calls = [{ tool = "shell", with = { command = "evil" } }]
[[part.turn]]
say = "That is all."
"#;

/// A program that commits what it made.
const COMMIT: &str = "set -e; echo mine > mine; git add -A; git status --short; \
                      git -c user.name=a -c user.email=a@localhost commit -q -m Mine; \
                      git log --format=said:%s -1; git log --format=theirs:%s -1 main";

/// A program that looks harmless, and is none.
const EVIL: &str = "git config core.fsmonitor ./evil; git branch -f main HEAD; \
                    echo evil > $(git rev-parse --git-common-dir)/hooks/pre-commit; echo tried";

#[test]
fn s44_an_agent_commits_on_its_own_branch_and_leaves_the_directors_alone() {
    let mut house = with_repository(COMMITS);
    house.install("commits", COMMIT);
    house.install("evil", EVIL);
    let config = fs::read_to_string(house.project().join(".git/config")).unwrap();
    let said = house.say(&["run", "worker", "try it", "--headless"]);
    assert!(said.contains("That is all."), "{said}");
    let results: Vec<_> = house.asked().into_iter().map(|it| it.last_result).collect();
    assert!(results[1].contains("said:Mine\ntheirs:First"), "{results:?}");
    assert!(results[2].contains("tried"), "{results:?}");
    let branch =
        git(&house.project(), &["for-each-ref", "--format=%(refname)", "refs/heads/auteur"]);
    let told = git(&house.project(), &["log", "--format=%s", &branch]);
    assert_eq!(told, "Mine\nFirst");
    assert_eq!(git(&house.project(), &["log", "--format=%s", "main"]), "First");
    assert_eq!(fs::read_to_string(house.project().join(".git/config")).unwrap(), config);
    assert!(!house.project().join(".git/hooks/pre-commit").exists());
}

/// Has leave for every command, and asks to leave its sandbox with one.
const LEAVES: &str = r#"
[[part]]
name = "leaves"
[[part.turn]]
calls = [{ tool = "shell", with = { command = "echo made > ../canary", outside = "the canary" } }]
[[part.turn]]
say = "That is all."
"#;

#[test]
fn one_that_leaves_its_sandbox_is_asked_about_and_then_does_it() {
    let house = House::open(LEAVES);
    fs::write(house.at("canary"), "alive").unwrap();
    let mut terminal = house.start_in((120, 35), &["run", "worker", "try it"]);
    terminal.until_shown("(outside its sandbox)");
    terminal.until_shown("it is to run outside its sandbox: the canary");
    terminal.press_for("w", "always for this agent");
    assert_eq!(fs::read_to_string(house.at("canary")).unwrap(), "alive");
    terminal.press_for("a", "That is all.");
    assert_eq!(fs::read_to_string(house.at("canary")).unwrap(), "made\n");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn without_a_sandbox_the_pane_says_so_loudly() {
    let house = house("[sandbox]\nmode = \"off\"\n");
    let mut terminal = house.start_in((120, 35), &["run", "worker", "try it"]);
    terminal.until_shown("unsandboxed");
    terminal.until_shown("That is all.");
    assert_eq!(fs::read_to_string(house.at("canary")).unwrap(), "made\n");
    assert!(journal(&house).contains("\"how\":\"none\""));
    let said = house.say(&["doctor"]);
    assert!(said.contains("agents can do all that you can"), "{said}");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn a_host_that_is_none_is_told_before_anything_runs() {
    let house = house("[sandbox]\nnetwork = [\"https://x.example\"]\n");
    let said = house.say(&["run", "worker", "try it", "--headless"]);
    assert!(said.contains("config.toml:") && said.contains("is no host"), "{said}");
    assert!(!house.at("state/sessions").exists());
}
