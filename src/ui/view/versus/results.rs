//! What it came to: all figures, and the final answers line beside line.

use super::{
    beside::Sheet,
    head::{self, Figure},
};
use crate::{
    compare::{Comparison, Figures, Since},
    ui::view::{
        figures, prose,
        scene::{Hits, Sight},
    },
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// How wide the name of a figure is, and a figure at most, in columns.
const LABEL: usize = 14;
const FIGURE: u16 = 40;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    comparison: &Comparison,
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let mut sheet = Sheet::new(area.width);
    for line in table(comparison, area.width, sight) {
        sheet.across(line);
    }
    sheet.across(Line::default());
    let [one, other] = comparison.courses.each_ref().map(|it| it.answer.as_str());
    match (one.is_empty(), other.is_empty()) {
        (true, true) => sheet.across(Line::styled("Neither has answered.", palette.dim)),
        _ if one == other => {
            sheet.across(Line::styled("Both gave the same final answer:", palette.heading));
            for line in prose::markdown(one, sheet.room(), palette) {
                sheet.across(line);
            }
        }
        _ => {
            let heads = ["A, final answer", "B, final answer"];
            let heads = heads.map(|it| Line::styled(it, palette.heading));
            let room = sheet.room();
            let sides = [one, other].map(|it| prose::markdown(it, room, palette));
            sheet.headed(heads, sides);
        }
    }
    sheet.draw(buffer, area, sight, hits);
}

/// All figures, a line each.
fn table(comparison: &Comparison, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let both = &comparison.figures;
    let plain = |of: &dyn Fn(&Figures) -> String| {
        let [one, other] = both;
        [of(one), of(other)].map(|words| Figure { words, is_better: false })
    };
    let since = [0, 1].map(|side| comparison.since(side));
    let mut rows: Vec<(&str, [Figure; 2])> = vec![
        ("agent", plain(&|it| format!("{} ({})", it.name, it.role))),
        ("model", plain(&|it| it.model.clone())),
        ("outcome", plain(&outcome)),
    ];
    rows.extend(head::checks(both).map(|it| ("checks", it)));
    rows.extend([
        ("turns", plain(&|it| figures::count(it.turns.into()))),
        ("tool calls", plain(&|it| calls(it.calls, it.failures))),
    ]);
    rows.extend([
        ("time at work", head::time(both)),
        ("cost", head::cost(both)),
        (
            "tokens",
            plain(&|it| {
                let (input, output) = (it.usage.prompt(), it.usage.output);
                format!("{} in, {} out", figures::short(input), figures::short(output))
            }),
        ),
        ("context", plain(&|it| format!("{} tokens", figures::short(it.context)))),
        ("directions", plain(&|it| figures::count(it.directions.into()))),
        ("instructions", plain(&|it| figures::of(it.versions as u64, "version", "versions"))),
    ]);
    if comparison.parting().is_some_and(|it| it > 0) {
        let words = since.map(|it| Figure { words: told_since(&it), is_better: false });
        rows.push(("since parting", words));
    }
    rows.extend(comparison.courses.iter().any(|it| it.cut > 0).then(|| {
        let cut = comparison.courses.each_ref().map(|it| u64::from(it.cut));
        let words = cut.map(|it| figures::of(it, "step", "steps"));
        ("not compared", words.map(|words| Figure { words, is_better: false }))
    }));
    rows.into_iter().map(|(label, both)| line(label, &both, columns, sight)).collect()
}

fn line(label: &str, both: &[Figure; 2], columns: u16, sight: Sight) -> Line<'static> {
    let palette = sight.palette;
    let label_room = u16::try_from(LABEL).unwrap_or(0);
    let room = (columns.saturating_sub(label_room + 3) / 2).min(FIGURE);
    let mut spans = vec![Span::styled(format!("{label:<LABEL$}"), palette.dim)];
    for (side, figure) in both.iter().enumerate() {
        let words = prose::cut(&figure.words, room.saturating_sub(1)).into_owned();
        let blank = room.saturating_sub(crate::ui::view::ink::width(&words));
        let style = if figure.is_better { palette.ok } else { palette.text };
        spans.push(Span::styled(words, style));
        if side == 0 {
            spans.push(Span::raw(" ".repeat(usize::from(blank))));
        }
    }
    Line::from(spans)
}

fn outcome(it: &Figures) -> String {
    let best = if it.is_best { ", the best take" } else { "" };
    match it.last_words.lines().next() {
        Some(words) if !words.is_empty() => format!("{}{best}: {words}", it.status),
        _ => format!("{}{best}", it.status),
    }
}

fn calls(calls: u32, failures: u32) -> String {
    let count = figures::count(calls.into());
    if failures == 0 { count } else { format!("{count}, {failures} failed") }
}

fn told_since(it: &Since) -> String {
    format!(
        "{}, {}, {}",
        figures::of(it.turns.into(), "turn", "turns"),
        figures::of(it.calls.into(), "call", "calls"),
        figures::cost(it.cost)
    )
}
