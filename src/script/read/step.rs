//! One step: from what is written to what is played.

use super::{
    Ground, again,
    delegation::delegation,
    page::Page,
    shape::{schema, shape},
    written::{WrittenCheck, WrittenRepeat, WrittenRetry, WrittenStep},
};
use crate::{
    config::closest,
    model::script::{Check, ForEach, OnFailure, Repeat, Retry, Step, Work},
};
use std::{collections::BTreeMap, ops::Range};
use toml::{Spanned, Value};

/// No step is attempted more often.
const ATTEMPTS: u32 = 100;
/// No step is repeated, and no more of its parts are under way.
const MOST: u32 = 1000;

/// A step as it is played, but for what other steps make of it.
pub(super) fn step(page: &mut Page<'_>, ground: &Ground<'_>, it: &Spanned<WrittenStep>) -> Step {
    let (span, it) = (it.span(), it.get_ref());
    let again = again::again(page, it);
    Step {
        name: name(page, it.name.as_ref(), &span),
        work: work(page, ground, it),
        needs: it.needs.iter().map(|it| it.get_ref().clone()).collect(),
        onto: it.onto.as_ref().map(|it| it.get_ref().clone()),
        output: it.output.as_ref().map(|it| Box::new(shape(page, it))),
        for_each: it.for_each.as_ref().map(|it| ForEach::List(it.get_ref().clone())),
        max_parallel: it.max_parallel.as_ref().map(|it| page.count(it, MOST)),
        when: it.when.as_ref().map(|it| it.get_ref().clone()),
        repeat: it.repeat.as_ref().map(|it| repeat(page, ground, it)),
        retry: retry(page, &it.retry),
        on_failure: match (&it.on_failure, &again) {
            (Some(it), _) => on_failure(page, it),
            // The next run comes all the same.
            (None, Some(_)) => OnFailure::Continue,
            (None, None) => OnFailure::Stop,
        },
        again,
        timeout: it.timeout.as_ref().and_then(|it| page.some_time(it)),
        budget: it.budget.as_ref().and_then(|it| page.money(it)),
        checks: checks(page, ground, &it.checks),
        gate: it.gate.is_some(),
        delegation: delegation(page, ground, it),
    }
}

/// A name that a template can name and a command line can type.
pub fn is_name(text: &str) -> bool {
    let is_plain =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '_');
    text.starts_with(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit())
        && text.len() <= 40
        && text.chars().all(is_plain)
}

fn name(page: &mut Page<'_>, name: Option<&Spanned<String>>, step: &Range<usize>) -> String {
    let Some(name) = name else {
        page.blame(step.clone(), "the step has no name", "add name = \"…\"");
        return String::new();
    };
    if !is_name(name.get_ref()) {
        let wrong = format!(
            "a name is up to 40 lower-case letters, digits, - and _, not {:?}",
            name.get_ref()
        );
        page.blame(name.span(), wrong, "choose another");
    }
    name.get_ref().clone()
}

fn work(page: &mut Page<'_>, ground: &Ground<'_>, it: &WrittenStep) -> Work {
    let kinds = [("role", &it.role), ("run", &it.run), ("script", &it.script)];
    let mut said = kinds.iter().filter_map(|(key, it)| Some((key, it.as_ref()?)));
    if let (Some((first, _)), Some((second, it))) = (said.next(), said.next()) {
        let wrong = format!("a step has a {first} or a {second}, not both");
        page.blame(it.span(), wrong, "make two steps of it");
    }
    if let (None, Some((key, _))) = (&it.script, it.set.first_key_value()) {
        page.blame(key.span(), "only a script is set something", "add script = \"NAME\"");
    }
    match (&it.role, &it.brief, &it.run, &it.script) {
        (Some(role), Some(brief), ..) => {
            role_there(page, ground, role);
            if it.output.is_some() {
                not_mute(page, ground, role, "choose another role, or take out the output");
            }
            Work::Agent { role: role.get_ref().clone(), brief: brief.get_ref().clone() }
        }
        (Some(role), None, ..) => {
            role_there(page, ground, role);
            page.blame(role.span(), "the role has no brief", "add brief = \"…\"");
            Work::Nothing
        }
        (None, Some(brief), ..) => {
            page.blame(brief.span(), "nobody has this brief", "add role = \"NAME\"");
            Work::Nothing
        }
        (None, None, Some(run), _) => Work::Command { run: run.get_ref().clone() },
        (None, None, None, Some(script)) => {
            Work::Script { name: script.get_ref().clone(), set: set(page, &it.set) }
        }
        (None, None, None, None) => {
            let idle = [it.onto.as_ref().map(Spanned::span), it.output.as_ref().map(Spanned::span)];
            if let Some(span) = idle.into_iter().flatten().next() {
                page.blame(span, "nobody does this step", "add a role and a brief, or run");
            }
            Work::Nothing
        }
    }
}

pub(super) fn role_there(page: &mut Page<'_>, ground: &Ground<'_>, role: &Spanned<String>) {
    if !ground.roles.contains(&role.get_ref().as_str()) {
        page.unknown("role", role.get_ref(), role.span(), ground.roles);
    }
}

/// Whether a role can hand in what it must.
fn not_mute(page: &mut Page<'_>, ground: &Ground<'_>, role: &Spanned<String>, mend: &str) {
    if let Some(why) = ground.mute.get(role.get_ref().as_str()) {
        let wrong = format!("`{}` can hand nothing in: {why}", role.get_ref());
        page.blame(role.span(), wrong, mend);
    }
}

/// An expression for each input.
fn set(
    page: &mut Page<'_>,
    written: &BTreeMap<Spanned<String>, Spanned<Value>>,
) -> BTreeMap<String, String> {
    let mut set = BTreeMap::new();
    for (key, value) in written {
        match expression(value) {
            Some(text) => drop(set.insert(key.get_ref().clone(), text)),
            None => page.blame(
                value.span(),
                "expected an expression, a number, true or false",
                "write it as an expression in quotes: \"steps.NAME.output\", \"['a', 'b']\"",
            ),
        }
    }
    set
}

/// What is written for an input, as an expression.
pub(super) fn expression(value: &Spanned<Value>) -> Option<String> {
    match value.get_ref() {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Integer(_) | Value::Float(_) | Value::Boolean(_)) => {
            Some(value.to_string())
        }
        _ => None,
    }
}

fn repeat(page: &mut Page<'_>, ground: &Ground<'_>, it: &Spanned<WrittenRepeat>) -> Repeat {
    let (span, it) = (it.span(), it.get_ref());
    if it.until.is_empty() {
        page.blame(span.clone(), "nothing ends the repeating", "add until = [{ holds = \"…\" }]");
    }
    let most = if let Some(most) = &it.most {
        page.count(most, MOST)
    } else {
        page.blame(span, "nothing limits the repeating", "add most = 3");
        1
    };
    Repeat { until: checks(page, ground, &it.until), most }
}

fn retry(page: &mut Page<'_>, it: &WrittenRetry) -> Retry {
    let attempts = it.attempts.as_ref().map_or(1, |it| page.count(it, ATTEMPTS));
    let backoff = it.backoff.as_ref().and_then(|it| page.time(it)).unwrap_or_default();
    Retry { attempts, backoff, on: it.on.clone() }
}

fn checks(
    page: &mut Page<'_>,
    ground: &Ground<'_>,
    written: &[Spanned<WrittenCheck>],
) -> Vec<Check> {
    written.iter().filter_map(|it| check(page, ground, it)).collect()
}

fn check(page: &mut Page<'_>, ground: &Ground<'_>, it: &Spanned<WrittenCheck>) -> Option<Check> {
    let (span, it) = (it.span(), it.get_ref());
    let text = |it: &Spanned<String>| it.get_ref().clone();
    let mut found = Vec::new();
    found.extend(it.command.as_ref().map(|it| Check::Command(text(it))));
    found.extend(it.schema.as_ref().map(|it| Check::Schema(Box::new(schema(page, it)))));
    found.extend(it.pattern.as_ref().map(|it| Check::Pattern(pattern(page, it))));
    found.extend(it.file.as_ref().map(|it| Check::File(text(it))));
    found.extend(it.paths.as_ref().map(|it| paths(page, it)));
    found.extend(it.holds.as_ref().map(|it| Check::Holds(text(it))));
    found.extend(it.script.as_ref().map(|it| Check::Script(place_of_script(page, it))));
    match (&it.judge, &it.question) {
        (Some(role), Some(question)) => {
            role_there(page, ground, role);
            not_mute(page, ground, role, "choose another role");
            found.push(Check::Judge { role: text(role), question: text(question) });
        }
        (Some(role), None) => {
            page.blame(role.span(), "the judge has no question", "add question = \"…\"");
            return None;
        }
        (None, Some(question)) => {
            page.blame(question.span(), "nobody has this question", "add judge = \"ROLE\"");
            return None;
        }
        (None, None) => {}
    }
    if found.len() != 1 {
        let wrong = format!("a check has one thing that must hold, not {}", found.len());
        let mend =
            "write command, schema, pattern, file, paths, holds, script, or judge with question";
        page.blame(span, wrong, mend);
    }
    found.into_iter().next()
}

/// Where in the output a script stands: `output`, or one of its keys.
fn place_of_script(page: &mut Page<'_>, it: &Spanned<String>) -> Option<String> {
    let key = it.get_ref().strip_prefix("output.");
    let is_key =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    if it.get_ref() != "output" && !key.is_some_and(is_key) {
        let wrong = "a script is the output, or a text in it";
        page.blame(it.span(), wrong, "write \"output\", or \"output.KEY\"");
    }
    key.map(str::to_owned)
}

fn paths(page: &mut Page<'_>, it: &Spanned<Vec<String>>) -> Check {
    if it.get_ref().iter().all(|it| it.trim().is_empty()) {
        page.blame(it.span(), "these are no paths", "write patterns such as src/**");
    }
    Check::Paths(it.get_ref().clone())
}

fn pattern(page: &mut Page<'_>, it: &Spanned<String>) -> String {
    let built = regex::RegexBuilder::new(it.get_ref()).size_limit(1_000_000).build();
    if let Err(error) = built {
        let told = error.to_string();
        let last = told.lines().last().unwrap_or_default().trim_start_matches("error: ");
        page.blame(it.span(), format!("this is no pattern: {last}"), "write a regular expression");
    }
    it.get_ref().clone()
}

fn on_failure(page: &mut Page<'_>, it: &Spanned<Value>) -> OnFailure {
    const WORDS: [&str; 3] = ["stop", "continue", "ask"];
    const MEND: &str =
        "write \"stop\", \"continue\", \"ask\", { step = \"NAME\" } or { back = \"NAME\" }";
    let named = |it: &toml::Table, key: &str| {
        it.get(key).and_then(Value::as_str).filter(|_| it.len() == 1).map(str::to_owned)
    };
    match it.get_ref() {
        Value::String(word) => match word.as_str() {
            "stop" => OnFailure::Stop,
            "continue" => OnFailure::Continue,
            "ask" => OnFailure::Ask,
            other => {
                let mend = closest(other, &WORDS).map(|it| format!("did you mean \"{it}\"?"));
                let wrong = format!("nothing is done on failure that is called {other:?}");
                page.blame(it.span(), wrong, mend.unwrap_or_else(|| MEND.to_owned()));
                OnFailure::Stop
            }
        },
        Value::Table(table) => {
            let step = named(table, "step").map(OnFailure::Step);
            step.or_else(|| named(table, "back").map(OnFailure::Back)).unwrap_or_else(|| {
                page.blame(it.span(), "expected the name of one step", MEND);
                OnFailure::Stop
            })
        }
        _ => {
            page.blame(it.span(), "expected a word or the name of a step", MEND);
            OnFailure::Stop
        }
    }
}
