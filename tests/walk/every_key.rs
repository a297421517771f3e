//! Every key of the help does what it says: the program's own table of keys is read, and
//! each act in it is either done here, with the words that show it, or named with the walk
//! that does it. A key of a new act without either fails.

use crate::{house::House, terminal::*};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

/// How long a key may take to be seen.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is expected of the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Keys that are pressed here, run by run.
    run: Vec<Run>,
    /// Acts whose keys another walk presses, and its name.
    elsewhere: BTreeMap<String, String>,
    /// Acts whose keys nobody presses.
    stories: Stories,
}

/// Acts that are told by stories of the desk alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stories {
    acts: BTreeSet<String>,
}

/// One run of the program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    /// How it is started.
    start: Vec<String>,
    /// What is seen first.
    ready: Vec<String>,
    step: Vec<Step>,
}

/// One key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// The section of the keys, and what the key means there.
    at: String,
    act: String,
    /// Keys that lead to where it acts, and what is seen there.
    #[serde(default)]
    before: String,
    #[serde(default)]
    ready: String,
    /// What is seen once it was pressed, or no longer.
    #[serde(default)]
    shows: String,
    #[serde(default)]
    hides: String,
    /// All of the screen is drawn once more, in the same words.
    #[serde(default)]
    redraws: bool,
    /// Keys that lead on, and what is seen then.
    #[serde(default)]
    after: String,
    #[serde(default)]
    calm: String,
}

const REHEARSAL: &str = r#"
[[part]]
name = "needy"
brief = "paint"

[[part.turn]]
calls = [{ tool = "ask", with = { question = "Which colour?", options = ["red", "blue"] } }]

[[part.turn]]
say = "So it is."
calls = [{ tool = "shell", with = { command = "echo painted >> painted" } }]

[[part.turn]]
say = "That was all."

[[part]]
name = "rounds"
brief = "go round"

[[part.turn]]
say = "I go round."
calls = [{ tool = "shell", with = { command = "round" } }]

[[part.turn]]
say = "I went round."

[[part]]
name = "quick"
brief = "finish"

[[part.turn]]
say = "A first line.\n\nThe last line."

[[part]]
name = "long"
brief = "talk"

[[part.turn]]
say = "WORDS"
"#;

/// The same, with one who says many words.
fn rehearsal() -> String {
    let words: Vec<String> = (1..100).map(|it| format!("word {it}.")).collect();
    REHEARSAL.replace("WORDS", &words.join("\\n\\n"))
}

type Table = BTreeMap<String, BTreeMap<String, toml::Value>>;

/// The bytes that a terminal sends for a key as the table writes it.
fn bytes(key: &str) -> String {
    let (held, name) = match key.rsplit_once('+') {
        Some((held, name)) if !held.is_empty() && !name.is_empty() => (held, name),
        _ => ("", key),
    };
    match (held, name) {
        ("", "enter") => ENTER.into(),
        ("", "esc") => ESC.into(),
        ("", "tab") => TAB.into(),
        ("shift", "tab") => "\x1b[Z".into(),
        ("", "space") => " ".into(),
        ("", "backspace") => "\x7f".into(),
        ("", "up") => "\x1b[A".into(),
        ("", "down") => DOWN.into(),
        ("", "right") => RIGHT.into(),
        ("", "left") => LEFT.into(),
        ("shift", "right") => "\x1b[1;2C".into(),
        ("shift", "left") => "\x1b[1;2D".into(),
        ("", "home") => "\x1b[H".into(),
        ("", "end") => "\x1b[F".into(),
        ("", "pageup") => "\x1b[5~".into(),
        ("", "pagedown") => "\x1b[6~".into(),
        ("", "f1") => "\x1bOP".into(),
        ("", "f2") => "\x1bOQ".into(),
        ("", "f6") => "\x1b[17~".into(),
        ("", "f7") => "\x1b[18~".into(),
        ("", "f12") => "\x1b[24~".into(),
        ("alt", name) => format!("\x1b{}", bytes(name)),
        ("ctrl", name) if name.len() == 1 => char::from(name.as_bytes()[0] & 0x1f).to_string(),
        ("", name) => name.to_owned(),
        _ => panic!("nobody has said what a terminal sends for {key}"),
    }
}

/// Keys in a row, or words that are typed: `: "rename x" enter`.
fn press(terminal: &mut Terminal, keys: &str) {
    for (nth, part) in keys.split('"').enumerate() {
        if nth % 2 == 1 {
            terminal.press(part);
            continue;
        }
        for key in part.split_whitespace() {
            terminal.press(&bytes(key));
        }
    }
}

/// Reads until the screen is so; says what it is else.
#[track_caller]
fn until(terminal: &mut Terminal, step: &str, what: &str, holds: impl Fn(&Terminal) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds(terminal) {
        assert!(Instant::now() < end, "{step}: waited in vain for {what}\n{terminal:?}");
        terminal.read(Duration::from_millis(5));
    }
}

fn table() -> Table {
    let table: Table = fs::read_to_string("config/keys.toml")
        .unwrap()
        .parse::<toml::Table>()
        .unwrap()
        .into_iter()
        .map(|(section, keys)| (section, keys.as_table().unwrap().clone().into_iter().collect()))
        .collect();
    table
}

fn expected() -> Expected {
    toml::from_str(&fs::read_to_string("tests/walk/every_key.toml").unwrap()).unwrap()
}

#[test]
fn every_act_that_has_a_key_is_done_by_it_in_some_walk() {
    let expected = expected();
    let mut walks = String::new();
    for file in fs::read_dir("tests/walk").unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "rs") {
            walks.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let is_there = |name: &str| walks.contains(&format!("fn {name}()"));
    let gone: Vec<_> = expected.elsewhere.iter().filter(|it| !is_there(it.1)).collect();
    assert!(gone.is_empty(), "these walks are not there: {gone:#?}");
    let here: BTreeSet<&str> =
        expected.run.iter().flat_map(|it| &it.step).map(|it| it.act.as_str()).collect();
    let bound =
        table().into_values().flatten().filter_map(|(_, act)| Some(act.as_str()?.to_owned()));
    let bound: BTreeSet<String> = bound.collect();
    // Of those that differ by a number, one stands for all.
    let kind = |act: &str| act.trim_end_matches(|it: char| it.is_ascii_digit()).to_owned();
    let kinds: BTreeSet<String> = here.iter().map(|it| kind(it)).collect();
    let told =
        |act: &str| expected.elsewhere.contains_key(act) || expected.stories.acts.contains(act);
    let known = |act: &str| kinds.contains(&kind(act)) || told(act);
    let strays: Vec<_> = bound.iter().filter(|it| !known(it)).collect();
    assert!(strays.is_empty(), "tests/walk/every_key.toml expects nothing of {strays:#?}");
    let both = expected.elsewhere.keys().chain(&expected.stories.acts);
    let both: Vec<_> = both.filter(|it| here.contains(it.as_str())).collect();
    assert!(both.is_empty(), "these are done here: {both:#?}");
}

#[test]
fn every_key_of_the_help_does_what_it_says() {
    let table = table();
    for run in expected().run {
        let house = House::open(&rehearsal());
        let arguments: Vec<&str> = run.start.iter().map(String::as_str).collect();
        if arguments.contains(&"replay") {
            let said = house.say(&["run", "worker", "finish", "--headless"]);
            assert!(said.contains("done"), "{said}");
        }
        let mut terminal = house.start(&arguments);
        for words in &run.ready {
            until(&mut terminal, "the start", words, |it| it.screen.has(words));
        }
        for step in &run.step {
            take(&mut terminal, step, &table);
        }
    }
}

/// Goes to where a key acts, presses it, and sees that it has acted.
#[track_caller]
fn take(terminal: &mut Terminal, step: &Step, table: &Table) {
    let Step { at, act, before, ready, shows, hides, redraws, after, calm } = step;
    let name = format!("[{at}] {act}");
    let keys = table.get(at).unwrap_or_else(|| panic!("{name}: there is no such section"));
    let key = keys.iter().find(|it| it.1.as_str() == Some(act)).map(|it| it.0);
    let key = key.unwrap_or_else(|| panic!("{name}: it has no key"));
    press(terminal, before);
    until(terminal, &name, ready, |it| ready.is_empty() || it.screen.has(ready));
    if *redraws {
        let (told, cells) = (terminal.raw.len(), 100 * 30 / 2);
        press(terminal, key);
        return until(terminal, &name, "a whole picture", |it| it.raw.len() > told + cells);
    }
    assert!(!shows.is_empty() || !hides.is_empty(), "{name}: what shows it?");
    let is_seen = |it: &Terminal| {
        (shows.is_empty() || it.screen.has(shows)) && (hides.is_empty() || !it.screen.has(hides))
    };
    assert!(!is_seen(terminal), "{name}: it is seen before the key is pressed\n{terminal:?}");
    press(terminal, key);
    until(terminal, &format!("{name} ({key})"), &format!("{shows:?}, not {hides:?}"), is_seen);
    press(terminal, after);
    until(terminal, &name, calm, |it| calm.is_empty() || it.screen.has(calm));
}
