//! What a server asks the director, made a form that is safe to show; and what it is
//! told in answer.

use crate::{
    model::form::{Blank, BlankKind, Choosable, TextFormat},
    text::{one_line, reveal},
};
use rmcp::model::{ElicitRequestParams, ElicitResult, ElicitationAction};
use serde_json::{Map, Value};
use tokio::sync::oneshot;

/// So many things may be asked for at once.
const MOST_BLANKS: usize = 30;
/// So many may be chosen from.
const MOST_CHOICES: usize = 200;
/// What is asked is no longer than this, in characters.
const LONGEST: usize = 4096;
/// How wide a name, or what it means, is, in columns.
const WIDTH: usize = 240;
/// What is answered to something that asks for no value at all.
pub(super) const AGREED: &str = "yes, go on";
/// Words that say that a text is a secret.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pin",
    "secret",
    "token",
    "credential",
    "credentials",
    "apikey",
    "otp",
    "cvv",
    "cvc",
];
/// The same, of two words.
const SECRETS: &[(&str, &str)] =
    &[("api", "key"), ("private", "key"), ("access", "key"), ("secret", "key"), ("pass", "word")];

/// What a server wants to know, for the director.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Who asks what.
    pub text: String,
    /// Answers to choose from, where it asks for one choice alone.
    pub options: Vec<String>,
    /// What an answer has to say.
    pub blanks: Vec<Blank>,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// It is filled in.
    Filled(Map<String, Value>),
    /// The director does not want to.
    Declined,
    /// Nobody is asked any more.
    Dropped,
}

/// A wish that waits. Dropping it drops the question.
#[derive(Debug)]
pub struct Asking {
    /// What is asked.
    pub wish: Wish,
    pub(super) reply: oneshot::Sender<Reply>,
}

impl Asking {
    /// A wish, and where its answer comes.
    pub(super) fn of(wish: Wish) -> (Self, oneshot::Receiver<Reply>) {
        let (reply, replied) = oneshot::channel();
        (Self { wish, reply }, replied)
    }

    /// Answers it.
    pub fn reply(self, reply: Reply) {
        // A server that is gone needs no answer.
        let _gone = self.reply.send(reply);
    }

    /// Waits until nobody wants an answer any more.
    pub async fn is_dropped(&mut self) {
        self.reply.closed().await;
    }
}

impl Reply {
    /// It as the protocol says it.
    pub(super) fn result(self) -> ElicitResult {
        match self {
            Self::Filled(values) => {
                ElicitResult::new(ElicitationAction::Accept).with_content(Value::Object(values))
            }
            Self::Declined => ElicitResult::new(ElicitationAction::Decline),
            Self::Dropped => ElicitResult::new(ElicitationAction::Cancel),
        }
    }
}

impl Wish {
    /// What this server asks for.
    ///
    /// # Errors
    /// Why nobody is asked that, in words for the director.
    pub(super) fn read(server: &str, asked: &ElicitRequestParams) -> Result<Self, String> {
        let ElicitRequestParams::FormElicitationParams { message, requested_schema, .. } = asked
        else {
            return Err("it wants an address to be opened, and that is not done for servers".into());
        };
        let schema = serde_json::to_value(requested_schema).map_err(|it| it.to_string())?;
        let blanks = blanks(&schema)?;
        let said: String = message.chars().take(LONGEST).collect();
        let mut text = format!("the MCP server {server} asks: {}", reveal(said.trim()));
        let options = match blanks.as_slice() {
            [] => vec![AGREED.to_owned()],
            [Blank { kind, about, .. }] => {
                let options = options(kind);
                if !options.is_empty() && !about.is_empty() {
                    text = format!("{text}\n{about}");
                }
                options
            }
            _ => Vec::new(),
        };
        Ok(Self { text, options, blanks })
    }
}

/// The answers that there are to a question for one choice.
fn options(kind: &BlankKind) -> Vec<String> {
    match kind {
        BlankKind::YesNo => vec!["yes".to_owned(), "no".to_owned()],
        BlankKind::One(of) => of.iter().map(|it| it.name().to_owned()).collect(),
        _ => Vec::new(),
    }
}

fn blanks(schema: &Value) -> Result<Vec<Blank>, String> {
    let none = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    if properties.len() > MOST_BLANKS {
        return Err(format!("it asks for {} things at once", properties.len()));
    }
    let needed = schema.get("required").and_then(Value::as_array);
    let is_needed = |name: &str| needed.is_some_and(|it| it.iter().any(|it| it == name));
    properties.iter().map(|(name, it)| blank(name, it, is_needed(name))).collect()
}

fn blank(name: &str, schema: &Value, is_needed: bool) -> Result<Blank, String> {
    let shown = one_line(&reveal(name), WIDTH);
    let is_plain = shown == name && !name.trim().is_empty() && name.trim() == name;
    if !is_plain || name.contains(':') {
        return Err(format!("it asks for `{shown}`, which is no name"));
    }
    let words = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let about: Vec<_> = [words("title"), words("description")]
        .into_iter()
        .filter(|it| !it.is_empty() && *it != name)
        .map(reveal)
        .collect();
    let about = one_line(&about.join(": "), WIDTH);
    let kind = kind(name, schema)?;
    let is_text = matches!(kind, BlankKind::Text { .. });
    if is_text && (is_secret(name) || is_secret(words("title"))) {
        return Err(format!(
            "it asks for `{name}`: a secret is not asked for that way; give it to the server in \
             mcp.toml, by `passes` or `headers`"
        ));
    }
    let proposed = proposed(schema.get("default"), &kind);
    Ok(Blank { name: name.to_owned(), about, kind, is_needed, proposed })
}

fn kind(name: &str, schema: &Value) -> Result<BlankKind, String> {
    let count = |key: &str| schema.get(key).and_then(Value::as_u64);
    let number = |key: &str| schema.get(key).and_then(Value::as_number).cloned();
    let unknown = || format!("it asks for `{name}` in a way that nobody can fill in");
    let of = ["enum", "oneOf", "anyOf"].into_iter().find_map(|it| schema.get(it));
    Ok(match schema.get("type").and_then(Value::as_str) {
        Some("string") if of.is_some() => BlankKind::One(choices(name, schema)?),
        Some("string") => {
            let format = match schema.get("format").and_then(Value::as_str) {
                Some("email") => Some(TextFormat::Email),
                Some("uri") => Some(TextFormat::Uri),
                Some("date") => Some(TextFormat::Date),
                Some("date-time") => Some(TextFormat::DateTime),
                _ => None,
            };
            BlankKind::Text { least: count("minLength"), most: count("maxLength"), format }
        }
        Some(kind @ ("integer" | "number")) => {
            let (least, most) = (number("minimum"), number("maximum"));
            BlankKind::Number { is_whole: kind == "integer", least, most }
        }
        Some("boolean") => BlankKind::YesNo,
        Some("array") => {
            let of = choices(name, schema.get("items").ok_or_else(unknown)?)?;
            BlankKind::Some { of, least: count("minItems"), most: count("maxItems") }
        }
        _ => return Err(unknown()),
    })
}

fn choices(name: &str, schema: &Value) -> Result<Vec<Choosable>, String> {
    let of = ["enum", "oneOf", "anyOf"].into_iter().find_map(|it| schema.get(it)?.as_array());
    let labels = schema.get("enumNames").and_then(Value::as_array);
    let of = of.filter(|it| (1..=MOST_CHOICES).contains(&it.len()));
    let of = of.ok_or_else(|| format!("it offers nothing, or too much, for `{name}`"))?;
    let one = |(place, it): (usize, &Value)| {
        let value = it.as_str().or_else(|| it.get("const")?.as_str())?;
        let title = it.get("title").or_else(|| labels?.get(place)).and_then(Value::as_str);
        let label = one_line(&reveal(title.unwrap_or_default()), WIDTH);
        let is_plain = one_line(&reveal(value), WIDTH) == value && !value.contains(',');
        is_plain.then(|| Choosable { value: value.to_owned(), label })
    };
    let all: Option<Vec<_>> = of.iter().enumerate().map(one).collect();
    all.ok_or_else(|| format!("what it offers for `{name}` can't be shown"))
}

/// What is proposed, as it would be written.
fn proposed(value: Option<&Value>, kind: &BlankKind) -> String {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(all)) => {
            let all: Vec<_> = all.iter().filter_map(Value::as_str).collect();
            all.join(", ")
        }
        _ => String::new(),
    };
    let named = match kind {
        BlankKind::One(of) => of.iter().find(|it| it.value == text).map(Choosable::name),
        _ => None,
    };
    one_line(&reveal(named.unwrap_or(&text)), WIDTH)
}

/// Whether a name says that what it stands for is nobody's business.
fn is_secret(name: &str) -> bool {
    let words = words(name);
    let is_one = words.iter().any(|it| SECRET.contains(&it.as_str()));
    let is_two = words.windows(2).any(|it| match it {
        [one, other] => SECRETS.contains(&(one.as_str(), other.as_str())),
        _ => false,
    });
    is_one || is_two
}

/// The words of a name, however they are joined: `apiKey`, `api_key`, `API-Key`.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut was_small) = (vec![String::new()], false);
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && was_small) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        was_small = letter.is_lowercase() || letter.is_numeric();
    }
    words.retain(|it| !it.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::form;
    use serde_json::json;

    fn read(properties: &Value) -> Result<Wish, String> {
        let asked = json!({
            "mode": "form",
            "message": "Which\u{1b}[31m one?",
            "requestedSchema": { "type": "object", "properties": properties, "required": ["a"] },
        });
        Wish::read("files", &serde_json::from_value(asked).unwrap())
    }

    #[test]
    fn a_schema_becomes_blanks_in_its_order_with_what_each_takes() {
        let wish = read(&json!({
            "b": { "type": "string", "title": "City", "minLength": 2, "default": "Ghent" },
            "a": { "type": "integer", "minimum": 1, "maximum": 9 },
            "c": { "type": "boolean", "default": true },
            "d": { "type": "string", "oneOf": [{ "const": "#f00", "title": "Red" }], "default": "#f00" },
            "e": { "type": "array", "items": { "type": "string", "enum": ["x", "y"] }, "minItems": 1 },
            "f": { "type": "string", "format": "email" },
        }))
        .unwrap();
        assert_eq!(wish.text, "the MCP server files asks: Which␛[31m one?");
        let told = form::told(&wish.blanks);
        assert_eq!(
            told,
            "b: words, from 2 characters, may stay empty · City\n\
             a: a whole number from 1 to 9\n\
             c: yes or no, may stay empty\n\
             d: one of Red, may stay empty\n\
             e: some of x | y, with commas between them from 1, may stay empty\n\
             f: an email address, may stay empty"
        );
        assert_eq!(form::draft(&wish.blanks), "b: Ghent\na: \nc: yes\nd: Red\ne: \nf: ");
        assert_eq!(wish.options, Vec::<String>::new());
    }

    #[test]
    fn one_choice_is_offered_by_numbers_and_no_value_at_all_is_a_yes() {
        let wish = read(&json!({ "a": { "type": "string", "enum": ["red", "blue"] } })).unwrap();
        assert_eq!(wish.options, ["red", "blue"]);
        assert_eq!(read(&json!({ "a": { "type": "boolean" } })).unwrap().options, ["yes", "no"]);
        assert_eq!(read(&json!({})).unwrap().options, [AGREED]);
    }

    #[test]
    fn nobody_is_asked_for_a_secret() {
        for name in ["password", "apiKey", "API_KEY", "github-token", "Private Key", "pin"] {
            let why = read(&json!({ name: { "type": "string" } })).unwrap_err();
            assert!(why.contains("a secret is not asked for"), "{name}: {why}");
        }
        let titled = json!({ "a": { "type": "string", "title": "Your password" } });
        assert!(read(&titled).unwrap_err().contains("a secret"));
        for name in ["max_tokens", "keyboard", "opinion", "spinner"] {
            assert!(read(&json!({ name: { "type": "string" } })).is_ok(), "{name}");
        }
        assert!(read(&json!({ "token": { "type": "integer" } })).is_ok());
    }

    #[test]
    fn what_can_t_be_shown_as_it_is_is_not_asked() {
        for name in ["a: b", "a\u{202e}b", " a", ""] {
            assert!(read(&json!({ name: { "type": "string" } })).is_err(), "{name:?}");
        }
        let hidden = json!({ "a": { "type": "string", "enum": ["x\u{200b}"] } });
        assert!(read(&hidden).is_err());
    }
}
