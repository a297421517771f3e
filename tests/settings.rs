//! Every setting there is stands in its schema, changes what files come to, and is read by
//! something that is not only there to read it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use auteur::{
    config::{
        FileKind, Layer, Settings, Source, holds, schema_for_cast, schema_for_config,
        schema_for_mcp, schema_for_programs,
    },
    script::schema_for_script,
    ui::keys::schema_for_keys,
};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// What stands for the name that is anybody's to choose, in each table of such names.
const NAMES: [(&str, &str); 7] = [
    ("providers", "openai"),
    ("providers.openai.headers", "X-Any"),
    ("models.tiers", "able"),
    ("budget.roles", "reviewer"),
    ("notify.sounds", "approval"),
    ("watch", "same-call"),
    ("prices", "rehearsal*"),
];

/// Another value for those of which not every text is one.
const OTHERS: [(&str, &str); 22] = [
    ("models.default", "\"quick\""),
    ("models.tiers.able", "[\"openai/other\"]"),
    ("providers.openai.base_url", "\"https://example.com\""),
    ("budget.session", "\"7.77\""),
    ("budget.agent", "\"7.77\""),
    ("budget.day", "\"7.77\""),
    ("budget.project", "\"7.77\""),
    ("budget.roles.reviewer", "\"7.77\""),
    ("budget.unknown_model.input", "\"7.77\""),
    ("budget.unknown_model.output", "\"7.77\""),
    ("sandbox.network", "\"on\""),
    ("notify.kinds", "[\"question\"]"),
    ("session.webhooks", "\"127.0.0.1:9\""),
    ("state.dir", "\"/other\""),
    ("telemetry.otlp", "\"http://127.0.0.1:9\""),
    ("history.keep", "\"7d\""),
    ("history.keep_bytes", "\"7MB\""),
    ("prices.\"rehearsal*\".input", "\"7.77\""),
    ("prices.\"rehearsal*\".output", "\"7.77\""),
    ("prices.\"rehearsal*\".cache_read", "\"7.77\""),
    ("prices.\"rehearsal*\".cache_write_5m", "\"7.77\""),
    ("prices.\"rehearsal*\".cache_write_1h", "\"7.77\""),
];

/// Where a setting is read that is not read by its section's name and its own.
const READ: [(&str, &str, &str); 4] = [
    ("notify.desktop", "src/cli/screen.rs", "Ways { desktop, command, webhook, sounds }"),
    ("notify.command", "src/cli/screen.rs", "Ways { desktop, command, webhook, sounds }"),
    ("notify.webhook", "src/cli/screen.rs", "Ways { desktop, command, webhook, sounds }"),
    ("notify.sounds.approval", "src/cli/screen.rs", "Ways { desktop, command, webhook, sounds }"),
];

/// A setting: its keys, and what its schema says of it.
struct Leaf {
    keys: Vec<String>,
    schema: Value,
}

impl Leaf {
    /// The keys, as TOML writes them.
    fn path(&self) -> String {
        let bare = |it: &str| it.chars().all(|it| it.is_ascii_alphanumeric() || "_-".contains(it));
        let keys = self.keys.iter().map(|it| if bare(it) { it.clone() } else { format!("{it:?}") });
        keys.collect::<Vec<_>>().join(".")
    }

    /// Another value than the one that it has, as TOML writes it.
    fn other(&self, now: Option<&toml::Value>) -> String {
        let path = self.path();
        if let Some((_, value)) = OTHERS.iter().find(|it| it.0 == path) {
            return (*value).to_owned();
        }
        match now {
            Some(toml::Value::Boolean(it)) => return (!it).to_string(),
            Some(toml::Value::Integer(it)) => return (it + 1).to_string(),
            _ => {}
        }
        let choices = choices(&self.schema);
        if let Some(other) = choices.iter().find(|it| now.and_then(toml::Value::as_str) != Some(it))
        {
            return format!("{other:?}");
        }
        let types = self.schema["type"].to_string();
        match types {
            it if it.contains("array") => "[\"other\"]".to_owned(),
            it if it.contains("integer") => "77".to_owned(),
            it if it.contains("boolean") => "true".to_owned(),
            _ => "\"other\"".to_owned(),
        }
    }
}

/// The words that a schema lets one choose from.
fn choices(schema: &Value) -> Vec<String> {
    let words = |it: &Value| it.as_array().into_iter().flatten().cloned().collect::<Vec<_>>();
    let mut found: Vec<Value> = words(&schema["enum"]);
    found.extend(schema.get("const").cloned());
    for one in words(&schema["oneOf"]).iter().chain(&words(&schema["anyOf"])) {
        found.extend(choices(one).into_iter().map(Value::String));
    }
    found.into_iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

/// The schema behind a reference.
fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|it| it.strip_prefix('#')) {
        Some(place) => resolved(root.pointer(place).unwrap(), root),
        None => schema,
    }
}

/// Every setting that a schema tells of.
fn leaves(schema: &Value, root: &Value, keys: &[String]) -> Vec<Leaf> {
    let schema = resolved(schema, root);
    let below = |key: &str, inner: &Value| {
        let keys: Vec<String> = keys.iter().cloned().chain([key.to_owned()]).collect();
        leaves(inner, root, &keys)
    };
    if let Some(properties) = schema["properties"].as_object() {
        return properties.iter().flat_map(|(key, inner)| below(key, inner)).collect();
    }
    let inner = &schema["additionalProperties"];
    let here = Leaf { keys: keys.to_vec(), schema: schema.clone() };
    if inner.is_object() {
        let path = here.path();
        let name = NAMES.iter().find(|it| it.0 == path);
        let (_, name) = name.unwrap_or_else(|| panic!("NAMES lacks a name for {path}"));
        return below(name, inner);
    }
    vec![here]
}

fn all() -> Vec<Leaf> {
    let schema = schema_for_config();
    let all = leaves(&schema, &schema, &[]);
    assert!(all.len() > 75, "{}", all.len());
    all
}

fn built_in() -> toml::Table {
    FileKind::Config.built_in().text.parse().unwrap()
}

fn at<'a>(table: &'a toml::Table, keys: &[String]) -> Option<&'a toml::Value> {
    let (last, way) = keys.split_last()?;
    let mut table = table;
    for key in way {
        table = table.get(key)?.as_table()?;
    }
    table.get(last)
}

#[test]
fn every_setting_of_the_built_in_files_fits_its_schema_and_no_other_key_does() {
    let kinds = [
        (FileKind::Config, schema_for_config()),
        (FileKind::Cast, schema_for_cast()),
        (FileKind::Programs, schema_for_programs()),
        (FileKind::Mcp, schema_for_mcp()),
        (FileKind::Keys, schema_for_keys()),
    ];
    for (kind, schema) in kinds {
        let judge = jsonschema::validator_for(&schema).unwrap();
        let text = kind.built_in().text;
        let file: toml::Table = text.parse().unwrap();
        let mut value = serde_json::to_value(&file).unwrap();
        let wrong: Vec<String> =
            judge.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{kind:?}");
        value["no-such-table"] = Value::Bool(true);
        assert!(!judge.is_valid(&value), "{kind:?} takes anything");
    }
    assert!(schema_for_script()["properties"].is_object());
}

#[test]
fn every_setting_changes_what_the_files_come_to() {
    let (table, before) = (built_in(), Settings::built_in().unwrap());
    for leaf in all() {
        let other = leaf.other(at(&table, &leaf.keys));
        let text = format!("{} = {other}\n", leaf.path());
        let own = Source::new(Layer::User, "mine.toml", &text);
        let after = Settings::from_sources(&[FileKind::Config.built_in(), own]);
        let after = after.unwrap_or_else(|error| panic!("{text}{error}"));
        assert_ne!(after, before, "nothing is otherwise with {text}");
        assert!(holds(&leaf.path()).is_some(), "nobody knows when {text} holds");
    }
}

/// A setting that files can say and that nothing asks for would be a promise that is not
/// kept. What only reads the files, or holds a project to them, asks for nothing.
#[test]
fn every_setting_is_asked_for_by_something_that_does_it() {
    let mut code = String::new();
    gather(Path::new("src"), &mut code);
    let mut dead = BTreeSet::new();
    for leaf in all() {
        let (path, name) = (leaf.path(), leaf.keys.last().unwrap().replace('-', "_"));
        let Some(section) = leaf.keys.first() else { continue };
        // The names that are anybody's to choose are asked for by the table they stand in.
        let table = NAMES
            .iter()
            .find(|it| leaf.keys.len() == it.0.split('.').count() + 1 && path.starts_with(it.0));
        let name = table.map_or(name, |it| it.0.rsplit('.').next().unwrap().to_owned());
        let is_read = READ.iter().find(|it| it.0 == path).map_or_else(
            || is_asked_for(&code, section, &name),
            |(_, file, words)| fs::read_to_string(file).unwrap().contains(words),
        );
        if !is_read {
            dead.insert(path);
        }
    }
    assert_eq!(dead, BTreeSet::new(), "these settings are without effect");
}

/// Whether something asks a section, or a thing of it, for this.
fn is_asked_for(code: &str, section: &str, name: &str) -> bool {
    let holders: &[&str] = match section {
        "providers" => &["provider", "own", "it"],
        "prices" => &["price", "it", "self", "own"],
        "watch" => &["heeding", "it", "settings"],
        "ui" => &["ui"],
        "budget" => &["budget", "worst", "settings", "old", "new"],
        section => &[section, "settings", "permissions", "all"],
    };
    let holders = holders.iter().chain([&section]);
    let mut asked = holders.flat_map(|it| [format!("{it}.{name}"), format!("{it}.{name}.")]);
    asked.any(|words| {
        code.match_indices(&words).any(|(at, _)| {
            let next = code[at + words.len()..].chars().next();
            let before = code[..at].chars().next_back();
            let is_word = |it: char| it.is_alphanumeric() || it == '_';
            !next.is_some_and(is_word) && !before.is_some_and(is_word)
        })
    })
}

/// All code but that which only reads files of settings, or judges them, and tests.
fn gather(folder: &Path, code: &mut String) {
    const READERS: [&str; 7] =
        ["tighten.rs", "range.rs", "cast.rs", "load.rs", "renewal.rs", "tests.rs", "layers.rs"];
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                gather(&path, code);
            }
        } else if path.extension().is_some_and(|it| it == "rs")
            && !(path.starts_with("src/config") && READERS.contains(&name.as_str()))
            && !name.ends_with("tests.rs")
        {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            code.push_str(text);
        }
    }
}
