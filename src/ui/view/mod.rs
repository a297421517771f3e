//! Pure pictures of a stage: one panel a file, everything borrowed, no clock.
//!
//! ```text
//! session   ●3 ◆1 ✓2   2 need you            $0.42 · 84 tok/s · 2:10
//! ╭ agent ─────────────╮╭ agent ─────────────╮╭ agent ─────────────╮
//! │                    ││                    ││                    │
//! ╰────────────────────╯╰────────────────────╯╰────────────────────╯
//!  COMMAND  what the program has to say          the keys that work here
//! ```

mod above;
mod answer;
mod audition;
mod card;
mod cast;
mod changes;
mod curves;
mod dialog;
mod diffs;
mod directed;
mod edges;
mod entry;
mod figures;
mod footer;
mod grid;
mod header;
mod health;
mod inbox;
mod ink;
mod layout;
mod ledger;
mod library;
mod listed;
mod palette;
mod pane;
mod past;
mod plain;
mod prose;
mod roster;
mod sandbox;
mod scene;
mod script;
mod settled;
mod sheet;
#[cfg(test)]
pub(in crate::ui) mod specimen;
mod split;
mod status;
mod strip;
mod tail;
mod terminal;
#[cfg(test)]
mod tests;
mod timeline;
mod tiny;
mod trouble;
mod versus;
mod welcome;
mod zoom;

pub use answer::Answer;
pub use layout::Grid;
pub use scene::{Hit, Hits, Scene, Welcome};

use crate::{model::Agent, ui::desk::Screen};
use above::Above;
use palette::Palette;
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
};
use scene::{Named, Needing, Sight};

/// Draws the whole screen, and says where what can be clicked stands.
pub fn draw(frame: &mut Frame, scene: &Scene) -> Hits {
    let palette = Palette::of(scene.theme);
    let named = Named::of(&scene.desk.keymap);
    let needing = Needing::of(scene);
    let sight = Sight { scene, palette: &palette, named: &named, needing: &needing };
    let mut hits = Hits::default();
    let area = frame.area();
    let buffer = frame.buffer_mut();
    buffer.set_style(area, palette.ground);
    let above = if area.width < tiny::LEAST.0 || area.height < tiny::LEAST.1 {
        tiny::draw(buffer, area, sight, &mut hits);
        Rect { height: area.height.saturating_sub(1), ..area }
    } else {
        draw_panels(buffer, area, sight, &mut hits)
    };
    health::draw(buffer, ink::lines(above, 1, above.height.saturating_sub(1)), sight);
    dialog::draw(buffer, above, sight, &mut hits);
    if scene.desk.is_plain {
        plain::spell(buffer);
    }
    hits
}

/// Draws all that a dialog can lie over, and says where that may be: what stands
/// at the lower edge stays as it is, and says where the keys go.
fn draw_panels(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) -> Rect {
    let desk = sight.desk();
    let timeline = desk.playhead.as_ref().map_or(0, |it| timeline::height(it, area.height));
    let above = Above::of(sight, area.width);
    let strip = strip::height(sight, area.height);
    let [header, middle, time, needed, told, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(timeline),
        Constraint::Length(strip),
        Constraint::Length(above.as_ref().map_or(0, Above::height)),
        Constraint::Length(1),
    ])
    .areas(area);
    header::draw(buffer, header, sight, hits);
    draw_middle(buffer, middle, sight, hits);
    if let Some(playhead) = &desk.playhead {
        timeline::draw(buffer, time, playhead, sight, hits);
    }
    strip::draw(buffer, needed, sight, hits);
    if let Some(above) = above {
        above.draw(buffer, told);
    }
    footer::draw(buffer, footer, sight, hits);
    header.union(middle)
}

/// From this width on the roster stands beside what does not show all agents.
const WIDE: u16 = 160;
/// How wide it is on a screen of that many columns.
const fn roster_on(columns: u16) -> u16 {
    match columns {
        ..98 => columns * 9 / 20,
        98..WIDE => 44,
        WIDE.. => 52,
    }
}

fn draw_middle(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    if sight.desk().screen == Screen::Cast {
        return cast::draw(buffer, area, sight, hits);
    }
    if sight.desk().screen == Screen::Audition {
        return audition::draw(buffer, area, sight, hits);
    }
    if sight.desk().screen == Screen::Diffs {
        return diffs::draw(buffer, area, sight, hits);
    }
    if sight.desk().screen == Screen::Versus {
        return versus::draw(buffer, area, sight, hits);
    }
    if sight.desk().screen == Screen::Inbox {
        return inbox::draw(buffer, area, sight, hits);
    }
    if sight.desk().screen == Screen::Ledger {
        return ledger::draw(buffer, area, sight, hits);
    }
    if sight.desk().screen == Screen::Past {
        return past::draw(buffer, area, sight, hits);
    }
    if sight.desk().shows_library() {
        return library::draw(buffer, area, sight, hits);
    }
    if sight.desk().screen == Screen::Script {
        return script::draw(buffer, area, sight, hits);
    }
    let in_sight = sight.desk().in_sight(sight.stage());
    let agents: Vec<&Agent> = in_sight.iter().filter_map(|id| sight.stage().agent(*id)).collect();
    if sight.stage().is_untouched() {
        return welcome::draw(buffer, area, sight);
    }
    let zoomed = sight.zoomed();
    let has_pages = Grid::of(sight.desk().layout, area, agents.len()).pages() > 1;
    let is_beside = sight.desk().roster || (area.width >= WIDE && (zoomed.is_some() || has_pages));
    let share = sight.desk().shares.list;
    let wide = share.map_or(roster_on(area.width), |it| {
        let wide = u32::from(area.width) * u32::from(it) / 100;
        u16::try_from(wide).unwrap_or(area.width).clamp(16, area.width.saturating_sub(24).max(16))
    });
    let beside = if is_beside { wide } else { 0 };
    let [list, rest] =
        Layout::horizontal([Constraint::Length(beside), Constraint::Fill(1)]).areas(area);
    if is_beside {
        let list = Rect { width: list.width.saturating_sub(1), ..list };
        roster::draw(buffer, list, &agents, sight, hits);
    }
    match zoomed {
        Some(agent) => zoom::draw(buffer, rest, (agent, sight.desk().tab), sight, hits),
        None if agents.is_empty() => welcome::draw_nobody(buffer, rest, sight),
        None => grid::draw(buffer, rest, &agents, sight, hits),
    }
    if is_beside {
        let has_keys = sight.desk().roster && zoomed.is_none();
        edges::add_list(area, list, hits, has_keys);
    }
}
