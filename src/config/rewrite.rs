//! A role as a text to be edited, and what was edited in its place in the user's
//! file: only the keys that differ are written, and comments stay where they are.

use super::{
    Brought, Cast, ConfigError, Environment, Fault, FileKind, Layer, Paths, Role, closest,
    load_with_cast, source, sources, written,
};
use crate::{model::Money, text::one_line};
use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};
use toml::{Table, Value};
use toml_edit::{DocumentMut, Item, TableLike};

/// The keys that are edited as a text. What a role may do, and how it is confined,
/// is read when a session opens; that is changed in the file itself.
const KEYS: [&str; 11] = [
    "purpose",
    "model",
    "effort",
    "budget",
    "max_turns",
    "tools",
    "workspace",
    "every",
    "on",
    "strengths",
    "instructions",
];

/// How wide a comment may be, in cells.
const COMMENT: usize = 160;

/// What comes before the keys that a role does not say.
const NOT_SAID: &str = "# not said, so as the settings have it";

/// What the text that is edited is called where something is wrong with it.
const TEXT: &str = "the role's text";

/// A change to the user's cast that can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewriting {
    /// The role that it is about.
    pub role: String,
    /// The file.
    pub file: PathBuf,
    /// What the file says now; nothing where there is none.
    pub before: String,
    /// What it would say.
    pub after: String,
}

impl Role {
    /// Its keys as a text to be edited, as they count now.
    pub fn text(&self) -> String {
        let effort = self.effort.map(|it| format!("{it:?}").to_lowercase());
        let workspace = self.workspace.map(|it| format!("{it:?}").to_lowercase());
        let words = |all: &[String]| {
            let all: Vec<Value> = all.iter().cloned().map(Value::String).collect();
            Value::Array(all).to_string()
        };
        let word = |it: Option<String>| it.map(|it| Value::String(it).to_string());
        let tools = (self.program.is_none()).then(|| words(&self.tools));
        let values = [
            ("purpose", Some(Value::String(self.purpose.clone()).to_string())),
            ("model", word(self.model.clone())),
            ("effort", word(effort)),
            ("budget", word(self.budget.map(dollars))),
            ("max_turns", self.max_turns.map(|it| it.to_string())),
            ("tools", tools),
            ("workspace", word(workspace)),
            ("every", word(self.every.clone())),
            ("on", word(self.on.clone())),
            ("strengths", Some(words(&self.strengths))),
            ("instructions", Some(long(&self.instructions))),
        ];
        // No settings have those either.
        let is_nowhere = |key: &str| match key {
            "tools" => self.program.is_some(),
            key => matches!(key, "every" | "on"),
        };
        let absent = values.iter().filter(|(key, value)| value.is_none() && !is_nowhere(key));
        let absent: Vec<&str> = absent.map(|(key, _)| *key).collect();
        let mut text = match absent[..] {
            [] => String::new(),
            _ => format!("{NOT_SAID}: {}\n", absent.join(", ")),
        };
        for (key, value) in values {
            if let Some(value) = value {
                // Writing into a text never fails.
                let _written = writeln!(text, "{key} = {value}");
            }
        }
        text
    }
}

/// A text of several lines as TOML has it.
fn long(text: &str) -> String {
    let is_plain = |it: char| !it.is_control() || it == '\n' || it == '\t';
    if text.is_empty() || !text.chars().all(is_plain) {
        return Value::String(text.to_owned()).to_string();
    }
    if !text.contains('\\') && !text.contains("\"\"\"") && !text.ends_with('"') {
        format!("\"\"\"\n{text}\"\"\"")
    } else if !text.contains("'''") && !text.ends_with('\'') {
        format!("'''\n{text}'''")
    } else {
        Value::String(text.to_owned()).to_string()
    }
}

/// The instructions that the text of a role says.
pub fn instructions_in(text: &str) -> String {
    let said = table(text);
    said.get("instructions").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The text of a role with other instructions, and above them, as comments, why. None where
/// the text is none.
pub fn instructed(text: &str, instructions: &str, why: &[String]) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let value: toml_edit::Value = long(instructions).parse().ok()?;
    document.insert("instructions", Item::Value(value));
    let mut key = document.key_mut("instructions")?;
    let decor = key.leaf_decor_mut();
    let before = decor.prefix().and_then(|it| it.as_str()).unwrap_or_default();
    let why: Vec<String> = why.iter().map(|it| one_line(it, COMMENT)).collect();
    let why = why.iter().fold(String::new(), |all, it| all + "# " + it + "\n");
    let prefix = format!("{before}{why}");
    decor.set_prefix(prefix);
    Some(document.to_string())
}

/// What it takes to have a role as this text says it; nothing where it is so.
///
/// # Errors
/// What is wrong with the text or with what would come of it: file, line and mend.
pub fn rewrite(
    environment: &Environment,
    brought: &Brought,
    (name, text): (&str, &str),
) -> Result<Option<Rewriting>, ConfigError> {
    let one = |fault: Fault| ConfigError { faults: vec![fault] };
    let folder = Paths::new(environment, Path::new("")).user;
    let file = folder.map(|it| it.join(FileKind::Cast.file_name())).ok_or_else(|| {
        let mend = Some("set HOME, or XDG_CONFIG_HOME".to_owned());
        one(Fault::of_file("cast.toml", "there is no folder to keep it in", mend))
    })?;
    let shown = file.display().to_string();
    let before = source::read(&file)
        .map_err(|(wrong, mend)| one(Fault::of_file(&shown, wrong, Some(mend))))?
        .unwrap_or_default();
    let old = load_with_cast(environment, brought, &before)?.cast;
    let Some(role) = old.role(name) else {
        let mend = Some("open the cast again".to_owned());
        return Err(one(Fault::of_file(&shown, format!("there is no role `{name}`"), mend)));
    };
    let edited = read(text).map_err(one)?;
    let old_text = role.text();
    let wanted = table(text);
    let is_known = |key: &str| is_same(key, &wanted, &table(&old_text));
    if KEYS.into_iter().all(is_known) {
        return Ok(None);
    }
    let mut document: DocumentMut = before
        .parse()
        .map_err(|error: toml_edit::TomlError| one(blamed(&shown, &before, &error)))?;
    let place = entry(&mut document, name).ok_or_else(|| {
        let mend = Some(format!("write it as [cast.{name}]"));
        one(Fault::of_file(&shown, format!("`cast.{name}` is no table"), mend))
    })?;
    change(place, &table(&old_text), (&wanted, &edited));
    let after = document.to_string();
    let new = load_with_cast(environment, brought, &after)?.cast;
    must_count((environment, brought), (&new, name), &wanted).map_err(one)?;
    Ok(Some(Rewriting { role: name.to_owned(), file, before, after }))
}

/// The text as a document of keys that can be edited.
fn read(text: &str) -> Result<DocumentMut, Fault> {
    let document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| blamed(TEXT, text, &error))?;
    let mut keys = document.iter().map(|(key, _)| key.to_owned());
    let strange = keys.find(|key| !KEYS.contains(&key.as_str()));
    drop(keys);
    match strange.as_deref() {
        None => Ok(document),
        Some(key) => {
            let near = closest(key, &KEYS).map(|it| format!("did you mean `{it}`?"));
            let mend = near.unwrap_or_else(|| "change it in cast.toml itself".to_owned());
            let at = text.find(key).unwrap_or(0);
            let wrong = format!("`{key}` is not edited here");
            Err(Fault::at(TEXT, text, at..at + key.len(), wrong).mended_by(Some(mend)))
        }
    }
}

fn blamed(file: &str, text: &str, error: &toml_edit::TomlError) -> Fault {
    Fault::at(file, text, error.span().unwrap_or(0..0), error.message().to_owned())
}

/// A text as values; empty where it is none, which its reader has told.
fn table(text: &str) -> Table {
    text.parse().unwrap_or_default()
}

/// Whether two tables say the same of a key, however it is written.
fn is_same(key: &str, one: &Table, other: &Table) -> bool {
    let amount = |it: &Table| it.get(key)?.as_str()?.parse::<Money>().ok();
    let alike = key == "budget" && amount(one).is_some() && amount(one) == amount(other);
    alike || one.get(key) == other.get(key)
}

/// An amount as a person writes it, exactly: `2.50`.
fn dollars(amount: Money) -> String {
    const DOLLAR: u64 = 1_000_000_000;
    let part = format!("{:09}", amount.0 % DOLLAR);
    format!("{}.{:0<2}", amount.0 / DOLLAR, part.trim_end_matches('0'))
}

/// The place of a role in a file: made where there is none.
fn entry<'a>(document: &'a mut DocumentMut, name: &str) -> Option<&'a mut dyn TableLike> {
    let cast = document.entry("cast").or_insert_with(|| {
        let mut cast = toml_edit::Table::new();
        cast.set_implicit(true);
        Item::Table(cast)
    });
    let role = || Item::Table(toml_edit::Table::new());
    cast.as_table_like_mut()?.entry(name).or_insert_with(role).as_table_like_mut()
}

/// Writes the keys that differ; one that is left out is taken out.
fn change(place: &mut dyn TableLike, old: &Table, (wanted, edited): (&Table, &DocumentMut)) {
    for key in KEYS.into_iter().filter(|key| !is_same(key, old, wanted)) {
        let Some(mut new) = edited.get(key).cloned() else {
            place.remove(key);
            continue;
        };
        // What stands around the old value, such as a comment behind it, stays.
        let around = place.get(key).and_then(Item::as_value).map(|it| it.decor().clone());
        if let Some(value) = new.as_value_mut() {
            match around {
                Some(around) => *value.decor_mut() = around,
                None => value.decor_mut().set_suffix(""),
            }
        }
        place.insert(key, new);
        let said = edited.key(key).map(|it| comments(it.leaf_decor())).unwrap_or_default();
        if let Some(mut written) = place.key_mut(key).filter(|_| !said.is_empty()) {
            let decor = written.leaf_decor_mut();
            let before = decor.prefix().and_then(|it| it.as_str()).unwrap_or_default().to_owned();
            decor.set_prefix(format!("{before}{said}"));
        }
    }
}

/// The comments right above a key, each with its line's end; not those that come with the
/// text.
fn comments(decor: &toml_edit::Decor) -> String {
    let above = decor.prefix().and_then(|it| it.as_str()).unwrap_or_default();
    let own = |it: &&str| it.starts_with('#') && !it.starts_with(NOT_SAID);
    above.lines().map(str::trim).filter(own).fold(String::new(), |all, it| all + it + "\n")
}

/// Sees that everything that was edited counts: a file over the user's may say
/// otherwise, and so may one below it of what was left out.
fn must_count(
    (environment, brought): (&Environment, &Brought),
    (cast, name): (&Cast, &str),
    wanted: &Table,
) -> Result<(), Fault> {
    let now = cast.role(name).map(|it| table(&it.text())).unwrap_or_default();
    let Some(key) = KEYS.into_iter().find(|key| !is_same(key, &now, wanted)) else {
        return Ok(());
    };
    let places = written(environment, brought).remove(name).unwrap_or_default();
    let above = places.iter().rev().find(|it| it.layer == Layer::Project);
    Err(match (wanted.get(key), above) {
        (Some(_), Some(above)) => {
            let wrong =
                format!("`{key}` is said here too, for `{name}`, and this file counts more");
            let file = format!("{}:{}", above.file, above.line);
            Fault::of_file(&file, wrong, Some("change it there".to_owned()))
        }
        (Some(_), None) => Fault::of_file(TEXT, format!("`{key}` does not come out so"), None),
        (None, _) => {
            let mend = Some("give it another value instead".to_owned());
            let wrong = format!("`{key}` can't be left out: a file below yours says it");
            Fault::of_file(TEXT, wrong, mend)
        }
    })
}

impl Rewriting {
    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// When it can't be written, or the file has changed meanwhile; in words.
    pub fn write(&self) -> Result<(), String> {
        write_over(&self.file, &self.before, &self.after)
    }
}

/// Writes a file anew, whole or not at all.
///
/// # Errors
/// When it can't be written, or does not say `before` any more; in words.
pub fn write_over(file: &Path, before: &str, after: &str) -> Result<(), String> {
    let shown = file.display();
    let now = source::read(file).map_err(|(wrong, mend)| format!("{shown}: {wrong}; {mend}"))?;
    if now.as_deref().unwrap_or_default() != before {
        return Err(format!("{shown} has changed meanwhile: save once more"));
    }
    put(file, after).map_err(|error| format!("{shown} can't be written: {error}"))
}

fn put(file: &Path, text: &str) -> std::io::Result<()> {
    // A link stays a link: what it leads to is written.
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = file.with_extension(format!("{}.new", uuid::Uuid::now_v7()));
    let mut out = OpenOptions::new().write(true).create_new(true).open(&fresh)?;
    let put = out.write_all(text.as_bytes()).and_then(|()| {
        if let Ok(old) = file.metadata() {
            fs::set_permissions(&fresh, old.permissions())?;
        }
        out.sync_all()?;
        fs::rename(&fresh, &file)
    });
    if put.is_err() {
        // What is left of it is of no use to anybody.
        let _gone = fs::remove_file(&fresh);
    }
    put
}

/// The files of the cast, with this as the user's own.
pub(super) fn sources_with(
    environment: &Environment,
    brought: &Brought,
    text: &str,
) -> (Vec<super::Source>, Vec<Fault>) {
    let (mut files, faults) = sources(FileKind::Cast, environment, brought);
    if let Some(own) = files.iter_mut().find(|it| it.layer == Layer::User) {
        text.clone_into(&mut own.text);
    } else if let Some(folder) = Paths::new(environment, Path::new("")).user {
        let name = folder.join(FileKind::Cast.file_name()).display().to_string();
        files.insert(1, super::Source::new(Layer::User, &name, text));
    }
    (files, faults)
}

#[cfg(test)]
#[path = "rewrite_tests.rs"]
mod tests;
