//! The panes of one page of agents.

use super::{
    edges, figures,
    ink::{self, Row},
    layout::{self, Grid},
    pane,
    scene::{Hit, Hits, Sight},
};
use crate::{
    config::StageLayout,
    model::Agent,
    ui::{desk::GridShape, keys::Act},
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Draws the page that the desk looks at.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    agents: &[&Agent],
    sight: Sight,
    hits: &mut Hits,
) {
    let layout = sight.desk().layout;
    let grid = Grid::of(layout, area, agents.len());
    hits.shown.grid = GridShape { columns: grid.columns.into(), rows: grid.rows.into() };
    if layout == StageLayout::Focus {
        return draw_focus(buffer, area, agents, sight, hits);
    }
    let page = sight.desk().page.min(grid.pages() - 1);
    let first = page * grid.per_page();
    let panes = grid.panes(area, page, &sight.desk().shares);
    let panes: Vec<_> = agents.iter().skip(first).zip(panes).collect();
    // Numbers count the panes of the page in sight, as the keys do.
    for (place, (agent, pane)) in panes.iter().enumerate() {
        hits.add(*pane, Hit::Agent(agent.id));
        pane::draw(buffer, *pane, (place + 1, agent), sight, hits);
    }
    let panes: Vec<_> = panes.into_iter().map(|(agent, pane)| (agent.id, pane)).collect();
    edges::add_between(area, &panes, (grid, page), hits);
    if grid.pages() > 1 {
        draw_pages(buffer, area, agents, (grid, page), (sight, hits));
    }
}

/// Draws the one that has the keys large, and the others in a strip: as panes where there
/// is room for them, else a line each.
fn draw_focus(buffer: &mut Buffer, area: Rect, agents: &[&Agent], sight: Sight, hits: &mut Hits) {
    let here = agents.iter().position(|it| sight.has_focus(it)).unwrap_or(0);
    let (large, strip) =
        layout::focus_and_strip(area, agents.len().saturating_sub(1), sight.desk().shares.strip);
    let others = || agents.iter().enumerate().filter(|(place, _)| *place != here);
    if let Some(agent) = agents.get(here) {
        hits.add(large, Hit::Agent(agent.id));
        pane::draw(buffer, large, (here + 1, agent), sight, hits);
    }
    let panes = layout::stacked(strip, others().count());
    if !panes.is_empty() {
        for ((place, agent), pane) in others().zip(panes) {
            hits.add(pane, Hit::Agent(agent.id));
            pane::draw(buffer, pane, (place + 1, agent), sight, hits);
        }
        return edges::add_strip(area, (large, strip), hits);
    }
    draw_strip(buffer, strip, (here, agents), sight, hits);
    edges::add_strip(area, (large, strip), hits);
}

/// Draws the others, a line each.
fn draw_strip(
    buffer: &mut Buffer,
    strip: Rect,
    (here, agents): (usize, &[&Agent]),
    sight: Sight,
    hits: &mut Hits,
) {
    let others = || agents.iter().enumerate().filter(|(place, _)| *place != here);
    // As many as there is room for; around the one that has the keys, where not all fit.
    let room = usize::from(strip.height);
    let count = others().count();
    let first = here.saturating_sub(room / 2).min(count.saturating_sub(room));
    for (line, (_, agent)) in (0..strip.height).zip(others().skip(first)) {
        let area = ink::lines(strip, line, 1);
        pane::draw_line(buffer, area, agent, sight);
        hits.add(area, Hit::Agent(agent.id));
    }
    if count > room && room > 0 {
        let last = ink::lines(strip, strip.height - 1, 1);
        let more = format!(" {} more ", figures::count((count - room) as u64));
        Row::new(buffer, last, 0).put_right(&more, sight.palette.chip_quiet, 0);
    }
}

/// Says on the lower edge which page this is, and whether another one holds
/// somebody who needs the director.
fn draw_pages(
    buffer: &mut Buffer,
    area: Rect,
    agents: &[&Agent],
    (grid, page): (Grid, usize),
    (sight, hits): (Sight, &mut Hits),
) {
    let elsewhere = agents.iter().enumerate();
    let elsewhere = elsewhere.filter(|(place, _)| grid.page_of(*place) != page);
    let needs: Vec<_> = elsewhere.filter_map(|(_, agent)| sight.need(agent)).collect();
    let new = needs.iter().filter(|it| it.is_new_end()).count();
    let needing = needs.len() - new;
    // The corner of the last pane stays.
    let edge = Rect { width: area.width.saturating_sub(1), ..area };
    let mut row = Row::new(buffer, edge, area.height.saturating_sub(1));
    let pages = figures::count(grid.pages() as u64);
    let text = format!(" page {} of {pages} ", figures::count(page as u64 + 1));
    row.put_right("─", sight.palette.border, 0);
    row.put_right(&text, sight.palette.strong, 0);
    let turns = if page + 1 < grid.pages() { Act::PageDown } else { Act::ScrollTop };
    hits.add(
        Rect { x: row.end(), y: row.line(), width: ink::width(&text), height: 1 },
        Hit::Deed(turns),
    );
    if needing > 0 {
        let needing = figures::of(
            needing as u64,
            "agent on another page needs",
            "agents on other pages need",
        );
        let text = format!(" {needing} you ");
        row.put_right(&text, sight.palette.need_chip, 0);
    } else if new > 0 {
        let text = format!(" {} new elsewhere ", figures::count(new as u64));
        row.put_right(&text, sight.palette.need, 0);
    }
}
