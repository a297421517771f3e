//! One row of a terminal: text, and how each stretch of it looks.

use super::super::invisible::is_invisible;
use unicode_width::UnicodeWidthChar as _;

/// So many marks may stand over one character.
const MARKS: usize = 4;

/// A colour, as a program names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paint {
    /// One of 256; the first sixteen are the terminal's own.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a stretch of a row looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named after what it is")]
#[expect(clippy::struct_excessive_bools, reason = "independent, as a terminal has them")]
pub struct Pen {
    pub fore: Option<Paint>,
    pub back: Option<Paint>,
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub underline: bool,
    pub inverse: bool,
    pub struck: bool,
}

/// One row, as short as it can be: no more than a text where all looks the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    text: Box<str>,
    /// Up to where in the text each look holds, in bytes; what is behind the last
    /// looks like nothing.
    looks: Box<[(u32, Pen)]>,
}

/// One character of a row with its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyph<'a> {
    /// What it is; safe to draw.
    pub text: &'a str,
    /// Where it stands.
    pub column: usize,
    /// How many columns it takes.
    pub width: usize,
    /// How it looks.
    pub pen: Pen,
}

impl Row {
    /// Its characters, from the left.
    pub fn glyphs(&self) -> impl Iterator<Item = Glyph<'_>> {
        let mut looks = self.looks.iter().peekable();
        let (mut at, mut column) = (0, 0);
        std::iter::from_fn(move || {
            let rest = self.text.get(at..)?;
            let first = rest.chars().next()?;
            let marks = rest.chars().skip(1).take_while(|it| it.width() == Some(0));
            let end = at + first.len_utf8() + marks.map(char::len_utf8).sum::<usize>();
            while looks.next_if(|(end, _)| *end as usize <= at).is_some() {}
            let pen = looks.peek().map(|(_, pen)| *pen).unwrap_or_default();
            let width = first.width().unwrap_or(0);
            let glyph = Glyph { text: self.text.get(at..end)?, column, width, pen };
            (at, column) = (end, column + width);
            Some(glyph)
        })
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it holds in memory, in bytes.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.text.len() + size_of_val(&*self.looks)
    }
}

/// A row that is being written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    text: String,
    looks: Vec<(u32, Pen)>,
    /// The row is no longer than this: behind it is nothing to see.
    seen: usize,
}

impl Draft {
    /// Adds a character with its marks. What has no width of its own, or would
    /// change how others stand, is not written.
    pub(super) fn put(&mut self, letter: char, marks: &[char], pen: Pen) {
        // Terminals give no character more than two columns (U+17D8 would have three).
        let is_plain = matches!(letter, ' '..='~');
        let is_shown = is_plain || (matches!(letter.width(), Some(1 | 2)) && !is_invisible(letter));
        if is_shown {
            self.text.push(letter);
        } else {
            self.text.extend(std::iter::repeat_n(' ', letter.width().unwrap_or(0).clamp(1, 2)));
        }
        let is_mark = |it: &&char| it.width() == Some(0) && !is_invisible(**it) && !it.is_control();
        self.text.extend(marks.iter().filter(is_mark).take(MARKS));
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        match self.looks.last_mut() {
            Some((last, before)) if *before == pen => *last = end,
            _ => self.looks.push((end, pen)),
        }
        let has_look = pen.back.is_some() || pen.inverse || pen.underline || pen.struck;
        if (is_shown && letter != ' ') || has_look {
            self.seen = self.text.len();
        }
    }

    pub(super) fn row(mut self) -> Row {
        self.text.truncate(self.seen);
        let seen = u32::try_from(self.seen).unwrap_or(u32::MAX);
        let mut begin = 0;
        self.looks.retain_mut(|(end, _)| {
            let is_in_sight = begin < seen;
            begin = *end;
            *end = seen.min(*end);
            is_in_sight
        });
        if self.looks.last().is_some_and(|(_, pen)| *pen == Pen::default()) {
            self.looks.pop();
        }
        Row { text: self.text.into(), looks: self.looks.into() }
    }
}
