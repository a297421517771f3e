//! What each of two did, row beside row; where there is no room for that, what differs
//! stands on lines of its own.

use super::{BESIDE, beside::halves};
use crate::{
    compare::{Comparison, Sameness, Step, StepKind},
    ui::view::{
        ink::{self, Row},
        prose,
        scene::{Hit, Hits, Sight},
        sheet::{LINES, mark_hidden},
    },
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// How wide the number of a turn is.
const NUMBER: usize = 4;
/// So many lines stand above the row that is looked at, where they are there.
const ABOVE: usize = 4;

/// One line on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Here they part.
    Parting,
    /// A row: both sides of it, or the one.
    Row(usize, Option<usize>),
}

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    comparison: &Comparison,
    sight: Sight,
    hits: &mut Hits,
) {
    let is_beside = area.width >= BESIDE;
    let lines = lines(comparison, is_beside);
    let at = sight.desk().versus.row;
    let is_it = |it: &Shown| matches!(it, Shown::Row(row, _) if *row == at);
    let place = lines.iter().position(is_it).unwrap_or(0);
    let height = usize::from(area.height);
    let start = place.saturating_sub(ABOVE).min(lines.len().saturating_sub(height));
    for (down, shown) in (0..area.height).zip(lines.iter().skip(start)) {
        let area = ink::lines(area, down, 1);
        match shown {
            Shown::Parting => {
                let mut row = Row::new(buffer, area, 0);
                row.put("── ", sight.palette.border).put("they part here", sight.palette.need);
                row.put(" ", sight.palette.text).fill("─", sight.palette.border);
            }
            Shown::Row(row, side) => {
                draw_row(buffer, area, (comparison, *row, *side), sight);
                hits.add(area, Hit::Row(*row));
            }
        }
    }
    if lines.is_empty() {
        let text = "Neither has taken a turn.";
        Row::new(buffer, area, 0).skip(2).put(text, sight.palette.dim);
    }
    hits.shown.most = Some(comparison.rows.len().saturating_sub(1));
    let below = lines.len().saturating_sub(start + height);
    mark_hidden(buffer, area, (start as u64, below as u64), LINES, sight);
}

/// The lines of all rows.
fn lines(comparison: &Comparison, is_beside: bool) -> Vec<Shown> {
    let parting = comparison.parting();
    let mut lines = Vec::new();
    for (row, it) in comparison.rows.iter().enumerate() {
        if parting == Some(row) {
            lines.push(Shown::Parting);
        }
        if is_beside || it.sameness == Sameness::Same {
            lines.push(Shown::Row(row, None));
        } else {
            let sides = it.steps.iter().enumerate().filter(|(_, it)| it.is_some());
            lines.extend(sides.map(|(side, _)| Shown::Row(row, Some(side))));
        }
    }
    lines
}

/// What stands between the two.
pub(super) const fn sign(comparison: &Comparison, row: usize) -> &'static str {
    let rows = comparison.rows.as_slice();
    if row >= rows.len() {
        return " ";
    }
    match rows[row].sameness {
        Sameness::Same => "=",
        Sameness::Alike | Sameness::OtherResults | Sameness::OtherWords => "≈",
        Sameness::Different => "≠",
        Sameness::Alone if rows[row].steps[0].is_some() => "‹",
        Sameness::Alone => "›",
    }
}

fn draw_row(
    buffer: &mut Buffer,
    area: Rect,
    (comparison, row, side): (&Comparison, usize, Option<usize>),
    sight: Sight,
) {
    let palette = sight.palette;
    let is_here = sight.desk().versus.row == row;
    if is_here {
        buffer.set_style(area, palette.raised);
    }
    let sameness = comparison.rows.get(row).map_or(Sameness::Same, |it| it.sameness);
    let look = if sameness == Sameness::Same { palette.dim } else { palette.accent };
    let mark = if is_here { "▸" } else { " " };
    if area.width < BESIDE {
        let letter = match side {
            None => "=",
            Some(0) => "A",
            Some(_) => "B",
        };
        let mut line = Row::new(buffer, area, 0);
        line.put(mark, palette.key).put(letter, look).put(" ", palette.text);
        if let Some(step) = comparison.step(row, side.unwrap_or(0)) {
            draw_step(&mut line, (step, sameness), sight);
        }
        return;
    }
    Row::new(buffer, area, 0).put(mark, palette.key);
    let [left, right] = halves(area);
    if let Some(step) = comparison.step(row, 0) {
        draw_step(&mut Row::new(buffer, ink::indent(left, 1), 0), (step, sameness), sight);
    }
    let between = Rect { x: left.right() + 1, width: 1, ..area };
    Row::new(buffer, between, 0).put(sign(comparison, row), look);
    if let Some(step) = comparison.step(row, 1) {
        let mut line = Row::new(buffer, right, 0);
        if sameness == Sameness::Same {
            number(&mut line, step, sight);
            line.put("the same", palette.dim);
        } else {
            draw_step(&mut line, (step, sameness), sight);
        }
    }
}

fn number(line: &mut Row, step: &Step, sight: Sight) {
    let number = match step.kind {
        StepKind::Turn(_) => step.turn.to_string(),
        StepKind::Told(_) => "»".to_owned(),
    };
    line.put(&format!("{number:>NUMBER$} "), sight.palette.dim);
}

fn draw_step(line: &mut Row, (step, sameness): (&Step, Sameness), sight: Sight) {
    let palette = sight.palette;
    number(line, step, sight);
    let failed = step.work().is_some_and(|it| it.failures > 0);
    let style: Style = match step.kind {
        _ if sameness == Sameness::Same => palette.dim,
        StepKind::Told(_) => palette.direction,
        StepKind::Turn(_) if failed => palette.tool_failed,
        StepKind::Turn(_) => palette.text,
    };
    let room = line.room();
    line.put(&prose::cut(&step.line_within(usize::from(room)), room), style);
}
