//! A document that is scrolled from its top.

use super::{
    figures,
    ink::{self, Row},
    scene::Sight,
};
use crate::ui::desk::Shown;
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// Draws a document from the line it was scrolled to; says what is out of sight.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (lines, scrolled): (&[Line], usize),
    sight: Sight,
    shown: &mut Shown,
) {
    let height = usize::from(area.height);
    let most = lines.len().saturating_sub(height);
    shown.most = Some(most);
    let start = scrolled.min(most);
    ink::draw_lines(buffer, area, lines.iter().skip(start));
    let below = lines.len().saturating_sub(start + height);
    mark_hidden(buffer, area, (start as u64, below as u64), LINES, sight);
}

/// What can be out of sight: one of it, and more.
pub(super) const LINES: (&str, &str) = ("line", "lines");

/// Says at the right edge how much is out of sight: above on the rule over the
/// sheet, below on its last line.
pub(super) fn mark_hidden(
    buffer: &mut Buffer,
    area: Rect,
    (above, below): (u64, u64),
    (one, more): (&str, &str),
    sight: Sight,
) {
    let style = sight.palette.chip_quiet;
    if above > 0 {
        let text = format!(
            " ↑ {} ",
            figures::of(above, &format!("earlier {one}"), &format!("earlier {more}"))
        );
        let rule = Rect { y: area.y.saturating_sub(1), height: 1, ..area };
        Row::new(buffer, rule, 0).put_right(&text, sight.palette.dim, 0);
    }
    if below > 0 {
        let text =
            format!(" ↓ {} ", figures::of(below, &format!("more {one}"), &format!("more {more}")));
        Row::new(buffer, area, area.height.saturating_sub(1)).put_right(&text, style, 0);
    }
}
