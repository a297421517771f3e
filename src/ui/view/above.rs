//! What stands above the footer, whole: what the program has to say where the
//! footer has no room for it, else what to try next.

use super::{
    footer,
    ink::{self, Row, width},
    listed, prose,
    scene::Sight,
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style, text::Line};
use std::borrow::Cow;

/// What stands before a hint, and before what is said.
const TRY: &str = " try ";
const SAID: &str = " ▸ ";
/// It takes no more lines than that from the agents.
const MOST: usize = 3;
/// What the footer needs for where the keys go, help and the way out.
const KEPT: u16 = 30;

/// What stands there, in lines.
pub(super) struct Above {
    opening: (&'static str, Style),
    lines: Vec<Line<'static>>,
}

/// Whether the footer has room for what is said, beside how many are marked and the key that
/// leads to who needs the director.
pub(super) fn fits_footer(said: &str, columns: u16, sight: Sight) -> bool {
    let kept = listed::marked(sight).map_or(0, |it| width(&it) + 1 + footer::need(sight));
    width(said).saturating_add(KEPT + kept) <= columns
}

impl Above {
    /// What is said and does not fit below, else the hint.
    pub(super) fn of(sight: Sight, columns: u16) -> Option<Self> {
        let (desk, palette) = (sight.desk(), sight.palette);
        let said = footer::said(sight).filter(|(text, _)| !fits_footer(text, columns, sight));
        let hint = || desk.hint.as_deref().filter(|_| !desk.is_leaving);
        let (opening, text, style) = match said {
            Some((text, style)) => ((SAID, style), text, style),
            None => ((TRY, palette.chip_replay), Cow::from(hint()?), palette.accent),
        };
        let room = columns.saturating_sub(width(opening.0) + 2).max(1);
        let mut lines = prose::plain(&text, room, style);
        if lines.len() > MOST {
            lines.truncate(MOST);
            let last = lines.pop().map(|it| it.to_string()).unwrap_or_default();
            let cut = prose::cut(&format!("{last} …"), room).into_owned();
            lines.push(Line::styled(cut, style));
        }
        Some(Self { opening, lines })
    }

    /// How many lines it takes.
    pub(super) fn height(&self) -> u16 {
        u16::try_from(self.lines.len()).unwrap_or(u16::MAX).max(1)
    }

    pub(super) fn draw(&self, buffer: &mut Buffer, area: Rect) {
        let (opening, style) = self.opening;
        Row::new(buffer, area, 0).put(opening, style);
        let beside = ink::indent(area, width(opening) + 1);
        ink::draw_lines(buffer, beside, &self.lines);
    }
}
