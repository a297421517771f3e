//! How the program itself does, in a corner of whatever is looked at.
//!
//! ```text
//! ╭ health ───────────────────────────╮
//! │ events   1,234 a second           │
//! │ picture  0.8 ms, 3.2 ms at worst  │
//! ╰───────────────────────────────────╯
//! ```

use super::{
    figures,
    ink::{self, Row, width},
    prose,
    scene::Sight,
};
use crate::ui::{
    desk::{Health, Screen},
    keys::{Act, Context},
};
use ratatui::{buffer::Buffer, layout::Rect};
use std::time::Duration;

/// So many lines below it tell what the shapes of the ledger stand for.
const LEGEND: u16 = 2;
/// No wider than that.
const WIDE: u16 = 64;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let Some(health) = &sight.desk().health else { return };
    let palette = sight.palette;
    let rows = rows(health, sight);
    let widest = rows.iter().map(|it| width(&it.1)).max().unwrap_or(0) + 14;
    let size = (widest.min(WIDE).min(area.width), u16::try_from(rows.len()).unwrap_or(0) + 2);
    // On the ledger the newest is at the right, and what is lowest is emptiest.
    let is_low = sight.desk().screen == Screen::Ledger;
    let height = size.1.min(area.height);
    let (x, y) = if is_low {
        // What shapes stand for is read below it.
        (area.x, area.bottom().saturating_sub(height + LEGEND).max(area.y))
    } else {
        (area.right().saturating_sub(size.0), area.y)
    };
    let place = Rect { x, y, width: size.0, height };
    ink::clear(buffer, place, palette.raised);
    let inner = ink::frame(buffer, place, ink::THIN, palette.border_focus);
    let mut title = Row::new(buffer, ink::indent(place, 2), 0);
    title.put_whole(" health ", palette.title);
    for (line, (name, text)) in (0..inner.height).zip(&rows) {
        let mut row = Row::new(buffer, inner, line);
        row.skip(1).put(&format!("{name:<9}"), palette.dim);
        let room = row.room().saturating_sub(1);
        // Of a long path both ends say something.
        row.put(&prose::cut_within(text, room), palette.text);
    }
}

fn rows(health: &Health, sight: Sight) -> Vec<(&'static str, String)> {
    let stage = sight.stage();
    let (median, worst) = health.frame;
    let mut rows = vec![
        (
            "events",
            format!(
                "{} a second, {} in all",
                figures::count(health.events),
                figures::count(stage.last().0)
            ),
        ),
        ("picture", format!("{}, {} at worst", millis(median), millis(worst))),
        ("pictures", format!("{} a second", figures::count(health.frames))),
    ];
    if let Some(memory) = health.memory {
        rows.push(("memory", figures::bytes(memory)));
    }
    if let Some((waiting, most)) = health.queue {
        let (waiting, most) = (figures::count(waiting as u64), figures::count(most as u64));
        rows.push(("queue", format!("{waiting} of {most} wait for the supervisor")));
    }
    if let Some(bytes) = health.journal {
        rows.push(("journal", figures::bytes(bytes)));
    }
    rows.push(("log", health.log.display().to_string()));
    let keys = sight.desk().keymap.keys_for(Context::Stage, Act::Health);
    if let Some(key) = keys.first() {
        rows.push(("", format!("{key} hides this")));
    }
    rows
}

/// `0.8 ms`: a picture takes less than one, or something is wrong.
fn millis(took: Duration) -> String {
    let tenths = took.as_micros() / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}
