//! Fields of foreign JSON, read with doubt: a wrong type is taken for an absent field.

use crate::{model::Money, text::one_line};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;
use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

/// A title's width at most, in columns.
const TITLE: usize = 200;
/// From this number on a time is told in milliseconds.
const MILLIS_FROM: f64 = 1e11;

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

/// A model without the name of who serves it.
pub(super) fn bare(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
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

/// What tells an answer apart from all others, in a few bytes; none where a part of that
/// is not told.
pub(super) fn mark(parts: &[&str]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    parts.iter().all(|it| !it.is_empty()).then(|| hasher.finish())
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

/// When it was written, in whatever way it says so: as a text, in seconds or in
/// milliseconds. A text without a zone is taken for universal time.
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => {
            let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok();
            text.parse().ok().or_else(|| civil().map(|it| it.timestamp()))
        }
        Value::Number(number) => {
            let number = number.as_f64().filter(|it| it.is_finite() && *it > 0.0)?;
            let millis = if number < MILLIS_FROM { number * 1000.0 } else { number };
            #[expect(clippy::cast_possible_truncation, reason = "what is out of range is no time")]
            let millis = millis as i64;
            Timestamp::from_millisecond(millis).ok()
        }
        _ => None,
    }
}

/// When a value was written, by the names that most formats have for that.
pub(super) fn when(value: &Value) -> Option<Timestamp> {
    let names = ["timestamp", "time", "timestamp_ms", "created"];
    names.iter().find_map(|it| moment(&value[*it]))
}

/// One line for the pane: the command alone, of what runs one.
pub(super) fn title(tool: &str, input: &Value) -> String {
    let command = ["command", "cmd"].iter().find_map(|it| maybe(&input[*it]));
    if let Some(command) = command {
        return one_line(command, TITLE);
    }
    let mut texts = input.as_object().into_iter().flat_map(|it| it.values());
    let first = input.as_str().or_else(|| texts.find_map(Value::as_str)).unwrap_or_default();
    one_line(&format!("{tool} {first}"), TITLE)
}

/// The words of a content: a text, or blocks with texts.
pub(super) fn words(content: &Value) -> String {
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let texts = items(content).iter().filter_map(|it| it.as_str().or(it["text"].as_str()));
    texts.collect::<Vec<_>>().join("\n")
}

/// JSON in a text; what is none stays a text.
pub(super) fn parsed(value: &Value) -> Cow<'_, Value> {
    let read = value.as_str().and_then(|it| serde_json::from_str(it).ok());
    read.map_or(Cow::Borrowed(value), Cow::Owned)
}
