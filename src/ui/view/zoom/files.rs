//! Which files the agent changed, the last changed first.

use super::super::{figures, prose, scene::Sight};
use crate::model::Agent;
use ratatui::text::{Line, Span};
use std::cmp::Reverse;

/// What the figures take beside a path.
const FIGURES: u16 = 40;

pub(super) fn lines(agent: &Agent, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    if agent.files.is_empty() {
        return vec![Line::from(Span::styled("It has changed no file.", palette.dim))];
    }
    let head = format!("{:>8} {:>8} {:>8} {:>10}  file", "added", "removed", "changes", "last");
    let mut lines = vec![Line::from(Span::styled(head, palette.heading))];
    let mut files: Vec<_> = agent.files.iter().collect();
    files.sort_by_key(|(path, tally)| (Reverse(tally.last), path.as_str()));
    for (path, tally) in files {
        let added = format!("{:>8} ", format!("+{}", figures::count(tally.added.into())));
        let removed = format!("{:>8} ", format!("−{}", figures::count(tally.removed.into())));
        let changes = figures::count(tally.changes.into());
        let last = format!("{} ago", sight.now().since(tally.last));
        let path = prose::cut(path, columns.saturating_sub(FIGURES).max(8)).into_owned();
        lines.push(Line::from(vec![
            Span::styled(added, palette.added),
            Span::styled(removed, palette.removed),
            Span::styled(format!("{changes:>8} {last:>10}  "), palette.dim),
            Span::styled(path, palette.text),
        ]));
    }
    lines
}
