//! What somebody says who judges a piece of work: whether it is good, and why.

use serde_json::{Value, json};

/// What such a one hands in.
pub(crate) fn form() -> Value {
    json!({
        "type": "object",
        "required": ["ok", "why"],
        "properties": { "ok": { "type": "boolean" }, "why": { "type": "string" } }
    })
}

/// What it is to hand in, in words.
pub(crate) const ASKED: &str = "Say with `report` whether it is good: `result` is {\"ok\": true or \
    false, \"why\": \"…\"}.";

/// Reads what it has handed in.
pub(crate) fn read(said: &Value) -> Option<(bool, &str)> {
    let ok = said.get("ok")?.as_bool()?;
    Some((ok, said.get("why").and_then(Value::as_str).unwrap_or_default()))
}
