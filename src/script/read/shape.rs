//! What a value must be, in few words: `{ names = ["string"], "note?" = "string" }` is
//! a JSON Schema for those who don't want to write one.

use super::page::Page;
use crate::script::fits::validator;
use serde_json::{Map, Value, json};
use std::ops::Range;
use toml::Spanned;

/// The types there are.
const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "object", "any"];

/// The schema of something written as a shape, as `{ schema = … }`, or in a file.
pub(super) fn shape(page: &mut Page<'_>, written: &Spanned<toml::Value>) -> Value {
    let span = written.span();
    match written.get_ref() {
        toml::Value::Table(table) if table.len() == 1 && table.contains_key("schema") => {
            let inner = table.get("schema").cloned().unwrap_or(toml::Value::Boolean(true));
            match inner {
                toml::Value::Table(_) => schema(page, &Spanned::new(span, inner)),
                toml::Value::String(name) if is_file(&name) => from_file(page, &name, span),
                _ => sound(page, of_shape(written.get_ref()), span),
            }
        }
        toml::Value::String(name) if is_file(name) => from_file(page, name, span),
        value => sound(page, of_shape(value), span),
    }
}

/// A JSON Schema that stands there, or in a file.
pub(super) fn schema(page: &mut Page<'_>, written: &Spanned<toml::Value>) -> Value {
    match written.get_ref() {
        toml::Value::String(name) => from_file(page, name, written.span()),
        value => sound(page, Ok(json(value)), written.span()),
    }
}

/// A value as JSON has it; a date is text.
pub(super) fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(is_so) => (*is_so).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => items.iter().map(json).collect(),
        toml::Value::Table(table) => table
            .iter()
            .map(|(key, value)| (key.clone(), json(value)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

fn is_file(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|it| it.eq_ignore_ascii_case("json"))
}

fn from_file(page: &mut Page<'_>, name: &str, span: Range<usize>) -> Value {
    let read = page.beside(name).and_then(|text| {
        serde_json::from_str(&text).map_err(|error| format!("{name} is no JSON: {error}"))
    });
    sound(page, read, span)
}

/// What is a schema, or anything at all where it is none.
fn sound(page: &mut Page<'_>, schema: Result<Value, String>, span: Range<usize>) -> Value {
    let judged = schema.and_then(|schema| match validator(&schema) {
        Ok(_) => Ok(schema),
        Err(wrong) => Err(format!("this is no JSON Schema: {wrong}")),
    });
    judged.unwrap_or_else(|wrong| {
        page.blame(span, wrong, MEND);
        json!({})
    })
}

const MEND: &str = "write \"string\", [\"string\"], { key = \"string\" }, { schema = { … } } or \
                    \"file.json\"";

/// A shape as a schema.
pub(in crate::script) fn of_shape(value: &toml::Value) -> Result<Value, String> {
    match value {
        toml::Value::String(name) => of_name(name),
        toml::Value::Array(items) => match &items[..] {
            [item] => Ok(json!({ "type": "array", "items": of_shape(item)? })),
            _ => Err(format!("a list has one shape for all its items, not {}", items.len())),
        },
        toml::Value::Table(table) => {
            let mut properties = Map::new();
            let mut required = Vec::new();
            for (key, value) in table {
                let name = key.strip_suffix('?').unwrap_or(key);
                if name.len() == key.len() {
                    required.push(Value::from(name));
                }
                properties.insert(name.to_owned(), of_shape(value)?);
            }
            Ok(json!({ "type": "object", "properties": properties, "required": required }))
        }
        other => Err(format!("expected a shape, not {other}")),
    }
}

/// A type, several of them, or a choice of words.
fn of_name(name: &str) -> Result<Value, String> {
    let parts: Vec<&str> = name.split('|').map(str::trim).collect();
    let types = parts.iter().filter(|it| **it == "null" || TYPES.contains(it)).count();
    match &parts[..] {
        ["any"] => Ok(json!({})),
        [one] if types == 1 => Ok(json!({ "type": one })),
        [one] => {
            let meant = crate::config::closest(one, &TYPES);
            let meant = meant.map_or(String::new(), |it| format!(", did you mean \"{it}\"?"));
            Err(format!("there is no type \"{one}\"{meant}"))
        }
        _ if types == parts.len() && !parts.contains(&"any") => Ok(json!({ "type": parts })),
        _ if types == 0 && parts.iter().all(|it| !it.is_empty()) => Ok(json!({ "enum": parts })),
        _ => Err(format!("\"{name}\" is neither a choice of types nor one of words")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(text: &str) -> Result<Value, String> {
        let table: toml::Table = text.parse().unwrap();
        of_shape(&table["x"])
    }

    #[test]
    fn a_shape_is_a_schema_in_few_words() {
        let expected = json!({
            "type": "object",
            "properties": {
                "kind": { "enum": ["home", "work"] },
                "names": { "type": "array", "items": { "type": "string" } },
                "note": { "type": ["string", "null"] },
                "rest": {},
            },
            "required": ["kind", "names"],
        });
        let text = r#"x = { kind = "home|work", names = ["string"], "note?" = "string|null", "rest?" = "any" }"#;
        assert_eq!(shape_of(text), Ok(expected));
    }

    #[test]
    fn a_shape_that_is_none_says_what_was_meant() {
        let told = shape_of(r#"x = ["strng"]"#).unwrap_err();
        assert_eq!(told, "there is no type \"strng\", did you mean \"string\"?");
        for wrong in ["x = []", "x = 3", "x = \"string|small\"", "x = \"a|\"", "x = { a = true }"] {
            assert!(shape_of(wrong).is_err(), "{wrong}");
        }
    }
}
