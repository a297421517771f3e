//! The words of a text: what is searched for, and what is searched in, are cut in
//! one way, or what is there would be missed.
//!
//! A word is a run of letters and digits; everything else is between words. So
//! `src/parser.rs` is three words, and is found as these three in a row. Where a script
//! writes no blanks between words, each letter is a word: `日本` is found in `日本語`.

use std::{borrow::Cow, ops::Range};

/// A word: where it stands in its text, and in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) place: Range<usize>,
    pub(super) folded: Cow<'a, str>,
}

/// The words of a text, in its order.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..)?;
        let start = from + rest.find(is_of_word)?;
        let rest = text.get(start..)?;
        let length = length_of_word(rest);
        from = start + length;
        let folded = fold(rest.get(..length)?);
        Some(Word { place: start..from, folded })
    })
}

/// Whether a character belongs to a word.
pub(super) fn is_of_word(character: char) -> bool {
    character.is_alphanumeric()
}

/// Whether a character is of a script that writes words without blanks between them: Thai, Lao,
/// Burmese, Khmer, Chinese and Japanese (Unicode 17, blocks).
const fn is_alone(character: char) -> bool {
    matches!(character,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

fn length_of_word(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first().is_some_and(|it| !it.is_ascii())
        && let Some(first) = text.chars().next().filter(|it| is_alone(*it))
    {
        return first.len_utf8();
    }
    let ascii = bytes.iter().position(|it| !it.is_ascii_alphanumeric()).unwrap_or(bytes.len());
    match bytes.get(ascii) {
        Some(byte) if !byte.is_ascii() => {
            text.find(|it| !is_of_word(it) || is_alone(it)).unwrap_or(bytes.len())
        }
        _ => ascii,
    }
}

/// A word in small letters.
fn fold(word: &str) -> Cow<'_, str> {
    let is_folded = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    if word.bytes().all(is_folded) {
        Cow::Borrowed(word)
    } else if word.is_ascii() {
        Cow::Owned(word.to_ascii_lowercase())
    } else {
        Cow::Owned(word.chars().flat_map(small).collect())
    }
}

/// A letter as it is compared. One outside ASCII never becomes one inside: what looks
/// for a word in raw bytes need not know the signs that do, such as that of the Kelvin.
fn small(character: char) -> impl Iterator<Item = char> {
    let is_left = !character.is_ascii() && character.to_lowercase().any(|it| it.is_ascii());
    let kept = is_left.then_some(character);
    kept.into_iter().chain(character.to_lowercase().filter(move |_| !is_left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).map(|it| it.folded.into_owned()).collect()
    }

    #[test]
    fn a_text_is_cut_at_everything_that_is_no_letter_and_no_digit() {
        let text = "Look at src/parser_2.rs: it's GRÖSSE, 2.5\u{212A}!";
        let words =
            ["look", "at", "src", "parser", "2", "rs", "it", "s", "grösse", "2", "5\u{212A}"];
        assert_eq!(folded(text), words);
        assert_eq!(folded(" ./- "), Vec::<String>::new());
    }

    #[test]
    fn a_letter_is_a_word_where_no_blanks_are_written() {
        assert_eq!(folded("幫我 go檢查"), ["幫", "我", "go", "檢", "查"]);
        assert_eq!(folded("カフェでCafé"), ["カ", "フ", "ェ", "で", "café"]);
    }

    proptest! {
        #[test]
        fn a_word_stands_where_it_says_and_is_cut_no_further(text in any::<String>()) {
            for word in words(&text) {
                let there = text.get(word.place.clone()).unwrap();
                prop_assert!(there.chars().all(is_of_word));
                prop_assert_eq!(fold(there), word.folded);
                let before = text[..word.place.start].chars().next_back();
                let behind = text[word.place.end..].chars().next();
                let goes_on = |it: char| is_of_word(it) && !is_alone(it);
                let is_whole = !before.is_some_and(goes_on) && !behind.is_some_and(goes_on);
                prop_assert!(is_whole || there.chars().all(is_alone));
            }
        }
    }
}
