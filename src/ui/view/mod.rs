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
mod scene;
#[cfg(test)]
mod specimen;
mod status;
mod tail;
#[cfg(test)]
mod tests;

pub use layout::Grid;
pub use scene::{Hit, Hits, Scene, Welcome};

use palette::Palette;
use ratatui::{
    Frame,
    layout::{Constraint, Layout},
};
use scene::Sight;

/// Draws the whole screen, and says where what can be clicked stands.
pub fn draw(frame: &mut Frame, scene: &Scene) -> Hits {
    let palette = Palette::default();
    let sight = Sight { scene, palette: &palette };
    let mut hits = Hits::default();
    let area = frame.area();
    let [header, middle, footer] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1), Constraint::Length(1)])
            .areas(area);
    let buffer = frame.buffer_mut();
    buffer.set_style(area, palette.ground);
    header::draw(buffer, header, sight);
    grid::draw(buffer, middle, sight, &mut hits);
    footer::draw(buffer, footer, sight);
    hits
}
