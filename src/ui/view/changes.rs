//! What changed from one text to another, line by line.

use super::{figures, palette::Palette, prose};
use ratatui::text::{Line, Span};
use similar::{ChangeTag, TextDiff};

/// The changed lines, each with two lines around it.
pub(super) fn lines(
    before: &str,
    after: &str,
    columns: u16,
    palette: &Palette,
) -> Vec<Line<'static>> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(2).iter().enumerate() {
        if index > 0 {
            lines.push(Line::from(Span::styled("  ⋮", palette.dim)));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Insert => ("+", palette.added),
                ChangeTag::Delete => ("−", palette.removed),
                ChangeTag::Equal => (" ", palette.dim),
            };
            let text = format!("{sign} {}", change.value().trim_end_matches(['\n', '\r']));
            lines.push(Line::from(Span::styled(prose::cut(&text, columns).into_owned(), style)));
        }
    }
    lines
}

/// How many lines were added and how many removed: `+2 −1`.
pub(super) fn tally(before: &str, after: &str) -> (String, String) {
    let diff = TextDiff::from_lines(before, after);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count() as u64;
    let added = format!("+{}", figures::count(count(ChangeTag::Insert)));
    (added, format!("−{}", figures::count(count(ChangeTag::Delete))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_and_removed_lines_are_counted() {
        assert_eq!(tally("a\nb\n", "a\nc\nd\n"), ("+2".to_owned(), "−1".to_owned()));
        assert_eq!(tally("a", "a"), ("+0".to_owned(), "−0".to_owned()));
    }
}
