//! `{brief}`, `{last_user}`, `{last_result}`, `{turn}`, `{model}`, `{1}` to `{9}`
//! and what a part takes from what it was told, in the part's words. Any other
//! brace stays as it is: shell and JSON are full of them.

use serde_json::Value;

use super::{conversation::Conversation, script::Take};

/// The most characters that one field puts in.
const LONGEST: usize = 600;

/// The fields that every part has.
pub(super) const FIELDS: [&str; 5] = ["brief", "last_user", "last_result", "turn", "model"];

/// What the fields stand for.
pub(super) struct Fields<'a> {
    pub(super) conversation: &'a Conversation,
    /// What the pattern of the last reaction caught.
    pub(super) captures: &'a [String],
    /// What the part takes from what the model was told.
    pub(super) takes: &'a [Take],
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

    /// Puts the fields into every string of a value. One that is nothing but something
    /// taken becomes that.
    pub(super) fn fill_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                self.taken_whole(text).unwrap_or_else(|| Value::String(self.fill(text)))
            }
            Value::Array(items) => items.iter().map(|item| self.fill_value(item)).collect(),
            Value::Object(map) => {
                map.iter().map(|(key, item)| (key.clone(), self.fill_value(item))).collect()
            }
            other => other.clone(),
        }
    }

    /// `{name}`: what was caught last, a list or an object where it is the JSON of one,
    /// null where there is none. `{name...}`: a list of all that was caught, each once.
    fn taken_whole(&self, text: &str) -> Option<Value> {
        let name = text.strip_prefix('{')?.strip_suffix('}')?;
        if let Some(take) = name.strip_suffix("...").and_then(|it| self.take(it)) {
            let mut all: Vec<&str> = Vec::new();
            for one in self.conversation.told().flat_map(|it| caught(take, it)) {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
            return Some(all.into());
        }
        let Some(found) = self.newest(self.take(name)?) else { return Some(Value::Null) };
        match serde_json::from_str(found) {
            Ok(value @ (Value::Array(_) | Value::Object(_))) => Some(value),
            _ => Some(found.into()),
        }
    }

    fn take(&self, name: &str) -> Option<&Take> {
        self.takes.iter().find(|it| it.name == name)
    }

    fn newest(&self, take: &Take) -> Option<&str> {
        self.conversation.told().rev().find_map(|it| caught(take, it).last())
    }

    fn field(&self, name: &str) -> Option<String> {
        let it = self.conversation;
        Some(match name {
            "brief" => bounded(&it.brief()),
            "last_user" => bounded(it.last_user()),
            "last_result" => bounded(it.last_result()),
            "turn" => it.turn().to_string(),
            "model" => it.model.clone(),
            _ if self.take(name).is_some() => self.newest(self.take(name)?)?.to_owned(),
            _ => {
                let number: usize = name.parse().ok()?;
                bounded(self.captures.get(number.checked_sub(1)?)?)
            }
        })
    }
}

/// What the first group of a pattern catches in a text, from its beginning on.
fn caught<'a>(take: &Take, text: &'a str) -> impl Iterator<Item = &'a str> {
    take.pattern.captures_iter(text).filter_map(|it| Some(it.get(1)?.as_str()))
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
        let fields = Fields { conversation: &conversation, captures: &captures, takes: &[] };
        let filled = fields.fill("{brief} {1} in turn {turn}: awk '{print $1}' {2} {nobody} {");
        assert_eq!(filled, "Tidy up ledger.sh in turn 1: awk '{print $1}' {2} {nobody} {");
    }

    #[test]
    fn a_field_that_looks_like_a_field_is_not_filled_again() {
        let mut conversation = Conversation::default();
        conversation.user("{turn}");
        let fields = Fields { conversation: &conversation, captures: &[], takes: &[] };
        assert_eq!(fields.fill("{last_user}"), "{turn}");
    }

    #[test]
    fn values_are_taken_from_what_the_model_was_told() {
        let mut conversation = Conversation::default();
        conversation.user("Look at /a");
        conversation.said("I look.");
        conversation.result("name: Ada, tags: [\"x\"], next: /b");
        conversation.result("name: Bob, next: /a");
        let take = |name: &str, pattern: &str| Take {
            name: name.to_owned(),
            pattern: regex::Regex::new(pattern).unwrap(),
        };
        let takes = [
            take("name", r"name: (\w+)"),
            take("pages", r"(/\w)\b"),
            take("tags", r"tags: (\S+),"),
            take("phone", r"phone: (\d+)"),
        ];
        let fields = Fields { conversation: &conversation, captures: &[], takes: &takes };
        let filled = fields.fill_value(&serde_json::json!({
            "who": "{name}",
            "words": "it is {name}; {phone}",
            "pages": "{pages...}",
            "tags": "{tags}",
            "phone": "{phone}",
        }));
        let expected = serde_json::json!({
            "who": "Bob",
            "words": "it is Bob; {phone}",
            "pages": ["/a", "/b"],
            "tags": ["x"],
            "phone": null,
        });
        assert_eq!(filled, expected);
    }

    proptest! {
        #[test]
        fn any_text_can_be_filled(text in ".{0,80}", brief in ".{0,2000}") {
            let mut conversation = Conversation::default();
            conversation.user(&brief);
            let fields = Fields { conversation: &conversation, captures: &[], takes: &[] };
            let _whatever = fields.fill(&text);
            let filled = fields.fill("{brief}");
            prop_assert!(filled.chars().count() <= LONGEST + 1);
        }
    }
}
