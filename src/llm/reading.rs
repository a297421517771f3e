//! Reading foreign JSON with doubt: a wrong type is taken for an absent field,
//! an absurd count for none.

use super::Trouble;
use crate::model::Money;
use serde_json::Value;

/// No call has more tokens than this; what says so is wrong.
const MOST_TOKENS: f64 = 1e12;

/// An event's data as JSON.
///
/// # Errors
/// When it is something else: the start of it is told.
pub(super) fn json(data: &str) -> Result<Value, Trouble> {
    serde_json::from_str(data).map_err(|error| {
        let start: String = data.chars().take(120).collect();
        Trouble::Garbage(format!("an event that is not JSON ({error}): {start}"))
    })
}

/// A count of tokens. Absent or null is nothing; negative, broken or absurd
/// is refused.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Null => Some(0),
        Value::Number(number) => {
            let rough = number.as_f64().filter(|it| (0.0..=MOST_TOKENS).contains(it))?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between nothing and 10^12, and a part of a token is none"
            )]
            number.as_u64().or(Some(rough as u64))
        }
        _ => None,
    }
}

/// A text that is there and not empty.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|it| !it.is_empty())
}

/// Dollars as a service reports them, exact to the nano-dollar.
pub(super) fn dollars(value: &Value) -> Option<Money> {
    let amount = value.as_f64().filter(|it| (0.0..1e6).contains(it))?;
    format!("{amount:.9}").parse().ok()
}

/// The arguments of a call: an object, or the text that is not one. No text at
/// all is a call without arguments.
pub(super) fn arguments(raw: &str) -> Result<Value, String> {
    if raw.trim().is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_str(raw) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(raw.to_owned()),
    }
}

/// An id for a call to which the service gave none.
pub(super) fn fresh_id() -> String {
    format!("{FRESH}{:016x}", fastrand::u64(..))
}

/// Whether an id was made here and means nothing to the service.
pub(super) fn is_fresh(id: &str) -> bool {
    id.starts_with(FRESH)
}

const FRESH: &str = "own_";

/// Arguments as a vendor accepts them back: an object in any case.
pub(super) fn as_object(arguments: &Value) -> Value {
    match arguments {
        Value::Object(_) => arguments.clone(),
        Value::Null => Value::Object(serde_json::Map::new()),
        other => serde_json::json!({ "value": other }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn absurd_counts_are_refused() {
        let read = [json!(null), json!(7), json!(7.0), json!(-1), json!(1e13), json!("7")];
        assert_eq!(read.map(|it| count(&it)), [Some(0), Some(7), Some(7), None, None, None]);
    }

    #[test]
    fn only_an_object_is_arguments() {
        assert_eq!(arguments(""), Ok(json!({})));
        assert_eq!(arguments(r#"{"a":1}"#), Ok(json!({"a": 1})));
        for bad in ["[1]", "{", "null", "{\"a\":1} trailing"] {
            assert_eq!(arguments(bad), Err(bad.to_owned()));
        }
    }

    #[test]
    fn reported_dollars_are_exact() {
        assert_eq!(dollars(&json!(0.000_123_456)), Some(Money(123_456)));
        assert_eq!(dollars(&json!(-1)), None);
        assert_eq!(dollars(&json!("0.1")), None);
    }
}
