//! Copy mode: a text that stands still, on the whole screen.
//!
//! ```text
//! ╔═ Copy from the log of scout ══════════╗
//! ║   cargo test                          ║
//! ║ ▸ 3 failed                            ║
//! ║ v mark  y copy  Esc leave     2 of 40 ║
//! ╚═══════════════════════════════════════╝
//! ```

use super::{
    super::{
        figures,
        ink::{self, Row},
        prose,
        scene::{Hits, Sight},
    },
    paper::{self, Keys},
};
use crate::ui::desk::Copying;
use ratatui::{buffer::Buffer, layout::Rect};

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&Copying, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let room = (area.width.saturating_sub(4), area.height.saturating_sub(2));
    let inner = paper::lay(buffer, area, room, &it.title, sight);
    let page = ink::lines(inner, 0, inner.height.saturating_sub(1));
    let height = usize::from(page.height);
    hits.shown.lines = height;
    // The line that the keys are on stands in the middle, as far as the text goes.
    let most = it.lines.len().saturating_sub(height);
    let top = it.at.saturating_sub(height / 2).min(most);
    let marked = it.marked();
    for (line, (at, text)) in (0..page.height).zip(it.lines.iter().enumerate().skip(top)) {
        let mut row = Row::new(buffer, page, line);
        row.put(if at == it.at { "▸ " } else { "  " }, palette.key);
        let style = match (marked.contains(&at), text.is_command) {
            (true, _) => palette.selected,
            (false, true) => palette.tool,
            (false, false) => palette.text,
        };
        // A marked line that is empty is seen to be marked.
        let shown = if text.text.is_empty() { " " } else { &text.text };
        row.put(&prose::cut(shown, row.room()), style);
    }
    let mut row = Row::new(buffer, inner, inner.height.saturating_sub(1));
    let (at, all) = (figures::count(it.at as u64 + 1), figures::count(it.lines.len() as u64));
    let count = marked.end() + 1 - marked.start();
    let many = match it.from {
        Some(_) => format!("{} marked · ", figures::count(count as u64)),
        None => String::new(),
    };
    row.put_right(&format!(" {many}{at} of {all} "), palette.chip_quiet, 12);
    paper::write_keys(&mut row, keys, sight);
}
