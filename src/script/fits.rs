//! Whether a value is what a schema wants, in words that an agent can mend it by.

use jsonschema::{
    PatternOptions, ValidationError, ValidationOptions, Validator,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;
use std::fmt;

/// How many faults of one value are told.
const MOST: usize = 12;
/// No fault is told in more characters.
const LONGEST: usize = 300;
/// How large the automaton of a pattern may grow, in bytes.
const PATTERN: usize = 1_000_000;

/// Why a value does not fit; the first few faults of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Misfit {
    /// Each with the place in the value, as a JSON pointer; without one where it is the
    /// value itself.
    pub faults: Vec<String>,
    /// How many more there are.
    pub more: usize,
}

/// Whether a value fits a JSON Schema, draft 2020-12 unless it names another. Nothing
/// is fetched for it.
///
/// # Errors
/// What does not fit; also when the schema itself is none.
pub fn fits(schema: &Value, value: &Value) -> Result<(), Misfit> {
    let validator = validator(schema)
        .map_err(|wrong| Misfit { faults: vec![format!("the schema: {wrong}")], more: 0 })?;
    let mut faults: Vec<String> = validator.iter_errors(value).map(|it| told(&it)).collect();
    let more = faults.len().saturating_sub(MOST);
    faults.truncate(MOST);
    if faults.is_empty() { Ok(()) } else { Err(Misfit { faults, more }) }
}

/// What judges by a schema, or what is wrong with the schema.
pub(super) fn validator(schema: &Value) -> Result<Validator, String> {
    let patterns = PatternOptions::regex().size_limit(PATTERN).dfa_size_limit(PATTERN);
    let options: ValidationOptions<'_> = jsonschema::options();
    options.with_pattern_options(patterns).build(schema).map_err(|error| told(&error))
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.faults.join("\n"))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

fn told(error: &ValidationError<'_>) -> String {
    let reason = reason(error);
    match error.instance_path().as_str() {
        "" => cut(&reason),
        place => cut(&format!("{place}: {reason}")),
    }
}

/// What was expected and what there is.
fn reason(error: &ValidationError<'_>) -> String {
    let there = excerpt(error.instance());
    match error.kind() {
        Kind::Type { kind } => format!("expected {}, not {there}", wanted(kind)),
        Kind::Required { property } => format!("the key {property} is missing"),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("there is no key {}", unexpected.join(", "))
        }
        Kind::Enum { options } => format!("expected one of {}, not {there}", excerpt(options)),
        Kind::Constant { expected_value } => {
            format!("expected {}, not {there}", excerpt(expected_value))
        }
        Kind::Pattern { pattern } => format!("{there} does not match {pattern}"),
        Kind::Format { format } => format!("{there} is no {format}"),
        Kind::MinLength { limit } => format!("expected {limit} characters or more, not {there}"),
        Kind::MaxLength { limit } => format!("expected {limit} characters at most, not {there}"),
        Kind::MinItems { limit } => format!("expected {limit} items or more, not {there}"),
        Kind::MaxItems { limit } => format!("expected {limit} items at most, not {there}"),
        Kind::Minimum { limit } => format!("expected {limit} or more, not {there}"),
        Kind::Maximum { limit } => format!("expected {limit} at most, not {there}"),
        Kind::UniqueItems => "expected each item only once".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            format!("{there} fits none of the shapes that it may have")
        }
        _ => error.masked_with(there).to_string(),
    }
}

fn wanted(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => named(kind.as_str()).to_owned(),
        TypeKind::Multiple(kinds) => {
            let names: Vec<&str> = kinds.iter().map(|it| named(it.as_str())).collect();
            names.join(" or ")
        }
    }
}

/// A type of JSON in plain words.
pub(super) fn named(kind: &str) -> &str {
    match kind {
        "string" => "text",
        "number" => "a number",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        "null" => "null",
        other => other,
    }
}

/// As much of a value as helps to find it.
fn excerpt(value: &Value) -> String {
    match value {
        Value::Array(items) if items.len() > 8 => format!("a list of {}", items.len()),
        value => {
            let text = value.to_string();
            let mut short: String = text.chars().take(80).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            short
        }
    }
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn faults(schema: &Value, value: &Value) -> Vec<String> {
        fits(schema, value).err().map(|it| it.faults).unwrap_or_default()
    }

    #[test]
    fn every_fault_is_told_with_its_place_in_plain_words() {
        let schema = json!({
            "type": "object",
            "required": ["contacts", "count"],
            "additionalProperties": false,
            "properties": {
                "count": { "type": "integer", "minimum": 1 },
                "contacts": { "type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "email": { "type": "string", "pattern": "@" },
                        "kind": { "enum": ["home", "work"] },
                    },
                } },
            },
        });
        let value = json!({ "contacts": [{ "email": "x", "kind": "other" }, 3], "more": true });
        let mut told = faults(&schema, &value);
        told.sort();
        let mut expected = [
            "the key \"count\" is missing",
            "there is no key more",
            "/contacts/0/email: \"x\" does not match @",
            "/contacts/0/kind: expected one of [\"home\",\"work\"], not \"other\"",
            "/contacts/1: expected an object, not 3",
        ];
        expected.sort_unstable();
        assert_eq!(told, expected);
        assert_eq!(fits(&schema, &json!({ "contacts": [], "count": 2 })), Ok(()));
    }

    #[test]
    fn what_is_told_is_bounded() {
        let schema = json!({ "items": { "type": "string", "maxLength": 3 } });
        let value: Vec<Value> = (0..500).map(|_| json!("long".repeat(1000))).collect();
        let misfit = fits(&schema, &Value::Array(value)).unwrap_err();
        assert_eq!((misfit.faults.len(), misfit.more), (12, 488));
        assert!(misfit.to_string().len() < 12 * 400, "{misfit}");
        assert!(misfit.to_string().ends_with("and 488 more"));
    }

    #[test]
    fn a_schema_that_is_none_or_lies_elsewhere_is_told() {
        for schema in [
            json!({ "type": "strnig" }),
            json!({ "$ref": "http://127.0.0.1:1/x.json" }),
            json!({ "$ref": "file:///etc/passwd" }),
            json!({ "$ref": "#/nowhere" }),
            json!({ "pattern": "(" }),
            json!(3),
        ] {
            let told = faults(&schema, &json!("x"));
            assert!(told[0].starts_with("the schema: "), "{schema}: {told:?}");
        }
    }

    #[test]
    fn a_schema_that_goes_round_or_a_costly_pattern_comes_to_an_end() {
        drop(fits(&json!({ "$ref": "#" }), &json!("x")));
        let round = json!({ "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } },
            "$ref": "#/$defs/a" });
        drop(fits(&round, &json!({ "x": 1 })));
        let costly = json!({ "pattern": "^(a+)+$" });
        assert!(fits(&costly, &json!(format!("{}b", "a".repeat(5000)))).is_err());
    }

    proptest! {
        #[test]
        fn anything_may_be_held_against_anything(schema in any_json(), value in any_json()) {
            drop(fits(&schema, &value));
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let key = prop::sample::select(vec![
            "type",
            "items",
            "properties",
            "required",
            "enum",
            "$ref",
            "x",
            "minimum",
            "pattern",
            "anyOf",
            "additionalProperties",
            "const",
            "not",
            "$defs",
            "prefixItems",
        ]);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            prop::sample::select(vec![
                "string",
                "object",
                "array",
                "#",
                "#/$defs/x",
                "x",
                "(a|b)*"
            ])
            .prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..4).prop_map(|entries| {
                    Value::Object(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
                }),
            ]
        })
    }
}
