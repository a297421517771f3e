//! What a model thinks and says and what a tool prints: S01 to S07.

use super::{assert_straight, assert_tame, look_everywhere, outlandish, quoted};
use crate::{house::House, terminal::*};
use std::fs;

/// A session in which an agent thought, printed and said a text.
struct Spoken {
    house: House,
    terminal: Terminal,
    stage: Vec<String>,
    log: Vec<String>,
}

/// What a screen shows of its agents, without what the clock moves.
fn still(terminal: &Terminal) -> Vec<String> {
    let row = |row: String| {
        let digits: String = row.chars().filter(|it| !it.is_ascii_digit()).collect();
        digits.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let rows = terminal.screen.rows();
    let [_header, rows @ .., _footer] = &rows[..] else { panic!("{terminal:?}") };
    rows.iter().cloned().map(row).map(|it| it.replace('─', "")).collect()
}

fn speak(text: &[u8]) -> Spoken {
    let said = quoted(&String::from_utf8_lossy(text));
    let used = "usage = { input = 10, output = 10 }";
    let house = House::open(&format!(
        "[[part]]\nname = \"any\"\n\n[[part.turn]]\nthink = \"{said}\"\nsay = \"{said}\"\n{used}\n\
         calls = [{{ tool = \"shell\", with = {{ command = \"cat told\" }} }}]\n\n\
         [[part.turn]]\nsay = \"{said} the end.\"\n{used}\n"
    ));
    fs::write(house.project().join("told"), text).unwrap();
    let mut terminal = house.start_in((100, 40), &["run", "worker", "speak"]);
    terminal.until_shown("worker done");
    terminal.until_shown("the end.");
    // It is looked at, and needs nobody any more.
    terminal.until_gone("I inbox");
    assert_straight(&terminal);
    let stage = still(&terminal);
    terminal.press_for(ENTER, "Events");
    terminal.until_shown("the end.");
    let log = still(&terminal);
    Spoken { house, terminal, stage, log }
}

/// A hostile text looks in every view exactly like its harmless words, and no
/// byte of it commands the terminal: neither live, nor listed, nor replayed.
#[track_caller]
fn assert_only_words(hostile: impl AsRef<[u8]>, words: &str) {
    let mut spoken = speak(hostile.as_ref());
    let twin = speak(words.as_bytes());
    assert!(twin.terminal.screen.has(words), "{:?}", twin.terminal);
    assert_eq!(spoken.stage, twin.stage);
    assert_eq!(spoken.log, twin.log);
    let terminal = &mut spoken.terminal;
    terminal.press(ESC);
    terminal.until_gone("Events");
    look_everywhere(terminal);
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_tame(terminal);
    assert_eq!(terminal.left_over(), Vec::<String>::new());
    let house = &spoken.house;
    let listed = [house.say(&["sessions"]), house.say(&["sessions", "show", "last"])].concat();
    assert_eq!(outlandish(listed.as_bytes()), Vec::<String>::new(), "{listed}");
}

#[test]
fn s01_a_clipboard_sequence_reaches_no_terminal() {
    assert_only_words("a\u{1b}]52;c;aGVsbG8=\u{7}b", "ab");
    // Without its escape it is a text like any other.
    assert_only_words("]52;c;aGVsbG8= is base64", "]52;c;aGVsbG8= is base64");
}

#[test]
fn s02_the_windows_title_is_only_ever_ours() {
    assert_only_words("a\u{1b}]0;root@prod\u{7}b\u{1b}]2;x\u{1b}\\c", "abc");
}

#[test]
fn s03_a_link_shows_where_it_leads_and_is_none_to_the_terminal() {
    assert_only_words(
        "\u{1b}]8;;http://evil\u{1b}\\https://good.com\u{1b}]8;;\u{1b}\\",
        "https://good.com",
    );
    let marked = speak(b"see [https://good.com](http://evil.example) now");
    assert!(marked.terminal.screen.has("http://evil.example"), "{:?}", marked.terminal);
}

#[test]
fn s04_cursor_screen_and_colours_outside_a_pane_are_left_alone() {
    assert_only_words("a\u{1b}[2J\u{1b}[H\u{1b}[10A\u{1b}[1;31mAPPROVED", "aAPPROVED");
}

#[test]
fn s05_controls_of_eight_bits_are_controls_too() {
    assert_only_words("a\u{9b}2Jb\u{9d}0;x\u{9c}c\u{85}d", "abcd");
    // A byte that is no text becomes a mark, and what follows it stays text.
    assert_only_words(b"a\x9b2Jb", "a\u{fffd}2Jb");
}

#[test]
fn s06_an_unfinished_sequence_swallows_nothing_of_ours() {
    let start = "x".repeat(4088);
    for (cut, rest) in [("\u{1b}]0;abc", "\nnormal text"), ("\u{1b}[3", "\nnormal text")] {
        let spoken = speak(format!("{start}{cut}{rest}").as_bytes());
        assert!(spoken.terminal.screen.has("normal text"), "{:?}", spoken.terminal);
        assert_tame(&spoken.terminal);
    }
    // One that never ends is cut at a limit, even without an end of line.
    let words = "word ".repeat(1600);
    let spoken = speak(format!("{start}\u{1b}]0;abc {words}normal text").as_bytes());
    assert!(spoken.terminal.screen.has("normal text"), "{:?}", spoken.terminal);
    assert_tame(&spoken.terminal);
}

#[test]
fn s07_strings_for_a_terminal_are_left_out() {
    let strings = [
        "\u{1b}Pq#0;2;0;0;0#0~~@@\u{1b}\\",
        "\u{1b}_app\u{1b}\\",
        "\u{1b}^private\u{1b}\\",
        "\u{1b}Xstart\u{1b}\\",
        "\u{1b}Ptmux;\u{1b}\u{1b}]0;z\u{7}\u{1b}\\",
        "\u{1b}_Gf=100,a=T;AAAA\u{1b}\\",
        "\u{1b}]1337;File=inline=1:AAAA\u{7}",
    ];
    assert_only_words(format!("a{}b", strings.join("-")), "a------b");
}

/// The most memory that a process has had so far, in MiB.
fn peak(terminal: &Terminal) -> u64 {
    let pid = terminal.pid().as_raw_nonzero();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

#[test]
fn s07_a_payload_of_any_size_is_held_nowhere() {
    let command =
        "printf 'a\\033_G'; head -c 104857600 /dev/zero | tr '\\0' A; printf '\\033\\\\b'";
    let house = House::open(&super::wants(command));
    let mut terminal = house.start(&["run", "worker", "speak"]);
    terminal.until_shown("That was all.");
    assert_tame(&terminal);
    assert!(peak(&terminal) < 200, "{} MiB", peak(&terminal));
    assert!(house.asked()[1].last_result.len() < 100_000);
    assert!(fs::metadata(house.journal()).unwrap().len() < 1 << 20);
}
