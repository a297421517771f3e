//! A line that is typed, and what fits it below.
//!
//! ```text
//! ╔═ Find anything ═══════════════════════╗
//! ║ > pau                                 ║
//! ║ ▸ pause     pause at the next step  p ║
//! ║   pause all …                         ║
//! ╚═══════════════════════════════════════╝
//! ```

use super::{
    super::{
        figures,
        ink::{self, Row, width},
        prose,
        scene::{Hit, Hits, Sight},
    },
    paper::{self, Keys},
    writing,
};
use crate::ui::desk::Field;
use ratatui::{buffer::Buffer, layout::Rect};

/// One thing that can be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Item {
    /// Its name.
    pub(super) name: String,
    /// What it is or does.
    pub(super) detail: String,
    /// At the right edge: its keys, its price.
    pub(super) mark: String,
    /// What stands there is keys, and not a fact.
    pub(super) has_key: bool,
    /// It can't be had now.
    pub(super) is_dim: bool,
}

/// A line being typed, and what fits it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finder<'a> {
    pub(super) title: &'a str,
    /// It stands at the lower edge, and what it finds is seen above.
    pub(super) is_low: bool,
    pub(super) field: Option<&'a Field>,
    /// What is said while nothing fits, or about what is typed.
    pub(super) hint: &'a str,
    /// What is wrong with it: said instead.
    pub(super) fault: Option<&'a str>,
    pub(super) items: &'a [Item],
    pub(super) chosen: Option<usize>,
    pub(super) keys: Keys<'a>,
}

const COLUMNS: u16 = 76;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, it: Finder, sight: Sight, hits: &mut Hits) {
    let palette = sight.palette;
    let count = u16::try_from(it.items.len()).unwrap_or(u16::MAX);
    let field = u16::from(it.field.is_some());
    let edges = if paper::is_tiny(area) { 0 } else { 4 };
    let columns = COLUMNS.min(area.width.saturating_sub(edges));
    let hint = match it.fault {
        Some(fault) => prose::plain(fault, columns, palette.trouble),
        None => prose::plain(it.hint, columns, palette.dim),
    };
    let wanted = if it.hint.is_empty() && it.fault.is_none() { 0 } else { hint.len() };
    // One that stands low leaves no line free above and below it.
    let room = area.height.saturating_sub(if it.is_low { edges / 2 } else { edges });
    // What is typed and the keys are never what is cut off.
    let hinted = u16::try_from(wanted).unwrap_or(u16::MAX).min(room.saturating_sub(1 + field));
    let head = field + hinted;
    let below = paper::lines_of_keys((columns, room), it.keys);
    let height = count.saturating_add(below + head).min(room).max(2);
    let lay = if it.is_low { paper::lay_low } else { paper::lay };
    let inner = lay(buffer, area, (COLUMNS, height), it.title, sight);
    if let Some(field) = it.field {
        draw_field(buffer, ink::lines(inner, 0, 1), field, true, sight);
    }
    ink::draw_lines(buffer, ink::lines(inner, field, hinted), &hint);
    let inner = paper::write_keys(buffer, inner, it.keys, (sight, hits));
    let found = ink::lines(inner, head, inner.height.saturating_sub(head));
    draw_items(buffer, found, (it.items, it.chosen), sight, hits);
}

/// A line that is typed, with the cursor in it if the keys go there.
pub(super) fn draw_field(
    buffer: &mut Buffer,
    area: Rect,
    field: &Field,
    has_keys: bool,
    sight: Sight,
) {
    if area.is_empty() {
        return;
    }
    Row::new(buffer, area, 0).put("> ", sight.palette.key);
    writing::draw_text(buffer, ink::indent(area, 2), field.area(), has_keys, sight);
}

/// The stretch of the items around the chosen one.
pub(super) fn draw_items(
    buffer: &mut Buffer,
    area: Rect,
    (items, chosen): (&[Item], Option<usize>),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    // That there are more is said on a line of its own, or on the last one where
    // there are too few.
    let is_short = usize::from(area.height) < items.len();
    let counted = u16::from(is_short && area.height > 2);
    let lines = area.height - counted;
    let height = usize::from(lines);
    let start = chosen
        .map_or(0, |it| it + 1)
        .saturating_sub(height)
        .min(items.len().saturating_sub(height));
    // A name leaves room for what stands beside it.
    let most = if items.iter().all(|it| it.detail.is_empty()) { area.width } else { 28 };
    let names = items.iter().map(|it| width(&it.name)).max().unwrap_or_default().min(most);
    let more = more(start, items.len().saturating_sub(start + height));
    for (line, (index, item)) in (0..lines).zip(items.iter().enumerate().skip(start)) {
        let is_chosen = Some(index) == chosen;
        let mut row = Row::new(buffer, area, line);
        if is_short && counted == 0 && line + 1 == lines {
            row.put_right(&more, palette.chip_quiet, 8);
        }
        row.put(if is_chosen { "▸ " } else { "  " }, palette.key);
        let style = match (is_chosen, item.is_dim) {
            (true, _) => palette.selected,
            (false, true) => palette.dim,
            (false, false) => palette.strong,
        };
        let column = row.column();
        let mark = format!(" {}", item.mark);
        if !item.mark.is_empty() {
            row.put_right(&mark, if item.has_key { palette.key } else { palette.text }, 8);
        }
        row.put(&prose::cut(&item.name, names.min(row.room())), style);
        let used = row.column().saturating_sub(column);
        row.skip(names.saturating_sub(used) + 2);
        row.put(&item.detail, palette.dim);
        if is_chosen {
            ink::mark(buffer, ink::lines(area, line, 1), 2, palette.marked());
        }
        hits.add(Rect { y: area.y + line, height: 1, ..area }, Hit::Choice(index));
    }
    if counted > 0 {
        Row::new(buffer, area, lines).skip(2).put(&more, palette.chip_quiet);
    }
}

/// How many items are out of sight, above and below.
fn more(above: usize, below: usize) -> String {
    let count = |it: usize| figures::count(it as u64);
    match (above, below) {
        (0, below) => format!(" ↓ {} more ", count(below)),
        (above, 0) => format!(" ↑ {} more ", count(above)),
        (above, below) => format!(" ↑ {} · ↓ {} more ", count(above), count(below)),
    }
}
