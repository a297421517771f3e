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
/// so many. What stands far before them is not even read: a pane shows a few
/// lines of a text that grows for minutes.
pub(super) fn end_of_markdown(
    text: &str,
    columns: u16,
    lines: usize,
    palette: &Palette,
) -> Vec<Line<'static>> {
    let full = usize::from(columns).saturating_mul(lines).saturating_add(64);
    for bytes in [full, full.saturating_mul(3)] {
        let Some(end) = end_of_blocks(text, bytes) else { break };
        let laid = markdown(&end, columns, palette);
        if laid.len() >= lines {
            return laid;
        }
    }
    markdown(text, columns, palette)
}

/// About so many bytes from the end of markdown, from where a block begins, or
/// at least a line. None if that is not less than the whole.
fn end_of_blocks(text: &str, bytes: usize) -> Option<Cow<'_, str>> {
    let far = text.len().checked_sub(bytes)?;
    let near = text.as_bytes().get(far..)?;
    let block = memchr::memmem::find(near, b"\n\n").map(|it| it + 2);
    let block = block.filter(|it| *it < near.len() / 2);
    let start = block.or_else(|| memchr::memchr(b'\n', near).map(|it| it + 1))?;
    let (before, after) = text.split_at_checked(far + start)?;
    let fences = before.lines().filter(|it| it.trim_start().starts_with("```")).count();
    let is_in_code = fences % 2 == 1;
    Some(if is_in_code { Cow::Owned(format!("```\n{after}")) } else { Cow::Borrowed(after) })
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
    use crate::ui::theme::Theme;

    fn words(lines: &[Line]) -> Vec<String> {
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_end_of_a_long_text_reads_as_in_the_whole() {
        let palette = Palette::of(&Theme::default());
        let text = (1..=80).map(|it| format!("Paragraph **{it}** of many.")).collect::<Vec<_>>();
        let text = text.join("\n\n");
        let (whole, end) = (markdown(&text, 40, &palette), end_of_markdown(&text, 40, 6, &palette));
        assert!(end.len() < whole.len());
        assert_eq!(words(&end)[end.len() - 6..], words(&whole)[whole.len() - 6..]);
    }

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
