//! Gemini takes a part of JSON schema and refuses a tool for any other word in
//! it.

use serde_json::{Map, Value, json};

/// The words that `parametersJsonSchema` knows (Gemini API reference,
/// `GenerationConfig.responseJsonSchema`), beside those treated on their own.
const KNOWN: [&str; 15] = [
    "$ref",
    "$id",
    "$anchor",
    "type",
    "format",
    "title",
    "description",
    "enum",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "required",
    "propertyOrdering",
    "nullable",
];

/// The schema without what would be refused.
pub(super) fn cleaned(schema: &Value) -> Value {
    let Value::Object(fields) = schema else { return schema.clone() };
    let mut clean = Map::new();
    for (word, value) in fields {
        match word.as_str() {
            "properties" | "$defs" | "definitions" => {
                let word = if word == "definitions" { "$defs" } else { word };
                clean.insert(word.to_owned(), each(value));
            }
            "items" | "additionalProperties" => {
                clean.insert(word.clone(), cleaned(value));
            }
            "anyOf" | "oneOf" | "prefixItems" => {
                let all = value.as_array().into_iter().flatten();
                clean.insert(word.clone(), all.map(cleaned).collect());
            }
            "const" => {
                clean.insert("enum".to_owned(), json!([value]));
            }
            "$ref" => {
                let place = value.as_str().unwrap_or_default();
                clean.insert(word.clone(), json!(place.replace("#/definitions/", "#/$defs/")));
            }
            known if KNOWN.contains(&known) => {
                clean.insert(word.clone(), value.clone());
            }
            _ => {}
        }
    }
    Value::Object(clean)
}

/// Every value of a map from names to schemas; a name is no word of the schema.
fn each(schemas: &Value) -> Value {
    let Value::Object(fields) = schemas else { return schemas.clone() };
    fields
        .iter()
        .map(|(name, schema)| (name.clone(), cleaned(schema)))
        .collect::<Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_go_and_names_stay() {
        let schema = json!({
            "$schema": "x", "type": "object", "additionalProperties": false,
            "properties": {
                "pattern": {"type": "string", "pattern": "^a", "minLength": 1, "default": "a"},
                "kind": {"const": "b", "examples": ["b"]},
                "one": {"$ref": "#/definitions/one"},
            },
            "definitions": {"one": {"type": "array", "items": {"type": "string", "x-y": 1}}},
            "required": ["pattern"],
        });
        let expected = json!({
            "type": "object", "additionalProperties": false,
            "properties": {
                "pattern": {"type": "string"},
                "kind": {"enum": ["b"]},
                "one": {"$ref": "#/$defs/one"},
            },
            "$defs": {"one": {"type": "array", "items": {"type": "string"}}},
            "required": ["pattern"],
        });
        assert_eq!(cleaned(&schema), expected);
    }
}
