//! The bottom line: what the program has to say, and which keys work here.

use super::{ink::Row, scene::Sight};
use ratatui::{buffer::Buffer, layout::Rect};

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 0);
    row.put(" COMMAND ", palette.chip).skip(1);
    if let Some(trouble) = sight.scene.trouble {
        row.put(trouble, palette.trouble);
    } else if let Some(notice) = sight.stage().notices().next_back() {
        row.put(&notice.text, palette.dim);
    }
}
