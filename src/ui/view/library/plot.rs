//! What a script is: what it is for, what it is given, and its steps.

use super::super::{figures, prose, scene::Sight, script::graph};
use crate::{
    script::in_words,
    ui::desk::{Plot, ScriptOffer},
};
use ratatui::text::{Line, Span};
use serde_json::Value;

/// How wide the names of its lines are.
const LABEL: u16 = 12;

pub(super) fn lines(
    script: &ScriptOffer,
    plot: &Plot,
    columns: u16,
    sight: Sight,
) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let mut lines = prose::plain(&plot.script.purpose, columns, palette.text);
    lines.push(Line::default());
    let mut tell = |name: &str, what: &str| {
        let told = prose::plain(what, columns.saturating_sub(LABEL), palette.text);
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        for (name, line) in names.zip(told) {
            let label = format!("{name:width$} ", width = usize::from(LABEL) - 1);
            let spans = [Span::styled(label, palette.dim)].into_iter().chain(line.spans);
            lines.push(Line::from(spans.collect::<Vec<_>>()));
        }
    };
    tell("written in", &script.source.name);
    let most = plot.script.max_parallel.map(|it| format!("{it} agents at most"));
    tell("at once", &most.unwrap_or_else(|| "as many agents as there are parts".to_owned()));
    tell(
        "may spend",
        &plot.script.budget.map_or_else(|| "no limit of its own".into(), figures::money),
    );
    if !plot.script.inputs.is_empty() {
        lines.push(Line::default());
        lines.push(Line::styled("What it is given", palette.heading));
        lines.extend(inputs(plot, columns, sight));
    }
    lines.push(Line::default());
    let steps = figures::of(plot.script.steps.len() as u64, "step", "steps");
    lines.push(Line::styled(steps, palette.heading));
    lines.extend(graph::lines(plot, columns, palette));
    lines
}

/// What a script is given: a line or more for each.
fn inputs(plot: &Plot, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let mut lines = Vec::new();
    for (name, input) in &plot.script.inputs {
        let usual = match &input.default {
            None if input.known.is_some() => "known, unless given".to_owned(),
            None => "must be given".to_owned(),
            Some(Value::String(text)) => format!("unless given: {text}"),
            Some(value) => format!("unless given: {value}"),
        };
        let wanted = in_words(&input.schema);
        lines.push(Line::from(vec![
            Span::styled(name.clone(), palette.strong),
            Span::styled(format!("  {wanted}"), palette.dim),
        ]));
        let indented = |line: Line<'static>| {
            let spans = [Span::raw("  ")].into_iter().chain(line.spans);
            Line::from(spans.collect::<Vec<_>>())
        };
        let columns = columns.saturating_sub(2);
        if !input.purpose.is_empty() {
            lines.extend(
                prose::plain(&input.purpose, columns, palette.text).into_iter().map(indented),
            );
        }
        lines.extend(prose::plain(&usual, columns, palette.dim).into_iter().map(indented));
    }
    lines
}
