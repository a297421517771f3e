//! Files outside the workspace, through the tools of an agent that may do much: S31, S32, S34, S36 and S40.

use super::quoted;
use crate::house::House;
use std::{fs, os::unix::fs::symlink};

/// A model that makes these calls, one a turn.
fn calls(calls: &[String]) -> String {
    let turns: Vec<String> =
        calls.iter().map(|it| format!("[[part.turn]]\ncalls = [{it}]\n\n")).collect();
    let turns = turns.concat();
    format!("[[part]]\nname = \"any\"\n\n{turns}[[part.turn]]\nsay = \"That was all.\"\n")
}

fn write(path: &str) -> String {
    let path = quoted(path);
    format!("{{ tool = \"write\", with = {{ path = \"{path}\", content = \"evil\" }} }}")
}

fn edit(path: &str) -> String {
    let path = quoted(path);
    format!("{{ tool = \"edit\", with = {{ path = \"{path}\", old = \"good\", new = \"evil\" }} }}")
}

fn read(path: &str) -> String {
    format!("{{ tool = \"read\", with = {{ path = \"{}\" }} }}", quoted(path))
}

/// What the model was told of each call, in order.
fn told(house: &House) -> Vec<String> {
    house.asked().into_iter().skip(1).map(|it| it.last_result).collect()
}

/// A house whose model makes these calls, in a project beside which `outside/f`
/// and `project-evil/f` stand.
fn furnished(all: &[String]) -> House {
    let house = House::open(&calls(all));
    for folder in ["outside", "project-evil"] {
        fs::create_dir(house.at(folder)).unwrap();
        fs::write(house.at(folder).join("f"), "good").unwrap();
    }
    symlink("../outside", house.project().join("dir")).unwrap();
    symlink("../outside/f", house.project().join("file")).unwrap();
    symlink("../outside/new", house.project().join("new")).unwrap();
    fs::write(house.at("linked"), "good").unwrap();
    fs::hard_link(house.at("linked"), house.project().join("linked")).unwrap();
    house
}

/// Whether the call is refused at once or asked about first, nothing is read and
/// nothing is changed.
#[track_caller]
fn assert_kept_inside(paths: &[&str]) {
    for path in paths {
        for call in [write(path), edit(path), read(path)] {
            let house = furnished(&[call]);
            let said = house.say(&["run", "worker", "reach out", "--headless"]);
            let is_kept =
                ["outside", "symbolic link", "asks to run"].iter().any(|it| said.contains(it));
            assert!(is_kept, "{path}: {said}");
            assert!(!told(&house).concat().contains("good"), "{path}: {:?}", told(&house));
            for place in ["outside/f", "project-evil/f"] {
                assert_eq!(fs::read_to_string(house.at(place)).unwrap(), "good", "{path}");
            }
            assert_eq!(fs::read_dir(house.at("outside")).unwrap().count(), 1, "{path}");
        }
    }
}

#[test]
fn s31_no_path_leads_out_of_the_workspace() {
    assert_kept_inside(&["../../outside", "/nowhere/f", "~/x", "b/../../outside/f"]);
}

#[test]
fn s32_no_link_leads_out_of_the_workspace() {
    assert_kept_inside(&["dir/f", "dir/new", "file", "new"]);
}

#[test]
fn s34_a_folder_that_only_begins_alike_is_another_folder() {
    assert_kept_inside(&["../project-evil/f", "x/../../project-evil/f"]);
}

#[test]
fn s36_a_file_of_two_names_is_changed_under_one() {
    // The twin, which has one name, may be written and read in the same way.
    let house = furnished(&[write("linked"), read("linked"), write("own"), read("own")]);
    let said = house.say(&["run", "worker", "reach out", "--headless"]);
    assert!(said.contains("That was all."), "{said}");
    let told = told(&house);
    assert!(told[1].contains("evil") && told[3].contains("evil"), "{told:?}");
    assert_eq!(fs::read_to_string(house.project().join("linked")).unwrap(), "evil");
    assert_eq!(fs::read_to_string(house.at("linked")).unwrap(), "good");
}

#[test]
fn s40_no_tool_applies_a_patch_and_a_command_that_does_is_asked_about() {
    let patch = "--- a/x\n+++ ../../outside/f\n@@ -1 +1 @@\n-good\n+evil\n";
    let shell =
        |it: &str| format!("{{ tool = \"shell\", with = {{ command = \"{}\" }} }}", quoted(it));
    for command in ["patch -p0 -i p.diff", "git apply --unsafe-paths p.diff", "patch <p.diff"] {
        let house = House::open(&calls(&[
            "{ tool = \"patch\", with = { text = \"x\" } }".to_owned(),
            shell(command),
        ]));
        fs::write(house.project().join("p.diff"), patch).unwrap();
        fs::create_dir(house.at("outside")).unwrap();
        fs::write(house.at("outside/f"), "good").unwrap();
        let mut terminal = house.start(&["run", "asker", "patch it"]);
        terminal.until_shown("1 needs you");
        terminal.until_shown(command);
        assert!(told(&house)[0].contains("there is no tool"), "{:?}", told(&house));
        assert_eq!(fs::read_to_string(house.at("outside/f")).unwrap(), "good");
    }
}
