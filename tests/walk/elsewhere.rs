//! An agent that somebody runs elsewhere is a pane of our own session: seen, not directed.

use crate::{house::House, terminal::*};
use auteur::{
    interop::Foreign,
    journal::Reader,
    llm::PriceTable,
    model::{Agent, AgentId, EntryKind, Stage},
};
use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

/// No model is called here.
const NOBODY: &str =
    "[[part]]\nname = \"nobody\"\nbrief = \"none\"\n\n[[part.turn]]\nsay = \"none\"\n";

/// Lines of our own recording of Claude Code: of a first prompt, and of a second.
fn two_prompts() -> (Vec<u8>, Vec<u8>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/interop/claude-code.jsonl");
    let bytes = fs::read(path).unwrap();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|it| *it == b'\n').collect();
    (lines[..17].concat(), lines[17..].concat())
}

fn append(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

/// Where Claude Code would keep a session of this machine.
fn transcript(house: &House) -> PathBuf {
    house.at("home/.claude/projects/-work/4c1f.jsonl")
}

/// The one who was watched, as our journal tells.
fn watched(house: &House) -> Agent {
    stage(&house.journal()).agent(AgentId(1)).unwrap().clone()
}

fn stage(journal: &Path) -> Stage {
    Reader::open(journal).unwrap().fold(None)
}

/// What an agent said and did, but for its directions and its end.
fn told(agent: &Agent) -> Vec<EntryKind> {
    let entries = agent.log.entries().map(|it| it.kind.clone());
    // Of who said it, and how long it took, our own journal knows another thing.
    let is_ours = |it: &EntryKind| {
        matches!(
            it,
            EntryKind::End { .. }
                | EntryKind::Direction { .. }
                | EntryKind::Redirect { .. }
                | EntryKind::Tool { .. }
        )
    };
    entries.filter(|it| !is_ours(it)).collect()
}

#[test]
fn who_runs_elsewhere_is_a_pane_that_nobody_directs_and_later_runs_tell_nothing_twice() {
    let house = House::open(NOBODY);
    let (path, (first, second)) = (transcript(&house), two_prompts());
    append(&path, &first[..first.len() / 2]);
    let mut terminal = house.start(&["run", "--watch", "last"]);
    terminal.until_shown("claude-claude-code");
    for key in ["p", "r", "e", "i", "f", "m"] {
        terminal.press_for(key, "it runs elsewhere, and can only be watched here");
        terminal.press(ESC);
        terminal.until_gone("can only be watched here");
    }
    append(&path, &first[first.len() / 2..]);
    terminal.until_shown("All 1 steps are done.");
    terminal.until_shown("waits for its user");
    // Nobody here waits for it, so nobody is asked.
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let before = watched(&house);
    let middle = second.len() / 2;
    append(&path, &second[..middle]);
    let mut terminal = house.start(&["resume", "last"]);
    terminal.until_shown("second");
    terminal.crash();
    append(&path, &second[middle..]);
    let mut terminal = house.start(&["resume", "last"]);
    terminal.until_shown("waits for its user");
    terminal.until_shown("+ $0.02 elsewhere");
    terminal.press_for("x", "Nothing happens to it: it goes on where it runs.");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_shown("not watched");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let after = watched(&house);
    assert!(after.run > before.run && !after.is_held());
    let (folder, prices) = (tempfile::tempdir().unwrap(), Arc::new(PriceTable::embedded()));
    let log = Foreign::open(&path).unwrap().unwrap();
    let translated = log.translate(&prices, folder.path()).unwrap().fold(None);
    let itself = translated.agent(AgentId(1)).unwrap();
    assert_eq!(told(&after), told(itself));
    assert_eq!((after.turn, after.spent, &after.tools), (itself.turn, itself.spent, &itself.tools));
    assert_eq!(stage(&house.journal()).totals().spent.known.0, 0, "it is nobody's money here");
    assert_eq!(fs::read(&path).unwrap(), [first, second].concat(), "the log is only read");
}

#[test]
fn without_a_screen_one_is_watched_until_its_user_has_the_word() {
    let house = House::open(NOBODY);
    let (first, _) = two_prompts();
    append(&transcript(&house), &first);
    assert_eq!(house.code(&["run", "--watch", "4c1f", "--headless"]), Some(0));
    assert_eq!(watched(&house).turn.0, 2);
    let told = house.say(&["run", "--watch", "nobody", "--headless"]);
    assert!(told.contains("no session of Claude Code, Codex or Gemini CLI here"), "{told}");
}

#[test]
fn one_is_found_from_the_cast_and_that_its_log_is_gone_is_said() {
    let house = House::open(NOBODY);
    let (path, (first, _)) = (transcript(&house), two_prompts());
    append(&path, &first);
    let mut terminal = house.start(&[]);
    terminal.press_for("C", "can be cast now");
    terminal.press_for("o", "Watch who runs elsewhere");
    terminal.until_shown("claude-claude-code");
    terminal.press(ENTER);
    terminal.until_shown("waits for its user");
    terminal.press_for("C", "can be cast now");
    terminal.press_for("o", "on stage");
    terminal.press(ESC);
    terminal.until_gone("on stage");
    terminal.press(ESC);
    terminal.until_shown("waits for its user");
    fs::remove_file(&path).unwrap();
    terminal.until_shown("its log is gone");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}
