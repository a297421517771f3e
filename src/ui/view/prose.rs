//! Text that runs over several lines, in the looks of the theme.

use super::palette::Palette;
use crate::text::{self, Look};
use ratatui::{
    style::Style,
    text::{Line, Span},
};
use std::borrow::Cow;

/// The text in at most so many columns; what was cut ends in `…`.
pub(super) fn cut(text: &str, columns: u16) -> Cow<'_, str> {
    text::truncate(text, usize::from(columns))
}

/// The text in at most so many columns; of what is longer, the beginning and the end with
/// `…` between them: names that differ often do so at their ends.
pub(super) fn cut_within(text: &str, columns: u16) -> Cow<'_, str> {
    let most = usize::from(columns);
    if text::width(text) <= most || most < 5 {
        return cut(text, columns);
    }
    let start = text::truncate(text, most / 2);
    let mut end = text;
    while text::width(&start) + text::width(end) > most {
        let mut letters = end.chars();
        letters.next();
        end = letters.as_str();
    }
    Cow::Owned([&start, end].concat())
}

/// Wraps plain text.
pub(super) fn plain(text: &str, columns: u16, style: Style) -> Vec<Line<'static>> {
    let lines = text::wrap_text(text, usize::from(columns.max(1)), Look::Plain);
    let one = |line: text::Line| {
        let spans = line.0.into_iter();
        spans.map(|it| Span::styled(it.text, style)).collect()
    };
    lines.into_iter().map(one).collect()
}

/// The first lines of wrapped plain text. No more of the text is read than they
/// can hold.
pub(super) fn start_of_plain(
    text: &str,
    columns: u16,
    lines: usize,
    style: Style,
) -> Vec<Line<'static>> {
    // A cell holds four bytes at most, but for marks that lie on others.
    let most = usize::from(columns).saturating_mul(lines + 1).saturating_mul(4);
    let end = (most..text.len()).find(|it| text.is_char_boundary(*it)).unwrap_or(text.len());
    plain(text.get(..end).unwrap_or(text), columns, style)
}

/// Lays markdown out.
pub(super) fn markdown(text: &str, columns: u16, palette: &Palette) -> Vec<Line<'static>> {
    painted(text::markdown(text, usize::from(columns.max(1))), palette)
}

/// The first lines of markdown, so many at most; how many more there are is said on the
/// last of them.
pub(super) fn start_of_markdown(
    text: &str,
    (columns, most): (u16, u16),
    palette: &Palette,
) -> Vec<Line<'static>> {
    let mut lines = markdown(text, columns, palette);
    let most = usize::from(most);
    if lines.len() > most && most > 0 {
        let hidden = (lines.len() + 1 - most) as u64;
        lines.truncate(most - 1);
        let more = super::figures::of(hidden, "more line", "more lines");
        lines.push(Line::styled(format!("… {more}"), palette.dim));
    }
    lines
}

/// The first line of markdown that says something, without its marks.
pub(super) fn first_of_markdown(text: &str) -> String {
    let lines = text::markdown(text, 400).into_iter();
    let mut lines = lines.map(|it| it.0.iter().map(|it| it.text.as_str()).collect::<String>());
    lines.find(|it| !it.trim().is_empty()).unwrap_or_default()
}

/// Wraps a line that has its looks.
pub(super) fn wrapped(line: &text::Line, columns: u16, palette: &Palette) -> Vec<Line<'static>> {
    painted(text::wrap(line, usize::from(columns.max(1))), palette)
}

fn painted(lines: Vec<text::Line>, palette: &Palette) -> Vec<Line<'static>> {
    let one = |line: text::Line| {
        let spans = line.0.into_iter();
        spans.map(|it| Span::styled(it.text, palette.look(it.look))).collect()
    };
    lines.into_iter().map(one).collect()
}

/// Lays the end of markdown out, at least so many lines of it where there are
/// so many.
pub(super) fn end_of_markdown(
    text: &str,
    columns: u16,
    lines: usize,
    palette: &Palette,
) -> Vec<Line<'static>> {
    painted(text::end_of_markdown(text, usize::from(columns.max(1)), lines), palette)
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

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_found_word_gets_its_look_whatever_its_case() {
        let mut line = Line::from("Parser, parser");
        highlight(&mut line, "parser", Style::new().reversed());
        let found: Vec<_> = line
            .spans
            .iter()
            .filter(|it| it.style != Style::new())
            .map(|it| &*it.content)
            .collect();
        assert_eq!(found, ["Parser", "parser"]);
    }
}
