//! Former sessions: a line for each; or what was found in them, under their names.
//!
//! ```text
//!  "parser": 3 hits in 2 sessions
//! ▸ 2026-11-28 10:12  Port the parser
//!     scout said 0:42  …Now I will look at the parser: it splits lines…
//! ```

use super::{
    figures,
    ink::{self, Row, width},
    prose,
    scene::{Hit, Hits, Sight},
    status,
};
use crate::{
    history::{Card, Hit as Found, Kind},
    model::Status,
    ui::{
        desk::PastLine,
        keys::{Act, Context},
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

/// From these widths on a line says more than when, what and how it came out.
const WIDE: u16 = 100;
const WIDER: u16 = 130;
/// The least that a title keeps.
const TITLE: u16 = 16;
/// How wide who said something is shown.
const WHO: u16 = 28;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let past = &sight.desk().past;
    let lines = past.lines();
    draw_count(buffer, ink::lines(area, 0, 1), &lines, sight);
    let list = ink::lines(area, 1, area.height.saturating_sub(1));
    let (height, at) = (usize::from(list.height), past.marked());
    hits.shown.lines = height;
    let start = at.saturating_sub(height / 2).min(lines.len().saturating_sub(height));
    for (line, (place, it)) in (0..list.height).zip(lines.iter().enumerate().skip(start)) {
        let area = ink::lines(list, line, 1);
        let mut row = Row::new(buffer, area, 0);
        let is_marked = place == at;
        row.put(if is_marked { "▸ " } else { "  " }, sight.palette.key);
        match it {
            PastLine::Card(card) => {
                draw_mark(&mut row, sight.desk().versus.waits_with(&card.journal), sight);
                draw_card(&mut row, (card, is_marked), area.width, sight);
            }
            PastLine::Heading(hit) => draw_heading(&mut row, (hit, is_marked), sight),
            PastLine::Hit(hit) => draw_hit(&mut row, (hit, is_marked), sight),
        }
        hits.add(area, Hit::Past(place));
    }
    let below = lines.len().saturating_sub(start + height);
    draw_hidden(buffer, ink::lines(area, 0, 1), (start as u64, below as u64), sight);
}

/// How much is out of sight, over the list: no line of it is covered.
fn draw_hidden(buffer: &mut Buffer, area: Rect, (above, below): (u64, u64), sight: Sight) {
    let told = |mark: &str, count: u64| match count {
        0 => String::new(),
        count => format!(" {mark} {}", figures::count(count)),
    };
    let text = format!("{}{} ", told("↑", above), told("↓", below));
    if text != " " {
        Row::new(buffer, area, 0).put_right(&text, sight.palette.chip_quiet, 0);
    }
}

/// What says that a session waits for another to be held against it.
fn draw_mark(row: &mut Row, waits: bool, sight: Sight) {
    if waits {
        row.put("◆ ", sight.palette.need);
    }
}

/// How many sessions there are, or how much was found in how many.
fn draw_count(buffer: &mut Buffer, area: Rect, lines: &[PastLine], sight: Sight) {
    let (past, palette) = (&sight.desk().past, sight.palette);
    let mut row = Row::new(buffer, ink::indent(area, 2), 0);
    let place = if past.is_all { "in all projects" } else { "in this project" };
    let sessions = lines.iter().filter(|it| !matches!(it, PastLine::Hit(_))).count() as u64;
    let sessions = figures::of(sessions, "session", "sessions");
    if past.search.trim().is_empty() {
        row.put(&format!("{sessions} {place}"), palette.dim);
        let keys = sight.desk().keymap.keys_for(Context::Past, Act::Search);
        if let Some(key) = keys.first() {
            row.put("; ", palette.dim).put(key, palette.key);
            row.put(" finds whatever was said, run or changed", palette.dim);
        }
    } else {
        let found = figures::of(past.hits.len() as u64, "hit", "hits");
        row.put(&format!("{:?}", past.search.trim()), palette.strong);
        let more = if past.has_more { " and more" } else { "" };
        if let Some(strange) = &past.strange {
            row.put("; ", palette.dim).put(strange, palette.warning);
        }
        row.put(&format!(": {found}{more} in {sessions} {place}"), palette.dim);
    }
    if past.is_reading {
        row.put("; more is being looked for", palette.dim);
    }
}

fn minute(opened: &str) -> String {
    opened.get(..16).unwrap_or(opened).replace('T', " ")
}

fn name<'a>(title: &'a str, project: &'a str) -> &'a str {
    let folder = || project.rsplit('/').find(|it| !it.is_empty()).unwrap_or("?");
    if title.is_empty() { folder() } else { title }
}

fn draw_card(row: &mut Row, (card, is_marked): (&Card, bool), columns: u16, sight: Sight) {
    let palette = sight.palette;
    let it = &card.account;
    row.put(&minute(&card.opened), palette.dim).skip(2);
    row.put_right(" ", palette.text, TITLE);
    row.put_right(&format!("{:>8}", figures::cost(it.cost)), palette.money, TITLE);
    if columns >= WIDE {
        let directions = match it.directions {
            0 => String::new(),
            count => figures::of(count.into(), "direction", "directions"),
        };
        row.put_right(&format!("{directions:>15}  "), palette.direction, TITLE);
    }
    // What failed is said however narrow it is.
    if columns >= WIDER || it.checks.1 > 0 {
        let checks = match it.checks {
            (0, 0) => String::new(),
            (held, failed) => format!("{held} of {} checks", held + failed),
        };
        let style = if it.checks.1 > 0 { palette.warning } else { palette.ok };
        row.put_right(&format!("{checks:>15}  "), style, TITLE);
    }
    for (status, count) in it.outcomes.iter().rev() {
        let is_cut = card.is_cut_off(*status);
        let text = format!("{}{} ", status::glyph(*status), figures::count((*count).into()));
        let style = if is_cut { palette.dim } else { palette.status(*status) };
        row.put_right(&text, style, TITLE);
    }
    for (name, play) in &it.plays {
        row.put_right(&format!("{} {play}  ", prose::cut(name, 20)), palette.dim, TITLE);
    }
    if card.is_running {
        row.put_right(" at work ", palette.status(Status::Running), TITLE);
    }
    let tags = card.label.tags.iter().map(|it| format!(" #{it}")).collect::<Vec<_>>().concat();
    row.put_right(&format!("{tags}  "), palette.accent, TITLE);
    let style = if is_marked { palette.selected } else { palette.strong };
    let room = row.room().saturating_sub(1);
    row.put(&prose::cut(name(card.title(), &card.project), room), style);
}

fn draw_heading(row: &mut Row, (hit, is_marked): (&Found, bool), sight: Sight) {
    let palette = sight.palette;
    row.put(&minute(&hit.opened), palette.dim).skip(2);
    let style = if is_marked { palette.selected } else { palette.heading };
    row.put(name(&hit.title, &hit.project), style);
    if sight.desk().past.is_all {
        row.skip(2).put(&hit.project, palette.dim);
    }
}

fn draw_hit(row: &mut Row, (hit, is_marked): (&Found, bool), sight: Sight) {
    let palette = sight.palette;
    let who = hit.who.as_ref().map_or_else(String::new, |it| format!("{} ", it.name));
    let at = if hit.kind == Kind::Session { String::new() } else { format!(" {}", hit.at) };
    let head = prose::cut(&format!("{who}{}{at}", hit.kind.name()), WHO).into_owned();
    let start = row.column();
    row.skip(2).put(&head, if is_marked { palette.selected } else { palette.dim });
    let used = row.column().saturating_sub(start);
    row.skip((WHO + 4).saturating_sub(used).min(row.room() / 4).max(2));
    let (text, mut at) = (&hit.excerpt.text, 0);
    let part = |range| text.get(range).unwrap_or_default();
    // What was found is in sight, also where the line is short.
    let first = hit.excerpt.marks.first().map_or(0, |it| it.start);
    if let Some(mark) = hit.excerpt.marks.first()
        && width(part(0..mark.end)) > row.room()
    {
        row.put("…", palette.dim);
        at = first;
    }
    for mark in hit.excerpt.marks.iter().filter(|it| it.start >= first) {
        row.put(part(at..mark.start), palette.text);
        row.put(part(mark.clone()), palette.found);
        at = mark.end;
    }
    row.put(part(at..text.len()), palette.text);
}
