//! A screen too small for panes: the counts, then the agents, those that need
//! the director first.

use super::{
    figures,
    ink::{self, Row},
    pane,
    scene::{Hit, Hits, Sight},
    status,
};
use crate::model::Agent;
use ratatui::{buffer::Buffer, layout::Rect};

/// Below this no pane fits under a header and above a footer.
pub(super) const LEAST: (u16, u16) = (38, 10);

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let palette = sight.palette;
    let totals = sight.stage().totals();
    let mut row = Row::new(buffer, area, 0);
    if totals.need_you > 0 {
        row.put(&figures::count(totals.need_you.into()), palette.need_chip);
        row.put(" need you ", palette.need_chip).skip(1);
    }
    for (status, count) in &totals.by_status {
        let style = palette.status(*status);
        row.put_whole(&format!("{}{count} ", status::glyph(*status)), style);
    }
    row.put_right(&figures::cost(totals.spent), palette.money, 1);
    let focused = sight.stage().agents().filter(|it| sight.has_focus(it));
    let needing = sight.stage().needing();
    let needing = needing.iter().filter_map(|id| sight.stage().agent(*id));
    let rest = sight.stage().agents().filter(|it| !it.needs_director());
    let others = needing.chain(rest).filter(|it| !sight.has_focus(it));
    let agents: Vec<&Agent> = focused.chain(others).collect();
    for (line, agent) in (1..area.height).zip(agents) {
        let place = ink::lines(area, line, 1);
        pane::draw_line(buffer, place, agent, sight);
        hits.add(place, Hit::Agent(agent.id));
    }
}
