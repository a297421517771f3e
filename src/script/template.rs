//! What the templates and expressions of a script come to. Nothing in them reaches
//! the outside, runs for long or grows without end.

use super::{
    Scope,
    compared::{self, comparisons, parts, path},
    scope::Root,
    shell::{self, Pieces},
};
use minijinja::{
    Environment, Error, ErrorKind, UndefinedBehavior,
    machinery::{ast::Expr, parse_expr},
    value::{Value as Shown, ValueKind},
};
use serde_json::Value;
use std::{
    fmt::{self, Write as _},
    ops::Range,
};

/// How much a template may do: about a million instructions, or 64 MB that it touches.
const FUEL: u64 = 1_000_000;
/// No text that a template comes to is longer, in bytes.
const LONGEST: usize = 1_000_000;
/// So much of what is wrong is told in its own words, in characters.
const SHOWN: usize = 80;
/// No list that an expression comes to has more items.
const MOST_ITEMS: usize = 100_000;

/// Why a template or an expression comes to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Trouble {
    /// In plain words, with the line where there are several.
    pub message: String,
    /// What would mend it, where that is known.
    pub mend: Option<String>,
    /// Which bytes of the template are meant, where that is known.
    pub range: Option<Range<usize>>,
}

/// A brief: what it names is filled in. Objects and lists are shown as JSON.
///
/// # Errors
/// When it can't be read, names what is not there, or comes to too much.
pub fn render(template: &str, scope: &Scope) -> Result<String, Trouble> {
    let mut environment = environment();
    environment.set_formatter(|out, _, value| out.write_str(&shown(value)?).map_err(written));
    filled_in(&environment, template, scope)
}

/// A command for the shell: whatever a value holds, the shell takes it for one word,
/// or for a part of the word or the quotes that it stands in.
///
/// # Errors
/// As [`render`]; also when a value stands where nothing could quote it.
pub fn render_shell(template: &str, scope: &Scope) -> Result<String, Trouble> {
    let pieces = Pieces::default();
    let mut environment = environment();
    let keeper = pieces.clone();
    environment.set_formatter(move |out, _, value| {
        let text = if is_whole(value) { compact(value)? } else { shown(value)? };
        let mark = keeper.keep(text).map_err(|it| Error::new(ErrorKind::InvalidOperation, it))?;
        out.write_str(&mark).map_err(written)
    });
    if template.contains(shell::MARK) {
        return Err(Trouble::of("a command holds no NUL"));
    }
    let text = filled_in(&environment, template, scope)?;
    let quoted = pieces.quoted_in(&text);
    bounded(quoted.map_err(|it| Trouble { mend: Some(it.mend), ..Trouble::of(it.message) })?)
}

/// Whether an expression holds: it comes to something other than false, nothing, zero
/// and what is empty.
///
/// # Errors
/// When it can't be read, or names what is not there.
pub fn holds(expression: &str, scope: &Scope) -> Result<bool, Trouble> {
    evaluated(expression, scope).map(|it| it.is_true())
}

/// The items of the list that an expression comes to.
///
/// # Errors
/// When it can't be read, names what is not there, or comes to something else.
pub fn list(expression: &str, scope: &Scope) -> Result<Vec<Value>, Trouble> {
    match value(expression, scope)? {
        Value::Array(items) if items.len() <= MOST_ITEMS => Ok(items),
        Value::Array(items) => {
            let wrong = format!("a list of {} items is longer than {MOST_ITEMS}", items.len());
            Err(Trouble::of(wrong))
        }
        other => Err(Trouble::of(format!("expected a list, not {}", kind(&other)))),
    }
}

/// What an expression comes to.
///
/// # Errors
/// When it can't be read, or names what is not there.
pub fn value(expression: &str, scope: &Scope) -> Result<Value, Trouble> {
    let value = evaluated(expression, scope)?;
    serde_json::to_value(&value).map_err(|error| Trouble::of(error.to_string()))
}

/// The language, the same for every script: no file, no clock, no other template.
pub(super) fn environment<'a>() -> Environment<'a> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    environment.remove_global("debug");
    environment.add_filter("quoted", quoted);
    environment.add_filter("default", default);
    environment
}

fn filled_in(
    environment: &Environment<'_>,
    template: &str,
    scope: &Scope,
) -> Result<String, Trouble> {
    let text = environment.render_str(template, Root::of(scope));
    bounded(text.map_err(|error| Trouble::told(&error, template))?)
}

fn evaluated(expression: &str, scope: &Scope) -> Result<Shown, Trouble> {
    let environment = environment();
    let value = environment
        .compile_expression(expression)
        .and_then(|it| it.eval(Root::of(scope)))
        .map_err(|error| Trouble::told(&error, expression))?;
    if value.is_undefined() {
        return Err(Trouble::of(format!("`{}` is not there", expression.trim())));
    }
    mismatch(&environment, expression, scope).map_or(Ok(value), Err)
}

/// Where an expression asks whether a text is more than a number, which the language has
/// an answer for that means nothing.
fn mismatch(environment: &Environment<'_>, expression: &str, scope: &Scope) -> Option<Trouble> {
    let parsed = parse_expr(expression).ok()?;
    // Whoever asks what it is knows what is compared.
    if expression.contains(" is number") || expression.contains(" is string") {
        return None;
    }
    let mut next = vec![&parsed];
    while let Some(it) = next.pop() {
        for it in comparisons(it).into_iter().filter(|it| it.is_order) {
            let (left, right) =
                (side(environment, it.left, scope), side(environment, it.right, scope));
            if let (Some((left, one)), Some((right, other))) = (left, right)
                && one != other
            {
                let (message, mend) = compared::wrong((&left, one), (&right, other));
                return Some(Trouble { mend: Some(mend), ..Trouble::of(message) });
            }
        }
        next.extend(parts(it));
    }
    None
}

/// What one side of a comparison is: its name or its text, and the kind of its value.
fn side(
    environment: &Environment<'_>,
    expr: &Expr<'_>,
    scope: &Scope,
) -> Option<(String, &'static str)> {
    let (name, value) = match expr {
        Expr::Const(it) => (it.value.to_string(), it.value.clone()),
        other => {
            let name = path(other)?;
            let value = environment.compile_expression(&name).ok()?.eval(Root::of(scope)).ok()?;
            (name, value)
        }
    };
    match value.kind() {
        ValueKind::String => Some((name, "text")),
        ValueKind::Number => Some((name, "a number")),
        _ => None,
    }
}

/// Whether a template takes something by this name. A word of its text does not.
pub(super) fn takes(template: &str, name: &str) -> bool {
    let environment = environment();
    let read = environment.template_from_str(template);
    read.is_ok_and(|it| it.undeclared_variables(false).contains(name))
}

/// A trouble with a part of a text, and what would mend it.
pub(super) fn trouble(
    message: impl Into<String>,
    mend: Option<String>,
    range: Option<Range<usize>>,
) -> Trouble {
    Trouble { message: message.into(), mend, range }
}

/// The range of a name, from what it is a part of on.
fn with_its_owner(text: &str, range: Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or_default();
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.');
    before.trim_end_matches(is_part).len()..range.end
}

fn bounded(text: String) -> Result<String, Trouble> {
    if text.len() <= LONGEST {
        return Ok(text);
    }
    Err(Trouble::of(format!("what it comes to is longer than {LONGEST} bytes")))
}

/// A value as a person and a model read it.
fn shown(value: &Shown) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::String => Ok(value.as_str().unwrap_or_default().to_owned()),
        _ => serde_json::to_string_pretty(value).map_err(unreadable),
    }
}

fn compact(value: &Shown) -> Result<String, Error> {
    serde_json::to_string(value).map_err(unreadable)
}

fn is_whole(value: &Shown) -> bool {
    matches!(value.kind(), ValueKind::Map | ValueKind::Seq | ValueKind::Iterable)
}

/// The filter for what somebody else wrote: between fences, which it can't close.
fn quoted(value: &Shown) -> Result<String, Error> {
    let text = shown(value)?;
    let language = if value.kind() == ValueKind::String { "text" } else { "json" };
    let fence = "`".repeat(longest_run(&text, '`').max(2) + 1);
    Ok(format!("{fence}{language}\n{}\n{fence}", text.trim_end_matches('\n')))
}

/// What stands in for something that is not there, or is none: a script does not tell the
/// two apart.
fn default(value: Shown, other: Option<Shown>) -> Shown {
    if value.is_undefined() || value.is_none() {
        other.unwrap_or_else(|| Shown::from(""))
    } else {
        value
    }
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|it| it != of).map(str::len).max().unwrap_or(0)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::BadSerialization, "a value can't be shown as JSON").with_source(error)
}

fn written(error: fmt::Error) -> Error {
    Error::new(ErrorKind::WriteFailure, "what it comes to can't be written").with_source(error)
}

/// What a value is, in plain words.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.mend {
            Some(mend) => write!(f, ": {mend}"),
            None => Ok(()),
        }
    }
}

impl Trouble {
    fn of(message: impl Into<String>) -> Self {
        Self { message: message.into(), mend: None, range: None }
    }

    /// What the language says, in our words.
    pub(super) fn told(error: &Error, text: &str) -> Self {
        let range = error.range().map(|it| with_its_owner(text, it));
        let meant = range.clone().and_then(|it| text.get(it)).map(str::trim).unwrap_or_default();
        let mut message = match error.kind() {
            ErrorKind::OutOfFuel => "it does too much".to_owned(),
            ErrorKind::UndefinedError if !meant.is_empty() => format!("`{meant}` is not there"),
            kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
        };
        if !meant.is_empty() && meant.chars().count() <= SHOWN && !message.contains(meant) {
            let _ = write!(message, " in `{meant}`");
        }
        if let Some(line) = error.line().filter(|_| text.trim_end().contains('\n')) {
            // Nothing is lost where a text can't be written to.
            let _ = write!(message, " (in its line {line})");
        }
        Self { message, mend: None, range }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Over, *};
    use proptest::prelude::*;
    use serde_json::json;
    use std::sync::Arc;

    fn scope() -> Scope {
        let people = json!([{ "name": "Ann", "age": 41 }, { "name": "Bo", "age": 7 }]);
        let found =
            Over { output: json!({ "people": people, "note": "a\n```\nb" }), ..Over::default() };
        let lost = Over { output: Value::Null, failed: vec!["timeout".into()], ..Over::default() };
        Scope {
            inputs: Arc::new([("max-age".to_owned(), json!(10))].into()),
            steps: [("find-all".to_owned(), Arc::new(found)), ("lost".to_owned(), Arc::new(lost))]
                .into(),
            item: Some(json!({ "url": "x" })),
            index: Some(3),
            attempt: 2,
            round: 1,
            failure: "no tests ran".into(),
            ..Scope::default()
        }
    }

    fn rendered(template: &str) -> Result<String, String> {
        render(template, &scope()).map_err(|it| it.message)
    }

    #[test]
    fn a_brief_names_all_that_its_step_was_given() {
        let template = "{% for it in steps.find_all.output.people %}{{ it.name }} {% endfor %}\
            {{ inputs.max_age }} {{ item.url }}{{ index }} {{ attempt }}/{{ round }} {{ failure }} \
            {{ steps.lost.failed | join(', ') }} {{ last is none }} {{ last | default('4') | int + 1 }}";
        let expected = "Ann Bo 10 x3 2/1 no tests ran timeout true 5";
        assert_eq!(rendered(template).as_deref(), Ok(expected));
    }

    #[test]
    fn what_is_no_text_is_shown_as_json_in_its_own_order() {
        let expected = "{\n  \"name\": \"Ann\",\n  \"age\": 41\n}";
        assert_eq!(rendered("{{ steps.find_all.output.people[0] }}").as_deref(), Ok(expected));
        assert_eq!(
            rendered("{{ steps.lost.output }} {{ true }} {{ 1.5 }}").as_deref(),
            Ok("null true 1.5")
        );
    }

    #[test]
    fn a_name_is_taken_where_it_stands_for_a_value_and_not_as_a_word() {
        for template in ["{{ last }}", "{% if last.ok %}x{% endif %}", "{{ [last] | tojson }}"] {
            assert!(takes(template, "last"), "{template}");
        }
        for template in ["the last line", "{{ item | last }}", "{# last #}", "{{ last"] {
            assert!(!takes(template, "last"), "{template}");
        }
    }

    #[test]
    fn what_others_wrote_can_be_fenced_in() {
        let expected = "````text\na\n```\nb\n````";
        assert_eq!(rendered("{{ steps.find_all.output.note | quoted }}").as_deref(), Ok(expected));
        let expected = "```json\n{\n  \"url\": \"x\"\n}\n```";
        assert_eq!(rendered("{{ item | quoted }}").as_deref(), Ok(expected));
    }

    #[test]
    fn what_is_not_there_is_told_by_its_name() {
        for (template, expected) in [
            ("{{ steps.nobody.output }}", "`steps.nobody.output` is not there"),
            ("{{ item.name }}", "`item.name` is not there"),
            ("a\n{{ itme }}\n", "`itme` is not there (in its line 2)"),
            ("{{ last.x }}", "`last.x` is not there"),
            ("{{ output }}", "`output` is not there"),
        ] {
            assert_eq!(rendered(template).unwrap_err(), expected);
        }
        let told = value("item.name", &scope()).unwrap_err();
        assert_eq!(told.message, "`item.name` is not there");
    }

    #[test]
    fn a_trouble_points_at_what_is_meant() {
        let template = "see {{ item.url }} and {{ item.name }}";
        let trouble = render(template, &scope()).unwrap_err();
        assert_eq!(&template[trouble.range.unwrap()], "item.name");
        assert!(render("{{ item.url", &scope()).unwrap_err().range.is_some());
    }

    #[test]
    fn expressions_come_to_values_lists_and_yes_or_no() {
        let scope = scope();
        let names = value("steps.find_all.output.people | map(attribute='name') | list", &scope);
        assert_eq!(names, Ok(json!(["Ann", "Bo"])));
        assert_eq!(list("steps.find_all.output.people", &scope).unwrap().len(), 2);
        assert_eq!(list("range(3)", &scope), Ok(vec![json!(0), json!(1), json!(2)]));
        assert_eq!(list("item", &scope).unwrap_err().message, "expected a list, not an object");
        assert_eq!(holds("steps.find_all.output.people | length > 1", &scope), Ok(true));
        assert_eq!(holds("steps.lost.output", &scope), Ok(false));
        assert_eq!(holds("steps.other is defined", &scope), Ok(false));
        assert!(holds("item.name", &scope).is_err());
        let told = holds("index == 3 and item.url > 2", &scope).unwrap_err().to_string();
        let expected = "`item.url` is text and `2` is a number: they can't be compared: write \
                        item.url | int, or let it be a number where it is made";
        assert_eq!(told, expected);
        assert_eq!(holds("item.url is number and item.url > 2", &scope), Ok(false));
        assert_eq!(holds("item.url == 2", &scope), Ok(false));
        assert!(value("1 +", &scope).is_err());
    }

    #[test]
    fn no_template_runs_for_long_or_grows_without_end() {
        for template in [
            "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
            "{% for i in range(100000) %}{{ 'x' * 100 }}{% endfor %}",
            "{{ 'x' * 2000000 }}",
        ] {
            assert!(rendered(template).is_err(), "{template}");
        }
        for reaching in ["{% include 'x' %}", "{{ debug() }}", "{% extends '/etc/passwd' %}"] {
            assert!(rendered(reaching).is_err(), "{reaching}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_template_or_a_trouble(text in "(\\{\\{|\\}\\}|\\{%|%\\}|[a-z.|()\\[\\]'\" ~+*-]|\\PC){0,40}") {
            let scope = scope();
            drop(render(&text, &scope));
            drop(render_shell(&text, &scope));
            drop(value(&text, &scope));
        }

        #[test]
        fn a_text_without_braces_is_itself(text in "[^{}#%\\r\\n]{0,80}") {
            prop_assert_eq!(rendered(&text), Ok(text));
        }
    }
}
