//! The steps of a script that is not played: which follows which, who does each, and
//! what there is to know of it.
//!
//! ```text
//! ◌     plan       strategist   2 attempts
//! ├─◆   open                    you open it
//! ◌─╯   implement  implementer  checked: …
//! ```

use super::{NAME, rails, who};
use crate::{
    model::{Status, script::Work},
    script::notes,
    ui::{
        desk::Plot,
        view::{figures, ink::width, palette::Palette, prose, status::glyph},
    },
};
use ratatui::text::{Line, Span};

/// So many steps are drawn; of more it is said how many there are.
const MOST: usize = 400;
/// From this width on there is room for what there is to know of a step.
const ROOMY: u16 = 50;
/// The widest a role is shown, in columns.
const ROLE: u16 = 16;

/// A line for each step.
pub(in super::super) fn lines(plot: &Plot, columns: u16, palette: &Palette) -> Vec<Line<'static>> {
    let rows = plot.order.rows();
    let rails = rails::rails(&plot.order, rows, 0, rows.len().min(MOST));
    let wide = rails.iter().map(|it| it.symbols.len()).max().unwrap_or_default();
    let steps: Vec<_> =
        rows.iter().take(MOST).filter_map(|it| plot.script.steps.get(*it)).collect();
    let names = steps.iter().map(|it| width(&it.name)).max().unwrap_or_default().min(NAME);
    let roles = steps.iter().map(|it| width(who(&it.work))).max().unwrap_or_default().min(ROLE);
    let mut lines: Vec<Line<'static>> = Vec::with_capacity(steps.len());
    for (step, rail) in steps.into_iter().zip(&rails) {
        let mut rest = columns;
        let mut spans = Vec::new();
        let mut put = |text: String, style| {
            let text = prose::cut(&text, rest).into_owned();
            rest = rest.saturating_sub(width(&text));
            spans.push(Span::styled(text, style));
        };
        let (before, sign) = rail.symbols.split_at(rail.node.min(rail.symbols.len()));
        put(before.iter().collect(), palette.border);
        let look = if step.gate {
            ("◆", palette.need)
        } else {
            (glyph(Status::Queued), palette.status(Status::Queued))
        };
        put(look.0.to_owned(), look.1);
        let after: String = sign.iter().skip(1).collect();
        let blank = wide.saturating_sub(rail.symbols.len()) + 1;
        put(format!("{after}{}", " ".repeat(blank)), palette.border);
        put(padded(&step.name, names), palette.strong);
        put(format!("  {}", padded(who(&step.work), roles)), palette.dim);
        if columns >= ROOMY {
            let mut notes = notes(step);
            if let Work::Command { run } = &step.work {
                notes.insert(0, run.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            put(format!("  {}", notes.join("; ")), palette.dim);
        }
        lines.push(Line::from(spans));
    }
    let more = rows.len().saturating_sub(MOST);
    if more > 0 {
        let text = format!("… {}", figures::of(more as u64, "more step", "more steps"));
        lines.push(Line::styled(text, palette.dim));
    }
    lines
}

/// A text in so many columns.
fn padded(text: &str, columns: u16) -> String {
    let text = prose::cut(text, columns);
    let blank = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(usize::from(blank)))
}
