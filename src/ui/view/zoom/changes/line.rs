//! One line of a file: its numbers, its sign, its words in their colours.

use super::{
    super::super::{ink, prose, scene::Sight},
    piece,
};
use crate::text::{Change, Patch, PatchLine};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation;

/// From this width on a line has both its numbers.
const ROOMY: u16 = 100;
/// A line is broken into so many at most.
const TALL: usize = 20;

/// How lines are laid out.
#[derive(Clone, Copy)]
pub(in crate::ui::view) struct Measure<'a> {
    pub(in crate::ui::view) sight: Sight<'a>,
    /// The columns of a number.
    digits: usize,
    /// Whether both numbers are told.
    both: bool,
    /// The columns of a text.
    columns: u16,
}

impl<'a> Measure<'a> {
    pub(in crate::ui::view) fn of(patch: &Patch, width: u16, sight: Sight<'a>) -> Self {
        let hunks = patch.files.iter().flat_map(|it| &it.hunks);
        let numbers = hunks.filter_map(|it| it.lines.last()).map(PatchLine::number);
        let digits = numbers.max().unwrap_or(1).to_string().len().max(3);
        let both = width >= ROOMY;
        let margin = 2 + digits * if both { 2 } else { 1 } + usize::from(both) + 3;
        let margin = u16::try_from(margin).unwrap_or(u16::MAX);
        Self { sight, digits, both, columns: width.saturating_sub(margin).max(8) }
    }

    /// How many lines on the screen a line takes.
    pub(in crate::ui::view) fn height(&self, line: &PatchLine) -> usize {
        if line.text.len() <= usize::from(self.columns) {
            return 1;
        }
        broken(spans(line, self.sight), self.columns).len()
    }

    fn numbers(&self, line: &PatchLine) -> String {
        let number = |it: Option<u32>| it.map_or_else(String::new, |it| it.to_string());
        let digits = self.digits;
        if self.both {
            format!("{:>digits$} {:>digits$}", number(line.before), number(line.after))
        } else {
            format!("{:>digits$}", line.number())
        }
    }
}

/// Draws a line, and says how many it took.
pub(in crate::ui::view) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    line: &PatchLine,
    measure: Measure,
) -> u16 {
    let palette = measure.sight.palette;
    let (sign, ground) = match line.change {
        Change::Added => ("+", palette.added),
        Change::Removed => ("-", palette.removed),
        Change::Kept | Change::Gap => (" ", palette.text),
    };
    let mut spans = spans(line, measure.sight);
    if line.is_open {
        spans.push(piece(" ⌀ no newline", palette.dim));
    }
    let lines = broken(spans, measure.columns);
    let taken = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    for (down, mut text) in (0..taken).zip(lines) {
        if let Some(search) = &measure.sight.desk().search {
            prose::highlight(&mut text, &search.text, palette.found);
        }
        let row = Rect { y: area.y + down, height: 1, ..area };
        if line.change != Change::Kept {
            buffer.set_style(ink::indent(row, 1), ground);
        }
        let mut ink = ink::Row::new(buffer, row, 0);
        ink.skip(1);
        let numbers = if down == 0 { measure.numbers(line) } else { String::new() };
        let columns = measure.digits * if measure.both { 2 } else { 1 } + usize::from(measure.both);
        ink.put(&format!("{numbers:>columns$} "), ground.patch(palette.number));
        ink.put(if down == 0 { sign } else { " " }, ground).skip(1);
        ink.put_line(&text);
    }
    taken
}

/// The words of a line, each in its look.
fn spans(line: &PatchLine, sight: Sight) -> Vec<Span<'static>> {
    let palette = sight.palette;
    let (ground, word) = match line.change {
        Change::Added => (palette.added, palette.added_word),
        Change::Removed => (palette.removed, palette.removed_word),
        Change::Kept | Change::Gap => (palette.text, palette.text),
    };
    // Where a changed line is known by its colour alone, it keeps that colour.
    let is_tinted = ground.bg.is_some() && ground.bg != palette.ground.bg;
    let is_coloured = is_tinted || line.change == Change::Kept;
    let mut cuts: Vec<usize> = line.looks.iter().map(|it| it.0).collect();
    cuts.extend(line.marks.iter().flat_map(|it| [it.start, it.end]));
    cuts.push(line.text.len());
    cuts.sort_unstable();
    cuts.dedup();
    let mut spans = Vec::with_capacity(cuts.len());
    let mut start = 0;
    for end in cuts {
        let Some(text) = line.text.get(start..end).filter(|it| !it.is_empty()) else { continue };
        let look = line.looks.iter().find(|it| start < it.0).map(|it| it.1);
        let mut style = ground;
        if let Some(look) = look.filter(|_| is_coloured) {
            style = ground.patch(Style { bg: None, ..palette.look(look) });
        }
        if line.marks.iter().any(|it| it.contains(&start)) {
            style = if is_tinted { Style { bg: word.bg, ..style } } else { word };
        }
        spans.push(piece(text, style));
        start = end;
    }
    spans
}

/// Breaks a line where it is full.
fn broken(spans: Vec<Span<'static>>, columns: u16) -> Vec<Line<'static>> {
    let mut lines = vec![Line::default()];
    let mut room = columns;
    for span in spans {
        let mut begun = String::new();
        for letter in span.content.graphemes(true) {
            let taken = ink::width(letter);
            if taken > room {
                push(&mut lines, &mut begun, span.style);
                if lines.len() == TALL {
                    return lines;
                }
                lines.push(Line::default());
                room = columns;
            }
            room = room.saturating_sub(taken);
            begun.push_str(letter);
        }
        push(&mut lines, &mut begun, span.style);
    }
    lines
}

fn push(lines: &mut [Line<'static>], begun: &mut String, style: Style) {
    let text = std::mem::take(begun);
    if let Some(line) = lines.last_mut().filter(|_| !text.is_empty()) {
        line.push_span(Span::styled(text, style));
    }
}
