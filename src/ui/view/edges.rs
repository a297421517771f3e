//! Edges between parts of the stage: where the mouse takes one, and which of them keys move.

use super::{
    layout::{self, Grid},
    scene::{Hit, Hits},
};
use crate::{
    model::AgentId,
    ui::desk::{Beside, Edge, Side},
};
use ratatui::layout::Rect;

/// Lets the edges between panes of a page be taken, and those beside the one that has the
/// keys be moved by them: the one behind it, or for the last the one before.
pub(super) fn add_between(
    area: Rect,
    panes: &[(AgentId, Rect)],
    (grid, page): (Grid, usize),
    hits: &mut Hits,
) {
    let mut rows = Vec::new();
    let mut rest = panes;
    for in_row in grid.in_rows(page) {
        let Some((row, behind)) = rest.split_at_checked(in_row) else { break };
        rows.push(row);
        rest = behind;
    }
    for row in &rows {
        for (place, pair) in row.windows(2).enumerate() {
            let [before, behind] = pair else { continue };
            // Both frames are the edge: a line alone is hard to hit.
            let x = before.1.right().saturating_sub(1);
            let edge = upright(area, Side::Pane(place, row.len()));
            hits.add(Rect { x, width: 2, ..before.1 }, Hit::Edge(edge));
            move_by_keys((edge, x), &[behind.0], &[before.0], hits);
        }
    }
    for (place, pair) in rows.windows(2).enumerate() {
        let [above, below] = pair else { continue };
        let Some((_, upper)) = above.first() else { continue };
        // The line below has titles, which are clicked for themselves.
        let y = upper.bottom().saturating_sub(1);
        let edge = flat(area, Side::Pane(place, rows.len()));
        hits.add(Rect { y, height: 1, ..area }, Hit::Edge(edge));
        let agents = |row: &[(AgentId, Rect)]| row.iter().map(|it| it.0).collect::<Vec<_>>();
        move_by_keys((edge, y), &agents(below), &agents(above), hits);
    }
}

/// Has keys move the edge while one of those behind it has them, or one of those before it.
fn move_by_keys((edge, at): (Edge, u16), behind: &[AgentId], before: &[AgentId], hits: &mut Hits) {
    for (agents, grows) in [(behind, false), (before, true)] {
        let beside = |it: &AgentId| Beside { agent: Some(*it), edge, at, grows };
        hits.shown.edges.extend(agents.iter().map(beside));
    }
}

/// Lets the edge between what is large and the strip be taken. What is large has the keys.
pub(super) fn add_strip(area: Rect, (large, strip): (Rect, Rect), hits: &mut Hits) {
    if strip.is_empty() {
        return;
    }
    let (line, edge, at) = if layout::stands_beside(area) {
        let line = Rect { x: large.right().saturating_sub(1), width: 1, ..large };
        (line, upright(area, Side::Strip), large.right())
    } else {
        let line = Rect { y: large.bottom().saturating_sub(1), height: 1, ..large };
        (line, flat(area, Side::Strip), large.bottom())
    };
    hits.add(line, Hit::Edge(edge));
    hits.shown.edges.push(Beside { agent: None, edge, at, grows: true });
}

/// Lets the edge behind the list of agents be taken, and moved by keys while they are its.
pub(super) fn add_list(area: Rect, list: Rect, hits: &mut Hits, has_keys: bool) {
    // The blank behind it, and the frame that is seen there.
    let line = Rect { x: list.right().saturating_sub(1), width: 2, ..list };
    let edge = upright(area, Side::List);
    hits.add(line, Hit::Edge(edge));
    if has_keys {
        hits.shown.edges.push(Beside { agent: None, edge, at: list.right(), grows: true });
    }
}

fn upright(area: Rect, of: Side) -> Edge {
    Edge { of, start: area.x, length: area.width, is_upright: true }
}

fn flat(area: Rect, of: Side) -> Edge {
    Edge { of, start: area.y, length: area.height, is_upright: false }
}
