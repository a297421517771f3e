//! The end of an agent's log, as much of it as there is room for.

use super::{
    entry::{Measure, folded, is_undone, struck},
    ink,
    scene::Sight,
};
use crate::{
    model::{Agent, Entry},
    ui::desk::Peek,
};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};
use std::sync::Arc;

/// Draws the end of the log, the newest line lowest; or what stands before that, where it is
/// looked back in. Entries are laid out from the last one back, and no further than the area
/// is high. Says how many lines it takes, and how far back they stand.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (agent, peek): (&Agent, Option<Peek>),
    sight: Sight,
) -> (u16, usize) {
    if area.is_empty() {
        return (0, 0);
    }
    let wanted = usize::from(area.height) + peek.map_or(0, |it| it.back);
    let measure = Measure {
        palette: sight.palette,
        columns: area.width,
        now: agent.frozen.unwrap_or(sight.now()),
        lines: Some(wanted),
    };
    let height = usize::from(area.height);
    let mut lines: Vec<Line> = Vec::with_capacity(height);
    let is_seen = |it: &&Arc<Entry>| peek.is_none_or(|peek| it.seq <= peek.until);
    for (index, entry) in agent.log.entries().rev().filter(is_seen).enumerate() {
        let mut laid = folded(entry, index == 0, measure);
        if is_undone(entry, agent) {
            struck(&mut laid, sight.palette);
        }
        lines.extend(laid.into_iter().rev().take(wanted - lines.len()));
        if lines.len() == wanted {
            break;
        }
    }
    let back = lines.len().saturating_sub(height);
    ink::draw_lines(buffer, area, lines.iter().skip(back).rev());
    (u16::try_from(lines.len() - back).unwrap_or(area.height), back)
}
