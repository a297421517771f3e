//! Where each setting that counts was said: the file and the line, or the program itself.

use super::{
    Brought, Cast, Environment, FileKind, Layer, Settings, Source,
    layers::{Layered as _, at, laid_over, leaves},
    sources,
};
use serde::Deserialize as _;
use std::{collections::BTreeMap, ops::Range};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A setting as it counts, and who has said so.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Its keys, as TOML writes them: `models.tiers.able`.
    pub key: String,
    /// What it is.
    pub value: toml::Value,
    /// The file that said it last.
    pub file: String,
    /// The line there, from 1.
    pub line: usize,
    /// Whose file that is.
    pub layer: Layer,
}

/// Every setting of a kind of files, by its keys, with these of a project. What is at fault in a
/// file counts as far as it can be read.
pub fn origins(kind: FileKind, environment: &Environment, brought: &Brought) -> Vec<Said> {
    let (found, _faults) = sources(kind, environment, brought);
    of_sources(kind, &found)
}

/// What the program itself says, where no file says anything.
pub fn built_in(kind: FileKind) -> Vec<Said> {
    of_sources(kind, &[kind.built_in()])
}

fn of_sources(kind: FileKind, sources: &[Source]) -> Vec<Said> {
    let mut below = DeTable::new();
    let mut places: BTreeMap<Vec<String>, (&Source, Range<usize>)> = BTreeMap::new();
    for source in sources {
        let (document, errors) = DeTable::parse_recoverable(&source.text);
        if !errors.is_empty() {
            continue;
        }
        let mut layer = document.into_inner();
        prepare(kind, source, &mut layer, &mut below);
        for (path, span) in leaves(&layer) {
            // The name of a table alone says nothing where there is that table.
            if is_table(at(&layer, &path)) && is_table(at(&below, &path)) {
                continue;
            }
            let path: Vec<String> = path.into_iter().map(str::to_owned).collect();
            // A value goes where a table was, and the other way round.
            places.retain(|old, _| !old.starts_with(&path) && !path.starts_with(old));
            places.insert(path, (source, span));
        }
        below = laid_over(below, layer);
    }
    let said = |(path, (source, span)): (Vec<String>, (&Source, Range<usize>))| {
        let keys: Vec<_> = path.iter().map(String::as_str).collect();
        Some(Said {
            key: keys.iter().map(|it| quoted(it)).collect::<Vec<_>>().join("."),
            value: value(at(&below, &keys)?)?,
            file: source.name.clone(),
            line: source.text.get(..span.start)?.matches('\n').count() + 1,
            layer: source.layer,
        })
    };
    places.into_iter().filter_map(said).collect()
}

/// Makes a layer ready as reading it does; what is wrong there is told by reading it.
fn prepare(kind: FileKind, source: &Source, layer: &mut DeTable<'_>, below: &mut DeTable<'_>) {
    match kind {
        FileKind::Config => drop(Settings::prepare(source, layer, below)),
        FileKind::Cast => drop(Cast::prepare(source, layer, below)),
        FileKind::Programs | FileKind::Mcp | FileKind::Keys => {}
    }
}

fn is_table(found: Option<&Spanned<DeValue<'_>>>) -> bool {
    found.is_some_and(|it| matches!(it.get_ref(), DeValue::Table(_)))
}

/// A key as TOML writes it: in quotes where it has to be.
fn quoted(key: &str) -> String {
    let is_bare = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
    if !key.is_empty() && key.chars().all(is_bare) {
        key.to_owned()
    } else {
        toml::Value::String(key.to_owned()).to_string()
    }
}

fn value(found: &Spanned<DeValue<'_>>) -> Option<toml::Value> {
    toml::Value::deserialize(toml::de::ValueDeserializer::from(found.clone())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: FileKind, files: &[(Layer, &str)]) -> Vec<String> {
        let mut sources = vec![kind.built_in()];
        sources.extend(files.iter().map(|(layer, text)| Source::new(*layer, "mine.toml", text)));
        let shown = |it: Said| format!("{} = {} # {}:{}", it.key, it.value, it.file, it.line);
        of_sources(kind, &sources).into_iter().map(shown).collect()
    }

    fn one(kind: FileKind, files: &[(Layer, &str)], key: &str) -> String {
        let said = said(kind, files);
        let mut found = said.into_iter().filter(|it| it.starts_with(key));
        let first = found.next().unwrap_or_default();
        assert_eq!(found.next(), None);
        first
    }

    #[test]
    fn a_setting_is_where_it_was_said_last() {
        let own = "[ui]\nfps = 12\n";
        let told = one(FileKind::Config, &[(Layer::User, own)], "ui.fps ");
        assert_eq!(told, "ui.fps = 12 # mine.toml:2");
        let told = one(FileKind::Config, &[], "ui.fps ");
        assert!(told.contains("# config/default.toml (built in):"), "{told}");
        let line: usize = told.rsplit(':').next().unwrap().parse().unwrap();
        let text = FileKind::Config.built_in().text;
        assert!(text.lines().nth(line - 1).unwrap().starts_with("fps = "), "{told}");
    }

    #[test]
    fn the_name_of_a_table_alone_says_nothing() {
        let own = "[ui]\n[models.tiers]\n[notify.sounds]\n[prices.\"rehearsal*\"]\n";
        assert_eq!(said(FileKind::Config, &[(Layer::User, own)]), said(FileKind::Config, &[]));
    }

    #[test]
    fn a_projects_rules_are_added_and_a_users_stand_in_their_place() {
        let (own, brought) = ("[permissions]\nask = [\"a\"]", "[permissions]\nask = [\"b\"]");
        let told = one(
            FileKind::Config,
            &[(Layer::User, own), (Layer::Project, brought)],
            "permissions.ask ",
        );
        assert_eq!(told, "permissions.ask = [\"a\", \"b\"] # mine.toml:2");
    }

    #[test]
    fn every_kind_of_file_is_told_and_a_torn_one_changes_nothing() {
        for kind in [FileKind::Config, FileKind::Programs, FileKind::Cast, FileKind::Keys] {
            let sound = said(kind, &[]);
            assert!(sound.len() > 10, "{kind:?}: {sound:?}");
            assert_eq!(said(kind, &[(Layer::User, "[ui\nfps = ")]), sound);
        }
        let key = one(
            FileKind::Keys,
            &[(Layer::User, "[direct]\n\"g x\" = \"pause\"")],
            "direct.\"g x\"",
        );
        assert_eq!(key, "direct.\"g x\" = \"pause\" # mine.toml:2");
    }
}
