//! What a script is given on a command line: `--set key=value`.

use super::in_words;
use crate::{config::closest, model::script::Script, script::fits};
use serde_json::{Map, Value};

/// No whole number beyond this is kept exactly with a point: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Why a script can't be given that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotGiven {
    /// No `=` in it.
    #[error("--set takes KEY=VALUE, not {0:?}")]
    NoValue(String),
    /// One input twice.
    #[error("--set {0} is there twice: keep one of them")]
    Twice(String),
    /// The script has no such input.
    #[error("{script} has no input `{key}`: {mend}")]
    Unknown {
        /// The script.
        script: String,
        /// What was to be set.
        key: String,
        /// What may have been meant.
        mend: String,
    },
    /// It is not what the script wants.
    #[error("--set {key}: {why}")]
    Misfit {
        /// What was to be set.
        key: String,
        /// What the script wants, and what is wrong with it.
        why: String,
    },
    /// The script must be given it.
    #[error("{script} has to be given `{key}`, {wanted}: --set {key}=…")]
    Missing {
        /// The script.
        script: String,
        /// What is missing.
        key: String,
        /// What the script wants.
        wanted: String,
    },
}

/// The inputs of a script: what is set, and the defaults of the rest.
///
/// # Errors
/// When something is set that it does not have or does not want, or something is
/// missing.
pub fn given(script: &Script, set: &[String]) -> Result<Map<String, Value>, NotGiven> {
    let mut inputs = Map::new();
    for pair in set {
        let Some((key, text)) = pair.split_once('=') else {
            return Err(NotGiven::NoValue(pair.clone()));
        };
        let Some(input) = script.inputs.get(key) else {
            let names: Vec<&str> = script.inputs.keys().map(String::as_str).collect();
            let mend = match (closest(key, &names), &names[..]) {
                (Some(meant), _) => format!("did you mean `{meant}`?"),
                (None, []) => "it has none".to_owned(),
                (None, names) => format!("there is {}", names.join(", ")),
            };
            let (script, key) = (script.name.clone(), key.to_owned());
            return Err(NotGiven::Unknown { script, key, mend });
        };
        let value = read(text, &input.schema).map_err(|why| NotGiven::Misfit {
            key: key.to_owned(),
            why: told(&why, &input.schema),
        })?;
        if inputs.insert(key.to_owned(), value).is_some() {
            return Err(NotGiven::Twice(key.to_owned()));
        }
    }
    for (key, input) in &script.inputs {
        if inputs.contains_key(key) {
            continue;
        }
        let Some(default) = input.default.clone() else {
            let (script, wanted) = (script.name.clone(), in_words(&input.schema));
            return Err(NotGiven::Missing { script, key: key.clone(), wanted });
        };
        inputs.insert(key.clone(), default);
    }
    Ok(inputs)
}

/// What somebody typed for an input, as the script wants it: as for `--set`, and a list
/// may have its items between commas.
///
/// # Errors
/// What is wanted, and what is wrong with it.
pub fn typed(text: &str, schema: &Value) -> Result<Value, String> {
    let found = read(text, schema);
    let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
    if found.is_ok() || !is_list || text.trim_start().starts_with('[') {
        return found.map_err(|why| told(&why, schema));
    }
    let nothing = Value::Object(Map::new());
    let item = schema.get("items").unwrap_or(&nothing);
    let items = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    let items: Result<Vec<Value>, String> = items.map(|it| read(it, item)).collect();
    let list = items
        .map(Value::Array)
        .and_then(|list| fits(schema, &list).map(|()| list).map_err(|it| it.to_string()));
    list.map_err(|why| told(&why, schema))
}

/// What is wanted and what is wrong, each of it once; and how more than a word is written.
fn told(why: &str, schema: &Value) -> String {
    let wanted = in_words(schema);
    let why = match why.strip_prefix("expected ") {
        Some(rest) if rest.starts_with(&wanted) => why.to_owned(),
        _ => format!("expected {wanted}; {why}"),
    };
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => format!(r#"{why}; a list is written like ["a", "b"]"#),
        Some("object") => format!(r#"{why}; an object is written like {{"key": "value"}}"#),
        _ => why,
    }
}

/// The text itself where that fits, else what it says as JSON.
fn read(text: &str, schema: &Value) -> Result<Value, String> {
    let plain = Value::from(text);
    let Err(misfit) = fits(schema, &plain) else { return Ok(plain) };
    let digits = text.trim().trim_start_matches('-');
    let is_whole = !digits.is_empty() && digits.chars().all(|it| it.is_ascii_digit());
    if is_whole && text.trim().parse::<i64>().is_err() {
        return Err(format!("{} is more than is kept exactly", text.trim()));
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            let is_whole = schema.get("type").and_then(Value::as_str) == Some("integer");
            let value = if is_whole { without_point(value) } else { value };
            fits(schema, &value).map(|()| value).map_err(|it| it.to_string())
        }
        Err(_) => Err(misfit.to_string()),
    }
}

/// A whole number as one: a schema takes `3.0` and `1e2` for such, and a shell does not.
fn without_point(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() <= EXACT => {
            // Within these bounds all its digits stand before the point.
            serde_json::from_str(&format!("{number:.0}")).unwrap_or(value)
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::script::Input;
    use serde_json::json;

    fn script() -> Script {
        let input =
            |schema: Value, default: Option<Value>| Input { schema, default, ..Input::default() };
        Script {
            name: "x".into(),
            inputs: [
                ("url".to_owned(), input(json!({ "type": "string" }), None)),
                ("count".to_owned(), input(json!({ "type": "integer" }), Some(json!(3)))),
                ("tags".to_owned(), input(json!({ "type": "array" }), Some(json!([])))),
                ("any".to_owned(), input(json!({}), Some(json!(null)))),
            ]
            .into(),
            ..Script::default()
        }
    }

    fn set(all: &[&str]) -> Result<Value, String> {
        let all: Vec<String> = all.iter().map(|it| (*it).to_owned()).collect();
        given(&script(), &all).map(Value::Object).map_err(|it| it.to_string())
    }

    #[test]
    fn what_is_set_is_read_as_the_script_wants_it() {
        let expected = json!({ "url": "7", "count": 7, "tags": ["a=b"], "any": "true" });
        assert_eq!(set(&["url=7", "count=7", "tags=[\"a=b\"]", "any=true"]), Ok(expected));
        assert_eq!(set(&["url=", "count=1e2"]).unwrap()["count"].to_string(), "100");
        assert_eq!(set(&["url=", "count=-3.0"]).unwrap()["count"].to_string(), "-3");
        let expected = json!({ "url": "", "count": 3, "tags": [], "any": null });
        assert_eq!(set(&["url="]), Ok(expected));
    }

    #[test]
    fn a_list_is_typed_with_commas_or_as_json() {
        let words = json!({ "type": "array", "items": { "type": "string" } });
        assert_eq!(typed("a b, c,", &words), Ok(json!(["a b", "c"])));
        assert_eq!(typed("", &words), Ok(json!([])));
        assert_eq!(typed(r#"["a, b"]"#, &words), Ok(json!(["a, b"])));
        let numbers = json!({ "type": "array", "items": { "type": "integer" } });
        assert_eq!(typed("1, 2", &numbers), Ok(json!([1, 2])));
        let told = typed("1, x", &numbers).unwrap_err();
        assert!(told.contains("expected a list") && told.contains("\"x\""), "{told}");
    }

    #[test]
    fn what_can_not_be_set_is_told_by_its_name() {
        let told = |all: &[&str]| set(all).unwrap_err();
        assert_eq!(told(&[]), "x has to be given `url`, text: --set url=…");
        assert_eq!(told(&["ulr=x"]), "x has no input `ulr`: did you mean `url`?");
        assert_eq!(told(&["url"]), "--set takes KEY=VALUE, not \"url\"");
        let expected = "--set count: expected a whole number, not \"many\"";
        assert_eq!(told(&["url=x", "count=many"]), expected);
        assert!(told(&["url=x", "count=1.5"]).contains("not 1.5"));
        let expected = r#"--set tags: expected a list, not "a"; a list is written like ["a", "b"]"#;
        assert_eq!(told(&["url=x", "tags=a"]), expected);
        let expected = "--set count: expected a whole number; 99999999999999999999 is more than \
                        is kept exactly";
        assert_eq!(told(&["url=x", "count=99999999999999999999"]), expected);
        assert_eq!(told(&["url=x", "url=y"]), "--set url is there twice: keep one of them");
    }
}
