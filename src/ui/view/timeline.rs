//! The length of a replayed session, with what happened where.
//!
//! ```text
//!  REPLAY ▶ 4x            »   ◆      ✗        »  ✓
//! ━━━━━━━━━━━━━━━━━━━━━━●──────────────  event 1,204 of 9,880 · 3:12 of 8:40
//! ```

use super::{
    curves, figures,
    ink::{self, Row, width},
    palette::Palette,
    scene::{Hit, Hits, Sight},
};
use crate::{
    model::{AgentId, Millis, Seq},
    text::one_line,
    ui::desk::{Mark, Playhead, Sought},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// The sign of a mark, and how grave it is where several fall on one column.
const fn look(mark: Mark, palette: &Palette) -> (&'static str, Style, u8) {
    match mark {
        Mark::Change => ("±", palette.marks[0], 0),
        Mark::HandOff => ("⇢", palette.marks[0], 1),
        Mark::End => ("✓", palette.marks[1], 2),
        Mark::Direction => ("»", palette.marks[2], 3),
        Mark::Request => ("◆", palette.marks[3], 4),
        Mark::Trouble => ("✗", palette.marks[4], 5),
        Mark::Bookmark => ("⚑", palette.playhead, 6),
    }
}

/// From this length on an idle stretch is shown as one.
const LONG: Millis = Millis(60_000);

/// How many lines the timeline itself takes.
const BAR: u16 = 2;

/// How many lines a timeline takes on a screen so high.
pub(super) fn height(playhead: &Playhead, rows: u16) -> u16 {
    BAR + if curves::are_shown(playhead, rows) { curves::HEIGHT } else { 0 }
}

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    playhead: &Playhead,
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let position = position(playhead);
    let room = area.width.saturating_sub(width(&position) + 1);
    let bar = Rect { width: if room < 12 { area.width } else { room }, ..area };
    let mut row = Row::new(buffer, ink::lines(area, 1, 1), 0);
    row.put_right(&position, palette.text, bar.width);
    draw_bar(buffer, ink::lines(bar, 1, 1), playhead, sight);
    draw_marks(buffer, ink::lines(bar, 0, 1), playhead, sight);
    if area.height > BAR {
        let below = ink::lines(area, BAR, area.height - BAR);
        curves::draw(buffer, below, bar.width, playhead, sight);
    }
    if let Some(bookmark) = playhead.bookmark().filter(|it| !it.note.is_empty()) {
        let mut row = Row::new(buffer, ink::lines(bar, 0, 1), 0);
        row.fill(" ", palette.text);
        let mut row = Row::new(buffer, ink::lines(bar, 0, 1), 0);
        row.put(" ⚑ ", palette.playhead).put(&one_line(&bookmark.note, 400), palette.strong);
    }
    hits.add(ink::lines(bar, 0, 2), Hit::Timeline);
    let mut row =
        Row::new(buffer, Rect { x: bar.right(), width: area.right() - bar.right(), ..area }, 0);
    let sign = if playhead.is_playing { "▶" } else { "‖" };
    row.put_right(&format!("{sign} {} ", playhead.pace), palette.strong, 0);
    if let Some(gap) = playhead.shortened {
        row.put_right(&format!("{gap} of silence skipped · "), palette.dim, 0);
    }
    if playhead.indexed < 1.0 {
        let done = if playhead.is_growing { "read" } else { "indexed" };
        row.put_right(&format!("{done} {:.0} % · ", playhead.indexed * 100.0), palette.dim, 0);
    }
    if let Some(words) = whither(playhead) {
        row.put_right(&format!("{words} · "), palette.text, 0);
    }
}

/// To what it is on the way, where it could not be there at once, or that there is no such
/// place.
fn whither(playhead: &Playhead) -> Option<String> {
    match (playhead.aim, playhead.missed) {
        (Some(Seq(u64::MAX)), _) => Some("on the way to the end".to_owned()),
        (Some(seq), _) => Some(format!("on the way to event {}", figures::count(seq.0))),
        (None, Some(seq)) => Some(format!("there is no event {}", figures::count(seq.0))),
        (None, None) => None,
    }
}

/// `event 1,204 of 9,880 · 3:12 of 8:40`
fn position(playhead: &Playhead) -> String {
    let Playhead { seq, last_seq, at, duration, .. } = playhead;
    let (seq, last) = (figures::count(seq.0), figures::count(last_seq.0));
    // What is not read yet is not counted.
    let more = if playhead.is_growing { "+" } else { "" };
    format!(" event {seq} of {last}{more} · {at} of {duration}{more} ")
}

fn draw_bar(buffer: &mut Buffer, area: Rect, playhead: &Playhead, sight: Sight) {
    let palette = sight.palette;
    let head = column((playhead.seq, playhead.at), playhead, area.width);
    let played = Rect { width: head, ..area };
    Row::new(buffer, played, 0).fill("━", palette.played);
    Row::new(buffer, ink::indent(area, head), 0).fill("─", palette.timeline);
    // Where much time lies in one place, the bar is broken.
    for place in playhead.axis.idle(LONG) {
        let column = share(place, playhead.axis.length(), area.width);
        let style = if column < head { palette.played } else { palette.timeline };
        Row::new(buffer, ink::indent(area, column), 0).put_whole("╌", style);
    }
    Row::new(buffer, ink::indent(area, head), 0).put_whole("●", palette.playhead);
}

/// The marks above the bar; where several fall on one column, the gravest.
fn draw_marks(buffer: &mut Buffer, area: Rect, playhead: &Playhead, sight: Sight) {
    let mut gravest: Vec<Option<(&str, Style, u8)>> = vec![None; usize::from(area.width)];
    let sought = sight.desk().sought;
    let is_shown = |kind: &Mark| match sought {
        Sought::Only(wanted) => *kind == wanted,
        Sought::Any | Sought::Each(_) => *kind != Mark::Change,
    };
    // While one agent is followed, those are shown to which the keys go.
    let followed = sight.desk().followed();
    let is_its = |it: Option<AgentId>| it.is_none() || followed.is_none() || it == followed;
    let found = playhead.markers.iter().filter(|it| is_shown(&it.kind) && is_its(it.agent));
    let found = found.map(|it| (it.seq, it.at, it.kind));
    let own = playhead.bookmarks.iter().map(|it| (it.seq, it.at, Mark::Bookmark));
    for (seq, at, kind) in found.chain(own) {
        let column = column((seq, at), playhead, area.width);
        let mark = look(kind, sight.palette);
        if let Some(place) = gravest.get_mut(usize::from(column))
            && place.is_none_or(|it| it.2 < mark.2)
        {
            *place = Some(mark);
        }
    }
    for (column, mark) in (0..area.width).zip(gravest) {
        if let Some((symbol, style, _)) = mark {
            Row::new(buffer, ink::indent(area, column), 0).put_whole(symbol, style);
        }
    }
}

/// The column of a record and its time on a bar so many columns long: where a log has no
/// times, by how many records there are before it.
pub(super) fn column((seq, at): (Seq, Millis), playhead: &Playhead, columns: u16) -> u16 {
    match playhead.axis.length() {
        Millis(0) => share(Millis(seq.0), Millis(playhead.last_seq.0), columns),
        length => share(playhead.axis.place(at), length, columns),
    }
}

fn share(place: Millis, end: Millis, columns: u16) -> u16 {
    let last = u128::from(columns.saturating_sub(1));
    let share = u128::from(place.0.min(end.0)) * last / u128::from(end.0.max(1));
    u16::try_from(share).unwrap_or(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::desk::Axis;

    #[test]
    fn the_bar_begins_at_nothing_and_ends_at_the_end() {
        let end = Millis(520_000);
        let timed = Playhead { axis: Axis::new(&[], end), ..Playhead::default() };
        let columns = [Millis(0), Millis(260_000), end, Millis(999_999)];
        assert_eq!(columns.map(|at| column((Seq(1), at), &timed, 100)), [0, 49, 99, 99]);
        assert_eq!(column((Seq(0), Millis(0)), &Playhead::default(), 0), 0);
    }

    #[test]
    fn without_times_a_record_stands_where_it_comes() {
        let untimed = Playhead { last_seq: Seq(78), ..Playhead::default() };
        let columns = [0, 39, 78].map(|it| column((Seq(it), Millis(0)), &untimed, 101));
        assert_eq!(columns, [0, 50, 100]);
    }
}
