//! The agent's log, to be read: from the journal where the desk has more of it
//! than the stage keeps.

use super::{
    super::{
        entry::{Measure, is_undone, struck, whole},
        ink::{self, Row},
        prose,
        scene::Sight,
    },
    ENTRIES, LINES, mark_hidden,
};
use crate::{
    model::{Agent, EntryKind, Log, Turn},
    ui::desk::{Scroll, Shown},
};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// The log that is read of an agent.
pub(in super::super) fn of<'a>(agent: &'a Agent, sight: Sight<'a>) -> &'a Log {
    let reading = sight.desk().reading.as_ref().filter(|it| it.agent == agent.id);
    reading.map_or(&agent.log, |it| &it.log)
}

/// Draws it, and says how many lines it takes.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    agent: &Agent,
    sight: Sight,
    shown: &mut Shown,
) -> u16 {
    let log = of(agent, sight);
    let height = usize::from(area.height);
    let Laid { lines, back, earlier, turn } = lay_out((log, agent), (area.width, height), sight);
    // Until the first entry is laid out nobody knows how far back it is.
    let furthest = lines.len().saturating_sub(height);
    shown.most = (earlier == 0).then_some(furthest);
    let back = back.min(furthest);
    shown.back = back;
    shown.turn = turn;
    let end = (back + height).min(lines.len());
    let hidden = lines.len().saturating_sub(end) as u64;
    let mut window: Vec<Line> = lines.into_iter().skip(back).take(height).collect();
    window.reverse();
    if let Some(search) = &sight.desk().search {
        for line in &mut window {
            prose::highlight(line, &search.text, sight.palette.found);
        }
    }
    ink::draw_lines(buffer, area, &window);
    let earlier = earlier as u64 + log.dropped();
    if earlier > 0 {
        mark_hidden(buffer, area, (earlier, 0), ENTRIES, sight);
    } else {
        mark_hidden(buffer, area, (hidden, 0), LINES, sight);
    }
    let taken = u16::try_from(window.len()).unwrap_or(area.height);
    // A card that stands right below leaves no room for more.
    let seen = if agent.requests.is_empty() { area } else { ink::lines(area, 0, taken) };
    draw_follow(buffer, seen, back, sight);
    taken
}

/// Says whether the end is in sight.
fn draw_follow(buffer: &mut Buffer, area: Rect, back: usize, sight: Sight) {
    if back > 0 {
        return mark_hidden(buffer, area, (0, back as u64), LINES, sight);
    }
    if sight.desk().scroll == Scroll::Follow && area.height > 1 {
        let mut row = Row::new(buffer, area, area.height - 1);
        let is_free = row.is_blank_from_right(10);
        if is_free {
            row.put_right(" following ", sight.palette.dim, 0);
        }
    }
}

/// Whether an entry is one of a row that reads better without gaps.
const fn is_short(kind: &EntryKind) -> bool {
    matches!(
        kind,
        EntryKind::Brief(_)
            | EntryKind::Tool { .. }
            | EntryKind::Direction { .. }
            | EntryKind::Note { .. }
            | EntryKind::Retry { .. }
    )
}

/// Lines of a log from its end back.
struct Laid {
    /// The last line first.
    lines: Vec<Line<'static>>,
    /// How many of them are out of sight below the window.
    back: usize,
    /// How many entries before them are not laid out.
    earlier: usize,
    /// The turn of the first entry that is.
    turn: Option<Turn>,
}

/// Lays entries out from the last one back, until the window is full.
fn lay_out((log, agent): (&Log, &Agent), (columns, height): (u16, usize), sight: Sight) -> Laid {
    let mut back = match sight.desk().scroll {
        Scroll::Follow | Scroll::At(_) => 0,
        Scroll::Back(lines) => lines,
    };
    let mut wanted = match sight.desk().scroll {
        Scroll::At(seq) => Some(seq),
        Scroll::Follow | Scroll::Back(_) => None,
    };
    // What is frozen grows no older.
    let now = agent.frozen.unwrap_or(sight.now());
    let measure = Measure { palette: sight.palette, columns, now, lines: None };
    let mut lines: Vec<Line> = Vec::with_capacity(height);
    let mut entries = log.entries().rev();
    let mut turn = None;
    for entry in entries.by_ref() {
        turn = Some(entry.turn);
        let mut laid = whole(entry, sight.desk().unfolded, measure);
        if is_undone(entry, agent) {
            struck(&mut laid, sight.palette);
        }
        let has_gap = !laid.is_empty() && !is_short(&entry.kind);
        lines.extend(laid.into_iter().rev());
        if has_gap {
            lines.push(Line::default());
        }
        if wanted.is_some_and(|seq| entry.seq <= seq) {
            wanted = None;
            // The entry stands a third from the top.
            back = lines.len().saturating_sub(height * 2 / 3);
        }
        if wanted.is_none() && lines.len() >= height.saturating_add(back) {
            break;
        }
    }
    Laid { lines, back, earlier: entries.len(), turn }
}
