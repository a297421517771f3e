//! The form for what a script is given, with its steps beside it where there is room.
//!
//! ```text
//! ╔═ Start feature ══════════════════════════════════════════════╗
//! ║ ▸ goal *      > Lists can be sorted │ ●     plan  strategist  ║
//! ║                 what there is to be │ ├─◆   open              ║
//! ║   open-plan   ‹ no ›                │ ●─╯   implement         ║
//! ╚══════════════════════════════════════════════════════════════╝
//! ```

use super::{
    super::{
        ink::{self, Row, width},
        prose,
        scene::{Hit, Hits, Sight},
        script::graph,
    },
    finder,
    paper::{self, Keys},
};
use crate::ui::desk::{InputAnswer, InputField, ScriptForm};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    text::Line,
};
use serde_json::Value;

/// How wide the form is without the steps, and how wide these are.
const SIZE: (u16, u16) = (72, 64);
/// From this width on the steps stand beside the form.
const BESIDE: u16 = 116;
/// The widest the name of a field is shown, in columns.
const NAME: u16 = 20;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&ScriptForm, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let has_steps = area.width >= BESIDE;
    let room = area.width.saturating_sub(6);
    let columns = if has_steps { (SIZE.0 + SIZE.1).min(room) } else { SIZE.0.min(room) };
    // A column is left free before the steps.
    let form_columns =
        if has_steps { columns.saturating_sub(SIZE.1.min(columns / 2) + 1) } else { columns };
    let parts: Vec<Part> = it.fields.iter().map(|it| Part::of(it, form_columns, sight)).collect();
    let wanted: u16 = parts.iter().map(Part::height).sum();
    let steps = if has_steps { graph::lines(&it.plot, SIZE.1, palette) } else { Vec::new() };
    let lines = wanted
        .max(u16::try_from(steps.len()).unwrap_or(u16::MAX))
        .saturating_add(2 + paper::lines_of_keys((columns, area.height), keys));
    let lines = lines.min(area.height.saturating_sub(4)).max(4);
    let inner = paper::lay(buffer, area, (columns, lines), &format!("start {}", it.script), sight);
    let above = paper::write_keys(buffer, inner, keys, (sight, hits));
    let fault = it.fault.as_deref().map(|it| prose::plain(it, inner.width, palette.trouble));
    let fault = fault.unwrap_or_default();
    let wrong = u16::try_from(fault.len()).unwrap_or(u16::MAX).min(inner.height / 3);
    ink::draw_lines(
        buffer,
        ink::lines(above, above.height - wrong.min(above.height), wrong),
        &fault,
    );
    let body = ink::lines(above, 0, above.height.saturating_sub(wrong));
    let beside = if has_steps { SIZE.1.min(body.width / 2) } else { 0 };
    let [form, rest] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(beside)]).areas(body);
    if has_steps {
        for line in 0..rest.height {
            Row::new(buffer, rest, line).put("│", palette.border);
        }
        ink::draw_lines(buffer, ink::indent(rest, 2), &steps);
    }
    let form = Rect { width: form.width.saturating_sub(beside.min(1)), ..form };
    draw_fields(buffer, form, (it, &parts), sight, hits);
}

/// The fields around the one that has the keys.
fn draw_fields(
    buffer: &mut Buffer,
    area: Rect,
    (it, parts): (&ScriptForm, &[Part]),
    sight: Sight,
    hits: &mut Hits,
) {
    let names = it.fields.iter().map(|it| width(label(it)) + 2).max().unwrap_or_default().min(NAME);
    // That which has the keys is in sight, whole if it can be.
    let mut first = 0;
    let height =
        |from: usize| -> u16 { parts.iter().take(it.at + 1).skip(from).map(Part::height).sum() };
    while first < it.at && height(first) > area.height {
        first += 1;
    }
    let mut line = 0;
    for (place, (field, part)) in it.fields.iter().zip(parts).enumerate().skip(first) {
        let place_of = ink::lines(area, line, part.height());
        if place_of.height == 0 {
            break;
        }
        draw_field(buffer, place_of, (field, place == it.at, names), part, sight);
        hits.add(place_of, Hit::Choice(place));
        line += part.height();
    }
}

/// What stands below what is typed: what it is for, what is wanted, what is wrong with it.
struct Part {
    below: Vec<Line<'static>>,
}

impl Part {
    fn of(field: &InputField, columns: u16, sight: Sight) -> Self {
        let palette = sight.palette;
        let columns = columns.saturating_sub(4);
        let told = match (field.purpose.as_str(), field.is_budget()) {
            (purpose, true) => format!("{purpose}: dollars; {} if empty", field.wanted),
            ("", false) => field.wanted.clone(),
            (purpose, false) => format!("{purpose} ({})", field.wanted),
        };
        let mut below = prose::plain(&told, columns, palette.dim);
        if let Some(fault) = &field.fault {
            below.extend(prose::plain(fault, columns, palette.trouble));
        }
        Self { below }
    }

    fn height(&self) -> u16 {
        u16::try_from(self.below.len()).unwrap_or(u16::MAX).saturating_add(1)
    }
}

fn label(field: &InputField) -> &str {
    if field.is_budget() { "budget" } else { &field.name }
}

fn draw_field(
    buffer: &mut Buffer,
    area: Rect,
    (field, has_keys, names): (&InputField, bool, u16),
    part: &Part,
    sight: Sight,
) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 0);
    row.put(if has_keys { "▸ " } else { "  " }, palette.key);
    let style = if has_keys { palette.heading } else { palette.text };
    row.put(&prose::cut(label(field), names.saturating_sub(2)), style);
    row.put(if field.is_required { " *" } else { "" }, palette.need);
    let place = ink::indent(ink::lines(area, 0, 1), names + 3);
    match &field.answer {
        InputAnswer::Line(line) => finder::draw_field(buffer, place, line, has_keys, sight),
        InputAnswer::Choice(options, chosen) => {
            let mut row = Row::new(buffer, place, 0);
            for (at, option) in options.iter().enumerate() {
                let is_chosen = Some(at) == *chosen;
                let style = if is_chosen { palette.selected } else { palette.dim };
                row.put(&format!(" {} ", word(option)), style).skip(1);
            }
        }
    }
    let below = ink::indent(ink::lines(area, 1, area.height.saturating_sub(1)), 4);
    ink::draw_lines(buffer, below, &part.below);
}

/// An option in a word.
fn word(option: &Value) -> String {
    match option {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
