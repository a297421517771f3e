//! Fields of foreign JSON, read with doubt: a wrong type is taken for an absent field.

use crate::model::Money;
use jiff::Timestamp;
use serde_json::Value;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Nothing has used more of them.
const MOST_TOKENS: u64 = 1_000_000_000_000;

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn string(value: &Value) -> String {
    text(value).to_owned()
}

/// A text that is there and not empty.
pub(super) fn maybe(value: &Value) -> Option<&str> {
    value.as_str().filter(|it| !it.is_empty())
}

pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn small(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap_or_default()).unwrap_or(u32::MAX)
}

/// When it was written.
pub(super) fn time(record: &Value) -> Option<Timestamp> {
    maybe(&record["timestamp"])?.parse().ok()
}

/// A uuid, in a few bytes: a long log has very many.
pub(super) fn key(uuid: &Value) -> Option<u64> {
    let uuid = maybe(uuid)?;
    let mut hasher = DefaultHasher::new();
    uuid.hash(&mut hasher);
    Some(hasher.finish())
}

/// A count of tokens; one that is absurd is none.
pub(super) fn count(value: &Value) -> u64 {
    value.as_u64().filter(|it| *it <= MOST_TOKENS).unwrap_or_default()
}

/// Dollars, as the program counts them.
pub(super) fn dollars(value: &Value) -> Option<Money> {
    let amount = value.as_f64().filter(|it| (0.0..1e6).contains(it))?;
    format!("{amount:.9}").parse().ok()
}
