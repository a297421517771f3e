//! The end of an agent's log, as much of it as there is room for.

use super::{
    entry::{Measure, folded, is_undone, struck},
    ink,
    scene::Sight,
};
use crate::model::Agent;
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// Draws the end of the log, the newest line lowest. Entries are laid out from
/// the last one back, and no further than the area is high. Says how many lines it takes.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight) -> u16 {
    if area.is_empty() {
        return 0;
    }
    let measure = Measure {
        palette: sight.palette,
        columns: area.width,
        now: agent.frozen.unwrap_or(sight.now()),
        lines: Some(area.height.into()),
    };
    let height = usize::from(area.height);
    let mut lines: Vec<Line> = Vec::with_capacity(height);
    for (index, entry) in agent.log.entries().rev().enumerate() {
        let mut laid = folded(entry, index == 0, measure);
        if is_undone(entry, agent) {
            struck(&mut laid, sight.palette);
        }
        lines.extend(laid.into_iter().rev().take(height - lines.len()));
        if lines.len() == height {
            break;
        }
    }
    ink::draw_lines(buffer, area, lines.iter().rev());
    u16::try_from(lines.len()).unwrap_or(area.height)
}
