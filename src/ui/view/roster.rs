//! All agents, one line each, in the order they were cast.
//!
//! ```text
//! ┃ ◆ smith   asks for approval 0:12  $0.12
//!   ● scout   thinking 0:17           $0.06
//! ```

use super::{
    figures,
    ink::{self, Row, width},
    pane,
    scene::{Hit, Hits, Sight},
    sheet, status, trouble,
};
use crate::model::Agent;
use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};
use std::borrow::Cow;

/// The widest a name is shown, in columns.
const NAME: u16 = 14;

/// Draws the stretch of the roster around the focused agent.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    agents: &[&Agent],
    sight: Sight,
    hits: &mut Hits,
) {
    let height = usize::from(area.height);
    let focus = agents.iter().position(|it| sight.has_focus(it)).unwrap_or_default();
    let last_start = agents.len().saturating_sub(height);
    let start = focus.saturating_sub(height / 2).min(last_start);
    let names = agents.iter().map(|it| width(&name_of(it))).max().unwrap_or_default();
    for (line, agent) in (0..area.height).zip(agents.iter().skip(start)) {
        let place = ink::lines(area, line, 1);
        draw_agent(buffer, place, agent, names.min(NAME), sight);
        hits.add(place, Hit::Agent(agent.id));
    }
    let below = agents.len().saturating_sub(start + height);
    sheet::mark_hidden(buffer, area, (0, below as u64), ("agent", "agents"), sight);
}

/// Its name, marked where it works for another agent.
fn name_of(agent: &Agent) -> Cow<'_, str> {
    let name = &agent.casting.name;
    let is_below = agent.works_for_another() || agent.judges().is_some();
    if is_below { Cow::Owned(format!("└{name}")) } else { Cow::Borrowed(name) }
}

fn draw_agent(buffer: &mut Buffer, area: Rect, agent: &Agent, names: u16, sight: Sight) {
    let palette = sight.palette;
    let need = pane::need(agent, sight);
    let style = palette.status(trouble::status(agent, sight));
    let mut row = Row::new(buffer, area, 0);
    let name = if sight.has_focus(agent) {
        palette.strong.patch(palette.border_focus).add_modifier(Modifier::REVERSED)
    } else if let Some(style) = need {
        style.add_modifier(Modifier::BOLD)
    } else {
        palette.text
    };
    let name = palette.name(agent, name);
    row.put(if need.is_some() { "┃" } else { " " }, need.unwrap_or_default());
    row.put(if agent.drifts().is_some() { "▲" } else { " " }, palette.warning);
    if !sight.desk().marked.is_empty() {
        // All names stay below each other.
        row.put(pane::marked(agent, sight), palette.key);
        row.skip(2_u16.saturating_sub(width(pane::marked(agent, sight))));
    }
    row.put(status::shape(agent, sight), style).put(" ", style);
    let start = row.column();
    row.put(&super::prose::cut(&name_of(agent), names), name);
    let used = row.column().saturating_sub(start);
    row.skip(names.saturating_sub(used) + 1);
    // What it does is read whole, rather than what it cost.
    let activity = status::activity(agent, sight);
    let spent = format!(" {}", figures::cost(agent.spent));
    row.put_right(&spent, status::money(agent, palette), width(&activity));
    row.put(&activity, status::style(agent, sight));
}
