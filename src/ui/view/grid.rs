//! The panes of one page of agents.

use super::{
    layout::Grid,
    pane,
    scene::{Hit, Hits, Sight},
};
use crate::model::Agent;
use ratatui::{buffer::Buffer, layout::Rect};

/// Draws the page on which the focused agent stands.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    agents: &[&Agent],
    sight: Sight,
    hits: &mut Hits,
) {
    let grid = Grid::fit(area, agents.len());
    let focus = agents.iter().position(|it| sight.has_focus(it)).unwrap_or_default();
    let page = grid.page_of(focus);
    let first = page * grid.per_page();
    let panes = grid.panes(area, page);
    for ((place, agent), pane) in (first..).zip(agents.iter().skip(first)).zip(panes) {
        pane::draw(buffer, pane, agent, place + 1, sight);
        hits.add(pane, Hit::Agent(agent.id));
    }
}
