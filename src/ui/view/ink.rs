//! Ink on cells: rows that end where their area ends, and frames around areas.
//!
//! Nothing here allocates, and nothing is written outside the area it was given.

use ratatui::{buffer::Buffer, layout::Rect, style::Style, text::Line};
use unicode_width::UnicodeWidthStr;

/// The columns that a text takes.
pub(super) fn width(text: &str) -> u16 {
    let columns = if is_plain(text) { text.len() } else { text.width() };
    u16::try_from(columns).unwrap_or(u16::MAX)
}

/// Whether every byte of a text is a character of one column.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Writes a text from a column on, no further than `most` columns, and says
/// where it ended. Most text is plain, and needs nobody to find its characters.
fn write(buffer: &mut Buffer, at: (u16, u16), text: &str, most: u16, style: Style) -> u16 {
    let (mut x, y) = at;
    if !is_plain(text) {
        return buffer.set_stringn(x, y, text, usize::from(most), style).0;
    }
    for letter in text.split_inclusive(|_| true).take(usize::from(most)) {
        let Some(cell) = buffer.cell_mut((x, y)) else { break };
        cell.set_symbol(letter).set_style(style);
        x += 1;
    }
    x
}

/// One line of an area, written from both ends towards the middle.
pub(super) struct Row<'a> {
    buffer: &'a mut Buffer,
    left: u16,
    right: u16,
    y: u16,
}

impl<'a> Row<'a> {
    /// The line of `area` so many lines from its top. A line that is not there
    /// takes everything and shows nothing.
    pub(super) fn new(buffer: &'a mut Buffer, area: Rect, line: u16) -> Self {
        let seen = area.intersection(buffer.area);
        let y = area.y.saturating_add(line);
        let is_there = y >= seen.top() && y < seen.bottom();
        let right = if is_there { seen.right() } else { seen.left() };
        Self { buffer, left: seen.left(), right, y }
    }

    /// The columns that are still free.
    pub(super) const fn room(&self) -> u16 {
        self.right.saturating_sub(self.left)
    }

    /// The column behind the last that is free.
    pub(super) const fn end(&self) -> u16 {
        self.right
    }

    /// The line it is.
    pub(super) const fn line(&self) -> u16 {
        self.y
    }

    /// The column that is written next.
    pub(super) const fn column(&self) -> u16 {
        self.left
    }

    /// Writes from the left; what does not fit ends in `…`.
    pub(super) fn put(&mut self, text: &str, style: Style) -> &mut Self {
        let room = self.room();
        if room == 0 || text.is_empty() {
            return self;
        }
        let fits = width(text) <= room;
        let most = if fits { room } else { room - 1 };
        let end = write(self.buffer, (self.left, self.y), text, most, style);
        self.left = end;
        if !fits {
            self.buffer.set_stringn(end, self.y, "…", 1, style);
            self.left = self.right;
        }
        self
    }

    /// Writes from the right if the whole of it fits and `keep` columns stay
    /// free, and says whether it did.
    pub(super) fn put_right(&mut self, text: &str, style: Style, keep: u16) -> bool {
        let columns = width(text);
        let fits = columns.saturating_add(keep) <= self.room();
        if fits && columns > 0 {
            self.right -= columns;
            write(self.buffer, (self.right, self.y), text, columns, style);
        }
        fits
    }

    /// Writes a line of spans from the left.
    pub(super) fn put_line(&mut self, line: &Line) -> &mut Self {
        for span in &line.spans {
            self.put(&span.content, line.style.patch(span.style));
        }
        self
    }

    /// Writes from the left if the whole of it fits.
    pub(super) fn put_whole(&mut self, text: &str, style: Style) -> &mut Self {
        if width(text) <= self.room() {
            self.put(text, style);
        }
        self
    }

    /// Whether nothing is written in so many columns at the right.
    pub(super) fn is_blank_from_right(&self, columns: u16) -> bool {
        let start = self.right.saturating_sub(columns).max(self.left);
        (start..self.right)
            .all(|x| self.buffer.cell((x, self.y)).is_none_or(|it| it.symbol() == " "))
    }

    /// Leaves columns free.
    pub(super) fn skip(&mut self, columns: u16) -> &mut Self {
        self.left = self.left.saturating_add(columns).min(self.right);
        self
    }

    /// Fills what is free with one symbol of one column.
    pub(super) fn fill(&mut self, symbol: &str, style: Style) {
        for x in self.left..self.right {
            if let Some(cell) = self.buffer.cell_mut((x, self.y)) {
                cell.set_symbol(symbol).set_style(style);
            }
        }
        self.left = self.right;
    }
}

/// The symbols of a frame: horizontal, vertical, and the corners from the top
/// left one on, clockwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edges(pub(super) [&'static str; 6]);

/// Around what is merely there.
pub(super) const THIN: Edges = Edges(["─", "│", "╭", "╮", "╯", "╰"]);
/// Around what wants to be looked at.
pub(super) const THICK: Edges = Edges(["━", "┃", "┏", "┓", "┛", "┗"]);
/// Around what lies on top of the rest.
pub(super) const DOUBLE: Edges = Edges(["═", "║", "╔", "╗", "╝", "╚"]);

/// Draws a frame along the inside of `area` and returns what it encloses.
pub(super) fn frame(buffer: &mut Buffer, area: Rect, edges: Edges, style: Style) -> Rect {
    let area = area.intersection(buffer.area);
    let inner = Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    };
    if area.width < 2 || area.height < 2 {
        return Rect { width: 0, height: 0, ..area };
    }
    let Edges([flat, upright, corners @ ..]) = edges;
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    let mut set = |x, y, symbol: &str| {
        if let Some(cell) = buffer.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    };
    for x in area.x + 1..right {
        set(x, area.y, flat);
        set(x, bottom, flat);
    }
    for y in area.y + 1..bottom {
        set(area.x, y, upright);
        set(right, y, upright);
    }
    let places = [(area.x, area.y), (right, area.y), (right, bottom), (area.x, bottom)];
    for ((x, y), symbol) in places.into_iter().zip(corners) {
        set(x, y, symbol);
    }
    inner
}

/// Draws lines from the top of an area down, as far as it goes.
pub(super) fn draw_lines<'a>(
    buffer: &mut Buffer,
    area: Rect,
    lines: impl IntoIterator<Item = &'a Line<'a>>,
) {
    for (index, line) in (0..area.height).zip(lines) {
        Row::new(buffer, area, index).put_line(line);
    }
}

/// Marks the line of a list: its ground is another, and its words are all read on that;
/// the signs that it begins with keep their colours.
pub(super) fn mark(buffer: &mut Buffer, area: Rect, signs: u16, style: Style) {
    buffer.set_style(area, Style { fg: None, ..style });
    let words = indent(area, signs).intersection(buffer.area);
    buffer.set_style(words, style);
}

/// Makes an area blank: whatever lay there is gone.
pub(super) fn clear(buffer: &mut Buffer, area: Rect, style: Style) {
    let area = area.intersection(buffer.area);
    for position in area.positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
            cell.set_style(style);
        }
    }
}

/// The part of `area` between `skip` lines at its top and whatever is below
/// `height` more.
pub(super) fn lines(area: Rect, skip: u16, height: u16) -> Rect {
    let skip = skip.min(area.height);
    Rect { y: area.y + skip, height: height.min(area.height - skip), ..area }
}

/// `area` without so many columns at its left.
pub(super) fn indent(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect { x: area.x + columns, width: area.width - columns, ..area }
}

/// An area of that size in the middle of another, no larger than it.
pub(super) fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    let (x, y) = (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2);
    Rect { x, y, width, height }
}
