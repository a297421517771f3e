//! A script that is read and changed: its text, and beside it its steps, or what is wrong
//! with it.
//!
//! ```text
//! ╔═ The script tidy ═════════════════════════════════╗
//! ║ [[step]]                  │ 2 steps               ║
//! ║ name = "look"             │ ●  look  reviewer     ║
//! ║ …                         │ ●  mend  implementer  ║
//! ╚═══════════════════════════════════════════════════╝
//! ```

use super::{
    super::{
        figures,
        ink::{self, Row},
        prose,
        scene::{Hits, Sight},
        script::graph,
    },
    paper::{self, Keys},
    writing,
};
use crate::ui::desk::{DraftForm, DraftOrigin, Plot};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

/// How wide and how high it is at most.
const SIZE: (u16, u16) = (190, 60);
/// From this width on the steps stand beside the text.
const BESIDE: u16 = 100;
/// Below so many lines the text has all the room, but for what is wrong with it.
const LOW: u16 = 16;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&DraftForm, Keys),
    (sight, hits): (Sight, &mut Hits),
) {
    let palette = sight.palette;
    let columns = SIZE.0.min(area.width.saturating_sub(6));
    let lines = SIZE.1.min(area.height.saturating_sub(3));
    let title = format!("the script {}", it.name);
    let inner = paper::lay(buffer, area, (columns, lines), &title, sight);
    let inner = paper::write_keys(buffer, inner, keys, (sight, hits));
    let about = u16::from(inner.height >= LOW);
    Row::new(buffer, ink::lines(inner, 0, about), 0).put(&told(it), palette.dim);
    let body = ink::lines(inner, about, inner.height.saturating_sub(about));
    let (text, rest) = if area.width >= BESIDE {
        let [text, rule, rest] =
            Layout::horizontal([Constraint::Fill(3), Constraint::Length(2), Constraint::Fill(2)])
                .areas(body);
        for line in 0..rule.height {
            Row::new(buffer, ink::indent(rule, 1), line).put("│", palette.border);
        }
        (text, ink::indent(rest, 1))
    } else {
        let share = if body.height < LOW { 3 } else { body.height * 2 / 5 };
        let share =
            if it.wrong().is_some() || body.height >= LOW { share.min(body.height) } else { 0 };
        let text = ink::lines(body, 0, body.height - share);
        (text, ink::lines(body, text.height, share))
    };
    writing::draw_text(buffer, text, &it.text, true, sight);
    let beside = beside(it, rest.width, sight);
    ink::draw_lines(buffer, rest, &beside);
    let hidden = beside.len().saturating_sub(usize::from(rest.height));
    if hidden > 0 && rest.height > 0 {
        let more = figures::of(hidden as u64 + 1, "more line", "more lines");
        let last = ink::lines(rest, rest.height - 1, 1);
        ink::clear(buffer, last, palette.raised);
        Row::new(buffer, last, 0).put(&format!("… {more}"), palette.dim);
    }
}

/// What it is, in a line.
fn told(it: &DraftForm) -> String {
    match &it.origin {
        DraftOrigin::Play(..) => {
            "It was written for you. Nothing of it runs before you start it.".into()
        }
        DraftOrigin::Played { version, .. } => format!(
            "It is played, in version {version}: what you change holds for what is still to begin."
        ),
        DraftOrigin::File(source) => source.name.clone(),
    }
}

/// Its steps; where it is no script, what is wrong with it, and the steps that it last had.
fn beside(it: &DraftForm, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let mut lines = Vec::new();
    for wrong in it.fault.as_deref().into_iter().chain(it.wrong()) {
        lines.extend(prose::plain(wrong, columns, palette.trouble));
        lines.push(Line::default());
    }
    match &it.plot {
        Some(plot) => lines.extend(steps(plot, columns, sight)),
        None if it.looked.is_none() => lines.push(Line::styled("It is being read.", palette.dim)),
        None => {}
    }
    lines
}

fn steps(plot: &Plot, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let mut lines = prose::plain(&plot.script.purpose, columns, palette.text);
    let steps = figures::of(plot.script.steps.len() as u64, "step", "steps");
    let spends = plot.script.budget.map(|it| format!(", may spend {}", figures::money(it)));
    let given: Vec<&str> = plot.script.inputs.keys().map(String::as_str).collect();
    let given =
        if given.is_empty() { String::new() } else { format!(", is given {}", given.join(", ")) };
    let head = format!("{steps}{}{given}", spends.unwrap_or_default());
    lines.extend(prose::plain(&head, columns, palette.heading));
    lines.extend(graph::lines(plot, columns, palette));
    lines
}
