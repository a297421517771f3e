//! What every dialog lies on: a blank area with a frame and a title.

use super::super::{
    ink::{self, DOUBLE, Row},
    scene::Sight,
    tiny,
};
use ratatui::{buffer::Buffer, layout::Rect};

/// Keys with what they do, for the lower edge of a dialog.
pub(super) type Keys<'a> = &'a [(String, &'a str)];

/// Lays a paper with room for so many columns and lines in the middle of an
/// area, and returns that room.
pub(super) fn lay(
    buffer: &mut Buffer,
    area: Rect,
    room: (u16, u16),
    title: &str,
    sight: Sight,
) -> Rect {
    let (width, height) = outer(room);
    lay_at(buffer, area, ink::centred(area, width, height), title, sight)
}

/// Lays one at the lower edge of an area.
pub(super) fn lay_low(
    buffer: &mut Buffer,
    area: Rect,
    room: (u16, u16),
    title: &str,
    sight: Sight,
) -> Rect {
    let (width, height) = outer(room);
    let low = ink::lines(area, area.height.saturating_sub(height), height);
    lay_at(buffer, area, ink::centred(low, width, height), title, sight)
}

/// What a paper with room for so many columns and lines takes.
const fn outer((columns, lines): (u16, u16)) -> (u16, u16) {
    (columns.saturating_add(4), lines.saturating_add(2))
}

fn lay_at(buffer: &mut Buffer, area: Rect, place: Rect, title: &str, sight: Sight) -> Rect {
    let palette = sight.palette;
    if is_tiny(area) {
        ink::clear(buffer, area, palette.raised);
        Row::new(buffer, area, 0).put(&capital(title), palette.title);
        return ink::lines(area, 1, area.height);
    }
    ink::clear(buffer, place, palette.raised);
    let inner = ink::frame(buffer, place, DOUBLE, palette.border_dialog);
    let edge = ink::indent(Rect { width: place.width.saturating_sub(2), ..place }, 2);
    Row::new(buffer, edge, 0).put(&format!(" {} ", capital(title)), palette.title);
    ink::indent(Rect { width: inner.width.saturating_sub(1), ..inner }, 1)
}

/// Whether there is no room for a frame: what is asked has the whole of it.
pub(super) const fn is_tiny(area: Rect) -> bool {
    area.width < tiny::LEAST.0 || area.height + 1 < tiny::LEAST.1
}

fn capital(title: &str) -> String {
    let mut letters = title.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    capital + letters.as_str()
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
