//! What a terminal answers to the command in it: where its cursor is, what it can
//! do, which colours it has. Nobody sees it, so it takes in what was printed when
//! it is asked, or would lose some of it.

use crate::{
    model::Printed,
    text::terminal::{Emulator, Follower},
};

/// So much is kept of what was printed since it was last asked, in bytes.
const KEPT: usize = 16 * 1024;
/// Control sequences that end in one of these ask for nothing.
/// Source: <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>
const SILENT: &[u8] = b"@ABCDEFGHIJKLMPSTXZ`abdefghlmrs";

/// A terminal that answers.
#[derive(Debug)]
pub(super) struct Answers {
    printed: Printed,
    screen: Option<Follower>,
}

impl Answers {
    /// Of a terminal with so many columns and rows.
    pub(super) fn new((columns, rows): (u16, u16)) -> Self {
        let mut printed = Printed::new(KEPT);
        printed.resize(columns, rows);
        Self { printed, screen: None }
    }

    /// The terminal has another size.
    pub(super) fn resize(&mut self, (columns, rows): (u16, u16)) {
        self.printed.resize(columns, rows);
    }

    /// Takes in whole sequences of what was printed; gives what is to be typed in
    /// answer.
    pub(super) fn print(&mut self, text: &str) -> String {
        self.printed.print(text);
        let is_asked = asks(text);
        if !is_asked && !Follower::would_lose(self.screen.as_ref(), &self.printed) {
            return String::new();
        }
        let printed = &self.printed;
        let begin = || Follower::new(Emulator::answering(printed.size()), printed);
        let screen = self.screen.get_or_insert_with(begin);
        screen.take_in(printed);
        screen.rest();
        let answers = screen.answers();
        if is_asked { answers } else { String::new() }
    }
}

/// Whether a text may ask its terminal for something.
fn asks(text: &str) -> bool {
    let may_ask = |rest: &str| {
        let rest = rest.as_bytes().get(1..).unwrap_or_default();
        match rest.first() {
            Some(b'[') => {
                let last = rest[1..].iter().find(|it| matches!(it, 0x40..=0x7e));
                last.is_some_and(|it| !SILENT.contains(it))
            }
            Some(b']') => {
                let string = rest.split(|it| matches!(it, 0x07 | 0x1b)).next();
                string.is_some_and(|it| it.contains(&b'?'))
            }
            Some(b'Z') => true,
            _ => false,
        }
    };
    text.match_indices('\x1b').any(|(at, _)| text.get(at..).is_some_and(may_ask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_answered_at_once_and_nothing_else_is() {
        let mut answers = Answers::new((80, 24));
        assert_eq!(answers.print("one\r\n\x1b[1;31mtwo\x1b[m\x1b[K\x1b]0;title\x07"), "");
        assert!(answers.screen.is_none(), "nobody has asked");
        assert_eq!(answers.print("\x1b[6n"), "\x1b[2;4R");
        assert!(answers.print("\x1b[c").starts_with("\x1b[?"));
        assert!(answers.print("\x1b]11;?\x07").starts_with("\x1b]11;rgb:"));
        assert_eq!(answers.print("\x1b[18t"), "\x1b[8;24;80t");
        answers.resize((100, 30));
        assert_eq!(answers.print("x\x1b[18t"), "\x1b[8;30;100t");
    }

    #[test]
    fn however_much_was_printed_it_knows_where_the_cursor_is() {
        let mut answers = Answers::new((80, 24));
        answers.print("\x1b[5;10r\x1b[5;1H");
        for n in 0..20_000 {
            assert_eq!(answers.print(&format!("line {n}\r\n")), "");
        }
        assert_eq!(answers.print("ab\x1b[6n"), "\x1b[10;3R");
        assert!(answers.printed.kept() < 2 * KEPT);
    }
}
