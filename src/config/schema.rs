//! JSON schemas of the settings, for editors that complete and check TOML.

use super::{Cast, Programs, Servers, Settings};

/// The schema of `config.toml`.
pub fn schema_for_config() -> serde_json::Value {
    partial(schemars::schema_for!(Settings).to_value())
}

/// The schema of `programs.toml`.
pub fn schema_for_programs() -> serde_json::Value {
    partial(schemars::schema_for!(Programs).to_value())
}

/// The schema of `mcp.toml`.
pub fn schema_for_mcp() -> serde_json::Value {
    partial(schemars::schema_for!(Servers).to_value())
}

/// The schema of `cast.toml`.
pub fn schema_for_cast() -> serde_json::Value {
    partial(schemars::schema_for!(Cast).to_value())
}

/// A file says only what it changes, so nothing is required of one.
fn partial(mut schema: serde_json::Value) -> serde_json::Value {
    fn relax(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.remove("required");
                map.values_mut().for_each(relax);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(relax),
            _ => {}
        }
    }
    relax(&mut schema);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_names_every_section_and_requires_none() {
        let schema = schema_for_config();
        for section in ["providers", "retry", "limits", "budget", "ui", "permissions", "prices"] {
            assert!(schema["properties"][section].is_object(), "{section}");
        }
        assert!(schema.get("required").is_none());
        assert!(schema_for_cast()["properties"]["cast"].is_object());
        assert!(schema_for_programs()["properties"]["programs"].is_object());
        assert!(schema_for_mcp()["properties"]["mcp"].is_object());
    }
}
