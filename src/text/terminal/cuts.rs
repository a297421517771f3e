//! Where printed text is cut, so that what is kept of it does not depend on where
//! it was cut before.

/// Whether a sequence that ends in this can clear the history, change to a screen
/// that has none, or push more than one row into it. Rows are put away before it:
/// a program can clear its screen, not what is known of it, and what is kept does
/// not depend on where the text was cut.
pub(super) const fn is_upheaval(last: u8) -> bool {
    matches!(last, b'c' | b'J' | b'h' | b'l' | b'S' | b'T' | b'b')
}

/// Where the next such sequence ends that begins in this text, if its end is not
/// the text's first byte.
pub(super) fn upheaval(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(escape) = text[from..].iter().position(|it| *it == 0x1b) {
        let start = from + escape + 1;
        let is_part = |it: &u8| !matches!(it, b'[' | b' '..=b'?') && !it.is_ascii_control();
        let end = start + text[start..].iter().position(|it| is_part(it) || *it == 0x1b)?;
        if is_upheaval(text[end]) {
            return Some(end);
        }
        from = end;
    }
    None
}
