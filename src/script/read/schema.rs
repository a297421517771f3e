//! The JSON Schema of a script's file, for editors that complete and check TOML.

use super::written::WrittenScript;

/// The schema of `scripts/NAME.toml`.
pub fn schema_for_script() -> serde_json::Value {
    schemars::schema_for!(WrittenScript).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Library, fits};

    #[test]
    fn the_published_schema_is_current() {
        let published = include_str!("../../../assets/script.schema.json");
        let current = serde_json::to_string_pretty(&schema_for_script()).unwrap();
        assert!(
            published.trim_end() == current,
            "write it anew: auteur check --schema > assets/script.schema.json"
        );
    }

    #[test]
    fn every_script_that_comes_along_fits_it() {
        let library = Library::built_in();
        for name in library.names() {
            let text = &library.source(name).unwrap().text;
            let table: toml::Table = text.parse().unwrap();
            let value = super::super::json(&toml::Value::Table(table));
            assert_eq!(fits(&schema_for_script(), &value), Ok(()), "{name}");
        }
    }
}
