//! What changed from one text to another, line by line.

use super::{figures, palette::Palette, prose};
use crate::text::{Tally, diff};
use ratatui::text::Line;

/// The changed lines, each with two lines around it.
pub(super) fn lines(
    before: &str,
    after: &str,
    columns: u16,
    palette: &Palette,
) -> Vec<Line<'static>> {
    let lines = diff(before, after, 2);
    lines.iter().flat_map(|it| prose::wrapped(&it.to_line(), columns, palette)).collect()
}

/// How many lines were added and how many removed: `+2`, `−1`.
pub(super) fn tally(before: &str, after: &str) -> (String, String) {
    let Tally { added, removed } = Tally::of(&diff(before, after, 0));
    (format!("+{}", figures::count(added as u64)), format!("−{}", figures::count(removed as u64)))
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
