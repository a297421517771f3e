use super::*;
use proptest::prelude::*;

#[test]
fn clean_text_is_borrowed() {
    let text = "fn main() {\n\tprintln!(\"grüße, 日本 🚀\");\n}";
    assert!(matches!(sanitise(text), Cow::Borrowed(_)));
}

#[test]
fn whole_sequences_are_dropped() {
    let cases = [
        ("a\x1b]52;c;aGVsbG8=\x07b", "ab"),
        ("\x1b]0;root@prod\x07\x1b]2;x\x1b\\done", "done"),
        ("\x1b]8;;http://evil\x1b\\https://good.com\x1b]8;;\x1b\\", "https://good.com"),
        ("\x1b[2J\x1b[H\x1b[10A\x1b[1;31mAPPROVED", "APPROVED"),
        ("\u{9B}2Ja\u{9D}0;x\u{9C}b\u{85}", "ab"),
        ("\x1bPtmux;\x1b\x1b]0;x\x07\x1b\\a", "a"),
        ("\x1b_Gf=100;AAAA\x1b\\a\x1b^p\x1b\\b\x1bXs\x1b\\c", "abc"),
        ("\x1b]1337;File=inline=1:AAAA\x07a", "a"),
        ("\x1bc\x1b(B\x1b#8a\x1b", "a"),
        ("\x1b[31\nred", "\nred"),
        ("50%\r\x1b[K\n", "50%\n"),
    ];
    let got = cases.map(|(foreign, _)| sanitise(foreign).into_owned());
    assert_eq!(got, cases.map(|(_, safe)| safe));
}

#[test]
fn what_is_invisible_becomes_visible() {
    let cases = [
        ("a\r\nb\rc", "a\nb␍c"),
        ("ls\u{8}\u{8}rm\0\u{7F}", "ls␈␈rm␀␡"),
        ("a\u{202E}b\u{2066}c", "a<U+202E>b<U+2066>c"),
        ("\u{200B}\u{AD}\u{FEFF}\u{E0041}", "<U+200B><U+00AD><U+FEFF><U+E0041>"),
        ("a\u{200D}b\u{FE0F}", "a<U+200D>b<U+FE0F>"),
        ("👩\u{200D}", "👩<U+200D>"),
    ];
    let got = cases.map(|(foreign, _)| sanitise(foreign).into_owned());
    assert_eq!(got, cases.map(|(_, shown)| shown));
}

#[test]
fn emoji_stay_whole() {
    for emoji in
        ["👩\u{200D}🔧", "❤\u{FE0F}\u{200D}🔥", "1\u{FE0F}\u{20E3}", "👍🏽", "🏳\u{FE0F}\u{200D}🌈"]
    {
        assert_eq!(sanitise(emoji), emoji);
    }
}

#[test]
fn marks_do_not_climb_over_other_lines() {
    let climbing = format!("e{}", "\u{301}".repeat(20));
    let safe = sanitise(&climbing).into_owned();
    assert_eq!(safe.matches('\u{301}').count(), MARKS);
    assert_eq!(sanitise(&safe), safe);
}

#[test]
fn an_open_sequence_swallows_no_more_than_its_limit() {
    let mut sanitiser = Sanitiser::default();
    let start = format!("{}\x1b]0;abc", "x".repeat(4088));
    assert_eq!(sanitiser.push(start.as_bytes()).len(), 4088);
    let words = "word ".repeat(1000);
    let rest = sanitiser.push(words.as_bytes());
    assert!(rest.ends_with("word word ") && rest.len() > 3900, "{}", rest.len());
    assert_eq!(sanitise("\x1b]0;abc\nnext line"), "\nnext line");
}

#[test]
fn a_huge_payload_is_dropped_without_being_held() {
    let mut sanitiser = Sanitiser::default();
    assert_eq!(sanitiser.push(b"a\x1b_G"), "a");
    let payload = vec![b'A'; 65_536];
    for _ in 0..64 {
        assert_eq!(sanitiser.push(&payload), "");
    }
    assert!(sanitiser.torn.capacity() < 64);
    assert_eq!(sanitiser.push(b"\x1b\\b"), "b");
}

#[test]
fn bytes_that_are_no_text_become_replacement_characters() {
    let mut sanitiser = Sanitiser::default();
    assert_eq!(sanitiser.push(b"a\x9b2Jb\xE6\x97"), "a\u{FFFD}2Jb");
    assert_eq!(sanitiser.push(b"\xA5\xE6"), "日");
    assert_eq!(sanitiser.finish(), "\u{FFFD}");
}

#[test]
fn a_name_is_one_clean_line() {
    assert_eq!(one_line("\x1bc\x1b]0;x\x07\r\n", 20), "");
    assert_eq!(one_line("fix\nthe\tbug\u{202E}", 40), "fix⏎the bug<U+202E>");
    assert_eq!(one_line(&"long ".repeat(100_000), 10), "long long…");
}

/// Pieces that sequences, emoji and lies are made of.
fn foreign() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\x1b",
            "\x1b[",
            "\x1b]0;",
            "\x1bP",
            "\x1b\\",
            "\x07",
            "\r",
            "\n",
            "\t",
            "m",
            "1;31",
            "\u{9B}",
            "\u{9D}",
            "\u{9C}",
            "\u{85}",
            "\u{200D}",
            "\u{FE0F}",
            "\u{202E}",
            "👩",
            "🔧",
            "1",
            "e\u{301}",
            "\u{301}",
            "\u{E0041}",
            "日",
            " ",
            "\u{8}",
            "\u{18}",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        "[ -~]{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn in_pieces(bytes: &[u8], cuts: &[usize]) -> String {
    let mut sanitiser = Sanitiser::default();
    let mut shown = String::new();
    let mut rest = bytes;
    for cut in cuts {
        let (piece, later) = rest.split_at((*cut).min(rest.len()));
        shown.push_str(&sanitiser.push(piece));
        rest = later;
    }
    shown.push_str(&sanitiser.push(rest));
    shown + &sanitiser.finish()
}

proptest! {
    #[test]
    fn no_terminal_obeys_the_result(text in foreign()) {
        let safe = sanitise(&text);
        prop_assert!(!safe.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\t')));
        let without_emoji: String =
            safe.chars().filter(|it| !matches!(it, '\u{200D}' | '\u{FE0E}' | '\u{FE0F}')).collect();
        prop_assert!(!without_emoji.chars().any(is_invisible));
    }

    #[test]
    fn sanitising_twice_changes_nothing(text in foreign()) {
        let once = sanitise(&text).into_owned();
        prop_assert_eq!(sanitise(&once), once.as_str());
    }

    #[test]
    fn it_does_not_matter_where_a_stream_is_cut(
        text in foreign(), cuts in prop::collection::vec(0..7usize, 0..40),
    ) {
        prop_assert_eq!(in_pieces(text.as_bytes(), &cuts), sanitise(&text).into_owned());
    }

    #[test]
    fn nor_for_bytes_that_are_no_text(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        cuts in prop::collection::vec(0..7usize, 0..20),
    ) {
        let lossy = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert_eq!(in_pieces(&bytes, &cuts), sanitise(&lossy).into_owned());
    }
}
