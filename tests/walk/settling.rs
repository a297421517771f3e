//! What is set up by hand: a project's own files, settings with their origins, completions and
//! pages of the manual.

use crate::house::House;
use std::fs;

/// A model that says one thing and is done.
const BRIEF: &str = "[[part]]\nname = \"brief\"\n\n[[part.turn]]\nsay = \"That was all.\"\n";

#[test]
fn a_project_begins_with_files_that_are_right_and_counts_at_once() {
    let house = House::open(BRIEF);
    fs::write(house.project().join("Cargo.toml"), "").unwrap();
    let said = house.say(&["init", "--dry-run"]);
    assert!(said.contains("nothing was written"), "{said}");
    assert!(!house.project().join(".auteur").exists());
    let said = house.say(&["init"]);
    assert!(said.contains("checked by: cargo test"), "{said}");
    assert_eq!(house.code(&["trust", "--show"]), Some(0));
    let said = house.say(&["check", "change"]);
    assert!(said.contains("change: A change, made by one and judged by another"), "{said}");
    let said =
        house.say(&["config", "show", "cast.implementer.checks", "--of", "cast", "--origin"]);
    assert!(said.contains("cargo test") && said.contains(".auteur/cast.toml:"), "{said}");
    // All that is offered there may be said there.
    let path = house.project().join(".auteur/config.toml");
    let offered = fs::read_to_string(&path).unwrap();
    let is_offer = |it: &&str| it.starts_with('[') || it.split(" = ").count() == 2;
    let lines = offered.lines().map(|it| it.strip_prefix("# ").filter(is_offer).unwrap_or(it));
    let taken = lines.collect::<Vec<_>>().join("\n");
    assert!(taken.contains("\n[budget]\nsession = "), "{taken}");
    fs::write(&path, taken).unwrap();
    let said = house.say(&["config", "show", "budget", "--origin"]);
    assert!(said.contains(".auteur/config.toml:"), "{said}");
}

#[test]
fn what_a_project_has_is_left_alone_and_what_was_not_trusted_is_not() {
    let house = House::open(BRIEF);
    let cast = house.project().join(".auteur/cast.toml");
    fs::create_dir_all(cast.parent().unwrap()).unwrap();
    let own = "[cast.mine]\npurpose = \"Mine\"\ntools = [\"shell\"]\n";
    fs::write(&cast, own).unwrap();
    let said = house.say(&["init"]);
    assert!(said.contains(".auteur/cast.toml  is there already, and stays as it is"), "{said}");
    assert_eq!(fs::read_to_string(&cast).unwrap(), own);
    assert_eq!(house.code(&["trust", "--show"]), Some(1));
}

#[test]
fn a_setting_says_which_file_has_said_it() {
    let house = House::open(BRIEF);
    house.configure(&format!("{}\n[ui]\nfps = 12\nkeymap = \"default\"\n", house.settings()));
    let said = house.say(&["config", "show", "ui", "--origin"]);
    assert!(said.contains("ui.fps = 12  # ") && said.contains("config.toml:"), "{said}");
    assert!(said.contains("ui.mouse = true  # built in"), "{said}");
    let said = house.say(&["config", "show", "--changed"]);
    assert!(said.contains("ui.fps = 12\n") && !said.contains("ui.mouse"), "{said}");
    assert!(!said.contains("ui.keymap"), "it says what the program says: {said}");
    assert_eq!(house.code(&["config", "show", "ui.fsp"]), Some(2));
    assert!(house.say(&["config", "show", "ui.fsp"]).contains("did you mean ui.fps?"));
    // It is TOML that says the same.
    let said = house.say(&["config", "show", "limits", "--origin"]);
    assert!(said.parse::<toml::Table>().unwrap().contains_key("limits"), "{said}");
}

#[test]
fn a_wrong_rule_and_a_theme_that_there_is_not_are_told_where_they_are_said() {
    let house = House::open(BRIEF);
    house.configure(&format!("{}\n[ui]\ntheme = \"norde\"\n", house.settings()));
    for line in [&["config", "show", "ui.theme"][..], &["doctor"]] {
        let said = house.say(line);
        assert!(said.contains("config.toml:") && said.contains("norde"), "{said}");
    }
    house.configure(&format!("{}\n[sandbox]\nnetwork = [\"no host\"]\n", house.settings()));
    for line in [&["config", "show"][..], &["check"], &["doctor"]] {
        let said = house.say(line);
        assert!(said.contains("config.toml:") && said.contains("is no host"), "{said}");
        assert!(said.contains("mend: write it as"), "{said}");
    }
}

#[test]
fn shells_and_the_manual_know_every_command() {
    let house = House::open(BRIEF);
    for shell in ["bash", "zsh", "fish"] {
        let said = house.say(&["completions", shell]);
        assert!(said.contains("rehearse") && said.contains("hand-back"), "{shell}");
    }
    let folder = house.at("man");
    let said = house.say(&["man", "--to", &folder.display().to_string()]);
    assert!(said.contains("the pages are in"), "{said}");
    let page = fs::read_to_string(folder.join("auteur-run.1")).unwrap();
    assert!(page.contains("ROLE") && !folder.join("auteur-guard.1").exists());
}

#[test]
fn what_is_wrong_with_what_was_asked_is_told_before_what_is_wrong_with_the_terminal() {
    let house = House::open(BRIEF);
    let said = house.say(&["replay", "nope"]);
    assert!(said.contains("nope") && !said.contains("terminal"), "{said}");
    let keys = house.at("config/auteur/keys.toml");
    fs::write(&keys, "[direct]\nf5 = \"pasue\"\n").unwrap();
    let said = house.say(&["config", "show", "--of", "keys"]);
    assert!(said.contains("keys.toml:2:6: unknown act `pasue`"), "{said}");
    assert!(said.contains("mend: did you mean `pause`?"), "{said}");
    assert_eq!(house.code(&["config", "show", "--of", "keys"]), Some(2));
}

#[test]
fn an_editor_gets_a_schema_of_every_file() {
    let house = House::open(BRIEF);
    for (of, says) in [("config", "\"ui\""), ("cast", "\"cast\""), ("keys", "\"pause\"")] {
        let said = house.say(&["config", "schema", of]);
        let schema: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert!(schema.is_object() && said.contains(says), "{of}: {said}");
    }
    let folder = house.at("schemas");
    house.say(&["config", "schema", "--to", &folder.display().to_string()]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 6);
    // The files that a project begins with name theirs.
    house.say(&["init"]);
    let own = house.project().join(".auteur");
    for file in ["config.toml", "cast.toml", "scripts/change.toml"] {
        let text = fs::read_to_string(own.join(file)).unwrap();
        let schema = text.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
        let place = own.join(file).parent().unwrap().join(schema);
        assert!(place.is_file(), "{}", place.display());
    }
}
