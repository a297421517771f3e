//! The events behind the log, one a line, with their place and time.

use super::{
    super::{figures, ink::Row, scene::Sight},
    ENTRIES, mark_hidden,
};
use crate::{
    model::{Agent, Entry, EntryKind},
    ui::desk::{Scroll, Shown},
};
use ratatui::{buffer::Buffer, layout::Rect};

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    agent: &Agent,
    sight: Sight,
    shown: &mut Shown,
) {
    let log = super::log::of(agent, sight);
    let height = usize::from(area.height);
    let entries = log.entries();
    let count = entries.len();
    let most = count.saturating_sub(height);
    shown.most = Some(most);
    let back = match sight.desk().scroll {
        Scroll::Follow => 0,
        Scroll::Back(lines) => lines.min(most),
        Scroll::At(seq) => {
            let after = log.entries().rev().take_while(|it| it.seq > seq).count();
            after.saturating_sub(height / 2).min(most)
        }
    };
    shown.back = back;
    let start = count.saturating_sub(height + back);
    for (line, entry) in (0..area.height).zip(entries.skip(start)) {
        draw_entry(buffer, area, line, entry, sight);
    }
    let earlier = start as u64 + log.dropped();
    mark_hidden(buffer, area, (earlier, back as u64), ENTRIES, sight);
}

fn draw_entry(buffer: &mut Buffer, area: Rect, line: u16, entry: &Entry, sight: Sight) {
    let palette = sight.palette;
    let (kind, text) = told(&entry.kind);
    let mut row = Row::new(buffer, area, line);
    row.put(&format!("{:>9} ", format!("#{}", figures::count(entry.seq.0))), palette.dim);
    row.put(&format!("{:>8} ", entry.at.to_string()), palette.text);
    let turn = if entry.turn.0 > 0 { format!("turn {}", entry.turn) } else { String::new() };
    row.put(&format!("{turn:<9} "), palette.dim);
    row.put(&format!("{kind:<10}"), palette.accent);
    row.put(text.lines().next().unwrap_or_default(), palette.text);
}

/// What kind of entry it is, and its words.
fn told(kind: &EntryKind) -> (&'static str, &str) {
    match kind {
        EntryKind::Brief(text) => ("brief", text),
        EntryKind::Said { text, .. } => ("said", text),
        EntryKind::Thought { text } => ("thought", text),
        EntryKind::Tool { title, .. } => ("tool", title),
        EntryKind::Direction { text, .. } => ("direction", text),
        EntryKind::Redirect { text, .. } => ("redirect", text),
        EntryKind::Request { text, .. } => ("request", text),
        EntryKind::Report { text } => ("result", text),
        EntryKind::HandOff { note, .. } => ("hand-off", note),
        EntryKind::Note { text, .. } => ("note", text),
        EntryKind::Retry { why, .. } => ("retry", why),
        EntryKind::End { text, .. } => ("end", text),
    }
}
