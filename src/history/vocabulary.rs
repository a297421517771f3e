//! The words of a block, each once.

use super::{index::beginning, words::words};
use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, Hasher},
};

/// Words that were seen.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: HashSet<String, BuildHasherDefault<Mix>>,
}

impl Vocabulary {
    /// Takes in the words of a text, as far as the index tells them apart.
    pub(super) fn add(&mut self, text: &str) {
        for word in words(text) {
            let word = beginning(&word.folded);
            if !self.words.contains(word) {
                self.words.insert(word.to_owned());
            }
        }
    }

    /// All of them, with blanks between them.
    pub(super) fn into_words(self) -> String {
        let length = self.words.iter().map(|it| it.len() + 1).sum();
        let mut all = String::with_capacity(length);
        for word in &self.words {
            all.push_str(word);
            all.push(' ');
        }
        all
    }
}

/// Mixes short words quickly. Who makes many of them fall together makes this slow,
/// and nothing else.
#[derive(Debug, Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let last = rest.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        self.write_u64(last);
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(byte.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
