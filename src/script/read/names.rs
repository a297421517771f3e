//! What a template or an expression names, and whether it can be read at all.

use crate::script::{
    Trouble,
    shell::Pieces,
    template::{environment, trouble},
};
use minijinja::ErrorKind;
use std::{collections::BTreeSet, ops::Range};

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::script) enum Kind {
    /// A template of a brief, a question or a path.
    Brief,
    /// A template of a command for the shell.
    Command,
    /// An expression.
    Expression,
}

/// What the language itself has names for.
const GLOBALS: [&str; 4] = ["range", "dict", "namespace", "loop"];
/// Filters that somebody may have meant.
pub(super) const FILTERS: [&str; 26] = [
    "abs",
    "default",
    "first",
    "float",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "quoted",
    "reject",
    "replace",
    "round",
    "select",
    "selectattr",
    "sort",
    "string",
    "sum",
    "tojson",
    "trim",
    "unique",
    "upper",
];

/// Everything that a text names, each with what it takes of it: `steps.plan.output`.
///
/// # Errors
/// When it can't be read, uses a filter that there is not, or puts a value where the
/// shell would not take it for a word.
pub(in crate::script) fn names(kind: Kind, text: &str) -> Result<BTreeSet<String>, Trouble> {
    let environment = environment();
    let named = match kind {
        Kind::Expression => {
            environment.compile_expression(text).map(|it| it.undeclared_variables(true))
        }
        Kind::Brief | Kind::Command => {
            environment.template_from_str(text).map(|it| it.undeclared_variables(true))
        }
    };
    let named = named.map_err(|error| Trouble::told(&error, text))?;
    let code = match kind {
        Kind::Expression => vec![(0..text.len(), Region::Value)],
        Kind::Brief | Kind::Command => regions(text),
    };
    for (range, _) in code.iter().filter(|(_, it)| *it != Region::Comment) {
        unknown_filter(text, range.clone())?;
    }
    if kind == Kind::Command {
        placed(text, &code)?;
    }
    Ok(named.into_iter().filter(|it| !GLOBALS.contains(&it.as_str())).collect())
}

/// A part of a template that is no plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Region {
    Value,
    Block,
    Comment,
}

/// The parts of a template that are no plain text, with their braces.
fn regions(text: &str) -> Vec<(Range<usize>, Region)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(begun) = text[from..].find('{').map(|it| from + it) {
        let (end, region) = match text[begun..].get(..2) {
            Some("{{") => ("}}", Region::Value),
            Some("{%") => ("%}", Region::Block),
            Some("{#") => ("#}", Region::Comment),
            _ => {
                from = begun + 1;
                continue;
            }
        };
        let inside = &text[begun + 2..];
        let ended = if region == Region::Comment { inside.find(end) } else { closing(inside, end) };
        let to = ended.map_or(text.len(), |it| begun + 2 + it + 2);
        found.push((begun..to, region));
        from = to;
    }
    found
}

/// Where a region ends: not inside quotes.
fn closing(text: &str, end: &str) -> Option<usize> {
    unquoted(text).find(|(at, _)| text[*at..].starts_with(end)).map(|(at, _)| at)
}

/// The characters of an expression that stand in no quotes.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut is_escaped = false;
    text.char_indices().filter(move |(_, it)| match quote {
        None => {
            quote = matches!(it, '\'' | '"').then_some(*it);
            quote.is_none()
        }
        Some(_) if is_escaped => {
            is_escaped = false;
            false
        }
        Some(_) if *it == '\\' => {
            is_escaped = true;
            false
        }
        Some(open) => {
            if *it == open {
                quote = None;
            }
            false
        }
    })
}

/// The parts of a text that are code, without their braces.
pub(super) fn code(kind: Kind, text: &str) -> Vec<Range<usize>> {
    if kind == Kind::Expression {
        return vec![Range { start: 0, end: text.len() }];
    }
    let code = regions(text).into_iter().filter(|(_, it)| *it != Region::Comment);
    let inside = |(it, _): (Range<usize>, Region)| it.start + 2..it.end.saturating_sub(2);
    code.map(inside).filter(|it| it.start <= it.end).collect()
}

fn unknown_filter(text: &str, range: Range<usize>) -> Result<(), Trouble> {
    let code = &text[range.clone()];
    for (at, _) in unquoted(code).filter(|(_, it)| *it == '|') {
        let after = code[at + 1..].trim_start();
        let begun = range.start + code.len() - after.len();
        let end = after.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(after.len());
        let name = &after[..end];
        if !name.is_empty() && !is_filter(name) {
            let meant = crate::config::closest(name, &FILTERS);
            let mend = meant.map_or_else(
                || format!("there is {}", FILTERS.join(", ")),
                |it| format!("did you mean `{it}`?"),
            );
            let range = Some(begun..begun + end);
            return Err(trouble(format!("there is no filter `{name}`"), Some(mend), range));
        }
    }
    Ok(())
}

fn is_filter(name: &str) -> bool {
    let environment = environment();
    let Ok(tried) = environment.compile_expression_owned(format!("'' | {name}")) else {
        return false;
    };
    tried.eval(()).err().is_none_or(|error| error.kind() != ErrorKind::UnknownFilter)
}

/// Whether each value stands where the shell can be made to take it for a word,
/// whichever way the template goes.
fn placed(text: &str, code: &[(Range<usize>, Region)]) -> Result<(), Trouble> {
    let pieces = Pieces::default();
    let mut plain = String::new();
    let mut from = 0;
    for (range, region) in code {
        plain.push_str(&text[from..range.start]);
        if *region == Region::Value {
            plain.push_str(&pieces.keep(String::new()).unwrap_or_default());
        }
        from = range.end;
    }
    plain.push_str(&text[from..]);
    match pieces.quoted_in(&plain) {
        Ok(_) => Ok(()),
        Err(it) => {
            let mut values = code.iter().filter(|(_, region)| *region == Region::Value);
            let range = values.nth(it.value).map(|(range, _)| range.clone());
            Err(trouble(it.message, Some(it.mend), range))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(kind: Kind, text: &str) -> Vec<String> {
        names(kind, text).unwrap().into_iter().collect()
    }

    #[test]
    fn a_text_names_what_it_takes_from_others() {
        let brief = "{% for it in steps.a.output.items %}{{ it.name }}{% endfor %}{{ inputs.x | join(',') }}";
        assert_eq!(named(Kind::Brief, brief), ["inputs.x", "steps.a.output.items"]);
        let expression = "range(3) | length > item.count and last is none";
        assert_eq!(named(Kind::Expression, expression), ["item.count", "last"]);
    }

    #[test]
    fn a_filter_that_is_none_is_told_where_it_stands() {
        let text = "a | b {{ '|x' }} {{ steps.a.output | joim(', ') }}";
        let trouble = names(Kind::Brief, text).unwrap_err();
        assert_eq!(trouble.to_string(), "there is no filter `joim`: did you mean `join`?");
        assert_eq!(&text[trouble.range.unwrap()], "joim");
        for known in ["join", "tojson", "quoted", "map", "selectattr", "batch", "length"] {
            assert!(is_filter(known), "{known}");
        }
        assert!(FILTERS.iter().all(|it| is_filter(it)));
    }

    #[test]
    fn a_value_that_no_shell_could_be_given_is_told_before_there_is_one() {
        assert!(names(Kind::Command, "grep {{ item }} \"{{ inputs.x }}\" # ok").is_ok());
        assert!(names(Kind::Command, "cat <<E\n{{ item }}\nE").is_err());
        assert!(names(Kind::Brief, "cat <<E\n{{ item }}\nE").is_ok());
    }

    proptest! {
        #[test]
        fn any_text_has_names_or_is_in_trouble(
            text in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|[a-z.|()\\[\\]'\" \\\\]|\\PC){0,40}",
        ) {
            for kind in [Kind::Brief, Kind::Command, Kind::Expression] {
                drop(names(kind, &text));
            }
        }
    }
}
