//! What every dialog lies on: a blank area with a frame and a title.

use super::super::{
    ink::{self, DOUBLE, Row},
    scene::{Hits, Sight},
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

/// A dialog that is lower than that has one line for its keys.
const LOW: u16 = 9;

/// How many lines its keys take at the foot of a dialog so wide and high: all of them are
/// read there, and nowhere else.
pub(super) fn lines_of_keys((columns, lines): (u16, u16), keys: Keys) -> u16 {
    match (lines, fitting(keys, columns)) {
        (0, _) => 0,
        (LOW.., fitting) if fitting < keys.len() => 2,
        _ => 1,
    }
}

/// Writes what its keys do at the foot of a dialog, and returns what is above that.
pub(super) fn write_keys(
    buffer: &mut Buffer,
    inner: Rect,
    keys: Keys,
    (sight, hits): (Sight, &mut Hits),
) -> Rect {
    let lines = lines_of_keys((inner.width, inner.height), keys);
    let above = ink::lines(inner, 0, inner.height - lines);
    let (first, second) = match lines {
        2 => keys.split_at(fitting(keys, inner.width)),
        _ => (keys, Default::default()),
    };
    let below = ink::lines(inner, above.height, lines);
    write_line(&mut Row::new(buffer, below, 0), first, (sight, hits));
    if lines == 2 {
        write_line(&mut Row::new(buffer, below, 1), second, (sight, hits));
    }
    above
}

/// How many keys stand whole on a line.
fn fitting(keys: Keys, columns: u16) -> usize {
    let ends = keys.iter().scan(0_u16, |end, it| {
        let start = *end;
        *end = start.saturating_add(columns_of(it) + 2);
        Some(start.saturating_add(columns_of(it)))
    });
    ends.take_while(|end| *end <= columns).count()
}

fn columns_of((key, what): &(String, &str)) -> u16 {
    ink::width(key) + 1 + ink::width(what)
}

/// Writes keys with what they do along one line, for where there is but one: those that
/// do not fit whole are left out, and the last, which is the way back, is not.
pub(super) fn write_line(row: &mut Row, keys: Keys, (sight, hits): (Sight, &mut Hits)) {
    let palette = sight.palette;
    let Some((back, others)) = keys.split_last() else { return };
    let mut put = |row: &mut Row, (key, what): &(String, &str)| {
        hits.offer(row, (key, what), (palette.key, palette.text));
    };
    let needs_both = |it| columns_of(it) + 2 + columns_of(back);
    if others.first().is_some_and(|it| needs_both(it) > row.room()) {
        // The first of them is what it is there for.
        return others.iter().take(1).for_each(|it| put(row, it));
    }
    for it in others {
        if needs_both(it) > row.room() {
            break;
        }
        put(row, it);
    }
    put(row, back);
}
