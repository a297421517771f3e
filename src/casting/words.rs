//! When two words are the same word: `tests`, `testing` and `tester` are.

use std::collections::BTreeSet;

/// No more of a text is read, in bytes: its beginning says what it is about.
const MOST: usize = 8 * 1024;
/// Endings that make another form of an English word, the longest first.
const ENDINGS: [&str; 10] = ["ations", "ation", "ings", "ing", "ers", "er", "ed", "es", "s", "e"];
/// What is left of a word has at least so many letters.
const STEM: usize = 3;
/// Words that are in any text and say nothing about it.
const EMPTY: [&str; 34] = [
    "about", "all", "and", "any", "are", "but", "can", "does", "each", "for", "from", "has",
    "have", "her", "his", "how", "into", "its", "make", "not", "one", "others", "out", "that",
    "the", "them", "then", "they", "this", "was", "what", "when", "which", "with",
];

/// The words of a text that say something, each as its stem.
pub(super) fn stems(text: &str) -> BTreeSet<String> {
    let end = text.floor_char_boundary(MOST);
    let words = text.get(..end).unwrap_or(text).split(|it: char| !it.is_alphanumeric());
    let words = words.map(str::to_lowercase).filter(|it| it.chars().count() >= STEM);
    words.filter(|it| !EMPTY.contains(&it.as_str())).map(|it| stem(&it).to_owned()).collect()
}

/// Whether a text has this name in it, as a word of its own.
pub(super) fn names(text: &str, name: &str) -> bool {
    let end = text.floor_char_boundary(MOST);
    let is_of_name = |it: char| it.is_alphanumeric() || it == '-' || it == '_';
    let mut words = text.get(..end).unwrap_or(text).split(|it| !is_of_name(it));
    words.any(|it| it.eq_ignore_ascii_case(name))
}

/// A word without its ending, and without the second of two letters that are left
/// by it: `planning` is `plan`.
fn stem(word: &str) -> &str {
    let long = |it: &&str| it.chars().count() >= STEM;
    let is_ending = |it: &&&str| **it != "s" || !word.ends_with("ss");
    let mut endings = ENDINGS.iter().filter(is_ending);
    let cut = endings.find_map(|ending| word.strip_suffix(ending).filter(long));
    let Some(stem) = cut else { return word };
    let mut back = stem.char_indices().rev();
    match (back.next(), back.next()) {
        (Some((at, last)), Some((_, before))) if last == before && !"aeiouls".contains(last) => {
            stem.get(..at).filter(long).unwrap_or(stem)
        }
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_word_are_one_word() {
        let families: [&[&str]; 8] = [
            &["process", "processes", "processing"],
            &["test", "tests", "tester", "testing", "tested"],
            &["code", "coder", "coding", "codes"],
            &["plan", "plans", "planning", "planner"],
            &["review", "reviewer", "reviews"],
            &["debug", "debugging", "debugger"],
            &["refactor", "refactoring", "refactored"],
            &["implement", "implementation", "implements"],
        ];
        for family in families {
            let one: BTreeSet<&str> = family.iter().map(|it| stem(it)).collect();
            assert_eq!(one.len(), 1, "{family:?}: {one:?}");
        }
    }

    #[test]
    fn words_that_only_begin_alike_are_not() {
        for (one, other) in
            [("contact", "contract"), ("report", "repository"), ("process", "prose")]
        {
            assert_ne!(stem(one), stem(other));
        }
    }

    #[test]
    fn a_role_is_named_by_its_name_alone() {
        assert!(names("Let the API-tester look", "api-tester"));
        assert!(!names("test the code", "tester") && !names("api-testers", "api-tester"));
    }

    #[test]
    fn a_text_of_any_kind_has_stems() {
        assert_eq!(stems(""), BTreeSet::new());
        let long = "é".repeat(MOST);
        assert_eq!(stems(&long).len(), 1);
        assert_eq!(stems("Прочти файлы, and the 日本語テスト").len(), 3);
    }
}
