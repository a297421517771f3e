//! Settings that can be said on the screen: each with what it is for, what it is now, and what
//! it can be.

use super::{
    Brought, Environment, FileKind, KeptSetting, Layer, Paths, Settings, layers, origins,
    schema_for_config, source, sources, write_over,
};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};
use toml_edit::{DocumentMut, Item, Key, Table};

/// A setting that can be said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settable {
    /// Its keys, as TOML writes them: `ui.fps`.
    pub key: String,
    /// What it is for, in a sentence; empty where nobody says.
    pub about: String,
    /// What it is now, as it is typed: a text without its quotes; empty where it is not said.
    pub value: String,
    /// What it can be, where that is a choice.
    pub choices: Vec<String>,
}

/// Every setting of `config.toml`, with these of a project.
pub fn settable(environment: &Environment, brought: &Brought) -> Vec<Settable> {
    let schema = schema_for_config();
    let mut all: BTreeMap<String, Settable> = BTreeMap::new();
    told(&schema, &schema, String::new(), &mut all);
    for said in origins(FileKind::Config, environment, brought) {
        let value = typed(&said.value);
        let it = all.entry(said.key.clone()).or_default();
        if matches!(said.value, toml::Value::Boolean(_)) {
            it.choices = vec!["true".to_owned(), "false".to_owned()];
        }
        (it.key, it.value) = (said.key, value);
    }
    all.into_values().collect()
}

/// A value as a person types it.
fn typed(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a schema tells of settings, by their keys. Those in tables of names that are anybody's
/// to choose are told of by the files.
fn told(schema: &Value, root: &Value, key: String, all: &mut BTreeMap<String, Settable>) {
    let place = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    let about = schema["description"].as_str().map(first_sentence);
    let inner = place.and_then(|it| root.pointer(it)).unwrap_or(schema);
    if let Some(properties) = inner["properties"].as_object() {
        for (name, inner) in properties {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            told(inner, root, key, all);
        }
        return;
    }
    if inner["additionalProperties"].is_object() || key.is_empty() {
        return;
    }
    let about = about.or_else(|| inner["description"].as_str().map(first_sentence));
    let (about, choices) = (about.unwrap_or_default(), choices(inner));
    all.insert(key.clone(), Settable { key, about, value: String::new(), choices });
}

fn first_sentence(text: &str) -> String {
    let line = text.replace('\n', " ");
    line.split(". ").next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// The words that a schema lets one choose from.
fn choices(schema: &Value) -> Vec<String> {
    let all = |key: &str| schema[key].as_array().cloned().unwrap_or_default();
    let mut words = all("enum");
    words.extend(schema.get("const").cloned());
    let mut found: Vec<String> =
        words.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
    for one in all("oneOf") {
        found.extend(choices(&one));
    }
    found
}

/// Writes a setting into the user's own file, as it was typed: a text needs no quotes. What
/// it would come to is read first, and nothing is written that is wrong.
///
/// # Errors
/// When there is no such setting, it can't be that, or it can't be written; in words.
pub fn set(
    environment: &Environment,
    brought: &Brought,
    (key, text): (&str, &str),
) -> Result<KeptSetting, String> {
    let folder = Paths::new(environment, Path::new("")).user;
    let folder = folder.ok_or("there is no folder to keep it in: set HOME, or XDG_CONFIG_HOME")?;
    let file = folder.join(FileKind::Config.file_name());
    let shown = file.display().to_string();
    let before =
        source::read(&file).map_err(|(wrong, mend)| format!("{shown}: {wrong}; {mend}"))?;
    let before = before.unwrap_or_default();
    let known = origins(FileKind::Config, environment, brought);
    let is_text = known.iter().find(|it| it.key == key).is_none_or(|it| it.value.is_str());
    let after =
        with(&before, key, &value(text, is_text)?).map_err(|why| format!("{shown}: {why}"))?;
    let (mut files, _told_by_who_loads_them) = sources(FileKind::Config, environment, brought);
    let own = source::Source::new(Layer::User, &shown, &after);
    match files.iter_mut().find(|it| it.layer == Layer::User) {
        Some(it) => *it = own,
        None => files.insert(1, own),
    }
    let (_, faults) = layers::fold::<Settings>(&files, &());
    if let Some(fault) = faults.first() {
        let mend = fault.mend.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        return Err(format!("{key}: {}{mend}", fault.message));
    }
    write_over(&file, &before, &after)?;
    let above = known.iter().find(|it| it.key == key && it.layer == Layer::Project);
    Ok(KeptSetting { file, above: above.map(|it| it.file.clone()) })
}

/// What was typed, as TOML.
fn value(text: &str, is_text: bool) -> Result<toml_edit::Value, String> {
    let text = text.trim();
    if is_text && !text.starts_with(['"', '\'']) {
        return Ok(text.into());
    }
    text.parse()
        .map_err(|_| format!("{text} is no value: write true, 3, \"text\" or [\"a\", \"b\"]"))
}

/// A file's text with this setting in it. What stands around an old one stays.
fn with(text: &str, key: &str, value: &toml_edit::Value) -> Result<String, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let keys = Key::parse(key).map_err(|error| error.message().to_owned())?;
    let (last, way) = keys.split_last().ok_or("no setting is named")?;
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for name in way {
        let mut new = Table::new();
        new.set_implicit(true);
        let place = table.entry(name.get()).or_insert_with(|| Item::Table(new));
        table = place.as_table_like_mut().ok_or_else(|| format!("`{}` is no table", name.get()))?;
    }
    let mut value = value.clone();
    match table.get_mut(last.get()) {
        Some(old) => {
            if let Some(old) = old.as_value() {
                value.decor_mut().clone_from(old.decor());
            }
            *old = Item::Value(value);
        }
        None => drop(table.insert(last.get(), Item::Value(value))),
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_told_with_what_it_is_for_and_what_it_can_be() {
        let all = settable(&Environment::default(), &Brought::default());
        let of = |key: &str| all.iter().find(|it| it.key == key).cloned().unwrap();
        let motion = of("ui.motion");
        assert_eq!((motion.value.as_str(), motion.choices.len()), ("full", 2));
        assert_eq!(of("ui.mouse").choices, ["true", "false"]);
        assert_eq!(of("limits.max_running").value, "16");
        assert!(of("telemetry.otlp").value.is_empty());
        assert_eq!(of("watch.same-call.limit").value, "4");
        let silent: Vec<&str> = all
            .iter()
            .filter(|it| it.about.is_empty() && it.key.starts_with("ui."))
            .map(|it| it.key.as_str())
            .collect();
        assert_eq!(silent, Vec::<&str>::new());
    }

    #[test]
    fn what_is_typed_is_written_where_it_belongs_and_nothing_that_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::of([("XDG_CONFIG_HOME", folder.path().to_str().unwrap())]);
        let file = folder.path().join("auteur/config.toml");
        let set = |key: &str, text: &str| set(&environment, &Brought::default(), (key, text));
        let said = || std::fs::read_to_string(&file).unwrap();
        set("ui.motion", "reduced").unwrap();
        assert_eq!(said(), "[ui]\nmotion = \"reduced\"\n");
        set("ui.fps", "60").unwrap();
        set("watch.same-call.limit", "9").unwrap();
        set("notify.kinds", "[\"question\"]").unwrap();
        set("prices.\"my*\".input", "1").unwrap_err();
        let read: toml::Table = said().parse().unwrap();
        assert_eq!(read["ui"]["fps"].as_integer(), Some(60));
        assert_eq!(read["watch"]["same-call"]["limit"].as_integer(), Some(9));
        let before = said();
        for (key, text, told) in [
            ("ui.fps", "0", "expected a number from 1 to 240"),
            ("ui.fps", "many", "is no value"),
            ("ui.motion", "wild", "unknown value `wild`"),
            ("ui.fpss", "3", "did you mean `fps`?"),
        ] {
            let wrong = set(key, text).unwrap_err();
            assert!(wrong.contains(told), "{wrong}");
            assert_eq!(said(), before, "{key} = {text}");
        }
    }
}
