//! Tells from raw bytes that a stretch of a journal has nothing of what is searched for:
//! most of a journal is never parsed.
//!
//! It errs on one side only. What it lets through may hold nothing; what it holds back
//! holds nothing, also where a word was parted between two pieces of a stream.

use super::query::Query;
use memchr::memmem::{self, Finder};
use regex::bytes::{Regex, RegexBuilder};
use std::collections::BTreeSet;

/// So many letters of a word are looked for at most, and so many at least.
const MOST: usize = 12;
const LEAST: usize = 2;
/// So many letters are looked for in all their sizes; those behind them are compared.
const HEAD: usize = 3;
/// What stands behind a piece of a stream in its line.
const END: &str = "\"}";
/// How those events begin whose words stand in no line: the program makes them.
const MADE: [&str; 3] = ["{\"play\":", "{\"drifted\":", "{\"proved\":"];
/// What is seen by nobody and stands in a line as it is: it parts a word, too.
const UNSEEN: &str = concat!(
    r"\xC2[\x80-\x9F]|\xE2\x80[\x8B-\x8F\xAA-\xAE]|\xE2\x81[\xA0-\xAF]",
    r"|\xEF\xBB\xBF|\xC2\xAD"
);
/// What stands before what is escaped, as the control sequences of a terminal are.
const ESCAPE: &str = "\\u";
/// So long a control sequence may be, as it stands in a line.
const SEQUENCE: usize = 96;

/// Looks for one word.
#[derive(Debug)]
pub(super) struct Sieve {
    /// In small letters.
    word: Vec<u8>,
    /// The head of the word, and less of it at the end of a piece: so few, and so seldom
    /// found, that they are looked for at the pace of memory.
    signs: Regex,
    /// Finds what is escaped.
    escapes: Finder<'static>,
    /// Finds what nobody sees.
    unseen: Regex,
}

impl Sieve {
    /// What holds back the most of those that don't fit this; none where every stretch
    /// has to be read.
    pub(super) fn of(query: &Query) -> Option<Self> {
        let words = query.terms().iter().flat_map(|it| &it.words);
        let plain = words.filter(|it| it.is_ascii() && it.len() >= LEAST);
        let word = plain.max_by_key(|it| it.len())?;
        Self::new(word)
    }

    fn new(word: &str) -> Option<Self> {
        let word = word.get(..word.len().min(MOST))?;
        let head = word.get(..word.len().min(HEAD))?;
        let mut signs: BTreeSet<String> = sizes(head).into_iter().collect();
        // A piece that ends in the midst of the word ends with its head and more, which is
        // found by the head, or with less than that.
        for begun in (1..head.len()).filter_map(|length| head.get(..length)) {
            signs.extend(sizes(begun).into_iter().map(|it| it + END));
        }
        signs.extend(MADE.map(str::to_owned));
        let signs: Vec<_> = signs.iter().map(|it| regex::escape(it)).collect();
        let signs = RegexBuilder::new(&signs.join("|")).unicode(false).build().ok()?;
        let unseen = RegexBuilder::new(UNSEEN).unicode(false).build().ok()?;
        let (word, escapes) = (word.as_bytes().to_vec(), Finder::new(ESCAPE));
        Some(Self { word, signs, escapes, unseen })
    }

    /// Whether these bytes may hold it, or the beginning of it.
    pub(super) fn lets_through(&self, bytes: &[u8]) -> bool {
        let mut from = 0;
        while let Some(found) = self.signs.find_at(bytes, from) {
            if self.is_it(bytes, found.start()) {
                return true;
            }
            from = found.start() + 1;
        }
        let is_begun = |at: usize| self.is_begun(bytes.get(..at).unwrap_or_default());
        self.escapes.find_iter(bytes).any(is_begun)
            || (!bytes.is_ascii() && self.unseen.find_iter(bytes).any(|it| is_begun(it.start())))
    }

    fn is_it(&self, bytes: &[u8], at: usize) -> bool {
        let (before, rest) = bytes.split_at_checked(at).unwrap_or_default();
        let alike = rest.iter().zip(&self.word).take_while(|(a, b)| a.eq_ignore_ascii_case(b));
        let begun = alike.count();
        let ends = || rest.get(begun..).is_some_and(|it| it.starts_with(END.as_bytes()));
        let is_made = || MADE.iter().any(|it| rest.starts_with(it.as_bytes()));
        begun == self.word.len() || is_made() || (ends() && is_between(before))
    }

    /// Whether these bytes end with a beginning of the word.
    fn is_begun(&self, bytes: &[u8]) -> bool {
        (1..self.word.len()).any(|length| {
            let from = bytes.len().checked_sub(length);
            from.is_some_and(|from| {
                let begun = bytes.get(from..).unwrap_or_default();
                let before = bytes.get(..from).unwrap_or_default();
                begun.eq_ignore_ascii_case(self.word.get(..length).unwrap_or_default())
                    && is_between(before)
            })
        })
    }
}

/// Whether no word goes on behind these bytes: a letter there may be that of an escape,
/// or the last of a control sequence.
fn is_between(before: &[u8]) -> bool {
    let near = before.get(before.len().saturating_sub(SEQUENCE)..).unwrap_or_default();
    match near {
        [] | [.., b'\\', _] => true,
        [.., last] => {
            !last.is_ascii_alphanumeric()
                || memmem::find(near, b"\\u").is_some()
                || !near.is_ascii()
        }
    }
}

/// A word with each of its letters small and capital.
fn sizes(word: &str) -> Vec<String> {
    word.chars().fold(vec![String::new()], |begun, letter| {
        let both = BTreeSet::from([letter.to_ascii_lowercase(), letter.to_ascii_uppercase()]);
        begun.iter().flat_map(|it| both.iter().map(move |letter| format!("{it}{letter}"))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(query: &str, raw: &str) -> bool {
        Sieve::of(&Query::read(query)).unwrap().lets_through(raw.as_bytes())
    }

    #[test]
    fn the_longest_word_is_looked_for_in_letters_of_all_sizes() {
        assert!(passes("the parser", r#"{"text":"a PaRsEr"}"#));
        assert!(!passes("the parser", r#"{"text":"the pars er"}"#));
        assert!(passes("antidisestablishment", "antidisestablishment"));
        assert!(!passes("antidisestablishment", "antidisesteem"));
    }

    #[test]
    fn a_word_that_two_pieces_share_is_seen_by_its_beginning() {
        for raw in [
            r#"{"text":"the pars"}}}"#,
            r#"{"text":"the
P"}}}"#,
            r#"{"text":"p"}}}"#,
            r#"{"text":"the \u001b[31mpa\u001b[32mrser"}}}"#,
        ] {
            assert!(passes("parser", raw), "{raw}");
        }
        for raw in
            [r#"{"text":"the sp"}}}"#, r#"{"text":"the parse r"}}}"#, "p", "{\"text\":\"pa\"\n"]
        {
            assert!(!passes("parser", raw), "{raw}");
        }
    }

    #[test]
    fn what_parts_a_word_and_is_not_seen_hides_nothing() {
        let colours = "\\u001b[38;2;255;255;255;48;2;100;100;100m";
        let parted = format!(r#"{{"text":"{colours}sea{colours}rchable"}}}}}}"#);
        assert!(passes("searchable", &parted));
        assert!(passes("quebec", "{\"command\":\"echo qu\u{9b}31mebec\"}"));
        assert!(passes("quebec", "{\"command\":\"echo que\u{200b}bec\"}"));
        // The program's own words stand in no line.
        assert!(passes("begins", r#"{"event":{"play":{"play":1,"event":"started"}}}"#));
        assert!(passes("drifting", r#"{"event":{"drifted":{"agent":1}}}"#));
    }

    #[test]
    fn what_has_no_plain_word_is_read() {
        assert!(Sieve::of(&Query::read("größe")).is_none());
        assert!(Sieve::of(&Query::read("a")).is_none());
        assert!(passes("größe rm", "rm"));
    }
}
