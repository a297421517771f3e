//! The end of what a program writes to its standard error: the reason, often,
//! why it is not there any more.

use crate::text::Sanitiser;

/// So many bytes are kept, whole lines where there are any.
const KEPT: usize = 4 * 1024;

/// The last words of a program, fit for the screen.
#[derive(Debug, Default)]
pub struct LastWords {
    sanitiser: Sanitiser,
    text: String,
}

impl LastWords {
    /// It has said more.
    pub fn push(&mut self, bytes: &[u8]) {
        self.text.push_str(&self.sanitiser.push(bytes));
        if self.text.len() > 2 * KEPT {
            let from = self.text.len() - KEPT;
            let from = (from..self.text.len()).find(|at| self.text.is_char_boundary(*at));
            let end = self.text.split_off(from.unwrap_or(self.text.len()));
            // A line that was cut in two says nothing.
            self.text = end.split_once('\n').map_or(end.clone(), |(_, rest)| rest.to_owned());
        }
    }

    /// The last lines, at most so many; empty where nothing was said.
    pub fn lines(&self, most: usize) -> String {
        let lines: Vec<&str> = self.text.lines().filter(|it| !it.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(most)..].join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_in_whole_lines() {
        let mut words = LastWords::default();
        for n in 0..10_000 {
            words.push(format!("line {n}\n").as_bytes());
        }
        assert_eq!(words.lines(2), "line 9998\nline 9999");
        assert!(words.lines(usize::MAX).lines().all(|it| it.starts_with("line ")));
    }

    #[test]
    fn what_it_says_does_nothing_to_the_terminal() {
        let mut words = LastWords::default();
        words.push(b"\x1b]0;title\x07bad \x1b[31mred\x1b[0m\n");
        assert!(!words.lines(9).contains('\x1b'), "{:?}", words.lines(9));
    }
}
