//! The agent's log, to be read: entries with all there is in them.

use super::{
    super::{
        entry::{Measure, opened},
        ink, prose,
        scene::Sight,
    },
    mark_hidden,
};
use crate::model::Agent;
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

pub(super) fn draw(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight) {
    let measure = Measure { palette: sight.palette, columns: area.width, now: sight.now() };
    let (height, back) = (usize::from(area.height), sight.scene.scroll);
    // From the last entry back, until the window is full.
    let mut lines: Vec<Line> = Vec::with_capacity(height + back);
    let mut entries = agent.log.entries().rev();
    for entry in entries.by_ref() {
        lines.extend(opened(entry, measure).into_iter().rev());
        if lines.len() >= height + back {
            break;
        }
    }
    let earlier = entries.len() as u64 + agent.log.dropped();
    let back = back.min(lines.len().saturating_sub(height));
    let end = (back + height).min(lines.len());
    let mut window: Vec<Line> = lines.drain(back..end).rev().collect();
    for line in &mut window {
        prose::highlight(line, sight.scene.wanted, sight.palette.found);
    }
    ink::draw_lines(buffer, area, &window);
    mark_hidden(buffer, area, (earlier, 0), "entries", sight);
    mark_hidden(buffer, area, (0, back as u64), "lines", sight);
}
