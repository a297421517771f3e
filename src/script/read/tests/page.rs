//! The page about the language, and the scripts that come along.

use super::*;

#[test]
fn scripts_that_come_along_are_right_for_the_cast_that_comes_along() {
    let cast = Cast::built_in().unwrap();
    let roles: Vec<&str> = cast.roles.keys().map(String::as_str).collect();
    let library = Library::built_in();
    assert_eq!(library.names(), ["docs", "feature", "plan", "review", "watch"]);
    for name in library.names() {
        let mute = BTreeMap::new();
        let ground = Ground { roles: &roles, programs: &[], mute: &mute, library: &library };
        let script = read(ground, name, library.source(name).unwrap());
        let script = script.unwrap_or_else(|error| panic!("{error}"));
        assert!(!script.purpose.is_empty() && !super::roles(&script).is_empty());
        let outline = crate::script::outline(&script);
        assert!(outline.contains("at once at most") || outline.contains("at once"), "{outline}");
    }
}

/// The page that tells the language.
pub(super) const PAGE: &str = include_str!("../../../../docs/scripts.md");

#[test]
fn every_example_of_the_page_about_the_language_passes_the_check() {
    let cast = Cast::built_in().unwrap();
    let roles: Vec<&str> = cast.roles.keys().map(String::as_str).collect();
    let mute = BTreeMap::new();
    let library = Library::built_in();
    let ground = Ground { roles: &roles, programs: &[], mute: &mute, library: &library };
    let examples: Vec<&str> =
        PAGE.split("```toml\n").skip(1).map(|it| it.split_once("```").unwrap().0).collect();
    assert!(examples.len() > 5);
    for example in examples {
        if let Err(error) = read(ground, "x", &Source::new(Layer::User, "x.toml", example)) {
            panic!("{error}\n{example}");
        }
    }
}

#[test]
fn the_page_about_the_language_names_all_of_it() {
    let said = |name: &str| {
        let is_part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
        PAGE.match_indices(name).any(|(at, _)| {
            let (before, after) = (&PAGE[..at], &PAGE[at + name.len()..]);
            !is_part(before.chars().next_back()) && !is_part(after.chars().next())
        })
    };
    let schema = schema_for_script();
    let keys = |of: &serde_json::Value| -> Vec<String> {
        of["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let mut names = keys(&schema);
    for part in ["Step", "Input", "Retry", "Repeat", "Check"] {
        names.extend(keys(&schema["$defs"][part]));
    }
    names.extend(flow::NAMES.iter().map(|it| (*it).to_owned()));
    names.extend(names::FILTERS.iter().map(|it| (*it).to_owned()));
    let unsaid: Vec<String> = names.into_iter().filter(|it| !said(it)).collect();
    assert_eq!(unsaid, Vec::<String>::new());
}
