//! What every dialog lies on: a blank area with a frame and a title.

use super::super::{
    ink::{self, DOUBLE, Row},
    scene::Sight,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Keys with what they do, for the lower edge of a dialog.
pub(super) type Keys<'a> = &'a [(String, &'a str)];

/// Lays a paper with room for so many columns and lines in the middle of an
/// area, and returns that room.
pub(super) fn lay(
    buffer: &mut Buffer,
    area: Rect,
    (columns, lines): (u16, u16),
    title: &str,
    sight: Sight,
) -> Rect {
    let palette = sight.palette;
    let (width, height) = (columns.saturating_add(4), lines.saturating_add(2));
    let place = ink::centred(area, width, height);
    ink::clear(buffer, place, palette.raised);
    let inner = ink::frame(buffer, place, DOUBLE, palette.border_dialog);
    let edge = ink::indent(Rect { width: place.width.saturating_sub(2), ..place }, 2);
    let mut letters = title.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let title = format!(" {capital}{} ", letters.as_str());
    Row::new(buffer, edge, 0).put(&title, palette.title);
    ink::indent(Rect { width: inner.width.saturating_sub(1), ..inner }, 1)
}

/// Writes keys with what they do along one line; those that do not fit whole
/// are left out.
pub(super) fn write_keys(row: &mut Row, keys: Keys, sight: Sight) {
    let palette = sight.palette;
    for (key, what) in keys {
        if ink::width(key) + ink::width(what) + 1 > row.room() {
            return;
        }
        row.put(key, palette.key).skip(1).put(what, palette.text).skip(2);
    }
}
