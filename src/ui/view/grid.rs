//! The panes of one page of agents.

use super::{
    figures,
    ink::Row,
    layout::Grid,
    pane,
    scene::{Hit, Hits, Sight},
};
use crate::{model::Agent, ui::desk::GridShape};
use ratatui::{buffer::Buffer, layout::Rect};

/// Draws the page that the desk looks at.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    agents: &[&Agent],
    sight: Sight,
    hits: &mut Hits,
) {
    let grid = Grid::fit(area, agents.len());
    hits.shown.grid = GridShape { columns: grid.columns.into(), rows: grid.rows.into() };
    let page = sight.desk().page.min(grid.pages() - 1);
    let first = page * grid.per_page();
    let panes = grid.panes(area, page);
    for ((place, agent), pane) in (first..).zip(agents.iter().skip(first)).zip(panes) {
        pane::draw(buffer, pane, (place + 1, agent), sight, &mut hits.shown);
        hits.add(pane, Hit::Agent(agent.id));
    }
    if grid.pages() > 1 {
        draw_pages(buffer, area, agents, (grid, page), sight);
    }
}

/// Says on the lower edge which page this is, and whether another one holds
/// somebody who needs the director.
fn draw_pages(
    buffer: &mut Buffer,
    area: Rect,
    agents: &[&Agent],
    (grid, page): (Grid, usize),
    sight: Sight,
) {
    let elsewhere = agents.iter().enumerate();
    let elsewhere = elsewhere.filter(|(place, _)| grid.page_of(*place) != page);
    let needing = elsewhere.filter(|(_, agent)| agent.needs_director()).count();
    // The corner of the last pane stays.
    let edge = Rect { width: area.width.saturating_sub(1), ..area };
    let mut row = Row::new(buffer, edge, area.height.saturating_sub(1));
    let pages = figures::count(grid.pages() as u64);
    let text = format!(" page {} of {pages} ", figures::count(page as u64 + 1));
    row.put_right("─", sight.palette.border, 0);
    row.put_right(&text, sight.palette.strong, 0);
    if needing > 0 {
        let text = format!(" {} on other pages need you ", figures::count(needing as u64));
        row.put_right(&text, sight.palette.need_chip, 0);
    }
}
