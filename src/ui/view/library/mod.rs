//! The scripts there are: all of them, and what the marked one is.
//!
//! ```text
//!  5 scripts                     │ feature
//! ▸   feature   5 steps  yours   │ A feature: planned, made, tested and reviewed …
//!     review    2 steps          │
//!   ✗ nightly   faulty           │ ◌     plan      strategist
//! ```

mod plot;

use super::{
    figures,
    ink::{self, Row, width},
    prose,
    scene::{Hit, Hits, Sight},
    sheet,
    split::Split,
};
use crate::ui::desk::ScriptOffer;
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// From this width on the list stands beside what the marked script is.
const BESIDE: u16 = 84;
/// Below so many lines there is the list alone.
const LEAST: u16 = 9;
/// The columns before a name: whether it is marked, and a sign.
const SIGNS: u16 = 4;
/// The widest a name is shown, in columns.
const NAME: u16 = 24;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let listed = sight.desk().listed_scripts();
    let marked = sight.desk().marked_script();
    let split = Split {
        beside: BESIDE,
        wide: (area.width * 2 / 5).clamp(34, 60),
        least: LEAST,
        lines: listed.len() + 1,
    };
    let (list, rest) = split.draw(buffer, area, sight);
    draw_count(buffer, ink::lines(list, 0, 1), sight);
    let scripts = ink::lines(list, 1, list.height.saturating_sub(1));
    draw_list(buffer, scripts, (listed, marked), sight, hits);
    let Some(marked) = marked.filter(|_| !rest.is_empty()) else { return };
    let lines = lines(marked, rest.width, sight);
    Row::new(buffer, rest, 0).put(&marked.name, sight.palette.heading);
    let rest = ink::lines(rest, 1, rest.height.saturating_sub(1));
    hits.shown.lines = usize::from(rest.height);
    sheet::draw(buffer, rest, (&lines, sight.desk().scripts.scroll), sight, &mut hits.shown);
}

/// How many scripts there are, and how many of the project's do not count.
fn draw_count(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let (desk, palette) = (sight.desk(), sight.palette);
    let mut row = Row::new(buffer, ink::indent(area, 2), 0);
    let Some(offers) = &desk.scripts.offers else {
        row.put("The scripts are being read.", palette.dim);
        return;
    };
    let left_out = desk.scripts.left_out as u64;
    let is_quiet = desk.plays.are_there || left_out > 0;
    let played = if is_quiet { "" } else { "none is played; " };
    let all = figures::of(offers.len() as u64, "script", "scripts");
    row.put(&format!("{played}{all}"), palette.dim);
    if left_out > 0 {
        let left = figures::count(left_out);
        row.put(&format!(", {left} left out: auteur trust"), palette.warning);
    }
}

/// The stretch of the list around the marked script.
fn draw_list(
    buffer: &mut Buffer,
    area: Rect,
    (listed, marked): (&[ScriptOffer], Option<&ScriptOffer>),
    sight: Sight,
    hits: &mut Hits,
) {
    let name_of = |it: &ScriptOffer| it.name.clone();
    let at = listed.iter().position(|it| marked.map(name_of) == Some(name_of(it))).unwrap_or(0);
    let height = usize::from(area.height);
    let start = at.saturating_sub(height / 2).min(listed.len().saturating_sub(height));
    let names = listed.iter().map(|it| width(&it.name)).max().unwrap_or_default().min(NAME);
    for (line, (place, script)) in (0..area.height).zip(listed.iter().enumerate().skip(start)) {
        let row = ink::lines(area, line, 1);
        draw_script(buffer, row, (script, place == at, names), sight);
        hits.add(row, Hit::Script(place));
    }
    let below = listed.len().saturating_sub(start + height);
    if height < 4 {
        return;
    }
    let hidden = (start as u64, below as u64);
    sheet::mark_hidden(buffer, area, hidden, ("script", "scripts"), sight);
}

fn draw_script(
    buffer: &mut Buffer,
    area: Rect,
    (script, is_marked, names): (&ScriptOffer, bool, u16),
    sight: Sight,
) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 0);
    row.put(if is_marked { "▸ " } else { "  " }, palette.key);
    row.put(if script.plot.is_ok() { "  " } else { "✗ " }, palette.trouble);
    let start = row.column();
    let style = match (is_marked, &script.plot) {
        (true, _) => palette.selected,
        (false, Ok(_)) => palette.strong,
        (false, Err(_)) => palette.dim,
    };
    row.put(&prose::cut(&script.name, names), style);
    let used = row.column().saturating_sub(start);
    row.skip(names.saturating_sub(used) + 2);
    match &script.plot {
        Ok(plot) => {
            let steps = figures::of(plot.script.steps.len() as u64, "step", "steps");
            row.put(&format!("{steps:8}"), palette.text);
        }
        Err(_) => drop(row.put("faulty  ", palette.trouble)),
    }
    row.put(&format!("  {}", script.whose()), palette.dim);
    if is_marked {
        ink::mark(buffer, area, SIGNS, palette.marked());
    }
}

/// What a script is; or what is wrong with it.
fn lines(script: &ScriptOffer, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    match &script.plot {
        Ok(plot) => plot::lines(script, plot, columns, sight),
        Err(why) => {
            let mut lines = prose::plain(&script.source.name, columns, palette.dim);
            lines.push(Line::default());
            lines.extend(prose::plain(why, columns, palette.trouble));
            lines
        }
    }
}
