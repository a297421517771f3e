//! Text that runs over several lines.

use super::ink::width;
use ratatui::{
    style::Style,
    text::{Line, Span},
};
use std::borrow::Cow;

/// The text in at most so many columns; what was cut ends in `…`.
pub(super) fn cut(text: &str, columns: u16) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    let mut used = 1;
    for character in text.chars() {
        let mut bytes = [0; 4];
        used += width(character.encode_utf8(&mut bytes));
        if used > columns {
            break;
        }
        kept.push(character);
    }
    if columns > 0 {
        kept.push('…');
    }
    Cow::Owned(kept)
}

/// Wraps plain text.
pub(super) fn plain(text: &str, columns: u16, style: Style) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut now = String::new();
        for word in line.split(' ') {
            if !now.is_empty() && width(&now) + 1 + width(word) > columns {
                lines.push(Line::from(Span::styled(std::mem::take(&mut now), style)));
            }
            if !now.is_empty() {
                now.push(' ');
            }
            now.push_str(word);
        }
        lines.push(Line::from(Span::styled(now, style)));
    }
    lines
}
