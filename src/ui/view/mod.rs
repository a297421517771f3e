//! Pure pictures of a stage: one panel a file, everything borrowed, no clock.
//!
//! ```text
//! session   ●3 ◆1 ✓2   2 need you            $0.42 · 84 tok/s · 2:10
//! ╭ agent ─────────────╮╭ agent ─────────────╮╭ agent ─────────────╮
//! │                    ││                    ││                    │
//! ╰────────────────────╯╰────────────────────╯╰────────────────────╯
//!  COMMAND  what the program has to say          the keys that work here
//! ```

mod card;
mod entry;
mod figures;
mod footer;
mod grid;
mod header;
mod ink;
mod layout;
mod palette;
mod pane;
mod prose;
mod roster;
mod scene;
#[cfg(test)]
mod specimen;
mod status;
mod tail;
#[cfg(test)]
mod tests;
mod timeline;
mod tiny;
mod welcome;
mod zoom;

pub use layout::Grid;
pub use scene::{Hit, Hits, Scene, Tab, Welcome};
pub use timeline::{Mark, Playback, time_at};

use crate::model::Agent;
use palette::Palette;
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
};
use scene::Sight;

/// Draws the whole screen, and says where what can be clicked stands.
pub fn draw(frame: &mut Frame, scene: &Scene) -> Hits {
    let palette = Palette::default();
    let sight = Sight { scene, palette: &palette };
    let mut hits = Hits::default();
    let area = frame.area();
    let buffer = frame.buffer_mut();
    buffer.set_style(area, palette.ground);
    if area.width < tiny::LEAST.0 || area.height < tiny::LEAST.1 {
        tiny::draw(buffer, area, sight, &mut hits);
        return hits;
    }
    let timeline = scene.playback.as_ref().map_or(0, |_| timeline::HEIGHT);
    let [header, middle, time, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(timeline),
        Constraint::Length(1),
    ])
    .areas(area);
    header::draw(buffer, header, sight);
    draw_middle(buffer, middle, sight, &mut hits);
    if let Some(playback) = &scene.playback {
        timeline::draw(buffer, time, playback, sight, &mut hits);
    }
    footer::draw(buffer, footer, sight);
    hits
}

/// From this width on the roster stands beside what does not show all agents.
const WIDE: u16 = 160;
/// How wide it is then.
const ROSTER: u16 = 44;

fn draw_middle(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let focused = sight.scene.focus.and_then(|id| sight.stage().agent(id));
    let agents: Vec<&Agent> = sight.stage().agents().collect();
    if agents.is_empty() {
        return welcome::draw(buffer, area, sight);
    }
    let is_zoomed = sight.scene.zoom.is_some() && focused.is_some();
    let has_pages = Grid::fit(area, agents.len()).pages() > 1;
    let beside = if area.width >= WIDE && (is_zoomed || has_pages) { ROSTER } else { 0 };
    let [list, rest] =
        Layout::horizontal([Constraint::Length(beside), Constraint::Fill(1)]).areas(area);
    if beside > 0 {
        let list = Rect { width: list.width - 1, ..list };
        roster::draw(buffer, list, &agents, sight, hits);
    }
    match (sight.scene.zoom, focused) {
        (Some(tab), Some(agent)) => zoom::draw(buffer, rest, (agent, tab), sight, hits),
        _ => grid::draw(buffer, rest, &agents, sight, hits),
    }
}
