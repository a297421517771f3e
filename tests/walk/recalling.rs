//! What a session said, ran and changed is found again in a later one.

use crate::{
    house::House,
    terminal::{ENTER, ESC},
};
use std::fs;

/// Two agents whose words can be looked for, and a tool call.
const STORY: &str = r#"
[[part]]
name = "story"
brief = "tell"

[[part.turn]]
say = "The shibboleth stands in the ledger."
calls = [{ tool = "shell", with = { command = "echo the heron flies" } }]

[[part.turn]]
say = "And that was the end."
"#;

/// A machine on which that was told.
fn told() -> House {
    let house = House::open(STORY);
    assert_eq!(house.code(&["run", "worker", "tell me", "--headless"]), Some(0));
    house
}

fn hits(said: &str) -> Vec<serde_json::Value> {
    let told: serde_json::Value = serde_json::from_str(said).unwrap();
    assert_eq!(told["is_all"], true);
    told["hits"].as_array().unwrap().clone()
}

#[test]
fn what_was_said_and_run_is_found_with_the_command_that_opens_it_there() {
    let house = told();
    // The second time there is an index.
    for _ in 0..2 {
        let said = house.say(&["sessions", "search", "SHIBBOLETH", "ledger"]);
        assert!(said.contains("worker said 0:0"), "{said}");
        assert!(said.contains("The [shibboleth] stands in the [ledger]."), "{said}");
        assert!(said.contains("auteur replay ") && said.contains(" --at "), "{said}");
        let json = house.say(&["sessions", "search", "heron", "--json"]);
        let kinds: Vec<_> = hits(&json).iter().map(|it| it["kind"].clone()).collect();
        assert_eq!(kinds, ["result", "call"]);
        assert_eq!(hits(&json)[0]["role"], "worker");
    }
    assert!(house.at("state/history.db").is_file());
    for (line, told) in [
        (
            &["sessions", "search", "nowhere"][..],
            "nothing was found in the sessions of this project",
        ),
        (&["sessions", "search"], "say what to search for"),
        (&["sessions", "search", "(*"], "there is no word"),
    ] {
        assert_eq!(house.code(line), Some(1));
        assert!(house.say(line).contains(told), "{line:?}");
    }
}

#[test]
fn a_search_leaves_what_its_filters_name() {
    let house = told();
    let count = |more: &[&str]| {
        let line = [&["sessions", "search", "--json", "--limit", "0"], more].concat();
        hits(&house.say(&line)).len()
    };
    assert_eq!(count(&["heron", "--tool", "shell"]), 2);
    assert_eq!(count(&["heron", "--tool", "read"]), 0);
    // As it is typed on the screen.
    assert_eq!((count(&["tool:shell heron"]), count(&["tool:read", "heron"])), (2, 0));
    assert_eq!(count(&["heron", "--role", "worker", "--outcome", "succeeded"]), 2);
    assert_eq!(count(&["heron", "--outcome", "failed"]), 0);
    assert_eq!(count(&["heron", "--since", "1d"]), 2);
    assert_eq!(count(&["heron", "--until", "1d"]), 0);
    fs::create_dir(house.at("elsewhere")).unwrap();
    let elsewhere = house.at("elsewhere").display().to_string();
    assert_eq!(count(&["-C", &elsewhere, "heron"]), 0);
    assert_eq!(count(&["-C", &elsewhere, "heron", "--all"]), 2);
}

#[test]
fn a_replay_begins_where_something_was_found() {
    let house = told();
    let json = house.say(&["sessions", "search", "shibboleth", "--json"]);
    let hit = &hits(&json)[0];
    let (session, seq) = (hit["session"].as_str().unwrap(), hit["seq"].to_string());
    let line = ["replay", session, "--at", &seq, "--agent", "worker"];
    let open: Vec<_> =
        hit["open"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(open, [&["auteur"][..], &line].concat());
    let mut terminal = house.start(&line);
    terminal.until_shown(&format!("event {seq} of"));
    terminal.until_shown("The shibboleth");
    assert!(!terminal.screen.has("And that was the end."), "{terminal:?}");
    let said = house.say(&["replay", session, "--agent", "nobody"]);
    assert!(said.contains("there is no agent nobody") || said.contains("terminal"), "{said}");
}

#[test]
fn a_session_that_is_removed_leaves_no_word_behind() {
    let house = told();
    assert_eq!(house.code(&["sessions", "search", "shibboleth"]), Some(0));
    assert!(house.say(&["sessions", "rm", "last", "--yes"]).contains("removed 1"));
    assert_eq!(house.code(&["sessions", "search", "shibboleth", "--all"]), Some(1));
    let files = fs::read_dir(house.at("state")).unwrap().map(|it| it.unwrap().path());
    for file in files.filter(|it| it.is_file()) {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(10).any(|it| it == b"shibboleth"), "{}", file.display());
    }
}

#[test]
fn a_session_is_renamed_tagged_and_pruned_after_it_was_said_what_goes() {
    let house = told();
    let sessions = |line: &[&str]| house.say(&[&["sessions"], line].concat());
    assert!(sessions(&["rename", "last", "The port"]).contains("The port"));
    assert!(sessions(&["tag", "last", "#fast", "keep"]).contains("#fast #keep"));
    assert!(sessions(&["tag", "last", "no tag"]).contains("a tag is a word"));
    assert!(sessions(&["list"]).contains("The port  #fast #keep"));
    assert!(sessions(&["list", "--here", "--tag", "fast"]).contains("The port"));
    assert!(sessions(&["list", "--tag", "slow"]).contains("no such session"));
    assert!(sessions(&["search", "heron"]).contains("The port"));
    assert!(sessions(&["search", "port"]).contains("session: The [port] #fast #keep"));
    for line in [&["search", "--tag", "fast"][..], &["search", "tag:fast"], &["search", "fast"]] {
        assert!(sessions(line).contains("The port"), "{line:?}");
    }
    assert!(sessions(&["search", "heron", "--tag", "slow"]).contains("nothing was found"));
    let said = sessions(&["search", "agent:worker"]);
    assert!(said.contains("agent: is no filter; filters are role: model: "), "{said}");
    let said = sessions(&["search", "--model", "ANY", ""]);
    assert!(said.contains("worker session: worker (worker, any, succeeded)"), "{said}");
    let told: serde_json::Value =
        serde_json::from_str(&sessions(&["show", "last", "--json"])).unwrap();
    assert_eq!(
        (&told["title"], &told["tags"]),
        (&"The port".into(), &serde_json::json!(["fast", "keep"]))
    );
    assert!(sessions(&["prune"]).contains("all sessions are kept"));
    assert!(sessions(&["prune", "--keep-bytes", "0kB", "--yes"]).contains("stays: its tag #keep"));
    assert!(sessions(&["tag", "last", "--remove", "keep"]).contains("#fast"));
    // Nobody answers, so nothing goes.
    let said = sessions(&["prune", "--keep-bytes", "0kB"]);
    assert!(said.contains("The port") && said.contains("nothing was removed"), "{said}");
    let told: serde_json::Value =
        serde_json::from_str(&sessions(&["prune", "--keep-bytes", "0kB", "--json"])).unwrap();
    assert_eq!(
        (&told["is_removed"], told["sessions"].as_array().unwrap().len()),
        (&false.into(), 1)
    );
    assert!(sessions(&["prune", "--keep", "1d", "--yes"]).contains("nothing is to be removed"));
    house.configure(&format!("{}\n[history]\nkeep_bytes = \"0kB\"\n", house.settings()));
    assert!(sessions(&["prune", "--yes"]).contains("removed 1"));
    assert!(sessions(&["list"]).contains("no sessions yet"));
    // Nor does one stay for ever whose journal is empty, or gone.
    let lost = ["01a00000-aaaa", "01a00000-bbbb"].map(|it| house.at("state/sessions").join(it));
    for it in &lost {
        fs::create_dir_all(it).unwrap();
    }
    fs::write(lost[0].join("journal.jsonl"), "").unwrap();
    assert!(sessions(&["rm", "01a00000", "--yes"]).contains("2 sessions"));
    let said = sessions(&["rm", "01a00000-a", "01a00000-b", "--yes"]);
    assert!(said.contains("01a00000-aaaa  its journal is empty: nothing is known of it"), "{said}");
    assert!(said.contains("01a00000-bbbb  its journal is gone") && said.contains("removed 2"));
    assert!(lost.iter().all(|it| !it.exists()));
    assert!(sessions(&["prune", "--keep", "ever"]).contains("expected a time such as 90d"));
}

#[test]
fn a_name_that_a_session_gets_elsewhere_stands_in_its_window() {
    let house = House::open(STORY);
    let mut terminal = house.start(&["run", "worker", "tell me"]);
    terminal.until_shown("worker done");
    assert!(house.say(&["sessions", "rename", "last", "The port"]).contains("The port"));
    // Nothing looks at it while nothing happens.
    terminal.press_for("?", "The port");
    assert!(terminal.screen.titles().iter().any(|it| it.ends_with("The port")));
    assert!(house.say(&["sessions", "rename", "last", ""]).contains("its own name again"));
    terminal.press(ESC);
    terminal.until_gone("The port");
}

#[test]
fn what_can_not_be_read_of_a_journal_is_told_as_a_gap() {
    let house = told();
    assert!(!house.say(&["sessions", "show", "last"]).contains("gap"));
    let journal = house.journal();
    let text = fs::read_to_string(&journal).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let middle = lines.len() / 2;
    let torn = |(nth, line): (usize, &&str)| {
        if nth == middle { "{ torn\n".to_owned() } else { format!("{line}\n") }
    };
    let torn: String = lines.iter().enumerate().map(torn).collect();
    fs::write(&journal, torn).unwrap();
    let said = house.say(&["sessions", "show", "last"]);
    assert!(said.contains(" bytes, 1 gap in it"), "{said}");
    let json: serde_json::Value =
        serde_json::from_str(&house.say(&["sessions", "show", "last", "--json"])).unwrap();
    assert_eq!(json["gaps"], 1);
    assert!(house.say(&["sessions", "list"]).contains("1 gap"));
}

#[test]
fn a_session_is_found_on_its_screen_and_opened_where_the_words_are() {
    let house = told();
    let mut terminal = house.start(&[]);
    terminal.press_for("H", "in this project");
    terminal.press_for("/", "Search all that was said");
    terminal.press("shibb");
    terminal.until_shown("1 hit in 1 session");
    terminal.press(ENTER);
    terminal.press_for("j", "worker said");
    terminal.press(ENTER);
    terminal.until_shown("REPLAY");
    terminal.until_shown("The shibboleth");
    assert!(!terminal.screen.has("And that was the end."), "{terminal:?}");
    // Leaving it comes back to what was looked at.
    terminal.press("q");
    terminal.until_shown("1 hit in 1 session");
    terminal.press_for("x", "Remove this session?");
    terminal.press("l");
    terminal.press(ENTER);
    terminal.until_shown("0 hits in 0 sessions");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_eq!(house.code(&["sessions", "search", "shibboleth", "--all"]), Some(1));
}

#[test]
fn what_is_no_session_is_told_with_what_to_do() {
    let house = told();
    let at = |name: &str| house.at(name).display().to_string();
    fs::create_dir_all(house.at("empty/none")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, house.at("pipe"), 0o600.into()).unwrap();
    for (name, told) in [
        (at("empty/none"), "is an empty folder: name a session"),
        (at("empty"), "is a folder without a journal, and no log by itself"),
        (at("pipe"), "is a pipe, which can be read only once: write it into a file first"),
        (at("gone.jsonl"), "is no file and no folder"),
        ("gone".to_owned(), "no session goes by \"gone\""),
        ("/dev/null".to_owned(), "is a device, and no file"),
    ] {
        for line in [["sessions", "show", &name], ["cost", &name, "--json"]] {
            // Whoever asks for the cost of a folder means what lies in it.
            if line[0] == "sessions" || !name.contains("empty") {
                let said = house.say(&line);
                assert!(said.contains(told), "{line:?}: {said}");
            }
        }
    }
}
