//! Two agents side by side, as text for a terminal or a pipe.

use super::Session;
use crate::{
    compare::{Comparison, Figures, Sameness, Since, Step, StepKind},
    text::{diff, one_line, pad, truncate},
};
use std::io::Write;

/// How wide a line may be, and the columns of figures, in cells.
const WIDE: usize = 110;
const LABEL: usize = 14;
const FIGURE: usize = 40;
/// So many lines of a difference are printed.
const DIFF: usize = 60;
/// Of so many rows that are the same in a row, each is printed; of more, how many.
const SAME: usize = 8;

pub(super) fn write(
    comparison: &Comparison,
    sessions: [Session; 2],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let names = names(comparison);
    figures(comparison, sessions, &names, out)?;
    let told = comparison.told(names.each_ref().map(String::as_str));
    writeln!(out, "\n{}\n", one_line(&told, 400))?;
    rows(comparison, out)?;
    for (course, name) in comparison.courses.iter().zip(&names) {
        if course.cut > 0 {
            writeln!(out, "  {} more steps of {name} are not compared", course.cut)?;
        }
    }
    let [one, other] = comparison.figures.each_ref().map(|it| it.instructions.as_str());
    difference("Instructions", &names, [one, other], out)?;
    let [one, other] = comparison.courses.each_ref().map(|it| it.answer.as_str());
    difference("Final answer", &names, [one, other], out)
}

/// What each is called here: by its name; where both have the same, as A and B.
fn names(comparison: &Comparison) -> [String; 2] {
    let [one, other] = comparison.figures.each_ref().map(|it| one_line(&it.name, 24));
    if one == other { ["A".to_owned(), "B".to_owned()] } else { [one, other] }
}

fn figures(
    comparison: &Comparison,
    sessions: [Session; 2],
    names: &[String; 2],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let [one, other] = &comparison.figures;
    let since = [0, 1].map(|side| comparison.since(side));
    let mut row = |label: &str, of: [String; 2]| -> anyhow::Result<()> {
        let [one, other] = of.map(|it| one_line(&it, 200));
        if one.is_empty() && other.is_empty() {
            return Ok(());
        }
        let one = pad(&truncate(&one, FIGURE - 2), FIGURE);
        Ok(writeln!(out, "{}{one}{}", pad(label, LABEL), truncate(&other, FIGURE))?)
    };
    row("", names.clone())?;
    row("session", sessions.map(|it| session(&it)))?;
    let both = |of: fn(&Figures) -> String| [of(one), of(other)];
    row("agent", both(|it| format!("{} ({})", it.name, it.role)))?;
    row("model", both(|it| it.model.clone()))?;
    row(
        "take",
        both(|it| {
            let of = it.take_of.as_ref();
            of.map_or_else(String::new, |(name, turn)| format!("of {name}, from turn {turn} on"))
        }),
    )?;
    row("outcome", both(outcome))?;
    row("checks", both(checks))?;
    row("turns", both(|it| it.turns.to_string()))?;
    row("tool calls", both(|it| calls(it.calls, it.failures)))?;
    row("time", both(|it| it.worked.to_string()))?;
    row("cost", both(|it| it.cost.to_string()))?;
    row("context", both(|it| format!("{} tokens", it.context)))?;
    row("files", both(files))?;
    row("directions", both(|it| it.directions.to_string()))?;
    if comparison.parting().is_some_and(|it| it > 0) {
        row("since parting", since.map(|it| told_since(&it)))?;
    }
    Ok(())
}

fn session(of: &Session) -> String {
    let name = if of.id.is_empty() {
        of.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    } else {
        of.id.chars().take(13).collect()
    };
    if of.title.is_empty() { name } else { format!("{name} {}", of.title) }
}

fn outcome(it: &Figures) -> String {
    let best = if it.is_best { ", the best take" } else { "" };
    let words =
        if it.last_words.is_empty() { String::new() } else { format!(": {}", it.last_words) };
    format!("{}{best}{words}", it.status)
}

fn checks(it: &Figures) -> String {
    match it.checks {
        Some((Some(held), all)) => format!("{held} of {all} hold"),
        Some((None, all)) => format!("{all}, not made yet"),
        None => String::new(),
    }
}

fn calls(calls: u32, failures: u32) -> String {
    if failures == 0 { calls.to_string() } else { format!("{calls}, {failures} of them failed") }
}

fn files(it: &Figures) -> String {
    let lines = it.lines();
    match it.files.len() {
        0 => "none changed".to_owned(),
        count => format!("{count} changed, +{} −{}", lines.added, lines.removed),
    }
}

fn told_since(it: &Since) -> String {
    let count = |count: u32, one: &str| {
        if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
    };
    let failed =
        if it.failures == 0 { String::new() } else { format!(" ({} failed)", it.failures) };
    format!("{}, {}{failed}, {}", count(it.turns, "turn"), count(it.calls, "call"), it.cost)
}

/// Each row; what is different on both sides on lines of its own.
fn rows(comparison: &Comparison, out: &mut impl Write) -> anyhow::Result<()> {
    let parting = comparison.parting();
    let mut row = 0;
    while row < comparison.rows.len() {
        let is_same =
            |it: &usize| comparison.rows.get(*it).is_some_and(|it| it.sameness == Sameness::Same);
        let same = (row..comparison.rows.len()).take_while(is_same).count();
        if same > SAME {
            print(comparison, row, out)?;
            writeln!(out, "           … {} more are the same", same - 2)?;
            print(comparison, row + same - 1, out)?;
            row += same;
            continue;
        }
        if parting == Some(row) && row > 0 {
            writeln!(out, "── here they part ──")?;
        }
        print(comparison, row, out)?;
        row += 1;
    }
    Ok(())
}

fn print(comparison: &Comparison, row: usize, out: &mut impl Write) -> anyhow::Result<()> {
    let Some(sameness) = comparison.rows.get(row).map(|it| it.sameness) else { return Ok(()) };
    let [one, other] = [0, 1].map(|side| comparison.step(row, side));
    let mut line = |sign: &str, step: &Step| -> anyhow::Result<()> {
        let turn = match step.kind {
            StepKind::Turn(_) => format!("turn {}", step.turn),
            StepKind::Told(_) => String::new(),
        };
        let room = WIDE - 13;
        Ok(writeln!(out, "{} {} {}", pad(sign, 2), pad(&turn, 9), step.line_within(room))?)
    };
    match (one, other, sameness) {
        (Some(step), Some(_), Sameness::Same) => line("=", step),
        (one, other, sameness) => {
            let near = if sameness >= Sameness::Alike { "~" } else { "" };
            one.map_or(Ok(()), |it| line(&format!("A{near}"), it))?;
            other.map_or(Ok(()), |it| line(&format!("B{near}"), it))
        }
    }
}

/// What differs between two texts, if something does.
fn difference(
    what: &str,
    names: &[String; 2],
    [before, after]: [&str; 2],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    if before.trim() == after.trim() {
        return Ok(());
    }
    let [one, other] = names;
    writeln!(out, "\n{what}: - {one}, + {other}")?;
    let lines = diff(before, after, 2);
    for line in lines.iter().take(DIFF) {
        writeln!(out, "  {}", one_line(&line.to_line().text(), WIDE))?;
    }
    match lines.len().saturating_sub(DIFF) {
        0 => Ok(()),
        more => Ok(writeln!(out, "  … {more} more lines")?),
    }
}
