//! Whether what a text takes is sure to be there, and can be compared as it is.

use super::{
    flow::{COMPOSED, Flow, Wrong, reach, types},
    texts::Text,
    ways::{Against, Key, Way, ways},
};
use serde_json::{Value, json};
use std::ops::Range;

impl Flow<'_> {
    /// What is wrong with the ways of a text, each with where it is written in it. What it
    /// names is there already: see [`Flow::given`].
    pub(super) fn weigh(&self, at: usize, text: &Text) -> Vec<(Range<usize>, Wrong)> {
        let ways = ways(text.kind, text.words.get_ref()).into_iter();
        let wrong = |way: Way| Some((way.range.clone(), self.weigh_way(at, text, &way).err()?));
        ways.filter_map(wrong).collect()
    }

    fn weigh_way(&self, at: usize, text: &Text, way: &Way) -> Result<(), Wrong> {
        let Some((root, rest)) = root(&way.keys) else { return Ok(()) };
        let Ok((mut schema, _)) = self.given(at, text, &root) else { return Ok(()) };
        let mut come = root;
        let mut is_in_list = false;
        for key in rest {
            if COMPOSED.iter().any(|it| schema.get(it).is_some()) {
                return Ok(());
            }
            match key {
                Key::Item if types(&schema) == ["array"] => {
                    is_in_list = true;
                    come.push_str("[0]");
                    schema = schema.get("items").cloned().unwrap_or_else(|| json!({}));
                }
                Key::Item => return Ok(()),
                Key::Name(name) => {
                    if is_in_list {
                        reach(&come, schema.clone(), std::iter::once(name.as_str()))?;
                    }
                    let may_be_missing = is_optional(&schema, name);
                    let found = schema.get("properties").and_then(|it| it.get(name));
                    schema = found.cloned().unwrap_or_else(|| json!({}));
                    come = format!("{come}.{name}");
                    if may_be_missing && !way.is_guarded {
                        let mend = format!(
                            "write {come} | default(''), or ask first whether {come} is defined"
                        );
                        return Err((format!("`{come}` may be missing"), mend));
                    }
                }
            }
        }
        compared(&come, &schema, way.against.as_ref())
    }
}

/// Where a way begins that something is known of, and what comes behind that.
fn root(keys: &[Key]) -> Option<(String, &[Key])> {
    let name = |at: usize| match keys.get(at)? {
        Key::Name(name) => Some(name.as_str()),
        Key::Item => None,
    };
    let length = match name(0)? {
        "steps" if name(2)? == "output" => 3,
        "inputs" => 2,
        "item" | "last" | "output" => 1,
        _ => return None,
    };
    let names: Option<Vec<&str>> = (0..length).map(name).collect();
    Some((names?.join("."), keys.get(length..)?))
}

/// Whether a schema says of a key that it may be missing. One that says nothing of what
/// must be there does not.
fn is_optional(schema: &Value, name: &str) -> bool {
    let is_known = schema.get("properties").is_some_and(|it| it.get(name).is_some());
    let required = schema.get("required").and_then(Value::as_array);
    is_known && required.is_some_and(|it| !it.iter().any(|it| it == name))
}

/// Text is compared with text, and a number with a number.
fn compared(come: &str, schema: &Value, against: Option<&Against>) -> Result<(), Wrong> {
    let is_text = match schema.get("enum").and_then(Value::as_array) {
        Some(options) => options.iter().all(Value::is_string),
        None => types(schema) == ["string"],
    };
    let is_number = matches!(types(schema)[..], ["integer" | "number"]);
    match against {
        Some(Against::Number) if is_text => Err((
            format!("`{come}` is text, and is compared with a number"),
            format!("write {come} | float, or have a \"number\" handed in there"),
        )),
        Some(Against::Text) if is_number => Err((
            format!("`{come}` is a number, and is compared with text"),
            "write the number without quotes".to_owned(),
        )),
        _ => Ok(()),
    }
}
