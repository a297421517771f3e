//! Foreign text made fit to leave the house: no secret in it, and nothing that a
//! terminal or a page would obey.

use crate::{journal::Redactor, text::sanitise};
use serde_json::Value;

/// Washes text.
#[derive(Debug, Clone)]
pub(super) struct Wash(Redactor);

impl Wash {
    pub(super) const fn new(redactor: Redactor) -> Self {
        Self(redactor)
    }

    /// A text without secrets and control characters. Made safe first: a sequence in
    /// the middle of a key must not hide it.
    pub(super) fn text(&self, text: &str) -> String {
        self.0.clean(&sanitise(text)).into_owned()
    }

    /// The same of all texts in a value, its names included.
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|it| self.value(it)).collect(),
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, it)| (self.text(name), self.value(it)));
                Value::Object(fields.collect())
            }
            other => other.clone(),
        }
    }
}
