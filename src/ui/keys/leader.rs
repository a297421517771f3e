//! The leader: the key that stands for `leader` in the keys of any file.

use super::{Chord, read::Wrong};
use crate::config::{Layer, Source};
use std::borrow::Cow;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What a file calls it, at its top and in keys.
pub(super) const NAME: &str = "leader";

/// The leader that a file says. A project may not say it: it would move the user's own keys
/// under other fingers.
pub(super) fn said(file: &Source) -> Option<Chord> {
    if file.layer == Layer::Project {
        return None;
    }
    let (document, _told_where_it_is_laid_over) = DeTable::parse_recoverable(&file.text);
    document.get_ref().get(NAME)?.get_ref().as_str()?.parse().ok()
}

/// What is wrong with a line that says it.
pub(super) fn wrong(value: &Spanned<DeValue<'_>>, layer: Layer) -> Option<Wrong> {
    let told = |message: String, mend: &str| {
        Some(Wrong { span: value.span(), message, mend: Some(mend.to_owned()) })
    };
    if layer == Layer::Project {
        let message = "a project file may not choose the leader".to_owned();
        return told(message, "say it in your own keys.toml");
    }
    let mend = "for example leader = \",\", or leader = \"ctrl+x\"";
    match value.get_ref() {
        DeValue::String(key) => match key.parse::<Chord>() {
            Ok(_) => None,
            Err(error) => told(error.to_string(), mend),
        },
        _ => told("the leader is one key".to_owned(), mend),
    }
}

/// The keys of a line, with the leader put in.
pub(super) fn chords(
    keys: &Spanned<Cow<'_, str>>,
    leader: Option<Chord>,
) -> Result<Vec<Chord>, Wrong> {
    let wrong = |message: String, mend: &str| Wrong {
        span: keys.span(),
        message,
        mend: Some(mend.to_owned()),
    };
    let chord = |key: &str| match (key, leader) {
        (NAME, Some(leader)) => Ok(leader),
        (NAME, None) => {
            let mend = "say which key that is, at the top of the file: leader = \",\"";
            Err(wrong("no leader is chosen".to_owned(), mend))
        }
        (key, _) => key.parse::<Chord>().map_err(|error| {
            let mend = "keys pressed one after another have a space between them: \"g g\"";
            wrong(error.to_string(), mend)
        }),
    };
    keys.get_ref().split(' ').map(chord).collect()
}
