//! JSON from outside, made harmless: every text in it, its names too.

use super::sanitise;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Makes every text of a value harmless to a terminal.
pub fn harmless(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(clean) = sanitise(text) {
                *text = clean;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(harmless),
        Value::Object(entries) => {
            let is_clean = |name: &String| matches!(sanitise(name), Cow::Borrowed(_));
            if !entries.keys().all(is_clean) {
                let renamed = std::mem::take(entries).into_iter();
                *entries = renamed
                    .map(|(name, value)| (sanitise(&name).into_owned(), value))
                    .collect::<Map<_, _>>();
            }
            entries.values_mut().for_each(harmless);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_order_to_a_terminal_hides_in_a_value() {
        let mut value = json!({ "a\u{1b}[2J": ["b\u{1b}]0;x\u{7}", { "c": "\u{9b}1m" }], "n": 1 });
        harmless(&mut value);
        let told = value.to_string();
        assert!(!told.contains("\\u001b") && !told.contains('\u{9b}'), "{told}");
        assert_eq!(value["n"], 1);
    }
}
