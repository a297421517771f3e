//! Attacks on the real program, each by its number: what a model says, what a
//! tool prints and what a thing is called is text to the terminal, and nothing
//! more. Beside each stands its twin, which looks alike, is harmless and passes.

mod approving;
mod forging;
mod leaving;
mod lending;
mod names;
mod paths;
mod speaking;
mod terminals;

use crate::{house::House, terminal::*};

/// Any text in a string of TOML.
fn quoted(text: &str) -> String {
    use std::fmt::Write as _;
    text.chars().fold(String::new(), |mut quoted, it| {
        write!(quoted, "\\U{:08X}", u32::from(it)).unwrap();
        quoted
    })
}

/// A model that asks for one shell command, then says that this was all.
fn wants(command: &str) -> String {
    let command = quoted(command);
    format!(
        "[[part]]\nname = \"any\"\n\n[[part.turn]]\n\
         calls = [{{ tool = \"shell\", with = {{ command = \"{command}\" }} }}]\n\n\
         [[part.turn]]\nsay = \"That was all.\"\n"
    )
}

/// Sequences that the program itself never writes, and characters that nobody
/// sees.
fn outlandish(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut found: Vec<String> = Vec::new();
    for part in text.split('\u{1b}').skip(1) {
        let is_ours = match part.as_bytes().first() {
            Some(b'[') => {
                let end = part[1..].find(|it: char| ('@'..='~').contains(&it));
                end.is_some_and(|end| "mHJKhlut".contains(&part[1 + end..2 + end]))
            }
            Some(b']') => {
                part.starts_with("]11;?") || part.strip_prefix("]0;").is_some_and(is_our_title)
            }
            Some(b'\\') => true,
            _ => false,
        };
        if !is_ours {
            found.push(part.chars().take(20).collect());
        }
    }
    found.extend(unseen(&text));
    found
}

/// A title that says what this is, and how many need the director.
fn is_our_title(title: &str) -> bool {
    let counted = title.strip_prefix('(').and_then(|it| it.split_once(") "));
    let (count, rest) = counted.unwrap_or(("", title));
    count.chars().all(|it| it.is_ascii_digit()) && rest.starts_with("auteur · ")
}

/// Characters that a terminal obeys or that nobody sees, line ends aside.
fn unseen(text: &str) -> Vec<String> {
    let is_unseen = |it: &char| {
        matches!(*it, '\u{7f}'..='\u{9f}' | '\u{200b}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}' | '\u{e0000}'..='\u{e007f}')
    };
    text.chars().filter(is_unseen).map(|it| format!("U+{:04X}", u32::from(it))).collect()
}

/// Nothing came out of the program but what it writes by itself.
#[track_caller]
fn assert_tame(terminal: &Terminal) {
    assert_eq!(outlandish(&terminal.raw), Vec::<String>::new(), "{terminal:?}");
    let titles = terminal.screen.titles();
    assert!(titles.iter().all(|it| is_our_title(it)), "{titles:?}");
}

/// What was printed without a screen holds no order to a terminal.
#[track_caller]
fn assert_plain(said: &str) {
    let is_order = |it: &char| it.is_control() && !matches!(it, '\n' | '\t');
    assert!(!said.chars().any(|it| is_order(&it)), "{said:?}");
    assert_eq!(unseen(said), Vec::<String>::new(), "{said:?}");
}

/// The pane's right border stands in one column, from top to bottom.
#[track_caller]
fn assert_straight(terminal: &Terminal) {
    let rows = terminal.screen.rows();
    let panes: Vec<&String> = rows.iter().filter(|it| it.starts_with(['│', '┃'])).collect();
    assert!(panes.len() > 5, "{terminal:?}");
    for row in panes {
        assert!(row.ends_with(['│', '┃']), "{row:?}\n{terminal:?}");
    }
}

/// Goes through everything that can be looked at of an agent that is over.
#[track_caller]
fn look_everywhere(terminal: &mut Terminal) {
    terminal.press_for(ENTER, "Events");
    for tab in ["2", "3", "4", "5", "6", "1"] {
        let before = terminal.screen.text();
        terminal.press(tab);
        terminal.until("another tab", |it| it.text() != before);
        terminal.press("g");
        terminal.press("G");
    }
    terminal.press_for("?", "What the keys do");
    terminal.press(ESC);
    terminal.until_gone("What the keys do");
    terminal.press(ESC);
    terminal.until_gone("Events");
}

/// An agent that asks before it runs this command, with the keys on its request.
fn asking(command: &str) -> (House, Terminal) {
    let house = House::open(&wants(command));
    let mut terminal = house.start(&["run", "asker", "ask me"]);
    terminal.until_shown("1 needs you");
    terminal.press_for("w", "always for this agent");
    (house, terminal)
}
