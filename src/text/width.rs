//! How many terminal cells a text takes. What the eye takes for one character
//! (a grapheme) is never cut in two.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const ELLIPSIS: &str = "…";
const TAB: usize = 4;

/// The cells of a text on one line. Tabs and newlines count as one; see
/// [`expand_tabs`].
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(cells).sum() }
}

/// The cells of one grapheme.
pub(super) fn cells(grapheme: &str) -> usize {
    grapheme.width()
}

/// Cuts a text that is wider than so many cells, with `…` in its last one.
pub fn truncate(text: &str, most: usize) -> Cow<'_, str> {
    // A grapheme of no width at the end must not be cut off, so the bytes say nothing.
    if width(text) <= most {
        return Cow::Borrowed(text);
    }
    let Some(room) = most.checked_sub(1) else { return Cow::Borrowed("") };
    let head = head(text, room);
    Cow::Owned([head, ELLIPSIS].concat())
}

/// The text in exactly so many cells: cut with `…`, or filled up with spaces.
pub fn pad(text: &str, exactly: usize) -> String {
    let mut padded = truncate(text, exactly).into_owned();
    let missing = exactly.saturating_sub(width(&padded));
    padded.extend(std::iter::repeat_n(' ', missing));
    padded
}

/// Replaces tabs by spaces up to the next stop, every four cells: a screen's
/// cell cannot hold a tab.
pub fn expand_tabs(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\t', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut expanded = String::with_capacity(text.len() + TAB);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            expanded.push('\n');
        }
        let mut column = 0;
        for (number, piece) in line.split('\t').enumerate() {
            if number > 0 {
                let spaces = TAB - column % TAB;
                expanded.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            expanded.push_str(piece);
            column += width(piece);
        }
    }
    Cow::Owned(expanded)
}

/// The longest start of a text that takes at most so many cells.
fn head(text: &str, most: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += cells(grapheme);
        if used > most {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_characters_take_two_cells_and_joined_ones_count_once() {
        let widths = ["abc", "日本", "👩\u{200D}🔧", "e\u{301}", "❤\u{FE0F}"].map(width);
        assert_eq!(widths, [3, 4, 2, 1, 2]);
    }

    #[test]
    fn a_cut_text_ends_in_an_ellipsis() {
        let cut = [("abcdef", 4), ("日本語", 4), ("abc", 3), ("abc", 0), ("abc", 1)];
        let cut = cut.map(|(text, cells)| truncate(text, cells).into_owned());
        assert_eq!(cut, ["abc…", "日…", "abc", "", "…"]);
    }

    #[test]
    fn tabs_reach_the_next_stop() {
        assert_eq!(expand_tabs("\ta\tbc\n日\tx"), "    a   bc\n日  x");
    }

    proptest! {
        #[test]
        fn a_padded_text_is_exactly_as_wide_as_asked(text in "\\PC{0,20}", cells in 0..30usize) {
            prop_assert_eq!(width(&pad(&text, cells)), cells);
        }
    }
}
