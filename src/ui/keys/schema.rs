//! The JSON schema of `keys.toml`, for editors.

use super::{Act, Section};
use serde_json::{Map, Value, json};

/// The schema of `keys.toml`: in each section a key is one of its acts, or false.
pub fn schema_for_keys() -> Value {
    let section = |section: Section| {
        let acts = Act::all().filter(|it| it.sections().contains(&section));
        let acts = acts.map(|it| {
            let does = it.description();
            json!({ "const": it.name(), "description": does })
        });
        let nothing = json!({ "const": false, "description": "nothing" });
        let any: Vec<Value> = acts.chain([nothing]).collect();
        let keys = json!({ "type": "object", "additionalProperties": { "oneOf": any } });
        (section.name().to_owned(), keys)
    };
    let mut properties: Map<String, Value> = Section::ALL.into_iter().map(section).collect();
    let leader = json!({ "type": "string", "description": "the key that `leader` stands for" });
    properties.insert("leader".to_owned(), leader);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Keys",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}
