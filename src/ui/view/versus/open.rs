//! All that was said and done in one row, on both sides, line beside line.

use super::{beside::Sheet, rows::sign};
use crate::{
    compare::{Comparison, StepKind},
    model::{Entry, EntryKind},
    ui::view::{
        entry::{self, Measure},
        figures, prose,
        scene::{Hits, Sight},
    },
};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};
use std::sync::Arc;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    comparison: &Comparison,
    sight: Sight,
    hits: &mut Hits,
) {
    let versus = &sight.desk().versus;
    let mut sheet = Sheet::new(area.width);
    let heads = [0, 1].map(|side| head(comparison, versus.row, side, sight));
    let whole = versus.whole.as_ref().filter(|(row, _)| *row == versus.row);
    let Some((_, entries)) = whole else {
        let waiting = || vec![Line::styled("reading …", sight.palette.dim)];
        sheet.headed(heads, [waiting(), waiting()]);
        return sheet.draw(buffer, area, sight, hits);
    };
    let room = sheet.room();
    let sides = entries.each_ref().map(|entries| told(entries, room, sight));
    sheet.headed(heads, sides);
    sheet.draw(buffer, area, sight, hits);
}

/// `A turn 4 · 3 calls · $0.01 · 0:12`
fn head(comparison: &Comparison, row: usize, side: usize, sight: Sight) -> Line<'static> {
    let name = if side == 0 { "A" } else { "B" };
    let Some(step) = comparison.step(row, side) else {
        let text = format!("{name} has nothing here {}", sign(comparison, row));
        return Line::styled(text, sight.palette.dim);
    };
    let text = match &step.kind {
        StepKind::Told(told) => format!("{name} {}, by {}", told.what.words(), told.by),
        StepKind::Turn(work) => format!(
            "{name} turn {} · {} · {} · {}",
            step.turn,
            figures::of(work.calls.into(), "call", "calls"),
            figures::cost(work.cost),
            figures::took(work.took)
        ),
    };
    Line::styled(text, sight.palette.heading)
}

fn told(entries: &[Arc<Entry>], columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let measure = Measure { palette: sight.palette, columns, now: sight.now(), lines: None };
    let mut lines = Vec::new();
    for entry in entries {
        lines.extend(match &entry.kind {
            EntryKind::Direction { text, .. } => {
                prose::plain(text, columns, sight.palette.direction)
            }
            _ => entry::entire(entry, measure),
        });
        lines.push(Line::default());
    }
    lines
}
