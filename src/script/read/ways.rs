//! What an expression reaches for, and what it is held against: enough to see that text is
//! compared with a number, and no whole grammar. What is not understood is not judged.

use super::names::{Kind, code};
use std::{collections::BTreeSet, ops::Range};

/// Words of the language that are no names.
const WORDS: [&str; 22] = [
    "and",
    "or",
    "not",
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "in",
    "endfor",
    "is",
    "set",
    "endset",
    "with",
    "endwith",
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
    "recursive",
];
const COMPARES: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];
/// Before and after one of these, a comparison is a whole.
const EDGES: [&str; 8] = ["(", ")", ",", "and", "or", "not", "if", "else"];

/// A way to a value: `steps.find.output.pages[0].url`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// What is gone by, from the outermost name on.
    pub(super) keys: Vec<Key>,
    /// Where it is written.
    pub(super) range: Range<usize>,
    /// It is provided for that nothing is there.
    pub(super) is_guarded: bool,
    /// What it is compared with.
    pub(super) against: Option<Against>,
}

/// A part of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// What has this name.
    Name(String),
    /// One of a list.
    Item,
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Against {
    /// A number that stands there.
    Number,
    /// A text that stands there.
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Number,
    Text(String),
    Sign(String),
}

type Placed = (Token, Range<usize>);

/// All ways in a text, in their order.
pub(super) fn ways(kind: Kind, text: &str) -> Vec<Way> {
    let pieces: Vec<Vec<Placed>> = code(kind, text).iter().map(|it| tokens(text, it)).collect();
    let own: BTreeSet<String> = pieces.iter().flat_map(|it| own_names(it)).collect();
    let mut ways: Vec<Way> = pieces.iter().flat_map(|it| ways_in(it)).collect();
    ways.retain(|it| !matches!(it.keys.first(), Some(Key::Name(name)) if own.contains(name)));
    let guarded: Vec<Vec<Key>> =
        ways.iter().filter(|it| it.is_guarded).map(|it| it.keys.clone()).collect();
    for way in &mut ways {
        way.is_guarded |= guarded.iter().any(|it| way.keys.starts_with(it));
    }
    ways
}

fn tokens(text: &str, code: &Range<usize>) -> Vec<Placed> {
    let mut found = Vec::new();
    let mut at = code.start;
    while let Some(first) = text.get(at..code.end).and_then(|it| it.chars().next()) {
        let rest = text.get(at..code.end).unwrap_or_default();
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        let (token, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if matches!(first, '\'' | '"') {
            let length = quoted(rest, first);
            (Token::Text(rest.get(1..length - 1).unwrap_or_default().to_owned()), length)
        } else if first.is_ascii_digit() {
            let is_number = |it: char| it.is_ascii_digit() || it == '.';
            (Token::Number, rest.find(|it| !is_number(it)).unwrap_or(rest.len()))
        } else if is_word(first) {
            let length = rest.find(|it| !is_word(it)).unwrap_or(rest.len());
            (Token::Word(rest.get(..length).unwrap_or_default().to_owned()), length)
        } else {
            let two = COMPARES.iter().find(|it| it.len() == 2 && rest.starts_with(**it));
            let length = two.map_or_else(|| first.len_utf8(), |it| it.len());
            (Token::Sign(rest.get(..length).unwrap_or_default().to_owned()), length)
        };
        found.push((token, at..at + length));
        at += length.max(1);
    }
    found
}

/// How long a text in quotes is, with both of them.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, it) in text.char_indices().skip(1) {
        match it {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            it if it == quote => return at + 1,
            _ => {}
        }
    }
    text.len().max(2)
}

/// The names that a template gives itself: in a loop, or with `set`.
fn own_names(tokens: &[Placed]) -> Vec<String> {
    let mut names = Vec::new();
    let mut gives = false;
    for (token, _) in tokens {
        match token {
            Token::Word(word) if word == "for" || word == "set" || word == "with" => gives = true,
            Token::Word(word) if word == "in" => gives = false,
            Token::Sign(sign) if sign == "=" => gives = false,
            Token::Word(word) if gives => names.push(word.clone()),
            _ => {}
        }
    }
    names
}

fn ways_in(tokens: &[Placed]) -> Vec<Way> {
    let mut ways = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match way_at(tokens, at) {
            Some((way, next)) => {
                ways.push(way);
                at = next;
            }
            None => at += 1,
        }
    }
    ways
}

/// The way that begins at a token, and the token after it.
fn way_at(tokens: &[Placed], begin: usize) -> Option<(Way, usize)> {
    let token = |at: usize| tokens.get(at).map(|it| &it.0);
    let Token::Word(first) = token(begin)? else { return None };
    let before = begin.checked_sub(1).and_then(token);
    let is_part = is_sign(before, ".") || is_sign(before, "|") || is_word(before, "is");
    if WORDS.contains(&first.as_str()) || is_part || is_sign(token(begin + 1), "(") {
        return None;
    }
    let mut keys = vec![Key::Name(first.clone())];
    let mut at = begin + 1;
    loop {
        let next = match (token(at), token(at + 1), token(at + 2)) {
            (Some(Token::Sign(sign)), Some(Token::Word(_)), then)
                if sign == "." && is_sign(then, "(") =>
            {
                return Some((way(tokens, keys, &(begin..at), false), at + 2));
            }
            (Some(Token::Sign(sign)), Some(Token::Word(name)), _) if sign == "." => {
                (Key::Name(name.clone()), 2)
            }
            (Some(Token::Sign(open)), Some(Token::Text(name)), then)
                if open == "[" && is_sign(then, "]") =>
            {
                (Key::Name(name.clone()), 3)
            }
            (Some(Token::Sign(open)), Some(Token::Number), then)
                if open == "[" && is_sign(then, "]") =>
            {
                (Key::Item, 3)
            }
            (Some(Token::Sign(open)), ..) if open == "[" => {
                return Some((way(tokens, keys, &(begin..at), false), at + 1));
            }
            _ => return Some((way(tokens, keys, &(begin..at), true), at)),
        };
        keys.push(next.0);
        at += next.1;
    }
}

/// A way, with what stands around it where it is whole.
fn way(tokens: &[Placed], keys: Vec<Key>, at: &Range<usize>, is_whole: bool) -> Way {
    let token = |at: usize| tokens.get(at).map(|it| &it.0);
    let end = tokens.get(at.end.saturating_sub(1)).map_or(0, |it| it.1.end);
    let range = tokens.get(at.start).map_or(0, |it| it.1.start)..end;
    let next = token(at.end);
    let tests = |word: &str| is_word(token(at.end + 1), word) || is_word(token(at.end + 2), word);
    let is_guarded = (is_word(next, "is") && (tests("defined") || tests("undefined")))
        || (is_sign(next, "|") && is_word(token(at.end + 1), "default"));
    let against = if is_whole { against(tokens, at) } else { None };
    Way { keys, range, is_guarded, against }
}

fn against(tokens: &[Placed], at: &Range<usize>) -> Option<Against> {
    let token = |at: Option<usize>| at.and_then(|it| tokens.get(it)).map(|it| &it.0);
    let literal = |token: Option<&Token>| match token? {
        Token::Number => Some(Against::Number),
        Token::Text(_) => Some(Against::Text),
        _ => None,
    };
    let back = |by: usize| token(at.start.checked_sub(by));
    let ahead = |by: usize| token(Some(at.end + by));
    if compares(ahead(0)) && is_edge(back(1)) && is_edge(ahead(2)) {
        return literal(ahead(1));
    }
    if compares(back(1)) && is_edge(back(3)) && is_edge(ahead(0)) {
        return literal(back(2));
    }
    None
}

fn compares(token: Option<&Token>) -> bool {
    matches!(token, Some(Token::Sign(sign)) if COMPARES.contains(&sign.as_str()))
}

fn is_edge(token: Option<&Token>) -> bool {
    match token {
        None => true,
        Some(Token::Sign(it) | Token::Word(it)) => EDGES.contains(&it.as_str()),
        Some(Token::Number | Token::Text(_)) => false,
    }
}

fn is_sign(token: Option<&Token>, sign: &str) -> bool {
    matches!(token, Some(Token::Sign(it)) if it == sign)
}

fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(it)) if it == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each way as it reads, with what it is compared with and whether it is guarded.
    fn told(kind: Kind, text: &str) -> Vec<(String, Option<Against>, bool)> {
        let told = |it: Way| (text[it.range].to_owned(), it.against, it.is_guarded);
        ways(kind, text).into_iter().map(told).collect()
    }

    #[test]
    fn a_way_is_followed_into_lists_and_what_it_is_held_against_is_seen() {
        let found = told(Kind::Expression, "output.score >= 7 and output.l[0]['a-b'] == 'x'");
        let expected = [
            ("output.score".to_owned(), Some(Against::Number), false),
            ("output.l[0]['a-b']".to_owned(), Some(Against::Text), false),
        ];
        assert_eq!(found, expected);
        let found = told(Kind::Expression, "7 < last.n or last.n | int > 3 or last.n + 1 > 3");
        let against: Vec<_> = found.into_iter().map(|it| it.1).collect();
        assert_eq!(against, [Some(Against::Number), None, None]);
    }

    #[test]
    fn what_is_asked_whether_it_is_there_may_be_missing() {
        let text = "{% if output.a is defined %}{{ output.a.b }}{% endif %}{{ output.c | default('') }}{{ output.d }}";
        let guarded: Vec<_> = told(Kind::Brief, text).into_iter().map(|it| it.2).collect();
        assert_eq!(guarded, [true, true, true, false]);
    }

    #[test]
    fn names_of_its_own_and_calls_are_no_ways() {
        let text = "{% for item in inputs.all %}{{ item.x }}{{ range(3) }}{% endfor %}";
        let found: Vec<_> = told(Kind::Brief, text).into_iter().map(|it| it.0).collect();
        assert_eq!(found, ["inputs.all"]);
    }

    proptest! {
        #[test]
        fn any_text_has_ways_or_none(
            text in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|[a-z0-9.|()\\[\\]'\" <>=\\\\]|\\PC){0,40}",
        ) {
            for kind in [Kind::Brief, Kind::Command, Kind::Expression] {
                for way in ways(kind, &text) {
                    prop_assert!(text.get(way.range).is_some());
                }
            }
        }
    }
}
