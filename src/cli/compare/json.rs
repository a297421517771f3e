//! Two agents side by side, for a program: docs/compare.md says what each field means.

use super::Session;
use crate::{
    compare::{Comparison, Figures, Sameness, Since, Step, StepKind, Work},
    text::{diff, json::write_pretty},
};
use serde_json::{Map, Value, json};
use std::io::Write;

pub(super) fn write(
    comparison: &Comparison,
    sessions: [Session; 2],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let [one, other] = sessions;
    let sides = [side(comparison, 0, one), side(comparison, 1, other)];
    let names = comparison.figures.each_ref().map(|it| it.name.as_str());
    let rows: Vec<Value> = (0..comparison.rows.len()).map(|row| told(comparison, row)).collect();
    let value = json!({
        "sides": sides,
        "parting": comparison.parting(),
        "acting_apart": comparison.acting_apart(),
        "told": comparison.told(names),
        "rows": rows,
        "instructions": difference(comparison.figures.each_ref().map(|it| it.instructions.as_str())),
        "answer": difference(comparison.courses.each_ref().map(|it| it.answer.as_str())),
    });
    write_pretty(out, &value)?;
    Ok(writeln!(out)?)
}

fn side(comparison: &Comparison, side: usize, session: Session) -> Value {
    let (Some(figures), Some(course)) =
        (comparison.figures.get(side), comparison.courses.get(side))
    else {
        return Value::Null;
    };
    let mut value = described(figures);
    let rest = json!({
        "session": session.id,
        "title": session.title,
        "journal": session.path.display().to_string(),
        "since_parting": since(&comparison.since(side)),
        "steps": course.steps.len(),
        "steps_not_compared": course.cut,
    });
    if let Value::Object(rest) = rest {
        value.extend(rest);
    }
    value.into()
}

fn described(it: &Figures) -> Map<String, Value> {
    let files: Map<String, Value> = it
        .files
        .iter()
        .map(|(path, lines)| {
            (path.clone(), json!({ "added": lines.added, "removed": lines.removed }))
        })
        .collect();
    let take = it.take_of.as_ref();
    let value = json!({
        "agent": it.name,
        "role": it.role,
        "model": it.model,
        "take_of": take.map(|(name, turn)| json!({ "agent": name, "turn": turn })),
        "is_best": it.is_best,
        "status": it.status.to_string(),
        "last_words": it.last_words,
        "turns": it.turns,
        "tool_calls": it.calls,
        "tool_errors": it.failures,
        "worked_ms": it.worked.0,
        "cost_nano_dollars": it.cost.known.0,
        "unpriced_calls": it.cost.unpriced,
        "tokens": { "input": it.usage.prompt(), "output": it.usage.output },
        "context_tokens": it.context,
        "files": files,
        "checks": it.checks.map(|(held, all)| json!({ "held": held, "all": all })),
        "directions": it.directions,
        "instructions_versions": it.versions,
    });
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn since(it: &Since) -> Value {
    json!({
        "turns": it.turns,
        "tool_calls": it.calls,
        "tool_errors": it.failures,
        "cost_nano_dollars": it.cost.known.0,
        "unpriced_calls": it.cost.unpriced,
        "took_ms": it.took.0,
    })
}

fn told(comparison: &Comparison, row: usize) -> Value {
    let sameness = comparison.rows.get(row).map(|it| name(it.sameness));
    let sides = [0, 1].map(|side| comparison.step(row, side).map(step));
    json!({ "sameness": sameness, "sides": sides })
}

const fn name(sameness: Sameness) -> &'static str {
    match sameness {
        Sameness::Same => "same",
        Sameness::OtherWords => "other-words",
        Sameness::OtherResults => "other-results",
        Sameness::Alike => "alike",
        Sameness::Different => "different",
        Sameness::Alone => "alone",
    }
}

fn step(it: &Step) -> Value {
    let mut value = match &it.kind {
        StepKind::Told(told) => json!({
            "kind": told.what.name(),
            "by": told.by.to_string(),
            "text": told.text,
        }),
        StepKind::Turn(work) => turn(work),
    };
    if let Value::Object(fields) = &mut value {
        fields.insert("turn".to_owned(), it.turn.0.into());
        fields.insert("at_ms".to_owned(), it.at.0.into());
        fields.insert("line".to_owned(), it.line().into());
    }
    value
}

fn turn(work: &Work) -> Value {
    let calls: Vec<Value> = work
        .deeds
        .iter()
        .map(|it| json!({ "tool": it.tool, "aim": it.aim, "ok": it.ok, "files": it.changes }))
        .collect();
    json!({
        "kind": "turn",
        "said": work.said,
        "calls": calls,
        "tool_calls": work.calls,
        "tool_errors": work.failures,
        "is_cut": work.is_cut,
        "cost_nano_dollars": work.cost.known.0,
        "took_ms": work.took.0,
    })
}

fn difference([before, after]: [&str; 2]) -> Value {
    let lines: Vec<String> = diff(before, after, 3).iter().map(|it| it.to_line().text()).collect();
    json!({ "is_same": before == after, "diff": lines })
}
