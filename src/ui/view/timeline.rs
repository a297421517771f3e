//! The length of a replayed session, with what happened where.
//!
//! ```text
//!  REPLAY ▶ 4x            »   ◆      ✗        »  ✓
//! ━━━━━━━━━━━━━━━━━━━━━━●──────────────  event 1,204 of 9,880 · 3:12 of 8:40
//! ```

use super::{
    figures,
    ink::{self, Row, width},
    palette::Palette,
    scene::{Hit, Hits, Sight},
};
use crate::model::{Millis, Seq};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// Where a replay stands.
#[derive(Debug, Clone, Copy)]
pub struct Playback<'a> {
    /// The place of the last record that is shown.
    pub seq: Seq,
    /// The place of the journal's last record, as far as it is known.
    pub last: Seq,
    /// The playhead.
    pub at: Millis,
    /// The time of the journal's last record, as far as it is known.
    pub end: Millis,
    /// Whether it moves by itself.
    pub is_playing: bool,
    /// How fast, in words: `4x`, `as fast as possible`.
    pub speed: &'a str,
    /// What happened where, in order.
    pub marks: &'a [(Millis, Mark)],
    /// How much of the journal is indexed so far, in per cent, while it is not all.
    pub indexed: Option<u8>,
}

/// Something worth a mark on the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// An agent reached its end.
    End,
    /// Somebody directed an agent.
    Direction,
    /// An agent asked for something.
    Request,
    /// Something failed.
    Trouble,
}

impl Mark {
    const fn look(self, palette: &Palette) -> (&'static str, Style) {
        match self {
            Self::End => ("✓", palette.ok),
            Self::Direction => ("»", palette.direction),
            Self::Request => ("◆", palette.need),
            Self::Trouble => ("✗", palette.trouble),
        }
    }
}

/// How many lines a timeline takes.
pub(super) const HEIGHT: u16 = 2;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    playback: &Playback,
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let position = position(playback);
    let room = area.width.saturating_sub(width(&position) + 1);
    let bar = Rect { width: if room < 12 { area.width } else { room }, ..area };
    let mut row = Row::new(buffer, ink::lines(area, 1, 1), 0);
    row.put_right(&position, palette.text, bar.width);
    draw_bar(buffer, ink::lines(bar, 1, 1), playback, sight);
    draw_marks(buffer, ink::lines(bar, 0, 1), playback, palette);
    hits.add(ink::lines(bar, 0, 2), Hit::Timeline);
    let mut row =
        Row::new(buffer, Rect { x: bar.right(), width: area.right() - bar.right(), ..area }, 0);
    let sign = if playback.is_playing { "▶" } else { "‖" };
    let indexed = playback.indexed.map(|share| format!("indexed {share} % · "));
    row.put_right(&format!("{sign} {} ", playback.speed), palette.strong, 0);
    row.put_right(indexed.as_deref().unwrap_or_default(), palette.dim, 0);
}

/// `event 1,204 of 9,880 · 3:12 of 8:40`
fn position(playback: &Playback) -> String {
    let Playback { seq, last, at, end, .. } = playback;
    let (seq, last) = (figures::count(seq.0), figures::count(last.0));
    format!(" event {seq} of {last} · {at} of {end} ")
}

fn draw_bar(buffer: &mut Buffer, area: Rect, playback: &Playback, sight: Sight) {
    let palette = sight.palette;
    let head = column(playback.at, playback.end, area.width);
    let played = Rect { width: head, ..area };
    Row::new(buffer, played, 0).fill("━", palette.accent);
    Row::new(buffer, ink::indent(area, head), 0).fill("─", palette.border);
    Row::new(buffer, ink::indent(area, head), 0).put_whole("●", palette.strong);
}

/// The marks above the bar; where several fall on one column, the gravest.
fn draw_marks(buffer: &mut Buffer, area: Rect, playback: &Playback, palette: &Palette) {
    let mut gravest: Vec<Option<Mark>> = vec![None; usize::from(area.width)];
    for (at, mark) in playback.marks {
        let column = column(*at, playback.end, area.width);
        if let Some(place) = gravest.get_mut(usize::from(column)) {
            *place = (*place).max(Some(*mark));
        }
    }
    for (column, mark) in (0..area.width).zip(gravest) {
        if let Some((symbol, style)) = mark.map(|it| it.look(palette)) {
            Row::new(buffer, ink::indent(area, column), 0).put_whole(symbol, style);
        }
    }
}

/// The column of a time on a bar so many columns long.
fn column(at: Millis, end: Millis, columns: u16) -> u16 {
    let last = u128::from(columns.saturating_sub(1));
    let share = u128::from(at.0.min(end.0)) * last / u128::from(end.0.max(1));
    u16::try_from(share).unwrap_or(columns)
}

/// The time that stands at a column of a bar so many columns long: for a click.
pub fn time_at(column: u16, columns: u16, end: Millis) -> Millis {
    let last = u64::from(columns.saturating_sub(1)).max(1);
    Millis(end.0.saturating_mul(u64::from(column).min(last)) / last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_on_the_bar_lands_where_the_playhead_is_drawn() {
        let end = Millis(520_000);
        for place in [0, 1, 50, 99] {
            assert_eq!(column(time_at(place, 100, end), end, 100).abs_diff(place) <= 1, true);
        }
        assert_eq!(column(end, end, 100), 99);
        assert_eq!(column(Millis(0), Millis(0), 0), 0);
    }
}
