//! A script as a file would say it: for one that is changed while it is played, when its
//! file says something else by now, or is nowhere.

use super::read::of_shape;
use crate::model::{
    Delegation, Millis, Money,
    script::{Check, ForEach, Input, OnFailure, Retry, Script, Step, Trigger, Work},
};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

/// Nano-dollars in a dollar.
const DOLLAR: u64 = 1_000_000_000;

/// Something in a script that no file can say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: its {key} has something in it that no script file can say, such as null")]
pub struct Unwritable {
    /// The step, or the input.
    name: String,
    /// The key.
    key: &'static str,
}

/// A script in its file's words: read again, it is the same but for its roles and the
/// scripts that it plays.
///
/// # Errors
/// When it holds a value that TOML has no word for.
pub fn written(script: &Script) -> Result<String, Unwritable> {
    let mut file = DocumentMut::new();
    let table = file.as_table_mut();
    put_text(table, "purpose", &script.purpose);
    put_count(table, "max_parallel", script.max_parallel);
    put_text(table, "budget", &script.budget.map(money).unwrap_or_default());
    if !script.inputs.is_empty() {
        let mut inputs = Table::new();
        inputs.set_implicit(true);
        for (name, it) in &script.inputs {
            inputs.insert(name, Item::Table(input(name, it)?));
        }
        table.insert("inputs", Item::Table(inputs));
    }
    let steps = script.steps.iter().map(step).collect::<Result<ArrayOfTables, _>>()?;
    table.insert("step", Item::ArrayOfTables(steps));
    Ok(file.to_string().trim_start().to_owned())
}

/// The scripts that a script plays, and those that these play, each in its file's words, by
/// the names of the files beside it: `scripts/NAME.toml`.
///
/// # Errors
/// As for [`written`].
pub fn written_inner(script: &Script) -> Result<BTreeMap<String, String>, Unwritable> {
    let mut files = BTreeMap::new();
    let mut left: Vec<(&String, &Script)> = script.scripts.iter().collect();
    while let Some((name, inner)) = left.pop() {
        files.insert(format!("scripts/{name}.toml"), written(inner)?);
        left.extend(&inner.scripts);
    }
    Ok(files)
}

fn input(name: &str, it: &Input) -> Result<Table, Unwritable> {
    let unwritable = |key| Unwritable { name: name.to_owned(), key };
    let mut table = Table::new();
    put_text(&mut table, "purpose", &it.purpose);
    match shape(&it.schema) {
        Some(shape) if shape.as_str() == Some("string") => {}
        Some(shape) => put(&mut table, "type", shape),
        None => put(&mut table, "schema", json(&it.schema).ok_or_else(|| unwritable("schema"))?),
    }
    match (&it.known, &it.default) {
        // What is known is given anew each time.
        (Some(known), _) => {
            let known = serde_json::to_value(known).ok();
            put_text(&mut table, "known", known.as_ref().and_then(Json::as_str).unwrap_or(""));
        }
        (None, Some(default)) => {
            put(&mut table, "default", json(default).ok_or_else(|| unwritable("default"))?);
        }
        (None, None) => {}
    }
    Ok(table)
}

fn step(it: &Step) -> Result<Table, Unwritable> {
    let unwritable = |key| Unwritable { name: it.name.clone(), key };
    let mut table = Table::new();
    put_text(&mut table, "name", &it.name);
    work(&mut table, &it.work);
    put_list(&mut table, "needs", &it.needs);
    put_text(&mut table, "onto", it.onto.as_deref().unwrap_or_default());
    put_text(&mut table, "when", it.when.as_deref().unwrap_or_default());
    if let Some(ForEach::List(text) | ForEach::Part(text)) = &it.for_each {
        put_text(&mut table, "for_each", text);
    }
    put_count(&mut table, "max_parallel", it.max_parallel);
    if let Some(schema) = &it.output {
        put(&mut table, "output", output(schema).ok_or_else(|| unwritable("output"))?);
    }
    if !it.checks.is_empty() {
        put(&mut table, "checks", checks(&it.checks).ok_or_else(|| unwritable("checks"))?);
    }
    if let Some(repeat) = &it.repeat {
        let mut fields = InlineTable::new();
        fields.insert("until", checks(&repeat.until).ok_or_else(|| unwritable("repeat"))?);
        fields.insert("most", i64::from(repeat.most).into());
        put(&mut table, "repeat", fields.into());
    }
    if it.retry != Retry::default() {
        put(&mut table, "retry", retry(&it.retry).into());
    }
    put_text(&mut table, "timeout", &it.timeout.map(time).unwrap_or_default());
    put_text(&mut table, "budget", &it.budget.map(money).unwrap_or_default());
    put_text(&mut table, "gate", if it.gate { "director" } else { "" });
    if let Some(delegation) = &it.delegation {
        delegate(&mut table, delegation).ok_or_else(|| unwritable("spawn"))?;
    }
    again(&mut table, it.again.as_ref());
    on_failure(&mut table, it);
    Ok(table)
}

fn work(table: &mut Table, work: &Work) {
    match work {
        Work::Nothing => {}
        Work::Agent { role, brief } => {
            put_text(table, "role", role);
            put(table, "brief", brief.as_str().into());
        }
        Work::Command { run } => put(table, "run", run.as_str().into()),
        Work::Script { name, set } => {
            put_text(table, "script", name);
            if !set.is_empty() {
                let set = set.iter().map(|(key, it)| (key.as_str(), Value::from(it.as_str())));
                put(table, "set", set.collect::<InlineTable>().into());
            }
        }
    }
}

fn again(table: &mut Table, again: Option<&Trigger>) {
    match again {
        None => {}
        Some(Trigger::Every(every)) => put_text(table, "every", &time(*every)),
        Some(Trigger::Files(patterns)) => {
            put_text(table, "on", &format!("file change: {}", patterns.join(", ")));
        }
        Some(Trigger::Webhook) => put_text(table, "on", "webhook"),
    }
}

/// Said where it is not what goes without saying.
fn on_failure(table: &mut Table, step: &Step) {
    let other = |key: &str, name: &str| InlineTable::from_iter([(key, Value::from(name))]).into();
    let said: Value = match (&step.on_failure, &step.again) {
        (OnFailure::Stop, None) | (OnFailure::Continue, Some(_)) => return,
        (OnFailure::Stop, _) => "stop".into(),
        (OnFailure::Continue, _) => "continue".into(),
        (OnFailure::Ask, _) => "ask".into(),
        (OnFailure::Step(name), _) => other("step", name),
        (OnFailure::Back(name), _) => other("back", name),
    };
    put(table, "on_failure", said);
}

fn retry(it: &Retry) -> InlineTable {
    let mut fields = InlineTable::new();
    fields.insert("attempts", i64::from(it.attempts).into());
    if it.backoff > Millis(0) {
        fields.insert("backoff", time(it.backoff).into());
    }
    let on = it.on.iter().filter_map(|it| serde_json::to_value(it).ok());
    let on: Array = on.filter_map(|it| it.as_str().map(Value::from)).collect();
    if !on.is_empty() {
        fields.insert("on", on.into());
    }
    fields
}

fn delegate(table: &mut Table, it: &Delegation) -> Option<()> {
    if let Some(spawn) = &it.spawn {
        let mut fields = InlineTable::new();
        fields.insert("roles", list(&spawn.roles));
        fields.insert("most", i64::from(spawn.most).into());
        if let Some(at_once) = spawn.max_parallel {
            fields.insert("max_parallel", i64::from(at_once).into());
        }
        if spawn.depth != 1 {
            fields.insert("depth", i64::from(spawn.depth).into());
        }
        if let Some(schema) = &spawn.output {
            fields.insert("output", output(schema)?);
        }
        put(table, "spawn", fields.into());
    }
    if let Some(hand_off) = &it.hand_off {
        let mut fields = InlineTable::new();
        fields.insert("to", list(&hand_off.to));
        fields.insert("most", i64::from(hand_off.most).into());
        fields.insert("attempts", i64::from(hand_off.attempts).into());
        put(table, "hand_off", fields.into());
    }
    Some(())
}

fn checks(checks: &[Check]) -> Option<Value> {
    checks.iter().map(check).collect::<Option<Array>>().map(Value::from)
}

fn check(it: &Check) -> Option<Value> {
    let one = |key: &str, it: Value| InlineTable::from_iter([(key, it)]).into();
    Some(match it {
        Check::Command(command) => one("command", command.as_str().into()),
        Check::Schema(schema) => one("schema", json(schema)?),
        Check::Pattern(pattern) => one("pattern", pattern.as_str().into()),
        Check::File(file) => one("file", file.as_str().into()),
        Check::Paths(paths) => {
            one("paths", paths.iter().map(String::as_str).collect::<Array>().into())
        }
        Check::Holds(holds) => one("holds", holds.as_str().into()),
        // A role has it, and no step.
        Check::Json { .. } => return None,
        Check::Script(None) => one("script", "output".into()),
        Check::Script(Some(key)) => one("script", format!("output.{key}").into()),
        Check::Judge { role, question } => {
            let fields = [("judge", role), ("question", question)];
            InlineTable::from_iter(fields.map(|(key, it)| (key, Value::from(it.as_str())))).into()
        }
    })
}

/// A schema in as few words as it has.
fn output(schema: &Json) -> Option<Value> {
    shape(schema).or_else(|| Some(InlineTable::from_iter([("schema", json(schema)?)]).into()))
}

/// A schema as a shape, where it is one.
fn shape(schema: &Json) -> Option<Value> {
    let shape = briefly(schema)?;
    let read = toml::Value::try_from(&shape).ok().and_then(|it| of_shape(&it).ok())?;
    (read == *schema).then(|| json(&shape)).flatten()
}

/// What a schema may be in few words. What it says beside that gets lost.
fn briefly(schema: &Json) -> Option<Json> {
    let words = |it: &Json| {
        let words = it.as_array()?.iter().map(Json::as_str).collect::<Option<Vec<_>>>()?;
        Some(Json::from(words.join("|")))
    };
    let fields = schema.as_object()?;
    if fields.is_empty() {
        return Some("any".into());
    }
    if let Some(choice) = fields.get("enum") {
        return words(choice);
    }
    if let Some(item) = fields.get("items") {
        return Some(Json::Array(vec![briefly(item)?]));
    }
    if let Some(properties) = fields.get("properties").and_then(Json::as_object) {
        let required = fields.get("required").and_then(Json::as_array)?;
        let shape = properties.iter().map(|(key, it)| {
            let is_there = required.iter().any(|it| it.as_str() == Some(key));
            let key = if is_there { key.clone() } else { format!("{key}?") };
            Some((key, briefly(it)?))
        });
        return shape.collect::<Option<serde_json::Map<_, _>>>().map(Json::Object);
    }
    let kind = fields.get("type")?;
    if kind.is_string() { Some(kind.clone()) } else { words(kind) }
}

/// A value of JSON; none where it is, or holds, one that TOML has no word for.
fn json(it: &Json) -> Option<Value> {
    Some(match it {
        Json::Null => return None,
        Json::Bool(it) => (*it).into(),
        Json::Number(it) => match it.as_i64() {
            Some(whole) => whole.into(),
            None if it.is_u64() => return None,
            None => it.as_f64()?.into(),
        },
        Json::String(it) => it.as_str().into(),
        Json::Array(items) => items.iter().map(json).collect::<Option<Array>>()?.into(),
        Json::Object(fields) => {
            let fields = fields.iter().map(|(key, it)| Some((key.as_str(), json(it)?)));
            fields.collect::<Option<InlineTable>>()?.into()
        }
    })
}

/// `1h30m`.
fn time(it: Millis) -> String {
    let units = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
    let mut left = it.0;
    let parts = units.map(|(unit, millis)| {
        let count = left / millis;
        left %= millis;
        if count > 0 { format!("{count}{unit}") } else { String::new() }
    });
    let text = parts.concat();
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// `2.50`, to the last nano-dollar.
fn money(it: Money) -> String {
    let (dollars, nanos) = (it.0 / DOLLAR, it.0 % DOLLAR);
    let part = format!("{nanos:09}");
    let part = part.trim_end_matches('0');
    format!("{dollars}.{part:0<2}")
}

fn list(names: &[String]) -> Value {
    names.iter().map(String::as_str).collect::<Array>().into()
}

fn put(table: &mut Table, key: &str, it: Value) {
    table.insert(key, value(it));
}

/// A text, if there is one.
fn put_text(table: &mut Table, key: &str, text: &str) {
    if !text.is_empty() {
        put(table, key, text.into());
    }
}

fn put_list(table: &mut Table, key: &str, names: &[String]) {
    if !names.is_empty() {
        put(table, key, list(names));
    }
}

fn put_count(table: &mut Table, key: &str, count: Option<u32>) {
    if let Some(count) = count {
        put(table, key, i64::from(count).into());
    }
}
