//! A question with a few answers, one of which is chosen.
//!
//! ```text
//! ╔═ Stop smith? ════════════════════════╗
//! ║ It is in turn 3. What it did is kept. ║
//! ║                                       ║
//! ║  [ Cancel ]   Stop it                 ║
//! ╚═══════════════════════════════════════╝
//! ```

use super::{
    super::{
        changes, figures,
        ink::{self, Row},
        prose,
        scene::{Hit, Hits, Sight},
    },
    paper,
};
use crate::ui::desk::Question;
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// How wide the words run.
const COLUMNS: u16 = 60;
/// No more columns of choices stand beside each other.
const ROW: u16 = 92;
/// How wide a difference between two texts runs.
const CHANGE: u16 = 92;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, it: &Question, sight: Sight, hits: &mut Hits) {
    let palette = sight.palette;
    let wide = if it.change.is_some() { CHANGE } else { COLUMNS };
    let along: u16 = it.choices.iter().map(|it| ink::width(&it.label).saturating_add(6)).sum();
    let room = area.width.saturating_sub(4);
    // Choices that do not fit beside each other stand one below the other.
    let is_row = along <= room.min(ROW);
    let longest = it.choices.iter().map(|it| ink::width(&it.label).saturating_add(6)).max();
    let columns = wide.max(if is_row { along } else { longest.unwrap_or(0) }).min(room);
    let mut text: Vec<Line> = prose::plain(&it.text, columns, palette.text);
    let above = text.len();
    let changed = it.change.as_ref().map_or_else(Vec::new, |change| {
        changes::lines(&change.before, &change.after, columns, palette)
    });
    let (scroll, rows) = (it.change.as_ref().map_or(0, |it| it.scroll), changed.len());
    text.extend(changed.into_iter().skip(scroll));
    let answers = if is_row { 1 } else { u16::try_from(it.choices.len()).unwrap_or(u16::MAX) };
    let lines = u16::try_from(text.len()).unwrap_or(u16::MAX);
    let gap = u16::from(lines > 0);
    let height = lines.saturating_add(answers + gap);
    let inner = paper::lay(buffer, area, (columns, height), &it.title, sight);
    // The answers are never what is cut off.
    let words = inner.height.saturating_sub(answers + gap).min(lines);
    ink::draw_lines(buffer, ink::lines(inner, 0, words), &text);
    if it.change.is_some() {
        let most = rows.saturating_sub(usize::from(words).saturating_sub(above));
        hits.shown.most = Some(most);
        hits.shown.lines = usize::from(words).saturating_sub(above);
        hits.shown.is_change_read = most <= scroll;
        hits.shown.change_end = scroll + hits.shown.lines;
        if most > scroll {
            let more = figures::of((most - scroll) as u64, "more line", "more lines");
            let line = inner.height.saturating_sub(answers + gap);
            let text = format!("… {more}, scroll to read on");
            Row::new(buffer, inner, line).put(&text, palette.need);
        }
    }
    let first = inner.height.saturating_sub(answers);
    // Where not all of them fit, the marked one does.
    let hidden = (it.selected + 1).saturating_sub(usize::from(inner.height));
    let hidden = if is_row { 0 } else { hidden };
    let mut column = 0;
    for (index, choice) in it.choices.iter().enumerate().skip(hidden) {
        let below = u16::try_from(index - hidden).unwrap_or(u16::MAX);
        let line = if is_row { first } else { first.saturating_add(below) };
        let place = ink::indent(ink::lines(inner, line, 1), column);
        let mut row = Row::new(buffer, place, 0);
        let start = row.column();
        if index == it.selected {
            row.put("▸ ", palette.key).put(&format!(" {} ", choice.label), palette.selected);
        } else {
            row.put("   ", palette.text).put(&choice.label, palette.text).put(" ", palette.text);
        }
        let width = row.column().saturating_sub(start);
        hits.add(Rect { width, ..place }, Hit::Choice(index));
        if is_row {
            column += width + 2;
        }
    }
}
