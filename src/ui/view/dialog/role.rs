//! A role being edited: its keys as TOML, and what is wrong with them.

use super::{
    super::{
        ink, prose,
        scene::{Hits, Sight},
    },
    paper::{self, Keys},
    writing::{self, Writing},
};
use crate::ui::desk::RoleForm;
use ratatui::{buffer::Buffer, layout::Rect};

/// How wide and how high the text is at most.
const SIZE: (u16, u16) = (100, 40);

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&RoleForm, Keys),
    (sight, hits): (Sight, &mut Hits),
) {
    let columns = SIZE.0.min(area.width.saturating_sub(6));
    let lines = SIZE.1.min(area.height.saturating_sub(4));
    let title = format!("the role {}", it.role);
    let inner = paper::lay(buffer, area, (columns, lines), &title, sight);
    let fault = it.fault.as_deref().map(|it| prose::plain(it, inner.width, sight.palette.trouble));
    let fault = fault.unwrap_or_default();
    let wrong = u16::try_from(fault.len()).unwrap_or(u16::MAX).min(inner.height / 3);
    let about = "What differs is written into your cast.toml; it is shown first.";
    let (text, summary) = (&it.text, "");
    let writing =
        Writing { title: "", about, asked: None, text, has_keys: true, summary, fault: "", keys };
    ink::draw_lines(buffer, ink::lines(inner, inner.height - wrong, wrong), &fault);
    let above = ink::lines(inner, 0, inner.height - wrong);
    writing::draw_within(buffer, above, writing, (sight, hits));
}
