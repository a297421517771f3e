//! The command line, at the lower edge, with what fits it below.
//!
//! ```text
//! ╔═ Command ═════════════════════════════╗
//! ║ > the                                 ║
//! ║ ▸ theme nord    wear the theme nord   ║
//! ║   themes        how the screen …    Y ║
//! ╚═══════════════════════════════════════╝
//! ```

use super::{
    super::{
        ink,
        scene::{Hits, Sight},
    },
    finder::{self, Finder, Item},
    paper::Keys,
};
use crate::ui::desk::{CommandLine, PaletteItem};
use ratatui::{buffer::Buffer, layout::Rect};

/// So many lines it takes at most.
const LINES: u16 = 14;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&CommandLine, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let items: Vec<Item> = it.matches.iter().map(item).collect();
    let takes = it.takes().map(|it| format!("It takes {it}."));
    let hint = match (&takes, it.input.text().trim()) {
        (Some(takes), _) => takes.as_str(),
        (None, "") => "What is to be done? Tab lists all there is.",
        (None, _) if items.is_empty() => "No command is called that.",
        (None, _) => "",
    };
    let finder = Finder {
        title: "Command",
        is_low: true,
        field: Some(&it.input),
        hint,
        fault: it.fault.as_deref(),
        items: &items,
        chosen: it.marked(),
        keys,
    };
    let height = LINES.min(area.height);
    let low = ink::lines(area, area.height.saturating_sub(height), height);
    finder::draw(buffer, low, finder, sight, hits);
}

fn item(it: &PaletteItem) -> Item {
    Item {
        name: it.command.clone(),
        detail: it.label.clone(),
        mark: it.note.clone(),
        has_key: false,
        is_dim: false,
    }
}
