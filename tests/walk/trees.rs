//! An agent's work in a git project, from its worktree to its removal, as a
//! person sees it.

use crate::{house::House, terminal::*};
use std::{fs, path::Path, process::Command};

const WORK: &str = r#"
[[part]]
name = "work"
brief = "work"

[[part.turn]]
say = "I write."
calls = [{ tool = "shell", with = { command = "echo mine > mine.txt" } }]

[[part.turn]]
say = "Done and done."
"#;

pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// A machine whose project is a repository.
fn house() -> House {
    with_repository(WORK)
}

/// A machine whose project is a repository, and whose model plays this.
pub fn with_repository(rehearsal: &str) -> House {
    let house = House::open(rehearsal);
    let project = house.project();
    git(&project, &["init", "--quiet", "--initial-branch=main"]);
    fs::write(project.join("a.txt"), "one\n").unwrap();
    git(&project, &["add", "--all"]);
    git(&project, &["commit", "--quiet", "--message", "First"]);
    house
}

/// The branches of the agents.
fn branches(house: &House) -> String {
    git(&house.project(), &["for-each-ref", "--format=%(refname)", "refs/heads/auteur"])
}

#[test]
fn an_agent_works_in_its_own_worktree_and_the_pane_says_so() {
    let house = house();
    fs::write(house.project().join("mine.txt"), "the director's\n").unwrap();
    let mut terminal = house.start_in((140, 40), &["run", "worker", "work"]);
    terminal.until_shown("worker done");
    terminal.press_for(ENTER, "Events");
    terminal.until_shown("worktree on auteur/");
    terminal.until_shown("1 uncommitted change of the project's folder is not in it");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let own = fs::read_to_string(house.project().join("mine.txt")).unwrap();
    assert_eq!(own, "the director's\n");
    assert_eq!(branches(&house).lines().count(), 1);
}

#[test]
fn a_session_is_not_removed_before_its_work_is_merged_or_thrown_away() {
    let house = house();
    let said = house.say(&["run", "worker", "work", "--headless"]);
    assert!(said.contains("Done and done."), "{said}");
    let said = house.say(&["sessions", "rm", "last", "--yes"]);
    assert!(said.contains("1 file not committed"), "{said}");
    assert!(said.contains("nothing was removed") && said.contains("--throw-away-work"), "{said}");
    assert_eq!(branches(&house).lines().count(), 1);
    // Merged by hand, as anybody would: what was kept is a commit like any other.
    let kept = git(&house.project(), &["for-each-ref", "--format=%(refname)", "refs/auteur"]);
    git(&house.project(), &["merge", "--quiet", "--squash", &kept]);
    git(&house.project(), &["commit", "--quiet", "--message", "Taken"]);
    let said = house.say(&["sessions", "rm", "last", "--yes"]);
    assert!(said.contains("nothing that is not merged") && said.contains("removed 1"), "{said}");
    let left = git(&house.project(), &["for-each-ref", "--format=%(refname)"]);
    assert_eq!(left, "refs/heads/main");
    assert!(!house.at("state/worktrees").read_dir().unwrap().any(|_| true));
}

#[test]
fn work_is_thrown_away_where_that_is_said_in_words() {
    let house = house();
    house.say(&["run", "worker", "work", "--headless"]);
    let said = house.say(&["sessions", "rm", "last", "--yes", "--throw-away-work"]);
    assert!(said.contains("removed 1"), "{said}");
    assert_eq!(branches(&house), "");
    assert_eq!(git(&house.project(), &["worktree", "list"]).lines().count(), 1);
}
