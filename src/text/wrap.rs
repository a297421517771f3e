//! Styled lines broken to a width: between words, inside a word only when it is
//! wider than a whole line, never inside a grapheme.

use super::{
    piece::{Piece, paragraphs},
    styled::{Line, Look},
    width::{expand_tabs, width},
};

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

/// Lines that fill up. `used` counts the cells after the margin.
struct Page<'a, 'b> {
    room: usize,
    margin: &'a Margin,
    /// What stands on the lines, one behind the other.
    pieces: Vec<Piece<'b>>,
    /// With which piece each line begins.
    starts: Vec<usize>,
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
    end_of_wrapped(line, cells, margin, usize::MAX)
}

/// The last lines, so many at most, of what [`wrap_within`] makes of a line: of a
/// text that grows, only those are shown, and to write them is most of the work.
pub(super) fn end_of_wrapped(line: &Line, cells: usize, margin: &Margin, most: usize) -> Vec<Line> {
    let paragraphs = paragraphs(line);
    let mut page = Page::new(cells, margin, paragraphs.iter().map(Vec::len).sum());
    for paragraph in &paragraphs {
        page.open();
        page.fill(paragraph);
    }
    page.lines(most)
}

/// Breaks a line wherever it is full: for code, where every blank counts.
pub fn chop(line: &Line, cells: usize, margin: &Margin) -> Vec<Line> {
    let paragraphs = paragraphs(line);
    let mut page = Page::new(cells, margin, paragraphs.iter().map(Vec::len).sum());
    for paragraph in &paragraphs {
        page.open();
        page.pour(paragraph);
    }
    page.lines(usize::MAX)
}

impl<'a, 'b> Page<'a, 'b> {
    /// A page for about so many pieces.
    fn new(cells: usize, margin: &'a Margin, pieces: usize) -> Self {
        let taken = margin.first.width().max(margin.rest.width());
        let (margin, room) =
            if taken < cells { (margin, cells - taken) } else { (BARE, cells.max(1)) };
        Self { room, margin, pieces: Vec::with_capacity(pieces), starts: Vec::new(), used: 0 }
    }

    /// Begins a line.
    fn open(&mut self) {
        self.starts.push(self.pieces.len());
        self.used = 0;
    }

    /// The last lines of it, so many at most.
    fn lines(self, most: usize) -> Vec<Line> {
        let Self { margin, pieces, starts, .. } = self;
        let ends = starts.iter().skip(1).copied().chain([pieces.len()]);
        let lines = starts.iter().copied().zip(ends).enumerate();
        let write = |(nth, (from, to)): (usize, (usize, usize))| {
            let mut line = if nth == 0 { &margin.first } else { &margin.rest }.clone();
            let pieces = pieces.get(from..to).unwrap_or_default();
            for run in pieces.chunk_by(|one, next| one.look == next.look) {
                let text: String = run.iter().map(|it| it.text).collect();
                line.push_owned(text, run[0].look);
            }
            line
        };
        lines.skip(starts.len().saturating_sub(most)).map(write).collect()
    }

    /// Puts words on lines. Blanks before a word go with it, or away at a break;
    /// those a paragraph begins with are its indentation and stay.
    fn fill(&mut self, pieces: &[Piece<'b>]) {
        let mut rest = pieces;
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
                self.indent(blanks);
                self.pour(word);
            } else {
                self.open();
                self.pour(word);
            }
            is_first = false;
        }
    }

    /// Puts as many blanks on a line as leave half of it to words.
    fn indent(&mut self, blanks: &[Piece<'b>]) {
        let mut most = self.room / 2;
        for blank in blanks {
            let (blank, _) = blank.split(most);
            most -= blank.cells;
            self.put(blank);
        }
    }

    /// Puts pieces on lines, as much of each as there is room for.
    fn pour(&mut self, pieces: &[Piece<'b>]) {
        for piece in pieces {
            let mut rest = *piece;
            // One that is wider than the whole line cannot be shown.
            if rest.is_whole() && rest.cells > self.room {
                (rest.text, rest.cells) = ("…", 1);
            }
            while !rest.text.is_empty() {
                let least = if rest.is_whole() { rest.cells } else { 1 };
                if self.used + least > self.room {
                    self.open();
                }
                let (head, after) = rest.split(self.room - self.used);
                self.put(head);
                rest = after;
            }
        }
    }

    fn put(&mut self, piece: Piece<'b>) {
        self.pieces.push(piece);
        self.used += piece.cells;
    }
}

fn extent(pieces: &[Piece]) -> usize {
    pieces.iter().map(|it| it.cells).sum()
}

/// How many pieces the first word has. Scripts of wide characters have no
/// blanks: each of those is a word, with the narrow punctuation after it.
fn word_length(pieces: &[Piece]) -> usize {
    let mut length = 0;
    for (at, piece) in pieces.iter().enumerate() {
        let is_end = at > 0 && (piece.is_wide() || pieces[at - 1].is_wide());
        let is_closing = || {
            piece.text.starts_with([
                '、', '。', '，', '．', '）', '」', '！', '？', '：', ',', '.', ')', '!', '?', ':',
                ';',
            ])
        };
        if piece.is_blank() || (is_end && !is_closing()) {
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
