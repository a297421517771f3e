//! What the keys do here, in two columns, narrowed by what is typed.

use super::{
    super::{
        figures,
        ink::{self, Row, width},
        prose,
        scene::Sight,
    },
    finder, paper,
};
use crate::ui::{
    desk::Help,
    keys::{HelpLine, HelpPart},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// How wide one column of the help is.
const COLUMN: u16 = 55;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, it: &Help, sight: Sight) {
    let is_double = area.width >= 2 * COLUMN + 6;
    let columns = if is_double { 2 * COLUMN } else { COLUMN.min(area.width.saturating_sub(4)) };
    let room = area.height.saturating_sub(4);
    let lines = lines(&it.parts, columns.min(COLUMN).saturating_sub(2), sight);
    let most = if is_double { lines.len().div_ceil(2) } else { lines.len() };
    let height = u16::try_from(most).unwrap_or(u16::MAX).saturating_add(1).min(room);
    let inner = paper::lay(buffer, area, (columns, height), "What the keys do here", sight);
    let page = ink::lines(inner, 0, inner.height.saturating_sub(1));
    let start = it.scroll.min(lines.len().saturating_sub(1));
    let left = Rect { width: page.width.min(COLUMN).saturating_sub(2), ..page };
    let break_at = if is_double { usize::from(page.height).max(1) } else { lines.len() };
    ink::draw_lines(buffer, left, lines.iter().skip(start).take(break_at));
    if is_double {
        let right = ink::indent(page, COLUMN);
        ink::draw_lines(buffer, right, lines.iter().skip(start + break_at));
    }
    let shown = usize::from(page.height) * if is_double { 2 } else { 1 };
    draw_last(buffer, inner, it, lines.len().saturating_sub(start + shown), sight);
}

/// The filter, and how much is out of sight.
fn draw_last(buffer: &mut Buffer, inner: Rect, it: &Help, below: usize, sight: Sight) {
    let palette = sight.palette;
    let last = ink::lines(inner, inner.height.saturating_sub(1), 1);
    let mut row = Row::new(buffer, last, 0);
    if below > 0 {
        let more = figures::of(below as u64, "more line", "more lines");
        row.put_right(&format!(" ↓ {more} "), palette.chip_quiet, 0);
    }
    if it.is_filtering || !it.filter.text().is_empty() {
        let field = Rect { width: row.room(), ..last };
        return finder::draw_field(buffer, field, &it.filter, it.is_filtering, sight);
    }
    row.put("/", palette.key).put(" narrows  ", palette.dim);
    row.put("Esc", palette.key).put(" goes back", palette.dim);
}

fn lines(parts: &[HelpPart], columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let mut lines = Vec::new();
    for part in parts {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::from(Span::styled(part.title, palette.heading)));
        lines.extend(part.lines.iter().map(|it| line(it, columns, sight)));
    }
    if lines.is_empty() {
        lines.push(Line::from(Span::styled("No key does that.", palette.dim)));
    }
    lines
}

fn line(it: &HelpLine, columns: u16, sight: Sight) -> Line<'static> {
    const KEYS: u16 = 14;
    let palette = sight.palette;
    let keys = prose::cut(&it.keys, KEYS).into_owned();
    let gap = " ".repeat(usize::from(KEYS.saturating_sub(width(&keys)) + 1));
    let does = prose::cut(it.description, columns.saturating_sub(KEYS + 1)).into_owned();
    Line::from(vec![
        Span::styled(keys, palette.key),
        Span::raw(gap),
        Span::styled(does, palette.text),
    ])
}
