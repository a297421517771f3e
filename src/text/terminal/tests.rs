use super::*;
use proptest::prelude::*;

const SIZE: (u16, u16) = (20, 5);

fn fed(text: &str) -> Emulator {
    let mut emulator = Emulator::new(SIZE, 64 * 1024);
    emulator.feed(text);
    emulator
}

/// Everything that can be seen of it.
fn seen(emulator: &Emulator) -> (Vec<Row>, Option<(u16, u16)>, Modes) {
    let scrolled = emulator.scrolled().cast_signed();
    let rows = -scrolled..isize::try_from(emulator.size().1).unwrap();
    let rows = rows.map(|row| emulator.row(row).into_owned()).collect();
    (rows, emulator.cursor(), emulator.modes())
}

fn lines(emulator: &Emulator) -> Vec<String> {
    seen(emulator).0.iter().map(|it| it.text().to_owned()).collect()
}

#[test]
fn colours_and_looks_are_kept_and_nothing_more() {
    let emulator = fed("a\x1b[1;31mbc\x1b[0;48;2;1;2;3m d\x1b[m   ");
    let row = emulator.row(0);
    let red = Pen { fore: Some(Paint::Indexed(1)), bold: true, ..Pen::default() };
    let back = Pen { back: Some(Paint::Rgb(1, 2, 3)), ..Pen::default() };
    let glyphs: Vec<_> = row.glyphs().map(|it| (it.text, it.column, it.pen)).collect();
    let plain = Pen::default();
    let expected = [("a", 0, plain), ("b", 1, red), ("c", 2, red), (" ", 3, back), ("d", 4, back)];
    assert_eq!(glyphs, expected);
}

#[test]
fn a_wide_character_takes_two_columns_and_is_never_halved() {
    let emulator = fed("漢字e\u{301}x\x1b[1;2H!");
    let row = emulator.row(0);
    let glyphs: Vec<_> = row.glyphs().map(|it| (it.text, it.column, it.width)).collect();
    let expected = [(" ", 0, 1), ("!", 1, 1), ("字", 2, 2), ("e\u{301}", 4, 1), ("x", 5, 1)];
    assert_eq!(glyphs, expected);
}

#[test]
fn rows_that_leave_the_screen_are_kept_in_bounded_memory() {
    let mut emulator = Emulator::new(SIZE, 10_000);
    for n in 0..5000 {
        emulator.feed(&format!("line {n}\r\n"));
    }
    assert_eq!(emulator.row(-1).text(), "line 4995");
    assert_eq!(emulator.row(0).text(), "line 4996");
    let kept: usize =
        (1..=emulator.scrolled().cast_signed()).map(|it| emulator.row(-it).weight()).sum();
    assert!((5_000..=10_000).contains(&kept), "{kept}");
}

#[test]
fn the_other_screen_comes_and_goes_and_leaves_no_history() {
    let mut emulator = fed("before\r\n\x1b[?1049h\x1b[2J\x1b[H");
    for n in 0..50 {
        emulator.feed(&format!("{n}\r\n"));
    }
    assert!(emulator.modes().is_alternate && emulator.scrolled() == 0);
    emulator.feed("\x1b[?1049l");
    assert_eq!(lines(&emulator), ["before", "", "", "", ""]);
}

#[test]
fn what_is_asked_of_a_terminal_is_answered_and_nothing_else() {
    let mut emulator = Emulator::answering((80, 24));
    emulator.feed("\x1b[c\x1b[5n\x1b[2;3H\x1b[6n\x1b[18t");
    assert_eq!(emulator.answers(), "\x1b[?6c\x1b[0n\x1b[2;3R\x1b[8;24;80t");
    emulator.feed("\x1b]11;?\x1b\\");
    assert_eq!(emulator.answers(), "\x1b]11;rgb:1010/1010/1010\x1b\\");
    // Titles, the clipboard and settings are told to nobody, least of all as if
    // somebody typed them.
    emulator.feed("\x1b]0;rm -rf\x07\x1b[21t\x1b]52;c;?\x07\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x07");
    assert_eq!(emulator.answers(), "");
    let mut deaf = Emulator::new(SIZE, 0);
    deaf.feed("\x1b[c\x1b[6n");
    assert_eq!(deaf.answers(), "");
}

#[test]
fn characters_that_move_others_are_not_shown() {
    let emulator = fed("a\u{202e}b\u{200d}\u{115f}c\u{feff}");
    assert_eq!(emulator.row(0).text(), "ab  c");
}

#[test]
fn an_update_that_is_never_ended_hides_nothing() {
    assert_eq!(fed("\x1b[?2026hhere").row(0).text(), "here");
}

#[test]
fn the_modes_that_matter_are_known() {
    let modes = fed("\x1b[?1h\x1b[?2004h\x1b[?1002h\x1b[?1006h").modes();
    let expected = Modes {
        app_cursor: true,
        brackets: true,
        mouse: Mouse::Drags,
        sgr_mouse: true,
        is_alternate: false,
    };
    assert_eq!(modes, expected);
    assert_eq!(fed("\x1b[?25l").cursor(), None);
}

const UPHEAVALS: &[&str] = &[
    "\x1bc",
    "\x1b[3J",
    "\x1b[2J",
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[?47h",
    "\x1b[9S",
    "\x1b[3",
    "\x1b[999b",
    "\x1b\r\nc",
    "\x1b[3\nJ",
    "\n\n\n\n",
    "\x1b[2;4r",
];

#[test]
fn what_left_the_screen_is_kept_when_a_program_clears_all() {
    for clear in ["\x1b[3J", "\x1bc", "\x1b[?1049h"] {
        let emulator = fed(&format!("one\r\n{}{clear}", "\r\n".repeat(9)));
        assert_eq!(emulator.row(-6).text(), "one", "{clear:?}");
    }
}

fn printed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -~]{0,30}",
        2 => Just("\r\n".to_owned()),
        2 => prop::sample::select(UPHEAVALS).prop_map(str::to_owned),
        4 => "\\x1b\\[[?<>=!]?[0-9;:]{0,9}[@-~]",
        1 => "\\x1b[ -~]",
        1 => "\\x1b[\\]PX_^][ -~]{0,20}(\\x07|\\x1b\\\\)?",
        1 => "\\PC{0,4}",
        1 => any::<String>(),
        1 => "(漢|\u{17d8}|e\u{301}|👩\u{200d}🚀|\u{202e}|\u{9b}|\t|\u{8}){1,4}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn anything_can_be_printed_and_cut_anywhere(text in printed(), cut in 0usize..400, size in (1u16..60, 1u16..20)) {
        let cut = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
        let (mut whole, mut parts) = (Emulator::new(SIZE, 5000), Emulator::new(SIZE, 5000));
        whole.feed(&text);
        parts.feed(&text[..cut]);
        parts.feed(&text[cut..]);
        prop_assert_eq!(seen(&whole), seen(&parts));
        for emulator in [&mut whole, &mut parts] {
            emulator.resize(size);
            emulator.feed(&text);
        }
        prop_assert_eq!(seen(&whole), seen(&parts));
        let rows = usize::from(whole.size().1);
        for row in seen(&whole).0.into_iter().rev().take(rows) {
            prop_assert!(row.glyphs().all(|it| !it.text.chars().any(char::is_control)), "{:?}", row);
            let end = row.glyphs().last().map_or(0, |it| it.column + it.width);
            prop_assert!(end <= usize::from(whole.size().0), "{} in {:?}", end, row);
        }
    }
}
