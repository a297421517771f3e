//! What is searched for: words that must all be there, phrases, beginnings.
//!
//! Anything that a person can type is a query, or says in words why it is none.

use super::words::words;
use std::ops::Range;

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

/// Words that must stand in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// In small letters; never empty.
    pub(super) words: Vec<String>,
    /// The last of them may be the beginning of a longer one.
    pub(super) is_begun: bool,
}

impl Query {
    /// Reads what was typed: `parser error` are two words that must both be there,
    /// `"parser error"` is a phrase, `pars*` the beginning of a word. What is written in
    /// one piece, as `src/parser.rs`, is a phrase too. What holds no letter and no
    /// digit says nothing.
    pub fn read(text: &str) -> Self {
        let (mut terms, mut is_quoted) = (Vec::new(), false);
        for part in text.split('"') {
            if is_quoted {
                terms.extend(Term::read(part));
            } else {
                terms.extend(part.split_whitespace().filter_map(Term::read));
            }
            is_quoted = !is_quoted;
        }
        Self { terms }
    }

    /// The same while it is still being typed: its last word may be a beginning.
    #[must_use]
    pub fn being_typed(text: &str) -> Self {
        let mut query = Self::read(text);
        let is_open = text.ends_with(char::is_alphanumeric);
        if let Some(last) = query.terms.last_mut().filter(|_| is_open) {
            last.is_begun = true;
        }
        query
    }

    /// Whether nothing is searched for.
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    pub(super) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Where a text has what is searched for: the first place of each term; none where
    /// it lacks one.
    pub(super) fn places(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let mut found: Vec<Option<Range<usize>>> = vec![None; self.terms.len()];
        let mut missing = found.len();
        // How many words of each term stand just before, and where that began: one a term,
        // for each place it may have begun at.
        let mut rows: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.terms.len()];
        for word in words(text) {
            if missing == 0 {
                break;
            }
            for ((term, rows), found) in self.terms.iter().zip(&mut rows).zip(&mut found) {
                if found.is_some() {
                    continue;
                }
                rows.push((0, word.place.start));
                rows.retain_mut(|(count, _)| {
                    let fits = term.fits(*count, &word.folded);
                    *count += 1;
                    fits
                });
                if let Some((_, start)) = rows.iter().find(|it| it.0 == term.words.len()) {
                    *found = Some(*start..word.place.end);
                    missing -= 1;
                }
            }
        }
        found.into_iter().collect()
    }
}

impl Term {
    fn read(text: &str) -> Option<Self> {
        let words: Vec<_> = words(text).map(|it| it.folded.into_owned()).collect();
        let is_begun = text.trim_end().ends_with('*');
        (!words.is_empty()).then_some(Self { words, is_begun })
    }

    /// Whether a word can be the one in this place.
    fn fits(&self, place: usize, word: &str) -> bool {
        let is_last = place + 1 == self.words.len();
        let wanted = self.words.get(place);
        wanted.is_some_and(|it| {
            if is_last && self.is_begun { word.starts_with(it.as_str()) } else { word == it }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(query: &str, text: &'a str) -> Option<Vec<&'a str>> {
        let places = Query::read(query).places(text)?;
        Some(places.into_iter().map(|it| &text[it]).collect())
    }

    const TEXT: &str = "Now I look at the parser: it splits lines in src/parser.rs. The Line ends.";

    #[test]
    fn all_words_must_be_there_in_any_order_and_whole() {
        assert_eq!(found("lines PARSER", TEXT), Some(vec!["lines", "parser"]));
        assert_eq!(found("parser error", TEXT), None);
        assert_eq!(found("pars", TEXT), None);
        assert_eq!(found("pars* the", TEXT), Some(vec!["parser", "the"]));
    }

    #[test]
    fn a_phrase_is_words_in_a_row_and_so_is_what_is_written_in_one_piece() {
        assert_eq!(found("\"the line\"", TEXT), Some(vec!["The Line"]));
        assert_eq!(found("\"line the\"", TEXT), None);
        assert_eq!(found("src/parser.rs", TEXT), Some(vec!["src/parser.rs"]));
        assert_eq!(found("\"look at th*\"", TEXT), Some(vec!["look at the"]));
        assert_eq!(found("日本 語で", "これは日本語です。日本"), Some(vec!["日本", "語で"]));
        assert_eq!(found("本日", "日本"), None);
        // The first `a` is no beginning of the phrase, and hides none.
        assert_eq!(found("\"a a b\"", "a a a b"), Some(vec!["a a b"]));
    }

    #[test]
    fn whatever_is_typed_is_a_query_or_nothing() {
        for text in
            ["", "\"", "* - ( ) :", "\"\"\"", "NEAR(", "a AND \"b", "col:x OR", "^x - \u{0}"]
        {
            let query = Query::read(text);
            assert_eq!(query.is_empty(), !text.contains(char::is_alphanumeric), "{text}");
        }
        assert_eq!(found("the \"line ends", TEXT), Some(vec!["the", "Line ends"]));
        assert!(Query::being_typed("look pars").places(TEXT).is_some());
        assert!(Query::being_typed("look pars ").places(TEXT).is_none());
    }
}
