//! A line cut into what wrapping moves: runs of plain letters and of blanks as
//! they are, everything else grapheme by grapheme.

use super::{
    styled::{Line, Look},
    width::cells,
};
use unicode_segmentation::UnicodeSegmentation;

/// What a tab can stand for.
const SPACES: &str = "    ";

/// What stays together unless it alone is wider than a line.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) look: Look,
    pub(super) cells: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Spaces.
    Blanks,
    /// Letters of one byte and one cell each.
    Letters,
    /// What the eye takes for one character.
    Grapheme,
}

impl Piece<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.kind == Kind::Blanks
    }

    /// Whether nothing of it can be on another line than the rest.
    pub(super) fn is_whole(&self) -> bool {
        self.kind == Kind::Grapheme
    }

    /// Whether it is one character of more than one cell.
    pub(super) fn is_wide(&self) -> bool {
        self.is_whole() && self.cells > 1
    }

    /// Cuts it after so many cells at most; what is whole is not cut.
    pub(super) fn split(self, cells: usize) -> (Self, Self) {
        let at = if self.is_whole() { self.cells } else { cells.min(self.cells) };
        let bytes = if self.is_whole() { self.text.len() } else { at };
        let (head, rest) = self.text.split_at(bytes);
        let rest = Self { text: rest, cells: self.cells - at, ..self };
        (Self { text: head, cells: at, ..self }, rest)
    }
}

/// The pieces of each line of a text, tabs made spaces.
pub(super) fn paragraphs(line: &Line) -> Vec<Vec<Piece<'_>>> {
    // A word and the blank behind it have more letters than that, mostly.
    let bytes: usize = line.0.iter().map(|it| it.text.len()).sum();
    let mut cut = Cut { paragraphs: vec![Vec::with_capacity(bytes / 3 + 1)], column: 0 };
    for span in &line.0 {
        let mut rest = span.text.as_str();
        while !rest.is_empty() {
            let (plain, after) = rest.split_at(plain_length(rest));
            let (other, after) = after.split_at(other_length(after));
            cut.take_plain(plain, span.look);
            other.graphemes(true).for_each(|it| cut.take(it, span.look));
            rest = after;
        }
    }
    cut.paragraphs
}

/// A text being cut.
struct Cut<'a> {
    paragraphs: Vec<Vec<Piece<'a>>>,
    /// Where the next piece stands, for tabs.
    column: usize,
}

impl<'a> Cut<'a> {
    /// Takes text in which every byte is a grapheme.
    fn take_plain(&mut self, text: &'a str, look: Look) {
        let mut rest = text;
        while let Some(first) = rest.bytes().next() {
            let length = match first {
                b' ' => rest.bytes().position(|it| it != b' '),
                b'\t' | b'\n' => Some(1),
                _ => rest.bytes().position(|it| it <= b' '),
            };
            let (run, after) = rest.split_at(length.unwrap_or(rest.len()));
            rest = after;
            if matches!(first, b' '..) {
                let kind = if first == b' ' { Kind::Blanks } else { Kind::Letters };
                self.add(Piece { text: run, look, cells: run.len(), kind });
            } else {
                self.take(run, look);
            }
        }
    }

    /// Takes a grapheme.
    fn take(&mut self, text: &'a str, look: Look) {
        let (text, cells, kind) = match text {
            "\n" => {
                self.paragraphs.push(Vec::new());
                self.column = 0;
                return;
            }
            "\t" => {
                let spaces = SPACES.len() - self.column % SPACES.len();
                (&SPACES[..spaces], spaces, Kind::Blanks)
            }
            " " => (text, 1, Kind::Blanks),
            _ if text.len() == 1 => (text, 1, Kind::Grapheme),
            _ => (text, cells(text), Kind::Grapheme),
        };
        self.add(Piece { text, look, cells, kind });
    }

    fn add(&mut self, piece: Piece<'a>) {
        self.column += piece.cells;
        if let Some(last) = self.paragraphs.last_mut() {
            last.push(piece);
        }
    }
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\t')
}

/// How many bytes at the start are a grapheme each. The last one before others
/// may be one with them.
fn plain_length(text: &str) -> usize {
    match text.bytes().position(|it| !is_plain(it)) {
        Some(other) => other.saturating_sub(1),
        None => text.len(),
    }
}

/// How many bytes the text has up to where two plain ones meet: between those
/// there is always an end of a grapheme.
fn other_length(text: &str) -> usize {
    let both_plain = |pair: &[u8]| pair.iter().copied().all(is_plain);
    text.as_bytes().windows(2).position(both_plain).map_or(text.len(), |it| it + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_letters_stay_together_and_marks_with_their_letter() {
        let line = Line::plain("ab cde\u{301}f\tg👩\u{200D}🔧h");
        let pieces = paragraphs(&line).concat();
        let told: Vec<&str> = pieces.iter().map(|it| it.text).collect();
        assert_eq!(told, ["ab", " ", "cd", "e\u{301}", "f", " ", "g", "👩\u{200D}🔧", "h"]);
    }

    proptest! {
        #[test]
        fn every_piece_ends_where_a_grapheme_ends(text in "([a-z]{1,3}|[ ]{1,3}|日|e\u{301}|\u{301}|\u{600}|\u{200D}|👩|\r|\\PC){0,12}") {
            let line = Line::plain(text.as_str());
            let pieces = paragraphs(&line).concat();
            let mut ends = text.grapheme_indices(true).map(|(at, it)| at + it.len());
            let mut end = 0;
            for piece in &pieces {
                end += piece.text.len();
                prop_assert!(ends.any(|it| it == end), "{:?} {:?}", text, piece.text);
            }
            prop_assert_eq!(end, text.len());
        }
    }
}
