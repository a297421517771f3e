use super::*;
use crate::text::Look;
use proptest::prelude::*;

fn told(text: &str, cells: usize) -> Vec<String> {
    markdown(text, cells).iter().map(Line::text).collect()
}

fn look_of(text: &str, word: &str) -> Option<Look> {
    let lines = markdown(text, 60);
    let mut spans = lines.iter().flat_map(|line| &line.0);
    spans.find(|span| span.text.contains(word)).map(|span| span.look)
}

#[test]
fn blocks_stand_apart() {
    let text =
        "# Plan\nFirst *look*.\n\n- one\n- two\n  1. deep\n  2. down\n- [x] done\n\nLast.\n\n---\n";
    let lines = [
        "# Plan",
        "",
        "First look.",
        "",
        "• one",
        "• two",
        "  1. deep",
        "  2. down",
        "• ☑ done",
        "",
        "Last.",
        "",
        "────────────────────",
    ];
    assert_eq!(told(text, 20), lines);
}

#[test]
fn every_piece_knows_what_it_is() {
    use Look::{Address, Code, CodeBlock, CodeTag, Emphasis, Link, Quote, Strong, Struck};
    let text = "**bold** *lean* ~~gone~~ `code` [words](http://a.b)\n\n> quoted\n\n```rust\nfn f() {}\n```";
    let looks = ["bold", "lean", "gone", "code", "words", "(http://a.b)", "quoted", "rust", "fn f"]
        .map(|word| look_of(text, word).unwrap());
    assert_eq!(looks, [Strong, Emphasis, Struck, Code, Link, Address, Quote, CodeTag, CodeBlock]);
}

#[test]
fn list_items_and_quotes_hang() {
    assert_eq!(told("- one two three\n", 9), ["• one two", "  three"]);
    assert_eq!(told("> one two three\n", 9), ["▎ one two", "▎ three"]);
    assert_eq!(told("- a\n\n  b\n", 9), ["• a", "", "  b"]);
}

#[test]
fn a_narrow_list_keeps_its_markers() {
    let lines = ["• a", "◦ b", "▪ c", "• d"];
    assert_eq!(told("- a\n  - b\n    - c\n      - d\n", 4)[0], lines[0]);
    assert_eq!(told("- a\n  - b\n    - c\n      - d\n", 5)[2..], lines[2..]);
}

#[test]
fn code_is_kept_as_it_is() {
    let text = "```py\nif a:\n    b  =  1\n\n    c\n```\n";
    assert_eq!(told(text, 40), ["  py", "  if a:", "      b  =  1", "  ", "      c"]);
    assert_eq!(look_of("```diff\n+new\n-old\n```", "new"), Some(Look::Added));
}

#[test]
fn an_address_is_always_seen() {
    assert_eq!(told("[good.com](http://evil)", 60), ["good.com (http://evil)"]);
    assert_eq!(told("<https://a.b>", 60), ["https://a.b"]);
}

#[test]
fn an_entity_cannot_write_to_the_terminal() {
    let text = "a&#27;[31mb &#x9b;2J &#x202e;c [x](http://&#27;]0;y&#7;) `&#27;`";
    let lines = told(text, 80);
    assert!(!lines.concat().contains(['\u{1B}', '\u{9B}', '\u{202E}', '\u{7}']), "{lines:?}");
}

#[test]
fn a_table_has_columns_while_they_fit() {
    let text = "| a | long name |\n|--:|---|\n| 1 | x |\n| 22 | `y` |\n";
    assert_eq!(told(text, 40), [" a │ long name", "───┼──────────", " 1 │ x", "22 │ y"]);
    assert_eq!(told(text, 8), ["a: 1", "long", "name: x", "────────", "a: 22", "long", "name: y"]);
}

#[test]
fn a_half_written_text_does_not_flicker() {
    assert_eq!(told("some words\n-", 40), ["some words"]);
    assert_eq!(told("see:\n\n```rust\nlet a", 40), ["see:", "", "  rust", "  let a"]);
    assert_eq!(told("see:\n\n```rust\nlet a\n``", 40), ["see:", "", "  rust", "  let a"]);
    assert_eq!(told("an **open", 40), ["an **open"]);
}

#[test]
fn only_the_last_block_can_still_change() {
    let text = "# One\n\ntwo\n\n- three\n- four";
    assert_eq!(&text[last_block(text)..], "- three\n- four");
    assert_eq!(last_block(""), 0);
}

fn written() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "word ",
        "**",
        "*",
        "`",
        "```\n",
        "```rust\n",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "# ",
        "| a | b |\n",
        "|---|--:|\n",
        "[x](",
        "http://a.b)",
        "    ",
        "日本",
        "<b>",
        "&#27;",
        "---\n",
        "- [ ] ",
        "~~",
        "\t",
        "averyverylongwordindeed",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_at_any_width_is_lines_that_fit(text in written(), cells in 4..50usize) {
        for line in markdown(&text, cells) {
            prop_assert!(line.width() <= cells, "{} > {cells}: {:?}", line.width(), line.text());
            prop_assert!(!line.text().chars().any(char::is_control));
        }
    }

    #[test]
    fn the_end_reads_as_in_the_whole(
        text in paper(), cut in any::<prop::sample::Index>(), cells in 4..60usize, lines in 0..12usize,
    ) {
        let cut = (0..=cut.index(text.len() + 1)).rfind(|it| text.is_char_boundary(*it)).unwrap();
        let end = end_of_markdown(&text[..cut], cells, lines);
        let whole = markdown(&text[..cut], cells);
        let last = |of: &[Line]| of[of.len().saturating_sub(lines)..].to_vec();
        prop_assert_eq!(last(&end), last(&whole));
    }
}

/// What models write: whole blocks, a few kilobytes of them.
fn paper() -> impl Strategy<Value = String> {
    let block = prop::sample::select(vec![
        "Some **words** about `this` and\nthat, which go on for more than a line.",
        "日本語の文、です。",
        "# Heading",
        "---",
        "- one\n- two\n  - three",
        "- loose\n\n- list",
        "1. first\n\n   more of it\n\n2. second\n   ```\n   code\n\n   in it\n   ```",
        "1) again",
        "* item\n  ~~~",
        "> a quote\n> of two lines",
        "> ```\n> quoted code",
        "```diff\n+new\n\n-old\n\n  same\n```",
        "````markdown\n```rust\n\nfn f() {}\n\n```\n\n- no item\n\n````",
        "~~~a-long-language-indeed\n\n```\n\n~~\n  ~~~",
        "```not `code` here```",
        "    indented\n\n    code",
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        "Title\n===",
    ]);
    prop::collection::vec(block, 0..30).prop_map(|blocks| blocks.join("\n\n"))
}

#[test]
fn of_a_long_text_only_the_end_is_laid_out() {
    let text = "Some words that go on.\n\n".repeat(1000);
    assert!(end_of_markdown(&text, 40, 6).len() < 20);
    let list = "- one\n".repeat(10_000);
    assert!(end_of_markdown(&list, 40, 6).len() < 1000);
}

#[test]
fn the_end_of_code_is_code_of_its_language() {
    let text = format!("```diff\n{}", "+new\n\n".repeat(3000));
    let end = end_of_markdown(&text, 40, 6);
    assert!(end.len() < 2000);
    assert!(end[2..].iter().flat_map(|it| &it.0).all(|it| it.look != Look::Plain), "{end:?}");
    assert!(end.iter().flat_map(|it| &it.0).any(|it| it.look == Look::Added));
}
