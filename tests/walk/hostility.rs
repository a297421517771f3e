//! What a model says, what a tool prints and what a file is called never
//! reaches the terminal as anything but text.

use crate::{house::House, terminal::*};

/// What may not come out as it stands: clipboard, titles, links, the screen,
/// 8-bit controls, a sequence that does not end, strings for the terminal,
/// resets, and characters that nobody sees.
const PAYLOADS: [&str; 12] = [
    "\u{1b}]52;c;aGVsbG8=\u{7}",
    "\u{1b}]0;root@prod\u{7}",
    "\u{1b}]2;x\u{1b}\\",
    "\u{1b}]8;;http://evil\u{1b}\\https://good.com\u{1b}]8;;\u{1b}\\",
    "\u{1b}[2J\u{1b}[H\u{1b}[10A\u{1b}[1;31mAPPROVED",
    "\u{9b}2J\u{9d}0;x\u{9c}",
    "\u{1b}Pq#0;2;0;0;0\u{1b}\\\u{1b}_Gf=24\u{1b}\\\u{1b}^x\u{1b}\\\u{1b}Xy\u{1b}\\",
    "\u{1b}]1337;File=inline=1:AAAA\u{7}\u{1b}Ptmux;\u{1b}\u{1b}]0;z\u{7}\u{1b}\\",
    "\u{1b}c\u{1b}]0;x\u{7}\r\n",
    "\u{202e}txt.exe\u{2066}\u{2069}",
    "\u{e0041}\u{e0042}\u{200b}\u{ad}\u{feff}",
    "ls\u{8}\u{8}rm\rno\u{1b}[?1049l\u{1b}[?25h\u{1b}[<u\u{1b}]0;abc",
];

/// In a TOML string.
fn quoted(text: &str) -> String {
    let letters: Vec<String> = text.chars().map(|it| format!("\\U{:08X}", u32::from(it))).collect();
    letters.concat()
}

/// A rehearsal that says, prints, names files and asks with every payload.
fn rehearsal() -> String {
    let all: Vec<String> = PAYLOADS.iter().map(|it| quoted(it)).collect();
    let said = all.join(" and ");
    let mut calls = Vec::new();
    for (number, payload) in all.iter().enumerate() {
        let path = format!("file-{number}-{}", payload.replace("\\U0000002F", ""));
        calls.push(format!(
            "{{ tool = \"write\", with = {{ path = \"{path}\", content = \"{payload}\" }} }}"
        ));
    }
    calls.push("{ tool = \"list\", with = { path = \".\" } }".to_owned());
    calls.push("{ tool = \"shell\", with = { command = \"cat file-*\" } }".to_owned());
    calls.push("{ tool = \"shell\", with = { command = \"printf '\\\\233'2J; ls\" } }".to_owned());
    format!(
        "[[part]]\nname = \"evil\"\nbrief = \"be evil\"\n\n[[part.turn]]\nthink = \"{said}\"\n\
         say = \"{said}\"\ncalls = [{}]\n\n[[part.turn]]\ncalls = [{{ tool = \"ask\", with = {{ \
         question = \"Well? {said}\", options = [\"{}\", \"{}\"] }} }}]\n\n\
         [[part.turn]]\nsay = \"{said} the end.\"\n",
        calls.join(", "),
        all[0],
        all[4],
    )
}

/// Sequences that the program itself never writes.
fn outlandish(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut found: Vec<String> = Vec::new();
    for part in text.split('\u{1b}').skip(1) {
        let is_ours = match part.as_bytes().first() {
            Some(b'[') => {
                let end = part[1..].find(|it: char| ('@'..='~').contains(&it));
                end.is_some_and(|end| "mHJKhlut".contains(&part[1 + end..2 + end]))
            }
            Some(b']') => ["]11;?", "]0;auteur · "].iter().any(|it| part.starts_with(it)),
            Some(b'\\') => true,
            _ => false,
        };
        if !is_ours {
            found.push(part.chars().take(20).collect());
        }
    }
    let is_hidden = |it: &char| {
        matches!(*it, '\u{80}'..='\u{9f}' | '\u{200b}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}' | '\u{e0000}'..='\u{e007f}')
    };
    found.extend(text.chars().filter(is_hidden).map(|it| format!("U+{:04X}", u32::from(it))));
    found
}

#[track_caller]
fn assert_tame(terminal: &Terminal) {
    assert_eq!(outlandish(&terminal.raw), Vec::<String>::new(), "{terminal:?}");
    let titles = terminal.screen.titles();
    assert!(titles.iter().all(|it| it.starts_with("auteur · ")), "{titles:?}");
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

#[test]
fn nothing_that_an_agent_brings_controls_the_terminal() {
    let house = House::open(&rehearsal());
    let mut terminal = house.start_in((100, 40), &["run", "worker", "be evil\u{1b}]0;brief\u{7}"]);
    terminal.until_shown("1 needs you");
    assert_tame(&terminal);
    assert_straight(&terminal);
    terminal.press("w2");
    terminal.until_shown("worker done");
    assert_straight(&terminal);
    terminal.press_for(ENTER, "Events");
    for tab in ["2", "3", "4", "5", "6", "1"] {
        let before = terminal.screen.text();
        terminal.press(tab);
        terminal.until("another tab", |it| it.text() != before);
        terminal.press("g");
        terminal.press("G");
    }
    terminal.press_for("?", "What the keys do");
    assert_tame(&terminal);
    terminal.press(ESC);
    terminal.press(ESC);
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_tame(&terminal);
    assert_eq!(terminal.left_over(), Vec::<String>::new());
    let listed = [house.say(&["sessions"]), house.say(&["sessions", "show", "0"])].concat();
    assert_eq!(outlandish(listed.as_bytes()), Vec::<String>::new(), "{listed}");
    // And again from the journal.
    let mut terminal =
        house.start_in((100, 40), &["replay", &house.journal().display().to_string()]);
    terminal.press_for("G", "worker done");
    terminal.press_for(ENTER, "Events");
    assert_tame(&terminal);
}

/// A command whose end is far below its beginning.
fn long_command() -> String {
    let lines: Vec<String> = (1..=80).map(|it| format!("true {it}")).collect();
    format!("{}\\necho evil >> evil", lines.join("\\n"))
}

fn asks_for(command: &str) -> String {
    format!(
        "[[part]]\nname = \"pad\"\nbrief = \"pad\"\n\n[[part.turn]]\n\
         calls = [{{ tool = \"shell\", with = {{ command = \"{command}\" }} }}]\n\n\
         [[part.turn]]\nsay = \"That was all.\"\n"
    )
}

#[test]
fn a_command_is_not_approved_before_its_end_was_on_the_screen() {
    let house = House::open(&asks_for(&long_command()));
    let mut terminal = house.start(&["run", "asker", "pad"]);
    terminal.until_shown("1 needs you");
    assert!(!terminal.screen.has("echo evil"), "{terminal:?}");
    terminal.press_for("w", "true 1");
    terminal.press_for("a", "read it to its end first");
    terminal.press("aaa");
    for _ in 0..100 {
        terminal.press("j");
    }
    terminal.until_shown("echo evil");
    assert_eq!(house.marks("evil"), 0);
    terminal.press_for("a", "That was all.");
    assert_eq!(house.marks("evil"), 1);
}

#[test]
fn blanks_hide_nothing() {
    for blanks in [" ".repeat(300), "\\n".repeat(200)] {
        let house = House::open(&asks_for(&format!("ls{blanks}; echo evil >> evil")));
        let mut terminal = house.start(&["run", "asker", "pad"]);
        terminal.until_shown("1 needs you");
        terminal.press("w");
        terminal.until_shown("echo evil");
        assert_eq!(house.marks("evil"), 0);
    }
}

#[test]
fn a_paste_that_ends_itself_approves_nothing() {
    let house = House::open(&asks_for("echo evil >> evil"));
    let mut terminal = house.start(&["run", "asker", "pad"]);
    terminal.until_shown("1 needs you");
    terminal.press("w");
    terminal.until_shown("D deny");
    // Bytes that a terminal lets through unchanged: the rest looks like keys.
    terminal.press("\x1b[200~x\x1b[201~y\r\x1b[201~");
    terminal.press_for("?", "What the keys do here");
    terminal.press(ESC);
    terminal.until_gone("What the keys do here");
    assert_eq!((house.marks("evil"), house.asked().len()), (0, 1));
}
