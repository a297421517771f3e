//! What agents wrote, told in a line.

use crate::text::one_line;

/// How wide that is, in columns.
const WIDE: usize = 100;

/// What was written in lines, with emphasis, told in one without.
pub(super) fn in_a_line(text: &str) -> String {
    let lines = text.lines().map(|it| it.trim().trim_start_matches('#').trim_start());
    let words: Vec<&str> = lines.filter(|it| !it.is_empty()).take(10).collect();
    one_line(&words.join(" ").replace("**", ""), WIDE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_in_lines_is_told_in_one_without_its_signs() {
        let told = in_a_line("# Done\n\n**All** of it:\n- one\n");
        assert_eq!(told, "Done All of it: - one");
    }
}
