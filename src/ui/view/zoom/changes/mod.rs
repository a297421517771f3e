//! What the agent changed: since when, which files, which lines.
//!
//! ```text
//!  start   last look   turn 4 of 9                  3 files +120 −14
//! ▾ src/main.rs  +10 −2                                       1 of 3
//!   ⋯ fn main() {
//!    12      let door = open();
//! ▌  13    - walk(door);
//!       13 + walk(door, twice);
//! ```

pub(in crate::ui::view) mod line;
mod list;

use super::{
    super::{
        figures,
        ink::{self, Row},
        prose,
        scene::Sight,
    },
    LINES, files, mark_hidden,
};
use crate::{
    model::{Agent, EntryKind, Millis},
    text::{Fate, FilePatch, Patch},
    ui::desk::{Sheet, SheetNote, SheetRow, Shown, Span, turns},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span as Piece},
};

/// From this width on the files are listed beside the lines.
const WIDE: u16 = 110;
/// How wide that list is.
const LIST: u16 = 34;

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    agent: &Agent,
    sight: Sight,
    shown: &mut Shown,
) {
    if !agent.tree.as_ref().is_some_and(|it| it.is_kept()) {
        return draw_tallies(buffer, area, agent, sight, shown);
    }
    let changes = &sight.desk().changes;
    draw_spans(buffer, area, agent, sight);
    let since = written_since(agent, sight);
    let below = u16::from(since.is_some());
    if let Some(words) = since {
        let words = prose::cut(&words, area.width);
        Row::new(buffer, area, area.height.saturating_sub(1)).put(&words, sight.palette.warning);
    }
    let body = ink::lines(area, 1, area.height.saturating_sub(1 + below));
    shown.lines = usize::from(body.height.saturating_sub(1)).max(1);
    shown.most = Some(0);
    let sheet = changes.sheet.as_ref().filter(|it| it.wish.agent == agent.id);
    if let Some(words) = nothing(agent, sight) {
        let lines = prose::plain(&words, body.width, sight.palette.dim);
        return ink::draw_lines(buffer, ink::lines(body, 1, body.height), &lines);
    }
    let Some(sheet) = sheet else { return };
    match &sheet.outcome {
        Err(why) => {
            let lines = prose::plain(why, body.width, sight.palette.warning);
            ink::draw_lines(buffer, ink::lines(body, 1, body.height), &lines);
        }
        Ok(patch) => draw_patch(buffer, body, (sheet, patch), sight, shown),
    }
}

/// What tools have written since the last checkpoint: that is not shown yet.
fn written_since(agent: &Agent, sight: Sight) -> Option<String> {
    let last = agent.checkpoints.last().map_or(Millis(0), |it| it.at);
    let mut files: Vec<&str> = Vec::new();
    for entry in super::log_of(agent, sight).entries().filter(|it| it.at > last) {
        if let EntryKind::Tool { changes, .. } = &entry.kind {
            files.extend(changes.iter().map(|it| it.path.as_str()));
        }
    }
    files.sort_unstable();
    files.dedup();
    let kept = agent.checkpoints.last().map_or(0, |it| it.turn.0);
    let when = if kept == 0 { "as it began".to_owned() } else { format!("as after turn {kept}") };
    let written = !files.is_empty();
    written.then(|| {
        format!("{when}; written since, and kept when the turn is over: {}", files.join(", "))
    })
}

/// Where nothing is kept there are only the figures that its tools told.
fn draw_tallies(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight, shown: &mut Shown) {
    let mut lines = files::lines(agent, area.width, sight);
    if !agent.files.is_empty() {
        let words = "Where an agent works, no checkpoints are kept: these are the figures that \
                     its tools told. In a git project it can have a worktree of its own.";
        lines.push(Line::default());
        lines.extend(prose::plain(words, area.width, sight.palette.dim));
    }
    super::draw_sheet(buffer, area, &lines, sight, shown);
}

/// What is said where there is nothing to show.
fn nothing(agent: &Agent, sight: Sight) -> Option<String> {
    let (changes, sheet) = (&sight.desk().changes, sight.desk().changes.sheet.as_ref());
    if let Span::Mark(at) = changes.span
        && sight.now() < at
    {
        return Some(format!("The mark at {at} is still to come: this is before it."));
    }
    if turns(agent).next().is_none() {
        return Some("It has changed nothing yet.".to_owned());
    }
    if changes.is_all_seen(agent) {
        let turn = || changes.last_look(agent).map(|it| format!(", at turn {}", it.turn));
        let since = match changes.span {
            Span::Look => format!("since you last looked{}", turn().unwrap_or_default()),
            Span::Mark(at) => format!("since the mark at {at}"),
            Span::Start => "since it began".to_owned(),
            Span::Turn => "in this turn".to_owned(),
        };
        return Some(format!("Nothing has changed {since}."));
    }
    match sheet {
        None => Some("reading …".to_owned()),
        Some(sheet) if sheet.patch().is_some_and(|it| it.files.is_empty()) => {
            Some("All is as it was: what was changed has been changed back.".to_owned())
        }
        Some(_) => None,
    }
}

/// The tab's own line: since when, and how much.
fn draw_spans(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight) {
    let (palette, changes) = (sight.palette, &sight.desk().changes);
    let mut row = Row::new(buffer, area, 0);
    let look = match changes.last_look(agent) {
        Some(it) if it.turn.0 > 0 => format!(" last look, turn {} ", it.turn),
        _ => " last look ".to_owned(),
    };
    let all = turns(agent).count();
    let turn = match changes.turn_of(agent) {
        Some(it) => {
            let place = turns(agent).take_while(|other| other.turn <= it.turn).count();
            format!(" turn {}, {place} of {all} ", it.turn)
        }
        None => " one turn ".to_owned(),
    };
    let mut spans =
        vec![(Span::Start, " start ".to_owned()), (Span::Look, look), (Span::Turn, turn)];
    let marked = match changes.span {
        Span::Mark(at) => Some(at),
        _ => sight.desk().marked_before(),
    };
    spans.extend(marked.map(|at| (Span::Mark(at), format!(" ⚑ {at} "))));
    row.put("since", palette.dim).skip(1);
    for (span, words) in &spans {
        let style = if *span == changes.span { palette.chip_quiet } else { palette.dim };
        row.put(words, style);
    }
    // What is counted is what is shown below.
    let shown = changes.sheet.as_ref().filter(|_| nothing(agent, sight).is_none());
    if let Some(patch) = shown.and_then(Sheet::patch) {
        row.put_right(&format!(" −{}", figures::count(patch.removed())), palette.removed_sign, 0);
        row.put_right(&format!(" +{}", figures::count(patch.added())), palette.added_sign, 0);
        row.put_right(&figures::of(patch.files.len() as u64, "file", "files"), palette.dim, 1);
    }
}

fn draw_patch(
    buffer: &mut Buffer,
    area: Rect,
    (sheet, patch): (&Sheet, &Patch),
    sight: Sight,
    shown: &mut Shown,
) {
    let is_wide = area.width >= WIDE && patch.files.len() > 1;
    let beside = if is_wide { LIST } else { 0 };
    let lines = ink::indent(area, beside);
    let measure = line::Measure::of(patch, lines.width, sight);
    let height = usize::from(lines.height.saturating_sub(1));
    let place = sight.desk().changes.place;
    let top = first_in_sight(sheet, (place, sight.desk().changes.top), height, measure);
    shown.top = top;
    shown.most = Some(sheet.rows.len().saturating_sub(1));
    if is_wide {
        let list = Rect { width: beside - 1, ..area };
        list::draw(buffer, list, (patch, sheet.rows.get(place).map_or(0, |it| it.file())), sight);
    }
    // The name of the file stands above its lines, however far they go.
    let Some(first) = sheet.rows.get(top) else { return };
    let is_name = matches!(first, SheetRow::File(_));
    draw_row(buffer, ink::lines(lines, 0, 1), (sheet, top, SheetRow::File(first.file())), measure);
    let mut down = 1;
    for row in top + usize::from(is_name)..sheet.rows.len() {
        if down >= lines.height {
            break;
        }
        let rest = ink::lines(lines, down, lines.height - down);
        let Some(it) = sheet.rows.get(row) else { break };
        down = down.saturating_add(draw_row(buffer, rest, (sheet, row, *it), measure));
    }
    let below = sheet.rows.len().saturating_sub(top + height);
    mark_hidden(
        buffer,
        lines,
        (0, if down < lines.height { 0 } else { below as u64 }),
        LINES,
        sight,
    );
}

/// The first row in sight: that of before, unless the row that the keys are on
/// would be out of sight.
fn first_in_sight(
    sheet: &Sheet,
    (place, top): (usize, usize),
    height: usize,
    measure: line::Measure,
) -> usize {
    if place <= top {
        return place;
    }
    let mut room = height;
    let mut first = place;
    while first > top {
        let taken = sheet.line(first).map_or(1, |it| measure.height(it));
        if taken > room {
            return (first + 1).min(place);
        }
        room -= taken;
        first -= 1;
    }
    top
}

/// Draws a row, and says how many lines it took.
fn draw_row(
    buffer: &mut Buffer,
    area: Rect,
    (sheet, row, what): (&Sheet, usize, SheetRow),
    measure: line::Measure,
) -> u16 {
    let palette = measure.sight.palette;
    let is_here = row == measure.sight.desk().changes.place && sheet.rows.get(row) == Some(&what);
    let taken = match (what, sheet.patch()) {
        (SheetRow::File(file), Some(patch)) => {
            draw_file(buffer, area, (patch, file), measure.sight);
            1
        }
        (SheetRow::Hunk(file, hunk), Some(patch)) => {
            let hunk = patch.files.get(file).and_then(|it| it.hunks.get(hunk));
            let heading = hunk.map_or("", |it| &it.heading);
            Row::new(buffer, area, 0).skip(2).put("⋯ ", palette.hunk).put(heading, palette.hunk);
            1
        }
        (SheetRow::Note(_, note), _) => {
            Row::new(buffer, area, 0).skip(2).put(&words(note), palette.dim);
            1
        }
        (SheetRow::Line(..), _) => match sheet.line(row) {
            Some(line) => line::draw(buffer, area, line, measure),
            None => 1,
        },
        _ => 1,
    };
    if is_here {
        Row::new(buffer, area, 0).put("▌", palette.accent);
    }
    taken
}

/// What is said of a file instead of its lines.
pub(in crate::ui::view) fn words(note: SheetNote) -> String {
    match note {
        SheetNote::Binary => "not text".to_owned(),
        SheetNote::Same => "what it holds is the same".to_owned(),
        SheetNote::LeftOut(lines) => {
            format!("… {} more are not shown", figures::of(lines.into(), "line", "lines"))
        }
    }
}

/// `▾ src/main.rs  renamed from src/door.rs  +10 −2                1 of 3`
pub(in crate::ui::view) fn draw_file(
    buffer: &mut Buffer,
    area: Rect,
    (patch, at): (&Patch, usize),
    sight: Sight,
) {
    let palette = sight.palette;
    let Some(file) = patch.files.get(at) else { return };
    buffer.set_style(Rect { height: 1, ..area }, palette.raised);
    let mut row = Row::new(buffer, area, 0);
    let is_folded = sight.desk().changes.folded.contains(&file.path);
    row.skip(1).put(if is_folded { "▸ " } else { "▾ " }, palette.dim);
    let of = format!("{} of {} ", at + 1, patch.files.len());
    row.put_right(&of, palette.dim, 30);
    let counts = format!(" +{} −{}", file.added, file.removed);
    let most = row.room().saturating_sub(ink::width(&counts)).max(8);
    row.put(&prose::cut(&file.path, most), palette.strong);
    draw_counts(&mut row, file, sight);
    let mut about = fate(file);
    if let Some((before, after)) = &file.mode {
        about = format!("{about}  mode {before} → {after}");
    }
    row.put(about.trim_end(), palette.dim);
}

fn draw_counts(row: &mut Row, file: &FilePatch, sight: Sight) {
    let palette = sight.palette;
    if file.is_binary {
        return;
    }
    row.put(&format!(" +{}", figures::count(file.added.into())), palette.added_sign);
    row.put(&format!(" −{}", figures::count(file.removed.into())), palette.removed_sign);
}

fn fate(file: &FilePatch) -> String {
    let was = file.was.as_deref().unwrap_or_default();
    match file.fate {
        Fate::Changed => String::new(),
        Fate::Added => "  new".to_owned(),
        Fate::Removed => "  deleted".to_owned(),
        Fate::Renamed => format!("  renamed from {was}"),
        Fate::Copied => format!("  copied from {was}"),
    }
}

fn piece(text: &str, style: Style) -> Piece<'static> {
    Piece::styled(text.to_owned(), style)
}
