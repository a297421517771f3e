//! Styled lines broken to a width: between words, inside a word only when it is
//! wider than a whole line, never inside a grapheme.

use super::{
    styled::{Line, Look},
    width::{cells, expand_tabs, width},
};
use unicode_segmentation::UnicodeSegmentation;

/// What stands before the first line and before those that continue it: a list
/// marker and its indentation, the bar of a quote.
#[derive(Debug, Clone, Default)]
pub struct Margin {
    /// Before the first line.
    pub first: Line,
    /// Before every other line.
    pub rest: Line,
}

/// Instead of a margin that leaves no room for a word.
const BARE: &Margin = &Margin { first: Line(Vec::new()), rest: Line(Vec::new()) };

/// One grapheme on its way to a line.
#[derive(Clone, Copy)]
struct Glyph<'a> {
    text: &'a str,
    look: Look,
    cells: usize,
}

/// Lines that fill up. `used` counts the cells after the margin.
struct Page<'a> {
    room: usize,
    margin: &'a Margin,
    lines: Vec<Line>,
    used: usize,
}

/// Breaks a line into lines of at most so many cells, between words where it
/// can. A newline in it ends a line too.
pub fn wrap(line: &Line, cells: usize) -> Vec<Line> {
    wrap_within(line, cells, &Margin::default())
}

/// Breaks a line like [`wrap`], with a margin before each line; the margin counts
/// as part of the width.
pub fn wrap_within(line: &Line, cells: usize, margin: &Margin) -> Vec<Line> {
    let mut page = Page::new(cells, margin);
    for paragraph in paragraphs(line) {
        page.open();
        page.fill(&paragraph);
    }
    page.lines
}

/// Breaks a line wherever it is full: for code, where every blank counts.
pub fn chop(line: &Line, cells: usize, margin: &Margin) -> Vec<Line> {
    let mut page = Page::new(cells, margin);
    for paragraph in paragraphs(line) {
        page.open();
        page.pour(&paragraph);
    }
    page.lines
}

impl<'a> Page<'a> {
    fn new(cells: usize, margin: &'a Margin) -> Self {
        let taken = margin.first.width().max(margin.rest.width());
        let (margin, room) =
            if taken < cells { (margin, cells - taken) } else { (BARE, cells.max(1)) };
        Self { room, margin, lines: Vec::new(), used: 0 }
    }

    /// Begins a line.
    fn open(&mut self) {
        let is_first = self.lines.is_empty();
        self.lines.push(if is_first { &self.margin.first } else { &self.margin.rest }.clone());
        self.used = 0;
    }

    /// Puts words on lines. Blanks before a word go with it, or away at a break;
    /// those a paragraph begins with are its indentation and stay.
    fn fill(&mut self, glyphs: &[Glyph]) {
        let mut rest = glyphs;
        let mut is_first = true;
        while !rest.is_empty() {
            let blanks = rest.iter().take_while(|it| it.is_blank()).count();
            let (blanks, after) = rest.split_at(blanks);
            let (word, after) = after.split_at(word_length(after));
            rest = after;
            let (before, long) = (extent(blanks), extent(word));
            if word.is_empty() {
                // Blanks at the end of a paragraph are not seen.
            } else if self.used + before + long <= self.room {
                self.pour(blanks);
                self.pour(word);
            } else if is_first {
                self.pour(&blanks[..blanks.len().min(self.room / 2)]);
                self.pour(word);
            } else {
                self.open();
                self.pour(word);
            }
            is_first = false;
        }
    }

    /// Puts graphemes on lines, as many as there is room for.
    fn pour(&mut self, glyphs: &[Glyph]) {
        for glyph in glyphs {
            // One that is wider than the whole line cannot be shown.
            let (text, cells) =
                if glyph.cells > self.room { ("…", 1) } else { (glyph.text, glyph.cells) };
            if self.used + cells > self.room {
                self.open();
            }
            if let Some(line) = self.lines.last_mut() {
                line.push(text, glyph.look);
            }
            self.used += cells;
        }
    }
}

impl Glyph<'_> {
    fn is_blank(&self) -> bool {
        self.text == " "
    }
}

/// The graphemes of each line of the text, tabs made spaces.
fn paragraphs(line: &Line) -> Vec<Vec<Glyph<'_>>> {
    let mut paragraphs = vec![Vec::new()];
    let mut column = 0;
    for span in &line.0 {
        let look = span.look;
        let take = |text| take(&mut paragraphs, &mut column, text, look);
        // Most text is plain: there every byte is a grapheme.
        if span.text.bytes().all(|it| matches!(it, b' '..=b'~' | b'\n' | b'\t')) {
            span.text.split_inclusive(|_| true).for_each(take);
        } else {
            span.text.graphemes(true).for_each(take);
        }
    }
    paragraphs
}

/// Adds a grapheme to the last paragraph, or begins the next.
fn take<'a>(paragraphs: &mut Vec<Vec<Glyph<'a>>>, column: &mut usize, text: &'a str, look: Look) {
    if text == "\n" {
        paragraphs.push(Vec::new());
        *column = 0;
        return;
    }
    let Some(last) = paragraphs.last_mut() else { return };
    if text == "\t" {
        let spaces = 4 - *column % 4;
        last.extend(std::iter::repeat_n(Glyph { text: " ", look, cells: 1 }, spaces));
        *column += spaces;
    } else {
        let cells = if text.len() == 1 { 1 } else { cells(text) };
        last.push(Glyph { text, look, cells });
        *column += cells;
    }
}

fn extent(glyphs: &[Glyph]) -> usize {
    glyphs.iter().map(|it| it.cells).sum()
}

/// How many graphemes the first word has. Scripts of wide characters have no
/// blanks: each of those is a word, with the narrow punctuation after it.
fn word_length(glyphs: &[Glyph]) -> usize {
    let mut length = 0;
    for (at, glyph) in glyphs.iter().enumerate() {
        let is_end = glyph.is_blank() || (at > 0 && (glyph.cells > 1 || glyphs[at - 1].cells > 1));
        let is_closing = || {
            glyph.text.starts_with([
                '、', '。', '，', '．', '）', '」', '！', '？', '：', ',', '.', ')', '!', '?', ':',
                ';',
            ])
        };
        if is_end && (glyph.is_blank() || !is_closing()) {
            break;
        }
        length = at + 1;
    }
    length
}

/// Breaks plain text, line by line, into lines of one look.
pub fn wrap_text(text: &str, cells: usize, look: Look) -> Vec<Line> {
    let text = expand_tabs(text);
    let mut lines = Vec::new();
    for line in text.lines() {
        if width(line) <= cells {
            lines.push(Line::of(line.trim_end(), look));
        } else {
            lines.extend(wrap(&Line::of(line, look), cells));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::text).collect()
    }

    fn wrapped(text: &str, cells: usize) -> Vec<String> {
        told(&wrap(&Line::plain(text), cells))
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrapped("  indented words here", 12), ["  indented", "words here"]);
        assert_eq!(wrapped("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn a_word_wider_than_a_line_is_broken_by_graphemes() {
        assert_eq!(wrapped("see abcdefghij", 4), ["see", "abcd", "efgh", "ij"]);
        assert_eq!(wrapped("日本語の文、です", 5), ["日本", "語の", "文、", "です"]);
        assert_eq!(wrapped("👩\u{200D}🔧👩\u{200D}🔧", 3), ["👩\u{200D}🔧", "👩\u{200D}🔧"]);
        assert_eq!(wrapped("日", 1), ["…"]);
    }

    #[test]
    fn looks_survive_a_break() {
        let mut line = Line::plain("run ");
        line.push("cargo test", Look::Code);
        let lines = wrap(&line, 9);
        let mut first = Line::plain("run ");
        first.push("cargo", Look::Code);
        assert_eq!(lines, [first, Line::of("test", Look::Code)]);
    }

    #[test]
    fn a_margin_hangs() {
        let margin = Margin { first: Line::plain("• "), rest: Line::plain("  ") };
        let lines = wrap_within(&Line::plain("one two three"), 9, &margin);
        assert_eq!(told(&lines), ["• one two", "  three"]);
    }

    #[test]
    fn code_keeps_every_blank() {
        let lines = chop(&Line::plain("a    b\tc"), 5, &Margin::default());
        assert_eq!(told(&lines), ["a    ", "b  c"]);
    }

    #[test]
    fn a_margin_without_room_for_words_is_left_out() {
        let margin = Margin { first: Line::plain("▎ ▎ "), rest: Line::plain("▎ ▎ ") };
        assert_eq!(told(&wrap_within(&Line::plain("one two"), 4, &margin)), ["one", "two"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text in "([a-z]{1,9}|[ \t]{1,3}|日本|👩\u{200D}🔧|e\u{301}|\n){0,20}", cells in 1..12usize) {
            let plain = Line::plain(text);
            for line in wrap(&plain, cells).iter().chain(&chop(&plain, cells, &Margin::default())) {
                prop_assert!(line.width() <= cells, "{:?}", line);
            }
        }

        #[test]
        fn no_letter_is_lost(text in "([a-z]{1,9}|[ ]{1,3}|日本|\n){0,20}", cells in 2..12usize) {
            let letters = |text: &str| text.chars().filter(|it| !it.is_whitespace()).collect::<String>();
            let lines = wrap(&Line::plain(text.as_str()), cells);
            prop_assert_eq!(letters(&told(&lines).concat()), letters(&text));
        }
    }
}
