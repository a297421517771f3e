//! `auteur config show`: all settings as they count, and which file has said what.

use super::{
    House, WRONG,
    args::{ConfigArgs, ConfigOf, ConfigTask, ShowArgs},
    schemas,
};
use crate::{
    config::{
        Brought, Environment, FileKind, Layer, OUTPUT, Said, Standing, built_in, closest, origins,
    },
    text::sanitise,
    ui::keys::Keymap,
};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Variables that go before a setting.
const VARIABLES: [(&str, &str); 4] = [
    ("AUTEUR_STATE", "state.dir"),
    ("AUTEUR_LOG", "log.filter"),
    (OUTPUT, "ui.output"),
    ("NO_COLOR", "ui.colour"),
];

/// A setting, or a variable in its place.
struct Shown {
    key: String,
    value: toml::Value,
    origin: String,
    file: Option<String>,
    line: Option<usize>,
    layer: &'static str,
    is_built_in: bool,
}

/// `auteur config`
pub(super) fn config(house: &House, args: &ConfigArgs) -> anyhow::Result<ExitCode> {
    let args = match &args.task {
        ConfigTask::Show(args) => args,
        ConfigTask::Schema(args) => return schemas::schema(args),
    };
    if args.of == ConfigOf::Keys {
        // What is wrong in them is an error here, too.
        Keymap::load(&house.environment, house.company.project())?;
    }
    if args.of == ConfigOf::Config
        && args.key.as_deref().is_none_or(|it| "ui.theme".starts_with(it))
    {
        house.theme_named()?;
    }
    let shown = shown(house, args);
    let built_in = built_in(kind(args.of));
    let is_default =
        |it: &Shown| built_in.iter().any(|own| own.key == it.key && own.value == it.value);
    let wanted: Vec<_> = shown.iter().filter(|it| args.key.is_none() || is_in(it, args)).collect();
    if let (true, Some(key)) = (wanted.is_empty(), &args.key) {
        return no_such(key, &shown);
    }
    let wanted =
        wanted.into_iter().filter(|it| !(args.changed && (it.is_built_in || is_default(it))));
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &wanted.map(json).collect::<Vec<_>>())?;
        writeln!(out)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut told = 0;
    for it in wanted {
        told += 1;
        let origin = if args.origin { format!("  # {}", it.origin) } else { String::new() };
        writeln!(out, "{}", sanitise(&format!("{} = {}{origin}", it.key, it.value)))?;
    }
    if told == 0 {
        writeln!(out, "# nothing differs from what the program itself says")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(house: &House, args: &ShowArgs) -> Vec<Shown> {
    let (kind, environment) = (kind(args.of), &house.environment);
    let is_heard = matches!(house.standing(), Standing::Nothing | Standing::Trusted);
    let mut said = origins(kind, environment, &house.company.config().heard());
    if !is_heard && kind == FileKind::Config {
        // Which model an agent calls is nothing that a project says before it is trusted.
        said.retain(|it| !is_of_models(it));
        let own = origins(kind, environment, &Brought::default());
        said.extend(own.into_iter().filter(is_of_models));
        said.sort_by(|one, other| one.key.cmp(&other.key));
    }
    let mut shown: Vec<Shown> = said.into_iter().map(Shown::of).collect();
    if kind == FileKind::Config {
        for (variable, key) in VARIABLES {
            if let Some(value) = said_by(environment, variable) {
                put_in(&mut shown, variable, key, value);
            }
        }
    }
    shown
}

const fn kind(of: ConfigOf) -> FileKind {
    match of {
        ConfigOf::Config => FileKind::Config,
        ConfigOf::Programs => FileKind::Programs,
        ConfigOf::Mcp => FileKind::Mcp,
        ConfigOf::Cast => FileKind::Cast,
        ConfigOf::Keys => FileKind::Keys,
    }
}

fn is_of_models(said: &Said) -> bool {
    said.key.starts_with("models.")
}

/// What a variable says in a setting's place; nothing where it is not set.
fn said_by(environment: &Environment, variable: &str) -> Option<String> {
    match variable {
        "AUTEUR_STATE" => environment.path(variable).map(|it| it.display().to_string()),
        "NO_COLOR" => environment.wants_no_colour().then(|| "none".to_owned()),
        OUTPUT => environment.wants_lines().then(|| "linear".to_owned()),
        _ => environment.text(variable).map(str::to_owned),
    }
}

fn put_in(shown: &mut Vec<Shown>, variable: &str, key: &str, value: String) {
    let place = shown.partition_point(|it| it.key.as_str() < key);
    if shown.get(place).is_some_and(|it| it.key == key) {
        shown.remove(place);
    }
    let said = Shown {
        key: key.to_owned(),
        value: toml::Value::String(value),
        origin: format!("the variable {variable}"),
        file: None,
        line: None,
        layer: "environment",
        is_built_in: false,
    };
    shown.insert(place, said);
}

impl Shown {
    fn of(said: Said) -> Self {
        let is_built_in = said.layer == Layer::BuiltIn;
        // Of keymaps that come along, it is said which.
        let is_keymap = said.file.starts_with("keymaps/");
        let origin = if is_built_in && !is_keymap {
            said.layer.name().to_owned()
        } else {
            format!("{}:{}", said.file, said.line)
        };
        let (file, line) = (Some(said.file), Some(said.line));
        let layer = said.layer.name();
        Self { key: said.key, value: said.value, origin, file, line, layer, is_built_in }
    }
}

/// Whether it is the setting that was asked for, or in that section.
fn is_in(shown: &Shown, args: &ShowArgs) -> bool {
    let Some(key) = &args.key else { return true };
    let rest = shown.key.strip_prefix(key.trim_end_matches('.'));
    rest.is_some_and(|it| it.is_empty() || it.starts_with('.'))
}

fn json(shown: &Shown) -> serde_json::Value {
    serde_json::json!({
        "key": shown.key,
        "value": shown.value,
        "layer": shown.layer,
        "origin": shown.origin,
        "file": shown.file,
        "line": shown.line,
    })
}

/// Says that there is no such setting, and which there is.
fn no_such(key: &str, shown: &[Shown]) -> anyhow::Result<ExitCode> {
    let keys: Vec<&str> = shown.iter().map(|it| it.key.as_str()).collect();
    let last = |it: &str| it.rsplit('.').next().unwrap_or_default().to_owned();
    let same = keys.iter().find(|it| last(it) == last(key)).copied();
    let near = same.or_else(|| closest(key, &keys));
    let mend = near.map_or_else(String::new, |it| format!("; did you mean {it}?"));
    let told = format!("auteur: no setting is called {key}, and no section{mend}\n");
    io::stderr().lock().write_all(sanitise(&told).as_bytes())?;
    Ok(ExitCode::from(WRONG))
}
