//! Who needs the director, in one line at the lower edge of every screen but the inbox.
//!
//! ```text
//!  ◆ releaser asks for approval 1:20 · ▲ tidier can't reach its model 0:40 · +2   I inbox
//! ```

use super::{
    figures, inbox,
    ink::{Row, width},
    scene::{Hit, Hits, Sight},
};
use crate::{
    model::Item,
    ui::{
        desk::Screen,
        keys::{Act, Context},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

/// On a lower terminal the header's count has to do.
const LEAST: u16 = 20;

/// How many lines it takes: none where nobody needs anybody, or can be answered.
pub(super) fn height(sight: Sight, lines: u16) -> u16 {
    let desk = sight.desk();
    let is_told = lines >= LEAST && desk.screen != Screen::Inbox && !desk.is_replay();
    u16::from(is_told && pressing(sight).next().is_some())
}

/// What needs the director and does not rest.
fn pressing(sight: Sight) -> impl Iterator<Item = Item> {
    let items = sight.stage().inbox();
    items.into_iter().filter(move |it| !it.is_resting(sight.now()))
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    if area.is_empty() {
        return;
    }
    let palette = sight.palette;
    buffer.set_style(area, palette.footer);
    hits.add(area, Hit::Screen(Screen::Inbox));
    let mut row = Row::new(buffer, area, 0);
    let keys = sight.desk().keymap.keys_for(Context::Stage, Act::ToInbox);
    if let Some(key) = keys.first() {
        row.put_right(" inbox ", palette.dim, 0);
        row.put_right(key, palette.key, 0);
    }
    row.put_right("  ", palette.text, 0);
    row.skip(1);
    let items: Vec<Item> = pressing(sight).collect();
    for (place, item) in items.iter().enumerate() {
        let gap = if place == 0 { "" } else { " · " };
        let told = format!("{} {}", sight.stage().name_of(item.key.whom), item.key.reason);
        let age = format!(" {}", sight.now().since(item.since));
        let rest = items.len() - place;
        let more = format!(" · +{}", figures::count(rest as u64));
        // What follows is counted where there is no room for all of it.
        let kept = if rest > 1 { width(&more) } else { 0 };
        let wanted = width(gap) + 2 + width(&told) + width(&age) + kept;
        if place > 0 && wanted > row.room() {
            row.put(&more, palette.dim);
            return;
        }
        row.put(gap, palette.dim);
        let (glyph, style) = inbox::glyph(item, palette);
        row.put(glyph, style).skip(1).put(&told, style).put(&age, palette.dim);
    }
}
