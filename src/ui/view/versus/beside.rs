//! Lines of two texts beside each other, the same ones in the same place; one text below
//! the other where there is no room for both.

use super::BESIDE;
use crate::{
    text::{Change, diff},
    ui::view::{
        ink::{self, Row},
        prose,
        scene::{Hits, Sight},
        sheet::{LINES, mark_hidden},
    },
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style, text::Line};

/// The columns between the two.
const BETWEEN: u16 = 3;
/// The columns before a line: a mark where it is in one of both alone.
const MARK: u16 = 2;
/// So many lines of one text are laid out.
const MOST: usize = 2000;
/// As many lines around what differs as there are.
const ALL: usize = 1 << 20;

/// What is drawn, line by line.
pub(super) struct Sheet {
    columns: u16,
    lines: Vec<Pair>,
}

/// One line of it.
enum Pair {
    /// Over the whole width.
    Across(Line<'static>),
    /// One of each, or of one of them alone; and whether both are the same.
    Both([Option<Line<'static>>; 2], bool),
    /// One of this side, where they stand below each other.
    Alone(usize, Line<'static>, bool),
}

impl Sheet {
    pub(super) const fn new(columns: u16) -> Self {
        Self { columns, lines: Vec::new() }
    }

    const fn is_beside(&self) -> bool {
        self.columns >= BESIDE
    }

    /// How wide a line of one of them may be.
    pub(super) const fn room(&self) -> u16 {
        let half = if self.is_beside() {
            (self.columns.saturating_sub(BETWEEN)) / 2
        } else {
            self.columns
        };
        half.saturating_sub(MARK + 1)
    }

    pub(super) fn across(&mut self, line: Line<'static>) {
        self.lines.push(Pair::Across(line));
    }

    /// Two texts, wrapped.
    pub(super) fn texts(&mut self, texts: [(&str, Style); 2]) {
        let room = self.room();
        self.both(texts.map(|(text, style)| prose::plain(text, room, style)));
    }

    /// Lines of two, so that the same ones stand beside each other.
    pub(super) fn both(&mut self, mut sides: [Vec<Line<'static>>; 2]) {
        for side in &mut sides {
            side.truncate(MOST);
        }
        let pairs = pairs(&sides);
        if self.is_beside() {
            for ([one, other], is_same) in pairs {
                let line = |side: usize, place: Option<usize>| {
                    sides.get(side).and_then(|it| it.get(place?)).cloned()
                };
                self.lines.push(Pair::Both([line(0, one), line(1, other)], is_same));
            }
            return;
        }
        for (side, lines) in sides.iter().enumerate() {
            let same: Vec<usize> = pairs
                .iter()
                .filter(|(_, is_same)| *is_same)
                .filter_map(|(places, _)| places.get(side).copied().flatten())
                .collect();
            for (place, line) in lines.iter().enumerate() {
                let is_same = same.binary_search(&place).is_ok();
                self.lines.push(Pair::Alone(side, line.clone(), is_same));
            }
        }
    }

    /// Headings of both, over what comes; where they stand below each other, these go
    /// before the lines of each.
    pub(super) fn headed(&mut self, heads: [Line<'static>; 2], sides: [Vec<Line<'static>>; 2]) {
        let [one, other] = heads;
        if self.is_beside() {
            self.lines.push(Pair::Both([Some(one), Some(other)], true));
            return self.both(sides);
        }
        let start = self.lines.len();
        self.both(sides);
        let second = self.lines.iter().skip(start).position(|it| matches!(it, Pair::Alone(1, ..)));
        let second = second.map_or(self.lines.len(), |it| it + start);
        self.lines.insert(second, Pair::Across(other));
        self.lines.insert(second, Pair::Across(Line::default()));
        self.lines.insert(start, Pair::Across(one));
    }

    /// Draws it from where it was scrolled to.
    pub(super) fn draw(&self, buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
        let height = usize::from(area.height);
        let most = self.lines.len().saturating_sub(height);
        hits.shown.most = Some(most);
        let start = sight.desk().versus.scroll.min(most);
        for (down, pair) in (0..area.height).zip(self.lines.iter().skip(start)) {
            pair.draw(buffer, ink::lines(area, down, 1), sight);
        }
        let below = self.lines.len().saturating_sub(start + height);
        mark_hidden(buffer, area, (start as u64, below as u64), LINES, sight);
    }
}

impl Pair {
    /// Draws it on one line of the screen.
    fn draw(&self, buffer: &mut Buffer, area: Rect, sight: Sight) {
        let palette = sight.palette;
        let marks = [palette.removed_sign, palette.added_sign];
        match self {
            Self::Across(line) => {
                Row::new(buffer, area, 0).skip(1).put_line(line);
            }
            Self::Alone(side, line, is_same) => {
                let style = marks.get(*side).copied().unwrap_or(palette.dim);
                put(buffer, area, line, (!is_same).then_some(style));
            }
            Self::Both(sides, is_same) => {
                let halves = halves(area);
                for ((line, half), style) in sides.iter().zip(halves).zip(marks) {
                    if let Some(line) = line {
                        put(buffer, half, line, (!is_same).then_some(style));
                    }
                }
                let between = Rect { x: area.x + halves[0].width + 1, width: 1, ..area };
                Row::new(buffer, between, 0).put("│", palette.border);
            }
        }
    }
}

/// Where each of two stands.
pub(super) fn halves(area: Rect) -> [Rect; 2] {
    let width = area.width.saturating_sub(BETWEEN) / 2;
    let other = Rect { x: area.x + width + BETWEEN, width, ..area };
    [Rect { width, ..area }, other]
}

fn put(buffer: &mut Buffer, area: Rect, line: &Line, mark: Option<Style>) {
    let mut row = Row::new(buffer, area, 0);
    match mark {
        Some(style) => row.put("▎ ", style),
        None => row.skip(MARK),
    };
    row.put_line(line);
}

/// Which line stands beside which, and whether they are the same.
fn pairs(sides: &[Vec<Line>; 2]) -> Vec<([Option<usize>; 2], bool)> {
    let [before, after] = sides.each_ref().map(|lines| {
        let lines = lines.iter().map(|line| line.to_string().trim_end().to_owned() + "\n");
        lines.collect::<String>()
    });
    if before == after {
        return (0..sides[0].len()).map(|it| ([Some(it), Some(it)], true)).collect();
    }
    let (mut pairs, mut gone, mut come) = (Vec::new(), Vec::new(), Vec::new());
    let flush = |gone: &mut Vec<usize>, come: &mut Vec<usize>, pairs: &mut Vec<_>| {
        for place in 0..gone.len().max(come.len()) {
            pairs.push(([gone.get(place).copied(), come.get(place).copied()], false));
        }
        gone.clear();
        come.clear();
    };
    for line in diff(&before, &after, ALL) {
        let place = |it: Option<usize>| it.and_then(|it| it.checked_sub(1));
        match line.change {
            Change::Removed => gone.extend(place(line.before)),
            Change::Added => come.extend(place(line.after)),
            Change::Kept => {
                flush(&mut gone, &mut come, &mut pairs);
                pairs.push(([place(line.before), place(line.after)], true));
            }
            Change::Gap => {}
        }
    }
    flush(&mut gone, &mut come, &mut pairs);
    pairs
}
