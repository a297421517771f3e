//! `{brief}`, `{last_user}`, `{last_result}`, `{turn}`, `{model}` and `{1}` to
//! `{9}` in a part's words. Any other brace stays as it is: shell and JSON are
//! full of them.

use serde_json::Value;

use super::conversation::Conversation;

/// The most characters that one field puts in.
const LONGEST: usize = 600;

/// What the fields stand for.
pub(super) struct Fields<'a> {
    pub(super) conversation: &'a Conversation,
    /// What the pattern of the last reaction caught.
    pub(super) captures: &'a [String],
}

impl Fields<'_> {
    /// Puts the fields into a text.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            filled.push_str(&rest[..open]);
            let tail = &rest[open + 1..];
            let field = tail.find('}').and_then(|end| Some((end, self.field(tail.get(..end)?)?)));
            if let Some((end, value)) = field {
                filled.push_str(&value);
                rest = &tail[end + 1..];
            } else {
                filled.push('{');
                rest = tail;
            }
        }
        filled.push_str(rest);
        filled
    }

    /// Puts the fields into every string of a value.
    pub(super) fn fill_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => items.iter().map(|item| self.fill_value(item)).collect(),
            Value::Object(map) => {
                map.iter().map(|(key, item)| (key.clone(), self.fill_value(item))).collect()
            }
            other => other.clone(),
        }
    }

    fn field(&self, name: &str) -> Option<String> {
        let it = self.conversation;
        Some(match name {
            "brief" => bounded(&it.brief()),
            "last_user" => bounded(it.last_user()),
            "last_result" => bounded(it.last_result()),
            "turn" => it.turn().to_string(),
            "model" => it.model.clone(),
            _ => {
                let number: usize = name.parse().ok()?;
                bounded(self.captures.get(number.checked_sub(1)?)?)
            }
        })
    }
}

/// The beginning of a text, if it is long.
pub(super) fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.trim_end().to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_filled_and_other_braces_kept() {
        let mut conversation = Conversation::default();
        conversation.user("Tidy up");
        let captures = ["ledger.sh".to_owned()];
        let fields = Fields { conversation: &conversation, captures: &captures };
        let filled = fields.fill("{brief} {1} in turn {turn}: awk '{print $1}' {2} {nobody} {");
        assert_eq!(filled, "Tidy up ledger.sh in turn 1: awk '{print $1}' {2} {nobody} {");
    }

    #[test]
    fn a_field_that_looks_like_a_field_is_not_filled_again() {
        let mut conversation = Conversation::default();
        conversation.user("{turn}");
        let fields = Fields { conversation: &conversation, captures: &[] };
        assert_eq!(fields.fill("{last_user}"), "{turn}");
    }

    proptest! {
        #[test]
        fn any_text_can_be_filled(text in ".{0,80}", brief in ".{0,2000}") {
            let mut conversation = Conversation::default();
            conversation.user(&brief);
            let fields = Fields { conversation: &conversation, captures: &[] };
            let _whatever = fields.fill(&text);
            let filled = fields.fill("{brief}");
            prop_assert!(filled.chars().count() <= LONGEST + 1);
        }
    }
}
