//! What others run on this machine comes on the screen as it goes on.

use crate::{
    house::{House, PROGRAM},
    terminal::*,
};
use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// No model is called here.
const NOBODY: &str =
    "[[part]]\nname = \"nobody\"\nbrief = \"none\"\n\n[[part.turn]]\nsay = \"none\"\n";

/// Lines of a recording.
fn lines(name: &str) -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/interop/");
    let bytes = fs::read(format!("{folder}{name}")).unwrap();
    bytes.split_inclusive(|it| *it == b'\n').map(<[u8]>::to_vec).collect()
}

fn append(path: &Path, lines: &[Vec<u8>]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(&lines.concat()).unwrap();
}

/// Where Claude Code would keep a session of this machine.
fn transcript(house: &House) -> PathBuf {
    house.at("home/.claude/projects/-work/4c1f.jsonl")
}

#[test]
fn a_log_that_grows_is_followed_and_nobody_is_directed() {
    let house = House::open(NOBODY);
    let (path, claude) = (transcript(&house), lines("claude-code.jsonl"));
    append(&path, &claude[..10]);
    let mut terminal = house.start(&["replay", "--follow", &path.display().to_string()]);
    terminal.until_shown("WATCH");
    terminal.until_shown("Working on step 1.");
    terminal.press_for("p", "p does nothing here");
    append(&path, &claude[10..17]);
    terminal.until_shown("claude done");
    append(&path, &claude[17..]);
    terminal.press_for(ENTER, "Events");
    terminal.until_shown("delivered at turn 3");
    terminal.until_shown("$0.0230");
    // Another file takes its place.
    let other = house.at("home/other");
    append(&other, &lines("codex.jsonl"));
    fs::rename(&other, &path).unwrap();
    terminal.until_shown("All 3 steps are done.");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_eq!(fs::read(&path).unwrap(), lines("codex.jsonl").concat());
}

#[test]
fn all_who_are_at_work_are_shown_together_and_who_begins_joins_them() {
    let house = House::open(NOBODY);
    let list = house.say(&["watch", "--list"]);
    assert!(list.contains("nobody is at work here"), "{list}");
    let mut terminal = house.start(&["watch"]);
    terminal.until_shown("As far as logs tell, Claude Code");
    append(&transcript(&house), &lines("claude-code.jsonl")[..17]);
    terminal.until_shown("claude done");
    let codex = house.at("home/.codex/sessions/2026/11/29/rollout-1.jsonl");
    append(&codex, &lines("codex.jsonl")[..30]);
    terminal.until_shown("codex running");
    append(&codex, &lines("codex.jsonl")[30..]);
    terminal.until_shown("codex done");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let told = house.say(&["watch", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&told).unwrap();
    let formats: Vec<_> = rows.as_array().unwrap().iter().map(|it| &it["format"]).collect();
    assert_eq!(formats, ["codex", "claude-code"]);
    assert_eq!(rows[1]["folder"], "/home/dev/work/claude-code");
}

#[test]
fn agents_of_ours_are_on_their_own_stage_and_not_on_that_of_others() {
    let house = House::open(NOBODY);
    let place = house.at("state/worktrees/01a2/worker");
    fs::create_dir_all(&place).unwrap();
    let begun = |session: &str, folder: &Path| {
        let line = serde_json::json!({
            "type": "user", "uuid": "u", "sessionId": session, "cwd": folder,
            "message": { "role": "user", "content": "go" },
        });
        let path = format!("home/.claude/projects/-work/{session}.jsonl");
        append(&house.at(&path), &[format!("{line}\n").into_bytes()]);
    };
    begun("ours", &place.canonicalize().unwrap());
    begun("another", Path::new("/work"));
    let told: serde_json::Value = serde_json::from_str(&house.say(&["watch", "--json"])).unwrap();
    let sessions: Vec<_> = told.as_array().unwrap().iter().map(|it| &it["session"]).collect();
    assert_eq!(sessions, ["another"]);
}

#[test]
fn a_folder_of_logs_is_played_side_by_side() {
    let house = House::open(NOBODY);
    let folder = house.at("home/logs");
    append(&folder.join("a/claude.jsonl"), &lines("claude-code.jsonl"));
    append(&folder.join("codex.jsonl"), &lines("codex.jsonl"));
    let mut terminal = house.start(&["replay", &folder.display().to_string()]);
    terminal.until_shown("REPLAY");
    terminal.press("G");
    terminal.until_shown("claude done");
    terminal.until_shown("codex done");
    terminal.until_shown("2 logs of other tools");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    fs::create_dir_all(house.at("home/empty")).unwrap();
    let mut terminal = house.start(&["replay", &house.at("home/empty").display().to_string()]);
    terminal.until_shown("a folder without a journal");
    assert!(!terminal.until_ended().success());
}

#[test]
fn a_log_that_several_keep_at_once_is_kept_once() {
    let house = House::open(NOBODY);
    let path = house.at("home/log.jsonl");
    append(&path, &lines("claude-code.jsonl"));
    let log = path.display().to_string();
    let import = || {
        let mut command = Command::new(PROGRAM);
        house.on(command.args(["import", &log])).stdout(Stdio::null()).spawn().unwrap()
    };
    let all: Vec<_> = (0..4).map(|_| import()).collect();
    for mut it in all {
        assert!(it.wait().unwrap().success());
    }
    assert!(house.say(&["import", &log]).contains("is kept already, as"));
    assert!(house.journal().is_file(), "there is one");
}

#[test]
fn a_log_is_kept_once_and_anew_when_it_has_grown_and_nobody_goes_on_with_it() {
    let house = House::open(NOBODY);
    let (path, claude) = (house.at("home/log.jsonl"), lines("claude-code.jsonl"));
    let named = path.display().to_string();
    append(&path, &claude[..12]);
    let told = house.say(&["import", &named]);
    assert!(told.contains("a log of claude-code, kept as"), "{told}");
    let (session, first) = (house.journal(), fs::read(house.journal()).unwrap());
    assert!(house.say(&["import", &named]).contains("is kept already"));
    append(&path, &claude[12..]);
    let told = house.say(&["import", &named, "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&rows[0]["kept"], &rows[0]["log"]["format"]),
        (&"anew".into(), &"claude-code".into())
    );
    assert_eq!(house.journal(), session, "it takes its own place");
    assert!(fs::read(&session).unwrap().len() > first.len());
    let list = house.say(&["sessions"]);
    assert!(list.contains("claude-") && list.contains("1 done"), "{list}");
    let mut terminal = house.start(&["resume", "last"]);
    terminal.until_shown("was kept from a log of another tool's");
    assert!(!terminal.until_ended().success());
    let mut terminal = house.start(&["replay", "last"]);
    terminal.until_shown("REPLAY");
    terminal.press("G");
    terminal.until_shown("claude done");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_eq!(house.asked().len(), 0);
}
