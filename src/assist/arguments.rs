//! What a tool is called with: foreign, and read with words for what is wrong.

use rmcp::model::Tool;
use serde_json::{Map, Value};

/// The arguments of a call.
pub(super) struct Arguments(pub(super) Map<String, Value>);

/// No text is longer, in bytes.
const LONGEST: usize = 100_000;

impl Arguments {
    /// Whether a tool takes all of them.
    ///
    /// # Errors
    /// When it does not, with what it takes.
    pub(super) fn must_be_of(&self, tool: &Tool) -> Result<(), String> {
        let known = tool.input_schema.get("properties").and_then(Value::as_object);
        let known: Vec<&str> = known.into_iter().flat_map(Map::keys).map(String::as_str).collect();
        match self.0.keys().find(|it| !known.contains(&it.as_str())) {
            None => Ok(()),
            Some(strange) if known.is_empty() => {
                Err(format!("`{}` takes nothing, and no `{strange}`", tool.name))
            }
            Some(strange) => {
                let known = known.join("`, `");
                Err(format!("`{}` takes no `{strange}`, but `{known}`", tool.name))
            }
        }
    }

    /// A text that has to be there, and says something.
    ///
    /// # Errors
    /// When it does not.
    pub(super) fn text(&self, name: &str) -> Result<&str, String> {
        match self.0.get(name) {
            Some(Value::String(text)) if text.len() > LONGEST => Err(format!(
                "`{name}` is longer than {LONGEST} bytes: put it into a file, and name that"
            )),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
            Some(Value::String(_) | Value::Null) | None => Err(format!("`{name}` is missing")),
            Some(other) => Err(format!("`{name}` is to be a text, not {other}")),
        }
    }

    /// A name or a number: what agents and runs are called by.
    ///
    /// # Errors
    /// When there is neither.
    pub(super) fn name(&self, name: &str) -> Result<String, String> {
        match self.0.get(name) {
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => self.text(name).map(str::to_owned),
        }
    }

    /// Whether it is wished for; not where nothing is said.
    ///
    /// # Errors
    /// When it is neither true nor false.
    pub(super) fn flag(&self, name: &str) -> Result<bool, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(is)) => Ok(*is),
            Some(other) => Err(format!("`{name}` is to be true or false, not {other}")),
        }
    }

    /// A number of something, brought into its bounds.
    ///
    /// # Errors
    /// When it is no whole number.
    pub(super) fn count(&self, name: &str, usual: u64, most: u64) -> Result<u64, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(usual),
            Some(value) => match value.as_u64() {
                Some(count) => Ok(count.clamp(1, most)),
                None => Err(format!("`{name}` is to be a whole number, not {value}")),
            },
        }
    }

    /// An object; an empty one where nothing is said.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn object(&self, name: &str) -> Result<Map<String, Value>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object.clone()),
            Some(other) => Err(format!("`{name}` is to be an object, not {other}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &Value) -> Arguments {
        Arguments(value.as_object().unwrap().clone())
    }

    #[test]
    fn what_is_wrong_is_said_by_its_name() {
        let arguments = of(&json!({ "agent": 3, "message": " ", "now": "yes", "entries": 1.5 }));
        assert_eq!(arguments.name("agent"), Ok("3".to_owned()));
        for wrong in [
            arguments.text("message").unwrap_err(),
            arguments.flag("now").unwrap_err(),
            arguments.count("entries", 1, 9).unwrap_err(),
            arguments.text("brief").unwrap_err(),
        ] {
            assert!(wrong.starts_with('`'), "{wrong}");
        }
        assert_eq!(of(&json!({ "entries": 7000 })).count("entries", 1, 9), Ok(9));
        assert_eq!(of(&json!({})).object("inputs"), Ok(Map::new()));
    }
}
