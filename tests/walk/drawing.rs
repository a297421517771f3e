//! Every size, few colours, and silence while nothing happens.

use crate::{
    directing::{ROUNDS, talk},
    house::House,
    terminal::*,
};
use std::time::Duration;

/// Longer than the shortest time after which a clock on the screen moves on.
const WHILE: Duration = Duration::from_millis(1100);

#[test]
fn f13_it_draws_something_sane_in_every_size() {
    let house = House::open(&talk(30));
    for size in [(20, 5), (80, 24), (200, 60), (500, 200), (1, 1), (3, 2), (1, 500), (500, 1)] {
        let mut terminal = house.start_in(size, &["run", "worker", "talk", "worker", "talk"]);
        if size.0 >= 20 && size.1 >= 5 {
            terminal.until("the agents", |it| it.has("worker"));
            terminal.until("their end", |it| it.has("✓"));
        }
        terminal.resize(100, 30);
        terminal.until_shown("✓2");
        terminal.press_for("?", "What the keys do here");
        terminal.press(ESC);
        terminal.press("q");
        assert!(terminal.until_ended().success(), "{size:?}");
        assert_eq!(terminal.left_over(), Vec::<String>::new(), "{size:?}");
    }
}

#[test]
fn f12_a_storm_of_resizes_is_weathered() {
    let house = House::open(&talk(200));
    let mut terminal = house.start(&["run", "worker", "talk", "worker", "talk", "worker", "talk"]);
    for round in 0..120_u16 {
        terminal.resize(1 + round * 37 % 240, 1 + round * 53 % 70);
        if round % 7 == 0 {
            terminal.press(["?", ESC, ENTER, ESC, "r", ESC, ":"][usize::from(round / 7) % 7]);
        }
        terminal.read(Duration::ZERO);
    }
    terminal.resize(100, 30);
    for _ in 0..4 {
        terminal.press(ESC);
    }
    terminal.press_for("?", "What the keys do here");
    terminal.press(ESC);
    terminal.until_gone("What the keys do here");
    terminal.until_shown("✓3");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_eq!(terminal.left_over(), Vec::<String>::new());
}

#[test]
fn a_key_that_comes_with_a_resize_is_heard() {
    let house = House::open(&talk(3));
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("worker done");
    for round in 0..30 {
        terminal.resize(100 + round % 2, 30);
        terminal.press_for("?", "What the keys do here");
        terminal.resize(101 - round % 2, 30);
        terminal.press(ESC);
        terminal.until_gone("What the keys do here");
    }
}

/// Colours in the bytes: parameters of `CSI m` that choose one.
fn colours(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let is_colour =
        |it: &str| matches!(it.parse::<u8>(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107));
    let sequences = text.split("\u{1b}[").skip(1).filter_map(|it| {
        let end = it.find(|it: char| ('@'..='~').contains(&it))?;
        it[end..].starts_with('m').then(|| it[..end].to_owned())
    });
    sequences.filter(|it| it.split(';').any(is_colour)).collect()
}

#[test]
fn without_colour_there_is_none() {
    let mut house = House::open(&talk(5));
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("worker done");
    assert!(!colours(&terminal.raw).is_empty());
    house.set("NO_COLOR", Some("1"));
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("worker done");
    terminal.press_for("?", "What the keys do here");
    terminal.press(ESC);
    terminal.press_for("n", "New agent");
    assert_eq!(colours(&terminal.raw), Vec::<String>::new());
}

/// There is a while in which the program writes nothing; what moves with the
/// clock would write in each.
#[track_caller]
fn assert_falls_silent(terminal: &mut Terminal) {
    for _ in 0..8 {
        if !terminal.read(WHILE) {
            return;
        }
    }
    panic!("it never falls silent\n{terminal:?}");
}

#[test]
fn nothing_is_written_while_nothing_changes() {
    let house = House::open(&talk(5));
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("worker done");
    assert_falls_silent(&mut terminal);
    // What stays on the screen is true for as long as it stays.
    assert!(!terminal.screen.has("tok/s"), "{terminal:?}");
    terminal.press_for("?", "What the keys do here");
    assert_falls_silent(&mut terminal);
    terminal.press("q");
    terminal.press(ESC);
    terminal.press("q");
    terminal.until_ended();
    let mut replay = house.start(&["replay", &house.journal().display().to_string()]);
    replay.press_for("G", "worker done");
    assert_falls_silent(&mut replay);
}

#[test]
fn a_held_agent_is_as_still_as_its_pane() {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.until_shown("worker running");
    terminal.press_for("p", "worker pausing");
    house.allow("go");
    terminal.until_shown("worker paused");
    assert_falls_silent(&mut terminal);
}

/// The red, green and blue of every background that was drawn.
fn backgrounds(raw: &[u8]) -> Vec<Vec<u32>> {
    let text = String::from_utf8_lossy(raw);
    let colour = |it: &str| {
        let numbers = it.split(['m', ';']).take(3).map(|it| it.parse().ok());
        numbers.collect::<Option<Vec<u32>>>().filter(|it| it.len() == 3)
    };
    text.split("48;2;").skip(1).filter_map(colour).collect()
}

#[test]
fn the_background_of_the_terminal_chooses_the_theme_and_its_answer_is_no_key() {
    let house = House::open(&talk(3));
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("worker done");
    let before = terminal.raw.len();
    terminal.press("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    terminal.press_for("?", "What the keys do here");
    let drawn = backgrounds(&terminal.raw[before..]);
    assert!(drawn.iter().any(|it| it.iter().sum::<u32>() > 500), "no light colour: {drawn:?}");
    assert!(!terminal.screen.has("Quit?") && !terminal.screen.has("New agent"), "{terminal:?}");
}

#[test]
fn a_theme_is_tried_on_kept_in_the_settings_and_worn_by_the_next_screen() {
    const DRACULA: [u32; 3] = [0x28, 0x2a, 0x36];
    const NIGHT: [u32; 3] = [0x12, 0x15, 0x1c];
    let house = House::open(&talk(3));
    house.configure(&format!("# mine\n{}\n[ui]\n# as I like it\nfps = 30\n", house.settings()));
    let file = || std::fs::read_to_string(house.at("config/auteur/config.toml")).unwrap();
    let before = file();
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("worker done");
    let try_on = |terminal: &mut Terminal| {
        terminal.press_for("Y", "▸ auto");
        let drawn = terminal.raw.len();
        terminal.press_for("jjjjjjjjjj", "▸ dracula");
        backgrounds(&terminal.raw[drawn..])
    };
    assert!(try_on(&mut terminal).iter().any(|it| *it == DRACULA));
    let drawn = terminal.raw.len();
    terminal.press(ESC);
    terminal.until_gone("How the screen looks");
    let drawn = backgrounds(&terminal.raw[drawn..]);
    assert!(drawn.iter().any(|it| *it == NIGHT) && file() == before, "{drawn:?}");
    try_on(&mut terminal);
    terminal.press_for(ENTER, "the theme is dracula from now on");
    assert_eq!(file(), format!("{before}theme = \"dracula\"\n"));
    terminal.press("q");
    assert!(terminal.until_ended().success());
    let mut replay = house.start(&["replay", &house.journal().display().to_string()]);
    replay.press_for("G", "worker done");
    let drawn = backgrounds(&replay.raw);
    assert!(drawn.contains(&DRACULA.to_vec()) && !drawn.contains(&NIGHT.to_vec()), "{drawn:?}");
    replay.press_for("Y", "▸ dracula");
    assert!(replay.screen.line("▸ dracula").unwrap().contains("kept"));
}
