//! Seals: what a vendor wants back unchanged, stamped with the wire it came
//! from, because no vendor accepts another's.

use super::Wire;
use serde_json::{Map, Value, json};

/// Stamps a vendor's field.
pub(super) fn stamp(wire: Wire, field: &str, content: Value) -> Value {
    let mut seal = Map::new();
    seal.insert("wire".to_owned(), json!(wire.name()));
    seal.insert(field.to_owned(), content);
    Value::Object(seal)
}

/// The field of a seal that this wire stamped; nothing of a foreign one.
pub(super) fn open<'seal>(
    seal: Option<&'seal Value>,
    wire: Wire,
    field: &str,
) -> Option<&'seal Value> {
    seal.filter(|seal| seal["wire"] == wire.name()).and_then(|seal| seal.get(field))
}
