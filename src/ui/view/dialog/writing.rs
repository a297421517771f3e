//! A text that is written: a redirect, a brief, instructions, an answer.

use super::{
    super::{
        card, figures,
        ink::{self, Row},
        prose,
        scene::{Hits, Sight},
    },
    paper::{self, Keys},
};
use crate::model::Ask;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    text::Line,
    widgets::Widget,
};
use tui_textarea::TextArea;

/// A text being written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing<'a> {
    pub(super) title: &'a str,
    /// Above the text: what becomes of it.
    pub(super) about: &'a str,
    /// Under that: what the text answers.
    pub(super) asked: Option<&'a Ask>,
    pub(super) text: &'a TextArea<'static>,
    /// Whether the keys go there: only then is a cursor in it.
    pub(super) has_keys: bool,
    /// Below the text: what saving it would change.
    pub(super) summary: &'a str,
    /// There, too: what is wrong with it.
    pub(super) fault: &'a str,
    pub(super) keys: Keys<'a>,
}

/// Up to this width a screen is narrow.
const NARROW: u16 = 90;
/// No fault takes more lines.
const FAULT: usize = 4;
/// The least room that is left for the text under what it answers.
const TEXT: u16 = 3;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    it: Writing,
    (sight, hits): (Sight, &mut Hits),
) {
    // On a narrow screen the keys below the text need all but a margin.
    let most = area.width.min(NARROW).saturating_sub(8);
    let columns = (area.width * 4 / 5).max(most).clamp(40, 100);
    let share = if it.asked.is_some() { 4 } else { 3 };
    let lines = (area.height * share / 5).clamp(8, 30);
    let inner = paper::lay(buffer, area, (columns, lines), it.title, sight);
    draw_within(buffer, inner, it, (sight, hits));
}

/// Draws the text and what stands around it, without a frame.
pub(super) fn draw_within(
    buffer: &mut Buffer,
    inner: Rect,
    it: Writing,
    (sight, hits): (Sight, &mut Hits),
) {
    let palette = sight.palette;
    let about = u16::from(!it.about.is_empty() && inner.height > 3);
    let summary = u16::from(!it.summary.is_empty() && inner.height > 4);
    Row::new(buffer, ink::lines(inner, 0, about), 0).put(it.about, palette.dim);
    let fault = fault(inner, &it, sight);
    let faulty = u16::try_from(fault.len()).unwrap_or_default();
    let inner = paper::write_keys(buffer, inner, it.keys, (sight, hits));
    let room = inner.height.saturating_sub(about + summary + faulty);
    let asked = match it.asked {
        Some(ask) => {
            draw_asked(buffer, ink::lines(inner, about, room.saturating_sub(TEXT)), ask, sight)
        }
        None => 0,
    };
    let above = about + asked;
    let text = ink::lines(inner, above, room - asked);
    draw_text(buffer, text, it.text, it.has_keys, sight);
    ink::draw_lines(buffer, ink::lines(inner, above + text.height, faulty), &fault);
    let below = ink::lines(inner, above + text.height + faulty, summary);
    Row::new(buffer, below, 0).put(it.summary, palette.text);
}

/// What is wrong with the text, in as many lines as leave room for it.
fn fault(inner: Rect, it: &Writing, sight: Sight) -> Vec<Line<'static>> {
    if it.fault.is_empty() {
        return Vec::new();
    }
    let most = usize::from(inner.height.saturating_sub(TEXT + 2)).min(FAULT);
    let mut lines = prose::plain(it.fault, inner.width, sight.palette.trouble);
    lines.truncate(most);
    lines
}

/// Draws what the text answers, as much of it as fits; says how many lines that
/// takes.
fn draw_asked(buffer: &mut Buffer, area: Rect, ask: &Ask, sight: Sight) -> u16 {
    let mut lines = card::body(ask, area.width, false, sight);
    let room = usize::from(area.height);
    if lines.len() > room {
        let hidden = (lines.len() + 1 - room) as u64;
        lines.truncate(room.saturating_sub(1));
        let more = figures::of(hidden, "more line", "more lines");
        lines.push(Line::styled(format!("… {more}, behind this"), sight.palette.need));
    }
    ink::draw_lines(buffer, area, &lines);
    u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height)
}

/// Draws a text with its cursor if the keys go there. The widget underlines the
/// line of the cursor; that is taken off. What can be written lies on the ground,
/// lower than the paper.
pub(super) fn draw_text(
    buffer: &mut Buffer,
    area: Rect,
    text: &TextArea,
    has_keys: bool,
    sight: Sight,
) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    // A line without the keys is read from its beginning.
    if let ([line], false, 1) = (text.lines(), has_keys, area.height) {
        buffer.set_style(area, Style { bg: sight.palette.ground.bg, ..Style::new() });
        let shown = if text.mask_char().is_some() { "" } else { line.as_str() };
        Row::new(buffer, area, 0).put(&prose::cut(shown, area.width), sight.palette.text);
        return;
    }
    text.render(area, buffer);
    let mut off = Modifier::UNDERLINED;
    if !has_keys {
        off |= Modifier::REVERSED;
    }
    let ground = Style { bg: sight.palette.ground.bg, ..Style::new() };
    buffer.set_style(area, ground.remove_modifier(off));
}
