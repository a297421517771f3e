//! What the keys do here, in as many columns as there is room for, narrowed by
//! what is typed.

use super::{
    super::{
        figures,
        ink::{self, Row, width},
        prose,
        scene::{Hits, Sight},
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

/// The least that two columns of the help take, each.
const COLUMN: u16 = 55;
/// The most that a column takes.
const MOST: u16 = 90;
/// The most that the names of keys take of a column.
const KEYS: u16 = 22;
/// Between two columns.
const GAP: u16 = 2;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, it: &Help, sight: Sight, hits: &mut Hits) {
    let is_tiny = paper::is_tiny(area);
    let edges = if is_tiny { 0 } else { 4 };
    let room = area.width.saturating_sub(edges);
    let is_double = room >= 2 * COLUMN;
    let column = if is_double { room / 2 } else { room }.min(MOST);
    let lines = lines(&it.parts, column.saturating_sub(GAP), sight);
    let most = if is_double { lines.len().div_ceil(2) } else { lines.len() };
    let height = u16::try_from(most).unwrap_or(u16::MAX).saturating_add(1);
    let height = height.min(area.height.saturating_sub(edges));
    let columns = if is_double { 2 * column } else { column };
    let inner = paper::lay(buffer, area, (columns, height), "What the keys do here", sight);
    let page = ink::lines(inner, 0, inner.height.saturating_sub(1));
    let break_at = usize::from(page.height).max(1);
    let shown = break_at * if is_double { 2 } else { 1 };
    let most = lines.len().saturating_sub(shown);
    hits.shown.most = Some(most);
    hits.shown.lines = shown;
    let start = it.scroll.min(most);
    ink::draw_lines(buffer, page, lines.iter().skip(start).take(break_at));
    if is_double {
        let right = ink::indent(page, column);
        ink::draw_lines(buffer, right, lines.iter().skip(start + break_at));
    }
    draw_last(buffer, inner, it, (most - start, sight), hits);
}

/// The filter, and how much is out of sight.
fn draw_last(
    buffer: &mut Buffer,
    inner: Rect,
    it: &Help,
    (below, sight): (usize, Sight),
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let last = ink::lines(inner, inner.height.saturating_sub(1), 1);
    let mut row = Row::new(buffer, last, 0);
    if below > 0 {
        let more = figures::of(below as u64, "more line", "more lines");
        if !row.put_right(&format!(" ↓ {more} "), palette.chip_quiet, 10) {
            row.put_right(&format!("↓{}", figures::count(below as u64)), palette.need, 0);
        }
    }
    if it.is_filtering || !it.filter.text().is_empty() {
        let field = Rect { width: row.room(), ..last };
        return finder::draw_field(buffer, field, &it.filter, it.is_filtering, sight);
    }
    for told in [("/", "narrows"), ("Esc", "goes back")] {
        hits.offer(&mut row, told, (palette.key, palette.dim));
    }
}

fn lines(parts: &[HelpPart], columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let all = parts.iter().flat_map(|it| &it.lines);
    let keys = all.map(|it| width(&it.keys)).max().unwrap_or_default();
    let keys = keys.min(KEYS).min(columns / 3);
    let mut lines = Vec::new();
    for part in parts {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::from(Span::styled(part.title, palette.heading)));
        lines.extend(part.lines.iter().flat_map(|it| line(it, keys, columns, sight)));
    }
    if lines.is_empty() {
        lines.push(Line::from(Span::styled("No key does that.", palette.dim)));
    }
    lines
}

/// A key and what it does, in as many lines as that takes.
fn line(it: &HelpLine, keys: u16, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let room = columns.saturating_sub(keys + 1).max(1);
    let (words, key) = match it.unable {
        Some(why) => (format!("{}: {why}", it.description), palette.dim),
        None => (it.description.to_owned(), palette.key),
    };
    let look = if it.unable.is_some() { palette.dim } else { palette.text };
    let mut lines = prose::plain(&words, room, look);
    let names = width(&it.keys);
    // Names that are too long have a line of their own.
    let is_long = names > keys;
    for (index, line) in lines.iter_mut().enumerate() {
        let name = if index == 0 && !is_long { it.keys.as_str() } else { "" };
        let gap = " ".repeat(usize::from((keys + 1).saturating_sub(width(name))));
        line.spans.insert(0, Span::raw(gap));
        line.spans.insert(0, Span::styled(name.to_owned(), key));
    }
    if is_long {
        lines.insert(0, Line::from(Span::styled(it.keys.clone(), key)));
    }
    lines
}
