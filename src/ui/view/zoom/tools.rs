//! Which tools the agent used, how often, and how often they failed.

use super::super::{figures, scene::Sight};
use crate::model::Agent;
use ratatui::text::{Line, Span};

pub(super) fn lines(agent: &Agent, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    if agent.tools.is_empty() {
        return vec![Line::from(Span::styled("No tool was called so far.", palette.dim))];
    }
    let head = format!("{:<20} {:>8} {:>8} {:>12}", "tool", "calls", "failed", "output");
    let mut lines = vec![Line::from(Span::styled(head, palette.heading))];
    for (name, tally) in &agent.tools {
        let failed = if tally.failures > 0 { palette.trouble } else { palette.dim };
        lines.push(Line::from(vec![
            Span::styled(format!("{name:<20} "), palette.text),
            Span::styled(format!("{:>8} ", figures::count(tally.calls.into())), palette.text),
            Span::styled(format!("{:>8} ", figures::count(tally.failures.into())), failed),
            Span::styled(format!("{:>12}", figures::bytes(tally.bytes)), palette.dim),
        ]));
    }
    if !agent.casting.tools.is_empty() {
        let text = format!("It may call: {}", agent.casting.tools.join(", "));
        lines.extend([Line::default(), Line::from(Span::styled(text, palette.dim))]);
    }
    if !agent.casting.permissions.is_empty() {
        let text = format!("Permissions: {}", agent.casting.permissions);
        lines.push(Line::from(Span::styled(text, palette.dim)));
    }
    lines
}
