//! Text that runs over several lines.

use super::{ink::width, palette::Palette};
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

/// Lays markdown out.
pub(super) fn markdown(text: &str, columns: u16, palette: &Palette) -> Vec<Line<'static>> {
    plain(text, columns, palette.text)
}

/// Gives every occurrence of `wanted` in a line another look. Letters count
/// alike whether capital or not, as far as ASCII goes.
pub(super) fn highlight(line: &mut Line<'static>, wanted: &str, style: Style) {
    if wanted.is_empty() {
        return;
    }
    let mut spans = Vec::with_capacity(line.spans.len() + 2);
    for span in line.spans.drain(..) {
        let mut rest: &str = &span.content;
        while let Some(at) = find(rest, wanted) {
            let (before, from) = rest.split_at(at);
            let (found, after) = from.split_at(wanted.len());
            spans.push(Span::styled(before.to_owned(), span.style));
            spans.push(Span::styled(found.to_owned(), style));
            rest = after;
        }
        spans.push(Span::styled(rest.to_owned(), span.style));
    }
    line.spans = spans;
}

fn find(text: &str, wanted: &str) -> Option<usize> {
    let is_it = |at: &usize| {
        text.get(*at..at + wanted.len()).is_some_and(|it| it.eq_ignore_ascii_case(wanted))
    };
    (0..=text.len().checked_sub(wanted.len())?).find(is_it)
}
