//! Which names a price is for.

use regex::Regex;
use serde::Deserialize;
use std::sync::OnceLock;

/// A condition on a name in small letters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Clause {
    Equals(String),
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Regex(Pattern),
    Or(Vec<Clause>),
    And(Vec<Clause>),
    Not(Box<Clause>),
}

/// A regular expression, made when it is first needed: most never are.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Pattern {
    text: String,
    made: OnceLock<Option<Regex>>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text, made: OnceLock::new() }
    }
}

impl Pattern {
    /// Whether it fits somewhere; one that can't be made fits nothing.
    pub(super) fn fits(&self, text: &str) -> bool {
        let made = self.made.get_or_init(|| Regex::new(&self.text).ok());
        made.as_ref().is_some_and(|it| it.is_match(text))
    }

    /// Whether it fits at the very start.
    pub(super) fn fits_start(&self, text: &str) -> bool {
        if !text.starts_with(&literal(&self.text)) {
            return false;
        }
        let made = self.made.get_or_init(|| Regex::new(&self.text).ok());
        made.as_ref().and_then(|it| it.find(text)).is_some_and(|it| it.start() == 0)
    }

    #[cfg(test)]
    pub(super) fn is_sound(&self) -> bool {
        Regex::new(&self.text).is_ok()
    }
}

/// What all that an expression fits begins with, as far as that is seen without
/// reading it as one.
fn literal(pattern: &str) -> String {
    let mut literal = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_plain = letter.is_ascii_alphanumeric() || matches!(letter, ':' | '/' | '-' | '_');
        match (letter, letters.peek()) {
            ('\\', Some(&next)) if next.is_ascii_punctuation() => {
                literal.push(next);
                letters.next();
            }
            _ if is_plain => literal.push(letter),
            _ => break,
        }
        // What may be left out, or is the end of one of two ways, is none of it.
        if matches!(letters.peek(), Some('?' | '*' | '{')) {
            literal.pop();
            break;
        }
    }
    if has_ways(pattern) { String::new() } else { literal }
}

/// Whether an expression is one or another, in no group.
fn has_ways(pattern: &str) -> bool {
    let mut depth = 0_i32;
    pattern.chars().any(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        letter == '|' && depth == 0
    })
}

impl Clause {
    pub(super) fn fits(&self, name: &str) -> bool {
        match self {
            Self::Equals(text) => name == text,
            Self::StartsWith(text) => name.starts_with(text.as_str()),
            Self::EndsWith(text) => name.ends_with(text.as_str()),
            Self::Contains(text) => name.contains(text.as_str()),
            Self::Regex(pattern) => pattern.fits(name),
            Self::Or(all) => all.iter().any(|it| it.fits(name)),
            Self::And(all) => all.iter().all(|it| it.fits(name)),
            Self::Not(it) => !it.fits(name),
        }
    }

    #[cfg(test)]
    pub(super) fn is_sound(&self) -> bool {
        match self {
            Self::Regex(pattern) => pattern.is_sound(),
            Self::Or(all) | Self::And(all) => !all.is_empty() && all.iter().all(Self::is_sound),
            Self::Not(it) => it.is_sound(),
            Self::Equals(it) | Self::StartsWith(it) | Self::EndsWith(it) | Self::Contains(it) => {
                *it == it.to_lowercase()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_expression_begins_with_is_seen_or_nothing_is() {
        let literals = [
            (r"https://api\.x\.ai", "https://api.x.ai"),
            (r"https://(.*\.)?googleapis\.com", "https://"),
            (r"https?://x", "http"),
            (r"ab\.{2}c", "ab"),
            (r"one|two", ""),
            (r"one(a|b)|two", ""),
            (r"one(a|b)", "one"),
            (r"(?i)one", ""),
            (r"\d+", ""),
        ];
        for (pattern, expected) in literals {
            assert_eq!(literal(pattern), expected, "{pattern}");
        }
        assert!(Pattern::from(r"https://api\.z\.ai".to_owned()).fits_start("https://api.z.ai/v1"));
    }
}
