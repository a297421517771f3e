//! A list, and beside it or below it what its marked line is.

use super::{
    ink::{self, Row},
    scene::Sight,
};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
};

/// How a screen is shared out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    /// From this width on the one stands beside the other.
    pub(super) beside: u16,
    /// How wide the list is then.
    pub(super) wide: u16,
    /// Below so many lines there is the list alone.
    pub(super) least: u16,
    /// How many lines the list would fill.
    pub(super) lines: usize,
}

impl Split {
    /// The room of the list and that of the rest, with a rule between them; no rest where
    /// there is no room for it.
    pub(super) fn draw(self, buffer: &mut Buffer, area: Rect, sight: Sight) -> (Rect, Rect) {
        let border = sight.palette.border;
        if area.width >= self.beside {
            let [list, rule, rest] = Layout::horizontal([
                Constraint::Length(self.wide),
                Constraint::Length(2),
                Constraint::Fill(1),
            ])
            .areas(area);
            for line in 0..rule.height {
                Row::new(buffer, rule, line).put("│", border);
            }
            return (list, shorter(rest));
        }
        if area.height < self.least {
            return (area, Rect::ZERO);
        }
        let high = u16::try_from(self.lines).unwrap_or(u16::MAX).min(area.height / 2);
        let [list, rule, rest] = Layout::vertical([
            Constraint::Length(high),
            Constraint::Length(1),
            Constraint::Fill(1),
        ])
        .areas(area);
        Row::new(buffer, rule, 0).fill("─", border);
        (list, shorter(ink::indent(rest, 1)))
    }
}

/// Text keeps off the right edge.
const fn shorter(area: Rect) -> Rect {
    Rect { width: area.width.saturating_sub(1), ..area }
}
