//! The top line: what session this is, how its agents stand, what it costs.
//!
//! ```text
//!  Auteur · fix the parser    ●3 ◆1 ✓2    2 need you       $0.42 of $5.00 · 84 tok/s · 2:10
//! ```

use super::{
    figures,
    ink::{Row, width},
    scene::Sight,
    status,
};
use crate::model::Totals;
use ratatui::{buffer::Buffer, layout::Rect};

/// The least that the title keeps of the line.
const TITLE: u16 = 12;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let totals = sight.stage().totals();
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 0);
    match &sight.desk().playhead {
        Some(_) => row.put(" REPLAY ", palette.chip_replay).skip(1),
        None => row.skip(1),
    };
    let counts = counts_width(&totals);
    let loud = if totals.need_you > 0 { need_you(&totals) } else { String::new() };
    let keep = counts + width(&loud) + 4;
    draw_right(&mut row, sight, &totals, keep + TITLE);
    let room = row.room().saturating_sub(keep);
    let title = super::prose::cut(name(sight), room);
    row.put(&title, palette.strong).skip(2);
    for (status, count) in &totals.by_status {
        let style = palette.status(*status);
        row.put(status::glyph(*status), style).put(&figures::count(u64::from(*count)), style);
        row.skip(1);
    }
    row.skip(1).put(&loud, palette.need_chip);
}

fn name<'a>(sight: Sight<'a>) -> &'a str {
    let stage = sight.stage();
    let project = stage.header().project.as_str();
    match (stage.title(), project.rsplit('/').find(|it| !it.is_empty())) {
        ("", Some(folder)) => folder,
        ("", None) => "Auteur",
        (title, _) => title,
    }
}

fn need_you(totals: &Totals) -> String {
    match totals.need_you {
        1 => " 1 needs you ".to_owned(),
        more => format!(" {} need you ", figures::count(u64::from(more))),
    }
}

fn counts_width(totals: &Totals) -> u16 {
    let each = |count: &u32| 2 + width(&figures::count(u64::from(*count)));
    totals.by_status.values().map(each).sum()
}

/// The figures at the right end, the most important outermost; those that do
/// not fit are left out.
fn draw_right(row: &mut Row, sight: Sight, totals: &Totals, keep: u16) {
    let (stage, palette) = (sight.stage(), sight.palette);
    row.put_right(" ", palette.text, keep);
    row.put_right(&sight.now().to_string(), palette.strong, keep);
    let spent = match stage.limits().budget {
        Some(budget) => {
            format!("{} of {} · ", figures::cost(totals.spent), figures::money(budget))
        }
        None => format!("{} · ", figures::cost(totals.spent)),
    };
    row.put_right(&spent, palette.money, keep);
    if totals.reserved.0 > 0 {
        row.put_right(
            &format!("{} reserved · ", figures::money(totals.reserved)),
            palette.dim,
            keep,
        );
    }
    let rate = stage.token_rate(sight.now());
    if rate > 0 {
        row.put_right(&format!("~{} tok/s · ", figures::count(rate)), palette.dim, keep);
    }
    for (count, what) in [(stage.damaged(), "damaged"), (stage.unknown(), "unknown")] {
        if count > 0 {
            let text = format!("{} {what} in the journal · ", figures::count(count));
            row.put_right(&text, palette.warning, keep);
        }
    }
    if totals.held > 0 {
        let text = format!("{} of {} held · ", totals.still, totals.held);
        row.put_right(&text, palette.dim, keep);
    }
}
