//! A rehearsal file's text to a checked [`Rehearsal`].

use std::{
    collections::{BTreeMap, HashMap},
    str::FromStr,
};

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::{
    RehearsalError,
    error::Source,
    fault,
    script::{Call, Notice, Override, Pace, Part, Rehearsal, Stop, Take, Then, Turn, When},
    template,
};

/// The pace of a part that names none: a quick model.
const PACE: Pace = Pace { rate: 80.0, first: 0.5 };
/// Played when no part of the file fits, so that any brief works.
const UNSCRIPTED: &str = include_str!("../../assets/rehearsals/unscripted.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    #[serde(default)]
    part: Vec<PartText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartText {
    name: Spanned<String>,
    model: Option<String>,
    instructions: Option<Spanned<String>>,
    brief: Option<Spanned<String>>,
    #[serde(default)]
    adaptable: bool,
    #[serde(default)]
    takes: BTreeMap<String, Spanned<String>>,
    pace: Option<Spanned<PaceText>>,
    #[serde(default)]
    turn: Vec<Spanned<TurnText>>,
    #[serde(default)]
    when: Vec<Spanned<WhenText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaceText {
    rate: Option<f32>,
    first: Option<f32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TurnText {
    label: Option<String>,
    #[serde(default)]
    think: String,
    #[serde(default)]
    say: String,
    #[serde(default)]
    calls: Vec<CallText>,
    #[serde(default)]
    usage: UsageText,
    pace: Option<Spanned<PaceText>>,
    fault: Option<Spanned<String>>,
    stop: Option<Spanned<String>>,
    then: Option<Spanned<String>>,
    repeat: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallText {
    tool: String,
    #[serde(default)]
    with: Value,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct UsageText {
    input: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    output: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenText {
    redirect: Option<Spanned<String>>,
    instructions: Option<Spanned<String>>,
    result: Option<Spanned<String>>,
    #[serde(default)]
    denied: bool,
    at: Option<Spanned<String>>,
    go: Spanned<String>,
    times: Option<u32>,
}

type Labels = HashMap<String, usize>;

/// Reads and checks a file, and adds the part for everything unscripted.
pub(super) fn read(name: &str, text: &str) -> Result<Rehearsal, RehearsalError> {
    let mut parts = read_parts(Source { name, text })?;
    parts.extend(read_parts(Source { name: "unscripted.toml", text: UNSCRIPTED })?);
    Ok(Rehearsal { parts })
}

fn read_parts(source: Source<'_>) -> Result<Vec<Part>, RehearsalError> {
    let file: FileText = toml::from_str(source.text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        RehearsalError::at(
            &source,
            offset,
            error.message(),
            "assets/rehearsals/example.toml of the sources explains every key",
        )
    })?;
    if file.part.is_empty() {
        return Err(RehearsalError::at(&source, 0, "expected a [[part]], found none", "add one"));
    }
    file.part.into_iter().map(|part| read_part(&source, part)).collect()
}

fn read_part(source: &Source<'_>, text: PartText) -> Result<Part, RehearsalError> {
    if text.turn.is_empty() {
        let what = format!("part {:?} has no turn", text.name.get_ref());
        return Err(RehearsalError::at(
            source,
            text.name.span().start,
            what,
            "add a [[part.turn]]",
        ));
    }
    let pace = read_pace(source, text.pace, PACE)?;
    let labels = read_labels(source, &text.turn)?;
    let turns = text.turn.into_iter().map(|turn| read_turn(source, &labels, turn, pace));
    let whens = text.when.into_iter().map(|when| read_when(source, &labels, when));
    Ok(Part {
        name: text.name.into_inner(),
        model: text.model,
        instructions: text.instructions.map(|it| read_pattern(source, &it)).transpose()?,
        brief: text.brief.map(|it| read_pattern(source, &it)).transpose()?,
        is_adaptable: text.adaptable,
        takes: text.takes.into_iter().map(|it| read_take(source, it)).collect::<Result<_, _>>()?,
        pace,
        turns: turns.collect::<Result<_, _>>()?,
        whens: whens.collect::<Result<_, _>>()?,
    })
}

fn read_labels(source: &Source<'_>, turns: &[Spanned<TurnText>]) -> Result<Labels, RehearsalError> {
    let mut labels = Labels::new();
    for (index, turn) in turns.iter().enumerate() {
        let Some(label) = &turn.get_ref().label else { continue };
        if label == "back" || labels.insert(label.clone(), index).is_some() {
            let what = format!("the label {label:?} is taken");
            let mend = "give each turn of a part its own label (`back` is reserved)";
            return Err(RehearsalError::at(source, turn.span().start, what, mend));
        }
    }
    Ok(labels)
}

fn read_turn(
    source: &Source<'_>,
    labels: &Labels,
    text: Spanned<TurnText>,
    pace: Pace,
) -> Result<Turn, RehearsalError> {
    let start = text.span().start;
    let text = text.into_inner();
    let then = match &text.then {
        None => Then::Next,
        Some(then) if then.get_ref() == "back" => Then::Back,
        Some(then) => Then::Go(find_label(source, labels, then)?),
    };
    if text.calls.is_empty() && (text.repeat.is_some() || then != Then::Next) {
        let what = "`then` and `repeat` need calls: a turn without calls ends the part";
        return Err(RehearsalError::at(source, start, what, "add calls, or take them out"));
    }
    let faults = match &text.fault {
        None => Vec::new(),
        Some(it) => fault::parse_all(it.get_ref()).map_err(|what| {
            RehearsalError::at(source, it.span().start, what, "write KIND[:ARG][xTIMES]")
        })?,
    };
    Ok(Turn {
        label: text.label,
        think: text.think,
        say: text.say,
        calls: text.calls.into_iter().map(read_call).collect(),
        usage: Override {
            input: text.usage.input,
            cache_read: text.usage.cache_read,
            cache_write: text.usage.cache_write,
            output: text.usage.output,
        },
        pace: text.pace.map(|own| read_pace(source, Some(own), pace)).transpose()?,
        faults,
        stop: text.stop.map_or(Ok(Stop::Natural), |it| read_stop(source, &it))?,
        then,
        repeat: text.repeat,
    })
}

fn read_call(text: CallText) -> Call {
    let with = if text.with.is_null() { Value::Object(serde_json::Map::new()) } else { text.with };
    Call { tool: text.tool, with }
}

fn read_when(
    source: &Source<'_>,
    labels: &Labels,
    text: Spanned<WhenText>,
) -> Result<When, RehearsalError> {
    let start = text.span().start;
    let text = text.into_inner();
    let pattern = |it: &Spanned<String>| read_pattern(source, it);
    let notice = match (&text.redirect, &text.instructions, &text.result, text.denied) {
        (Some(it), None, None, false) => Notice::Redirect(pattern(it)?),
        (None, Some(it), None, false) => Notice::Instructions(pattern(it)?),
        (None, None, Some(it), false) => Notice::Result(pattern(it)?),
        (None, None, None, true) => Notice::Denied,
        _ => {
            let what = "expected exactly one of redirect, instructions, result, denied = true";
            return Err(RehearsalError::at(
                source,
                start,
                what,
                "write one [[part.when]] for each",
            ));
        }
    };
    Ok(When {
        notice,
        at: text.at.map(|it| find_label(source, labels, &it)).transpose()?,
        go: find_label(source, labels, &text.go)?,
        times: text.times,
    })
}

fn find_label(
    source: &Source<'_>,
    labels: &Labels,
    wanted: &Spanned<String>,
) -> Result<usize, RehearsalError> {
    labels.get(wanted.get_ref()).copied().ok_or_else(|| {
        let what = format!("no turn of this part has the label {:?}", wanted.get_ref());
        let mut known: Vec<&str> = labels.keys().map(String::as_str).collect();
        known.sort_unstable();
        let mend = format!("use one of: {}", known.join(", "));
        RehearsalError::at(source, wanted.span().start, what, &mend)
    })
}

fn read_pattern(source: &Source<'_>, text: &Spanned<String>) -> Result<Regex, RehearsalError> {
    Regex::from_str(text.get_ref()).map_err(|error| {
        let said = error.to_string();
        let what = said.lines().last().unwrap_or("not a regular expression").to_owned();
        RehearsalError::at(source, text.span().start, what, "mend the regular expression")
    })
}

fn read_take(
    source: &Source<'_>,
    (name, text): (String, Spanned<String>),
) -> Result<Take, RehearsalError> {
    let pattern = read_pattern(source, &text)?;
    let is_word = |it: &str| it.starts_with(|it: char| it.is_ascii_lowercase());
    let wrong = if pattern.captures_len() < 2 {
        Some(("expected a group in the pattern: it is what is taken", "put ( and ) around it"))
    } else if !is_word(&name) || template::FIELDS.contains(&name.as_str()) {
        Some(("that name stands for something else", "take another word in small letters"))
    } else {
        None
    };
    match wrong {
        Some((what, mend)) => Err(RehearsalError::at(source, text.span().start, what, mend)),
        None => Ok(Take { name, pattern }),
    }
}

fn read_pace(
    source: &Source<'_>,
    text: Option<Spanned<PaceText>>,
    base: Pace,
) -> Result<Pace, RehearsalError> {
    let Some(text) = text else { return Ok(base) };
    let start = text.span().start;
    let text = text.into_inner();
    let pace =
        Pace { rate: text.rate.unwrap_or(base.rate), first: text.first.unwrap_or(base.first) };
    if pace.rate > 0.0 && (0.0..=600.0).contains(&pace.first) {
        return Ok(pace);
    }
    let what = "expected a rate above 0 tokens per second, and first between 0 and 600 seconds";
    Err(RehearsalError::at(source, start, what, "for no waiting, play with speed 0"))
}

fn read_stop(source: &Source<'_>, text: &Spanned<String>) -> Result<Stop, RehearsalError> {
    match text.get_ref().as_str() {
        "natural" => Ok(Stop::Natural),
        "length" => Ok(Stop::Length),
        "refusal" => Ok(Stop::Refusal),
        other => {
            let what = format!("{other:?} is no stop reason");
            let mend = "use natural, length or refusal";
            Err(RehearsalError::at(source, text.span().start, what, mend))
        }
    }
}
