//! How all agents stood, each on its line, over the time of the session.
//!
//! ```text
//! smith    ◔███████◆◆◆█████████✓
//! scout    ◔██████✓
//! ```

use super::{draw_time, end};
use crate::{
    history::Reckoning,
    model::Status,
    ui::view::{
        ink::{self, Row, width},
        prose,
        scene::{Hit, Hits, Sight},
        status,
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

/// The widest a name is shown, in columns.
const NAME: u16 = 18;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    known: &Reckoning,
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let lanes: Vec<_> = known.lanes.all().collect();
    let names = lanes.iter().map(|it| width(&it.1.name)).max().unwrap_or(0).min(NAME) + 1;
    let room = area.height.saturating_sub(3);
    let most = lanes.len().saturating_sub(room.into());
    (hits.shown.most, hits.shown.lines) = (Some(most), room.into());
    let start = sight.desk().ledger.scroll.min(most);
    let end = end(known, sight);
    let columns = area.width.saturating_sub(names);
    let mut line = 0;
    for (id, lane) in lanes.iter().skip(start).take(room.into()) {
        let place = ink::lines(area, line, 1);
        let has_focus = sight.desk().focus == Some(*id);
        let style = if has_focus { palette.selected } else { palette.strong };
        Row::new(buffer, place, 0).put(&prose::cut(&lane.name, names - 1), style);
        let mut row = Row::new(buffer, ink::indent(place, names), 0);
        for part in lane.parts(end, columns.into()) {
            match part {
                Some(status) => row.put(shape(status), palette.status(status)),
                None => row.skip(1),
            };
        }
        hits.add(place, Hit::Agent(*id));
        line += 1;
    }
    draw_time(buffer, ink::lines(area, line, 1), (names, columns), end, sight);
    let mut row = Row::new(buffer, area, area.height.saturating_sub(1));
    for it in Status::ALL {
        let text = format!("{} {it}  ", shape(it));
        row.put_whole(&text, palette.status(it));
    }
}

/// What is usual is a plain bar; all else has its own shape.
const fn shape(status: Status) -> &'static str {
    match status {
        Status::Running => "█",
        status => status::glyph(status),
    }
}
