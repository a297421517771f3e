//! What an agent says, as far as it shows that it says the same again: each paragraph as a
//! number, which stands in no journal.
//!
//! Code is left out, and so are paragraphs that are too short to mean anything by being
//! said again.

use super::{Seq, Turn};
use std::collections::VecDeque;

/// So many paragraphs are remembered.
const KEPT: usize = 32;
/// A paragraph has so many letters at least.
const PARAGRAPH: u32 = 60;
/// A sentence that counts has so many.
const SENTENCE: u32 = 20;
/// Among so many of the latest sentences of an answer the same one is looked for.
const RECENT: usize = 32;
/// So many letters show what was said.
const SHOWN: usize = 120;

/// What it has said lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Voice {
    said: VecDeque<Spoken>,
    /// The paragraph that is being said.
    open: Open,
}

/// Something that it has said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken {
    /// The record with which it began.
    pub seq: Seq,
    /// In which turn.
    pub turn: Turn,
    /// The same number for the same words.
    pub number: u64,
    /// How it begins.
    pub words: String,
    /// How often one sentence was said, of those before it in the same answer.
    pub echoes: u32,
}

/// What is being said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Open {
    began: Seq,
    paragraph: Gist,
    sentence: Gist,
    /// How it begins, and how many letters of it that is.
    words: String,
    shown: usize,
    /// The latest sentences of the answer.
    recent: VecDeque<u64>,
    echoes: u32,
    breaks: u32,
    ticks: u32,
    is_code: bool,
}

/// A stretch of words, as a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Gist {
    number: u64,
    letters: u32,
}

impl Gist {
    /// One letter more. Every letter that is ever said comes through here, so it costs a
    /// multiplication, as in Firefox's and rustc's own hash
    /// (<https://docs.rs/rustc-hash/1.1.0/rustc_hash/struct.FxHasher.html>).
    const fn add(&mut self, letter: char) {
        let mixed = self.number.rotate_left(5) ^ letter as u64;
        self.number = mixed.wrapping_mul(0x517c_c1b7_2722_0a95);
        self.letters = self.letters.saturating_add(1);
    }
}

impl Voice {
    /// What it has said, oldest first.
    pub fn said(&self) -> impl DoubleEndedIterator<Item = &Spoken> + ExactSizeIterator {
        self.said.iter()
    }

    /// It says something more.
    pub(super) fn hear(&mut self, text: &str, seq: Seq, turn: Turn) {
        for letter in text.chars() {
            self.open.ticks = if letter == '`' { self.open.ticks + 1 } else { 0 };
            if self.open.ticks == 3 {
                self.open.is_code = !self.open.is_code;
            }
            if letter == '\n' {
                self.open.end_sentence();
                self.open.breaks += 1;
                if self.open.breaks == 2 {
                    self.end_paragraph(turn);
                }
            } else if !letter.is_whitespace() {
                self.open.breaks = 0;
                if !self.open.is_code {
                    self.open.take(letter, seq);
                }
            } else if !self.open.is_code {
                self.open.space();
            }
        }
    }

    /// It has said what it had to say in this turn.
    pub(super) fn fall_silent(&mut self, turn: Turn) {
        self.end_paragraph(turn);
        self.open = Open::default();
    }

    /// It does something: what it said before that is a paragraph.
    pub(super) fn pause(&mut self, turn: Turn) {
        self.end_paragraph(turn);
    }

    fn end_paragraph(&mut self, turn: Turn) {
        self.open.end_sentence();
        let open = &mut self.open;
        let gist = std::mem::take(&mut open.paragraph);
        let words = std::mem::take(&mut open.words);
        open.shown = 0;
        if gist.letters < PARAGRAPH {
            return;
        }
        let (seq, number, echoes) = (open.began, gist.number, open.echoes);
        self.said.push_back(Spoken { seq, turn, number, words, echoes });
        if self.said.len() > KEPT {
            self.said.pop_front();
        }
    }
}

impl Open {
    fn take(&mut self, letter: char, seq: Seq) {
        if self.paragraph.letters == 0 {
            self.began = seq;
        }
        if letter.is_ascii_alphanumeric() {
            self.add(letter.to_ascii_lowercase());
        } else if letter.is_alphanumeric() {
            letter.to_lowercase().for_each(|it| self.add(it));
        }
        if self.shown < SHOWN {
            self.words.push(letter);
            self.shown += 1;
        }
        if matches!(letter, '.' | '!' | '?') {
            self.end_sentence();
        }
    }

    fn add(&mut self, letter: char) {
        self.paragraph.add(letter);
        self.sentence.add(letter);
    }

    fn space(&mut self) {
        if self.shown < SHOWN && !self.words.is_empty() && !self.words.ends_with(' ') {
            self.words.push(' ');
            self.shown += 1;
        }
    }

    fn end_sentence(&mut self) {
        let Gist { number, letters } = std::mem::take(&mut self.sentence);
        if letters < SENTENCE {
            return;
        }
        self.recent.push_back(number);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        let same = self.recent.iter().filter(|it| **it == number).count();
        self.echoes = self.echoes.max(u32::try_from(same).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "I will now look at the parser again, and see whether it reads numbers \
        with an exponent.";

    fn heard(texts: &[&str]) -> Vec<Spoken> {
        let mut voice = Voice::default();
        for (text, turn) in texts.iter().zip(1..) {
            // As a stream brings it.
            for letter in text.chars() {
                voice.hear(&letter.to_string(), Seq(turn.into()), Turn(turn));
            }
            voice.fall_silent(Turn(turn));
        }
        voice.said().cloned().collect()
    }

    #[test]
    fn the_same_words_have_the_same_number_however_they_are_set() {
        let other = LONG.replace(' ', "\n").to_uppercase();
        let said = heard(&[LONG, &other, &LONG.replace("parser", "lexer")]);
        assert_eq!(said.len(), 3);
        assert!(said[0].number == said[1].number && said[1].number != said[2].number);
        assert_eq!((said[1].seq, said[1].turn), (Seq(2), Turn(2)));
        assert!(said[0].words.starts_with("I will now look at the parser again"));
    }

    #[test]
    fn paragraphs_are_told_apart_and_short_ones_and_code_are_left_out() {
        let said = heard(&[&format!("{LONG}\n\nDone.\n\n```\n{LONG}\n\n{LONG}\n```\n\n{LONG}")]);
        assert_eq!(said.len(), 2);
        assert_eq!(said[0].number, said[1].number);
    }

    #[test]
    fn a_sentence_that_is_said_again_and_again_in_one_answer_is_counted() {
        let said = heard(&[&"Let me check that once more. ".repeat(9), LONG]);
        assert_eq!(said.iter().map(|it| it.echoes).collect::<Vec<_>>(), [9, 1]);
    }
}
