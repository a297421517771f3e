//! How each of two came out, in figures; the better one of them stands out.

use super::{BESIDE, beside::halves};
use crate::{
    compare::{Comparison, Figures},
    ui::{
        desk::{Versus, VersusPart},
        view::{
            figures,
            ink::{self, Row, width},
            scene::Sight,
        },
    },
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use std::cmp::Ordering;

/// In fewer columns the figures by which one of them is chosen come first.
const ROOMY: u16 = 50;

/// A figure: its words, and whether it is better than the other one's.
pub(super) struct Figure {
    pub(super) words: String,
    pub(super) is_better: bool,
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, comparison: &Comparison, sight: Sight) {
    let figures = &comparison.figures;
    if area.width >= BESIDE {
        for (side, half) in halves(area).into_iter().enumerate() {
            let mut row = Row::new(buffer, half, 0);
            name(row.skip(1), (comparison, side), sight);
            take(&mut row, &figures[side], sight);
            let mut row = Row::new(buffer, half, 1);
            row.skip(1);
            short(&mut row, (figures, side), sight);
        }
        let between = Rect { x: area.x + halves(area)[0].width + 1, width: 1, ..area };
        for line in 0..area.height {
            Row::new(buffer, between, line).put("│", sight.palette.border);
        }
        return;
    }
    for side in 0..2 {
        let place = ink::lines(area, u16::try_from(side).unwrap_or(0), 1);
        let mut row = Row::new(buffer, place, 0);
        name(row.skip(1), (comparison, side), sight);
        row.skip(2);
        short(&mut row, (figures, side), sight);
        take(&mut row, &figures[side], sight);
    }
}

/// `A worker-2 ★  done`
fn name(row: &mut Row, (comparison, side): (&Comparison, usize), sight: Sight) {
    let palette = sight.palette;
    let Some(it) = comparison.figures.get(side) else { return };
    row.put(if side == 0 { "A " } else { "B " }, palette.dim).put(&it.name, palette.strong);
    if it.is_best {
        row.put(" ★ best", palette.ok);
    }
    row.skip(2).put(&it.status.to_string(), palette.status(it.status));
}

/// What it is a take of, where there is room for all of it: its figures matter more.
fn take(row: &mut Row, figures: &Figures, sight: Sight) {
    let Some((of, turn)) = &figures.take_of else { return };
    let told = format!("  take of {of} from turn {turn} on");
    if width(&told) <= row.room() {
        row.put(&told, sight.palette.dim);
    }
}

/// The figures that matter most, in a row.
fn short(row: &mut Row, (both, side): (&[Figures; 2], usize), sight: Sight) {
    let palette = sight.palette;
    let [turns, calls, cost, time] = [turns(both), calls(both), cost(both), time(both)].map(Some);
    let all = if row.room() < ROOMY {
        [checks(both), cost, time, files(both), turns, calls]
    } else {
        [turns, calls, cost, time, files(both), checks(both)]
    };
    let mut is_first = true;
    for figure in all.into_iter().flatten().filter_map(|it| it.into_iter().nth(side)) {
        let between = if is_first { "" } else { " · " };
        if width(between) + width(&figure.words) > row.room() {
            return;
        }
        is_first = false;
        let style = if figure.is_better { palette.ok } else { palette.text };
        row.put(between, palette.dim).put(&figure.words, style);
    }
}

/// Two figures, of which the first in this order is the better one.
fn two(words: [String; 2], better: Ordering) -> [Figure; 2] {
    let [one, other] = words;
    [
        Figure { words: one, is_better: better == Ordering::Less },
        Figure { words: other, is_better: better == Ordering::Greater },
    ]
}

fn turns([one, other]: &[Figures; 2]) -> [Figure; 2] {
    let words = [one, other].map(|it| figures::of(it.turns.into(), "turn", "turns"));
    two(words, Ordering::Equal)
}

fn calls([one, other]: &[Figures; 2]) -> [Figure; 2] {
    let words = [one, other].map(|it| {
        let calls = figures::of(it.calls.into(), "call", "calls");
        if it.failures == 0 { calls } else { format!("{calls} ({} ✗)", it.failures) }
    });
    two(words, one.failures.cmp(&other.failures))
}

/// Which one is cheaper is not known where a price is not.
pub(super) fn cost([one, other]: &[Figures; 2]) -> [Figure; 2] {
    let is_known = one.cost.unpriced == 0 && other.cost.unpriced == 0;
    let better = if is_known { one.cost.known.cmp(&other.cost.known) } else { Ordering::Equal };
    two([one, other].map(|it| figures::cost(it.cost)), better)
}

pub(super) fn time([one, other]: &[Figures; 2]) -> [Figure; 2] {
    let better = (one.worked.0 / 1000).cmp(&(other.worked.0 / 1000));
    two([one, other].map(|it| it.worked.to_string()), better)
}

fn files([one, other]: &[Figures; 2]) -> Option<[Figure; 2]> {
    let has_any = !one.files.is_empty() || !other.files.is_empty();
    let words = [one, other].map(|it| {
        let (lines, files) = (it.lines(), figures::of(it.files.len() as u64, "file", "files"));
        format!("{files} +{} −{}", lines.added, lines.removed)
    });
    has_any.then(|| two(words, Ordering::Equal))
}

pub(super) fn checks([one, other]: &[Figures; 2]) -> Option<[Figure; 2]> {
    let has_any = one.checks.is_some() || other.checks.is_some();
    let words = [one, other].map(|it| match it.checks {
        Some((Some(held), all)) => format!("{held}/{all} checks"),
        Some((None, all)) => format!("–/{all} checks"),
        None => "no checks".to_owned(),
    });
    let held = |it: &Figures| it.checks.and_then(|(held, _)| held);
    has_any.then(|| two(words, held(other).cmp(&held(one))))
}

/// What of them can be looked at, and what is.
pub(super) fn draw_tabs(buffer: &mut Buffer, area: Rect, versus: &Versus, sight: Sight) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 0);
    for (part, name) in VersusPart::ALL {
        let style: Style = if part == versus.part { palette.chip_quiet } else { palette.dim };
        row.put(&format!(" {name} "), style);
    }
    row.put(" ", palette.text).fill("─", palette.border);
}
