//! How all agents stood, each on its line, over the time of the session.
//!
//! ```text
//! smith    ◔███████◆◆◆█████████✓
//! scout    ◔██████✓
//! ```

use super::{draw_time, end};
use crate::{
    history::Reckoning,
    model::{AgentId, Status},
    ui::view::{
        ink::{self, Row, width},
        prose,
        scene::{Hit, Hits, Sight},
        status,
    },
};
use ratatui::{buffer::Buffer, layout::Rect};
use std::collections::BTreeSet;

/// The widest a name is shown, in columns.
const NAME: u16 = 18;
/// No lane is taller than so many lines, with the one that parts it from the next.
const TALL: usize = 4;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    known: &Reckoning,
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let lanes: Vec<_> = known.lanes.all().collect();
    let end = end(known, sight);
    let stood: BTreeSet<Status> =
        lanes.iter().flat_map(|(_, lane)| lane.parts(end, 200)).flatten().collect();
    let legend = legend(&stood, area.width);
    let below = u16::try_from(legend.len()).unwrap_or(1) + 2;
    let room = usize::from(area.height.saturating_sub(below));
    // Where there is room, a lane is as tall as can be read.
    let tall = (room / lanes.len().max(1)).clamp(1, TALL);
    let shown = room / tall;
    let most = lanes.len().saturating_sub(shown);
    (hits.shown.most, hits.shown.lines) = (Some(most), shown);
    let bars = u16::try_from(tall.saturating_sub(1).max(1)).unwrap_or(1);
    let money = |id: &AgentId| {
        let agent = sight.stage().agent(*id).filter(|_| bars > 1);
        agent.map_or_else(String::new, |it| it.spent.to_string())
    };
    let wide = lanes.iter().map(|(id, it)| width(&it.name).max(width(&money(id))));
    let names = wide.max().unwrap_or(0).min(NAME) + 1;
    let start = sight.desk().ledger.scroll.min(most);
    let columns = area.width.saturating_sub(names);
    let mut line = 0;
    for (id, lane) in lanes.iter().skip(start).take(shown) {
        let place = ink::lines(area, line, bars);
        let has_focus = sight.desk().focus == Some(*id);
        let style = if has_focus { palette.selected } else { palette.strong };
        Row::new(buffer, place, 0).put(&prose::cut(&lane.name, names - 1), style);
        if bars > 1 {
            Row::new(buffer, place, 1).put(&prose::cut(&money(id), names - 1), palette.money);
        }
        let parts = lane.parts(end, columns.into());
        for bar in 0..bars {
            let mut row = Row::new(buffer, ink::indent(place, names), bar);
            for part in &parts {
                match part {
                    Some(status) => row.put(shape(*status), palette.status(*status)),
                    None => row.skip(1),
                };
            }
        }
        hits.add(place, Hit::Agent(*id));
        line += u16::try_from(tall).unwrap_or(1);
    }
    draw_time(buffer, ink::lines(area, line, 1), (names, columns), end, sight);
    let from = line + 2;
    for (line, statuses) in (from..).zip(legend) {
        let mut row = Row::new(buffer, area, line);
        for it in statuses {
            row.put_whole(&told(it), palette.status(it));
        }
    }
}

/// What each shape that is there stands for, in as many lines as that needs.
fn legend(stood: &BTreeSet<Status>, columns: u16) -> Vec<Vec<Status>> {
    let mut lines: Vec<Vec<Status>> = Vec::new();
    let mut left = 0;
    for it in stood.iter().copied() {
        let wide = width(&told(it));
        if let Some(line) = lines.last_mut().filter(|_| wide <= left) {
            line.push(it);
        } else {
            lines.push(vec![it]);
            left = columns;
        }
        left = left.saturating_sub(wide);
    }
    lines
}

fn told(status: Status) -> String {
    format!("{} {status}  ", shape(status))
}

/// What is usual is a plain bar; all else has its own shape.
const fn shape(status: Status) -> &'static str {
    match status {
        Status::Running => "█",
        status => status::glyph(status),
    }
}
