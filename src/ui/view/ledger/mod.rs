//! What a session has cost: a table, and what is looked at rather than read.
//!
//! ```text
//!  Costs   Burn rate   Tokens   Context   States                      by agent
//! AGENT            ANSWERS  CALLS      IN  CACHED     OUT             COST
//! smith                 12     31   1.2M    1.1M   21.4k   ▇▇▇▇▇     $1.20
//! scout                  4      9   300k    280k    4.1k   ▇▇        $0.40
//! in all                16     40   1.5M    1.4M   25.5k             $1.60
//! ```

mod chart;
mod states;
mod table;

use super::{
    ink::{self, Row},
    scene::{Hit, Hits, Sight},
};
use crate::{
    history::Reckoning,
    model::Millis,
    ui::{
        desk::LedgerView,
        keys::{Act, Context},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    draw_views(buffer, area, sight, hits);
    let below = ink::lines(area, 1, area.height.saturating_sub(1));
    let below = ink::indent(below, 1);
    let below = Rect { width: below.width.saturating_sub(1), ..below };
    let Some(known) = sight.desk().ledger.known.as_deref() else {
        let text = "Nothing is read yet.";
        Row::new(buffer, ink::centred(below, 20, 1), 0).put(text, sight.palette.dim);
        return;
    };
    let view = sight.desk().ledger.view;
    let is_empty = match view {
        LedgerView::States => known.lanes.all().next().is_none(),
        _ => known.ledger.is_empty(),
    };
    if is_empty {
        let text = "Nothing was spent yet.";
        let place = ink::centred(below, ink::width(text), 1);
        Row::new(buffer, place, 0).put(text, sight.palette.dim);
        return;
    }
    match view {
        LedgerView::Table => table::draw(buffer, below, known, sight, hits),
        LedgerView::Burn => chart::draw_burn(buffer, below, known, sight),
        LedgerView::Tokens => chart::draw_tokens(buffer, below, known, sight),
        LedgerView::Context => chart::draw_context(buffer, below, known, sight),
        LedgerView::States => states::draw(buffer, below, known, sight, hits),
    }
}

/// What can be looked at, and what the table tells apart.
fn draw_views(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let (ledger, palette) = (&sight.desk().ledger, sight.palette);
    let mut row = Row::new(buffer, area, 0);
    let keys = |act| sight.desk().keymap.keys_for(Context::Ledger, act);
    if ledger.view == LedgerView::Table {
        let keys: Vec<_> = [Act::PreviousGrouping, Act::NextGrouping]
            .into_iter()
            .filter_map(|it| keys(it).into_iter().next())
            .collect();
        let end = row.end();
        row.put_right(&format!(" by {} ", ledger.by), palette.strong, 12);
        row.put_right(&keys.join(" "), palette.key, 12);
        let place = Rect { x: row.end(), y: row.line(), width: end - row.end(), height: 1 };
        hits.add(place, Hit::Deed(Act::NextGrouping));
    }
    for view in LedgerView::ALL {
        let style = if view == ledger.view { palette.chip_quiet } else { palette.dim };
        let start = row.column();
        row.put_whole(&format!(" {} ", view.name()), style);
        let width = row.column().saturating_sub(start);
        hits.add(Rect { x: start, y: row.line(), width, height: 1 }, Hit::View(view));
    }
}

/// The end of the time that is drawn: now, and in a replay the moment that is shown.
fn end(known: &Reckoning, sight: Sight) -> Millis {
    match &sight.desk().playhead {
        Some(_) => known.now(),
        None if sight.desk().is_over => known.now(),
        None => sight.now().max(known.now()),
    }
}

/// A line of time below what is drawn over it: its beginning, its middle and its end.
fn draw_time(
    buffer: &mut Buffer,
    area: Rect,
    (left, columns): (u16, u16),
    end: Millis,
    sight: Sight,
) {
    let axis =
        Rect { width: columns.min(area.width.saturating_sub(left)), ..ink::indent(area, left) };
    let dim = sight.palette.dim;
    let last = end.to_string();
    let middle = Millis(end.0 / 2).to_string();
    let half = axis.width / 2;
    Row::new(buffer, axis, 0).put("0:00", dim).put_right(&last, dim, 1);
    if axis.width > 40 {
        let place = half.saturating_sub(ink::width(&middle) / 2);
        Row::new(buffer, ink::indent(axis, place), 0).put(&middle, dim);
    }
}
