//! Leaves out what no terminal of ours has a use for, however long it is: images,
//! clipboards, reports of settings. An emulator would keep all of it in memory
//! until it ends, and a hostile program never ends it. What is left comes in whole
//! sequences, so that whoever reads a piece of it can tell what is in it.

use memchr::memchr2_iter;

/// A command string or a sequence may be this long, in bytes: what asks for a
/// colour is.
const LONGEST: usize = 256;

/// A filter for what a program prints. Sequences may be cut anywhere.
#[derive(Debug, Clone, Default)]
pub struct Strain {
    state: State,
    /// What is left out is a command string: a bell ends it.
    is_command: bool,
    /// A command string or a sequence as far as it has come, with its beginning.
    held: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// Behind ESC.
    Escape,
    /// In a control sequence.
    Sequence,
    /// In a command string; kept while it is short.
    Command,
    /// Behind ESC in it.
    CommandEscape,
    /// In a string that is left out.
    Skip,
    /// Behind ESC in it.
    SkipEscape,
}

impl Strain {
    /// What is left of a piece. A command string or a sequence appears when it is
    /// whole.
    pub fn push(&mut self, text: &str) -> String {
        let mut kept = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            if self.state == State::Text {
                let (plain, other) = rest.split_at(plain(rest));
                kept.push_str(plain);
                rest = other;
            }
            let mut pieces = rest.chars();
            let Some(piece) = pieces.next() else { return kept };
            rest = pieces.as_str();
            // Eight-bit controls are no part of UTF-8 terminals, but some obey them.
            if !matches!(piece, '\u{80}'..='\u{9f}') {
                self.take(piece, &mut kept);
            }
        }
    }

    fn take(&mut self, piece: char, kept: &mut String) {
        match (self.state, piece) {
            (State::Text | State::Escape, '\x1b') => self.state = State::Escape,
            (State::Text, piece) => kept.push(piece),
            (State::Escape, ']') => {
                self.state = State::Command;
                "\x1b]".clone_into(&mut self.held);
            }
            (State::Escape, '[') => {
                self.state = State::Sequence;
                "\x1b[".clone_into(&mut self.held);
            }
            // What was begun is given up, by an emulator too.
            (State::Sequence, '\x1b') => {
                self.held.clear();
                self.state = State::Escape;
            }
            (State::Sequence, ' '..='?') if self.held.len() < LONGEST => self.held.push(piece),
            (State::Sequence, piece) => {
                self.held.push(piece);
                self.end("", kept);
            }
            (State::Escape, 'P' | 'X' | '^' | '_') => self.skip(false),
            (State::Escape, piece) => {
                self.state = State::Text;
                kept.push('\x1b');
                kept.push(piece);
            }
            (State::Command, '\x1b') => self.state = State::CommandEscape,
            (State::Command, '\x07') => self.end("\x07", kept),
            (State::CommandEscape, '\\') => self.end("\x1b\\", kept),
            (State::Command, piece) if self.held.len() < LONGEST => self.held.push(piece),
            (State::Command, _) => self.skip(true),
            (State::Skip, '\x1b') => self.state = State::SkipEscape,
            (State::Skip, '\x18' | '\x1a') | (State::SkipEscape, '\\') => self.state = State::Text,
            (State::Skip, '\x07') if self.is_command => self.state = State::Text,
            (State::Skip, _) => {}
            // Another sequence begins: the string was not ended, but is over.
            (State::CommandEscape | State::SkipEscape, piece) => {
                self.state = State::Escape;
                self.take(piece, kept);
            }
        }
    }

    fn skip(&mut self, is_command: bool) {
        self.state = State::Skip;
        self.is_command = is_command;
        self.held = String::new();
    }

    fn end(&mut self, end: &str, kept: &mut String) {
        self.state = State::Text;
        kept.push_str(&self.held);
        kept.push_str(end);
        self.held.clear();
    }
}

/// How much of a text comes before its first control that matters here, in bytes.
fn plain(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_control = |at: &usize| {
        let after = bytes.get(at + 1).copied().unwrap_or_default();
        bytes.get(*at) == Some(&0x1b) || (0x80..=0x9f).contains(&after)
    };
    memchr2_iter(0x1b, 0xc2, bytes).find(is_control).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strained(text: &str) -> String {
        Strain::default().push(text)
    }

    #[test]
    fn strings_that_no_terminal_of_ours_has_a_use_for_are_left_out() {
        let long = format!("a\x1b]52;c;{}\x07b", "x".repeat(9000));
        assert_eq!(strained(&long), "ab");
        assert_eq!(strained("a\x1bPq#0;2;0;0;0~-\x1b\\b\x1b_Gi=1;\x1b\\c"), "abc");
        assert_eq!(strained("a\x1b]10;?\x1b\\b\x1b]11;?\x07"), "a\x1b]10;?\x1b\\b\x1b]11;?\x07");
        assert_eq!(strained("\x1b[31mred\x1b[m\u{9b}5n\u{9d}0;t\u{9c}"), "\x1b[31mred\x1b[m5n0;t");
    }

    #[test]
    fn a_sequence_comes_whole() {
        let mut strain = Strain::default();
        assert_eq!(strain.push("a\x1b[3"), "a");
        assert_eq!(strain.push("1mb\u{c2}é"), "\x1b[31mb\u{c2}é");
        assert_eq!(strained("\x1b[1\x1b[2mc"), "\x1b[2mc");
        let endless = format!("\x1b[{}", "1".repeat(9000));
        assert_eq!(strained(&endless), endless);
    }

    #[test]
    fn a_string_that_never_ends_holds_no_memory() {
        let mut strain = Strain::default();
        for start in ["\x1b]", "\x1bP"] {
            assert_eq!(strain.push(start), "");
            for _ in 0..1000 {
                assert_eq!(strain.push(&"x".repeat(1000)), "");
            }
            assert!(strain.held.len() <= LONGEST + 8);
            assert_eq!(strain.push("\x1b[mback"), "\x1b[mback");
        }
    }

    proptest! {
        #[test]
        fn cut_anywhere_it_leaves_the_same(text in "[\\x1b\\[\\]Pm\\\\_;a0\\x07\\x18é\u{9b}]{0,40}", cut in 0usize..41) {
            let cut = text.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(text.len());
            let mut strain = Strain::default();
            let parts = strain.push(&text[..cut]) + &strain.push(&text[cut..]);
            prop_assert_eq!(&parts, &strained(&text));
            // What is left has nothing more to leave out.
            prop_assert_eq!(strained(&parts), parts);
        }
    }
}
