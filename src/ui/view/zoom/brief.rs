//! What the agent was asked to do and how it works, with every version.

use super::super::{figures, prose, scene::Sight};
use crate::model::{Agent, Instructions};
use ratatui::text::{Line, Span};
use similar::{ChangeTag, TextDiff};

pub(super) fn lines(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let heading = |text: String| Line::from(Span::styled(text, palette.heading));
    let mut lines = vec![heading("Brief".to_owned())];
    lines.extend(prose::markdown(&agent.casting.brief, columns, palette));
    lines.push(Line::default());
    if let Some(latest) = agent.instructions.last() {
        lines.push(heading(format!("Instructions v{}, {}", latest.version, effect(latest))));
        lines.extend(prose::markdown(&latest.text, columns, palette));
    }
    if agent.instructions.len() > 1 {
        lines.push(Line::default());
        lines.push(heading("Versions".to_owned()));
        let newest_first = agent.instructions.windows(2).rev();
        for (pair, is_latest) in
            newest_first.zip(std::iter::once(true).chain(std::iter::repeat(false)))
        {
            if let [older, newer] = pair {
                lines.push(version(newer, Some(older), sight));
                if is_latest {
                    lines.extend(changes(older, newer, columns, sight));
                }
            }
        }
        lines.extend(agent.instructions.first().map(|it| version(it, None, sight)));
    }
    lines
}

fn effect(instructions: &Instructions) -> String {
    match instructions.effective {
        Some(turn) => format!("effective from turn {turn}"),
        None => "effective from the next turn".to_owned(),
    }
}

/// `v3 by you at 2:10, effective from turn 12  +2 −1`
fn version(it: &Instructions, older: Option<&Instructions>, sight: Sight) -> Line<'static> {
    let palette = sight.palette;
    let mut spans = vec![
        Span::styled(format!("v{} ", it.version), palette.strong),
        Span::styled(format!("by {} at {}, {}", it.by, it.at, effect(it)), palette.text),
    ];
    if let Some(older) = older {
        let diff = TextDiff::from_lines(&*older.text, &*it.text);
        let count =
            |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count() as u64;
        let added = format!("  +{}", figures::count(count(ChangeTag::Insert)));
        let removed = format!(" −{}", figures::count(count(ChangeTag::Delete)));
        spans.extend([Span::styled(added, palette.added), Span::styled(removed, palette.removed)]);
    }
    Line::from(spans)
}

/// What changed from one version to the next, with two lines around each change.
fn changes(
    older: &Instructions,
    newer: &Instructions,
    columns: u16,
    sight: Sight,
) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let diff = TextDiff::from_lines(&*older.text, &*newer.text);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(2) {
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Insert => ("+", palette.added),
                ChangeTag::Delete => ("−", palette.removed),
                ChangeTag::Equal => (" ", palette.dim),
            };
            let text = format!("   {sign} {}", change.value().trim_end_matches('\n'));
            lines.push(Line::from(Span::styled(prose::cut(&text, columns).into_owned(), style)));
        }
    }
    lines
}
