//! A replay is the same screen, fed from the journal; it directs nobody.

use crate::{house::House, screen::Screen, terminal::*};
use std::fs;

/// Words, tools, one that fails, and an end.
const STORY: &str = r#"
[[part]]
name = "story"
brief = "tell"

[[part.turn]]
think = "Where do I begin?"
say = "**Once** upon a time, with `code` and a list:\n\n- one\n- two"
calls = [
    { tool = "shell", with = { command = "echo there was; echo a king" } },
    { tool = "read", with = { path = "missing.txt" } },
]

[[part.turn]]
say = "The king wrote."
calls = [{ tool = "write", with = { path = "letter.txt", content = "Dear all,\nlong live me.\n" } }]

[[part.turn]]
say = "And that was the end."
"#;

/// A session that has ended, and what its log looked like at the end.
fn told() -> (House, Vec<String>) {
    let house = House::open(STORY);
    let mut terminal = house.start(&["run", "worker", "tell me"]);
    terminal.until_shown("worker done");
    terminal.press_for(ENTER, "Events");
    terminal.until_shown("And that was the end.");
    let log = log_of(&terminal.screen);
    terminal.press("q");
    assert!(terminal.until_ended().success());
    (house, log)
}

/// The log in a zoom: all between the tabs and the lines at the bottom.
fn log_of(screen: &Screen) -> Vec<String> {
    let rows = screen.rows();
    let top = rows.iter().position(|it| it.contains("Events")).unwrap() + 2;
    let below = rows.iter().rposition(|it| it.trim_end().ends_with("following"));
    let mut log = rows[top..below.unwrap_or(rows.len() - 4)].to_vec();
    log.retain(|it| !it.is_empty());
    log
}

/// Where the replay stands, as the timeline says: event and last event.
fn position(screen: &Screen) -> Option<(u32, u32)> {
    let line = screen.line("event ")?;
    let words: Vec<&str> = line.split("event ").nth(1)?.split(' ').collect();
    Some((words.first()?.parse().ok()?, words.get(2)?.parse().ok()?))
}

#[track_caller]
fn until_at(terminal: &mut Terminal, event: u32) {
    terminal.until(&format!("event {event}"), |it| position(it).is_some_and(|it| it.0 == event));
}

/// A replay that stands still at its start, and the number of its last event.
fn begun(house: &House) -> (Terminal, u32) {
    let mut terminal = house.start(&["replay", &house.journal().display().to_string()]);
    terminal.until("a position", |it| position(it).is_some_and(|it| it.1 > 10));
    terminal.press("G");
    terminal.until("the end", |it| position(it).is_some_and(|(at, last)| at == last));
    let last = position(&terminal.screen).unwrap().1;
    terminal.until_shown("‖");
    terminal.press("g");
    terminal.until("the start", |it| position(it).is_some_and(|it| it.0 <= 1));
    (terminal, last)
}

#[test]
fn the_end_of_a_replay_is_the_end_as_it_was_live_and_nothing_is_sent() {
    let (house, live) = told();
    let (calls, tape) = (house.asked().len(), fs::read(house.journal()).unwrap());
    let (mut terminal, last) = begun(&house);
    terminal.press("G");
    until_at(&mut terminal, last);
    terminal.until_shown("worker done");
    terminal.press_for(ENTER, "Events");
    terminal.until_shown("And that was the end.");
    assert_eq!(log_of(&terminal.screen), live);
    // Directions are not for replays.
    terminal.press("prex.!iP");
    terminal.press_for("?", "What the keys do here");
    terminal.press(ESC);
    terminal.until_gone("What the keys do here");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_eq!(terminal.left_over(), Vec::<String>::new());
    assert_eq!(house.asked().len(), calls);
    assert_eq!(fs::read(house.journal()).unwrap(), tape);
}

#[test]
fn it_goes_on_and_back_event_by_event_and_shows_what_was() {
    let (house, _) = told();
    let (mut terminal, _) = begun(&house);
    let start = position(&terminal.screen).unwrap().0;
    let mut pictures = Vec::new();
    for event in start + 1..start + 9 {
        terminal.press(RIGHT);
        until_at(&mut terminal, event);
        pictures.push((event, terminal.screen.text()));
    }
    for (event, picture) in pictures.into_iter().rev().skip(1) {
        terminal.press(LEFT);
        until_at(&mut terminal, event);
        assert_eq!(terminal.screen.text(), picture, "event {event}");
    }
}

#[test]
fn it_jumps_plays_and_changes_its_pace() {
    let (house, _) = told();
    let (mut terminal, last) = begun(&house);
    terminal.press_for("+", "2x");
    terminal.press_for("-", "1x");
    terminal.press_for("-", "0.5x");
    terminal.press_for("*", "max");
    terminal.press(" ");
    until_at(&mut terminal, last);
    terminal.until_shown("‖ max");
    terminal.press("0");
    // All that happened within the first millisecond has happened.
    terminal.until("near the start", |it| position(it).is_some_and(|(at, _)| at < last / 3));
    terminal.press("9");
    terminal.until("near the end", |it| position(it).is_some_and(|(at, _)| at > 2 && at <= last));
    terminal.press("[");
    terminal.press("]");
    terminal.press("0 ");
    until_at(&mut terminal, last);
}

#[test]
fn moments_are_marked_and_found_again_in_the_next_replay() {
    let (house, _) = told();
    let (mut terminal, _) = begun(&house);
    // What n goes to is chosen by its kind.
    terminal.press_for("'", "What n and N go to");
    terminal.until_shown("errors: 1");
    terminal.press("j");
    terminal.press_for(ENTER, "`missing.txt` does not exist");
    terminal.press_for("n", "no more errors after this");
    terminal.press_for("M", "A note at");
    terminal.press("it looks for what is not there");
    terminal.press_for(ENTER, "⚑ it looks for what is not there");
    let marked = position(&terminal.screen).unwrap().0;
    terminal.press("g");
    terminal.until_gone("it looks for what is not there");
    terminal.until_shown("Nobody is on stage yet: Space plays on.");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let (mut terminal, _) = begun(&house);
    // The last choice is the note; the first is to cancel.
    terminal.press_for("'", "it looks for what is not there");
    terminal.press("kk");
    terminal.press_for(ENTER, "⚑ it looks for what is not there");
    until_at(&mut terminal, marked);
}

#[test]
fn a_session_is_listed_and_found_by_the_beginning_of_its_name() {
    let (house, _) = told();
    let list = house.say(&["sessions"]);
    assert!(list.contains("tell me"), "{list}");
    let name = house.journal().parent().unwrap().file_name().unwrap().to_owned();
    let mut terminal = house.start(&["replay", &name.to_string_lossy()[..12]]);
    terminal.until("a position", |it| position(it).is_some());
    terminal.until_shown("REPLAY");
}

/// A transcript of Claude Code on this machine.
fn transcript(house: &House) -> String {
    let recorded = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/interop/claude-code.jsonl");
    let path = house.project().join("4c1f.jsonl");
    fs::copy(recorded, &path).unwrap();
    path.display().to_string()
}

#[test]
fn a_transcript_of_claude_code_is_played_on_the_same_screen_and_left_alone() {
    let house = House::open(STORY);
    let path = transcript(&house);
    let before = fs::read(&path).unwrap();
    let mut terminal = house.start(&["replay", &path]);
    terminal.until_shown("REPLAY");
    terminal.press("G");
    terminal.until_shown("claude done");
    terminal.press_for(ENTER, "Events");
    terminal.until_shown("All 1 steps are done.");
    terminal.until_shown("$0.0230");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_eq!(fs::read(&path).unwrap(), before);
    let left = fs::read_dir(house.at("state")).unwrap().map(|it| it.unwrap().file_name());
    let left: Vec<_> = left.filter(|it| it != "log").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_transcript_is_told_in_figures_and_what_is_none_is_named() {
    let house = House::open(STORY);
    let path = transcript(&house);
    let told = house.say(&["sessions", "show", &path, "--json"]);
    let figures: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&figures["format"], &figures["responses"]), (&"claude-code".into(), &4.into()));
    assert_eq!(figures["cost_nano_dollars"], figures["reported_nano_dollars"]);
    let told = house.say(&["sessions", "show", &path]);
    assert!(told.contains("a log of claude-code: 27 records"), "{told}");
    // One JSON value on many lines is no damaged journal.
    let chat = house.project().join("chat.json");
    let message = r#"{ "id": "m1", "type": "user", "content": "hello" }"#;
    let text = format!(
        "{{\n\"sessionId\": \"s\",\n\"projectHash\": \"p\",\n\"messages\": [\n{message}\n]\n}}\n"
    );
    fs::write(&chat, text).unwrap();
    let told = house.say(&["sessions", "show", &chat.display().to_string()]);
    assert!(told.contains("a log of gemini-cli: 1 record\n"), "{told}");
    let other = house.project().join("notes.txt");
    fs::write(&other, "no log\n").unwrap();
    let told = house.say(&["sessions", "show", &other.display().to_string()]);
    assert!(told.contains("notes.txt is no journal, and no log that is known"), "{told}");
}
