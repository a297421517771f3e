//! What two of an audition changed, side by side; one above the other where there is no
//! room for that. What was done to the same lines stands beside each other.
//!
//! ```text
//! ▸ coder  done             2 files +40 −3│   smith  done           1 file +12 −0
//!  ▾ src/number.rs +12 −3         1 of 2  │ ▾ src/number.rs +12 −0         1 of 1
//!   12 - walk(door);                      │  12 - walk(door);
//!   12 + walk(door, twice);               │  12 + run(door);
//! ```

use super::{
    audition::stands,
    figures,
    ink::{self, Row},
    prose,
    scene::{Hit, Hits, Sight},
    sheet::{LINES, mark_hidden},
    status,
    zoom::changes::{draw_file, line, words},
};
use crate::{
    model::Agent,
    text::{Patch, PatchLine},
    ui::desk::{Pair, PairRow, SheetRow, all_of},
};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
};

/// From this width on the two stand beside each other.
const BESIDE: u16 = 100;

/// One of the two: what is shown of it, and where.
struct Side<'a> {
    agent: &'a Agent,
    head: Rect,
    body: Rect,
    /// What it changed; none while that is read, or where it can't be.
    patch: Option<&'a Patch>,
    measure: line::Measure<'a>,
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let pair = &sight.desk().pair;
    let Some(agents) = pair.agents else { return };
    let [Some(left), Some(right)] = agents.map(|it| sight.stage().agent(it)) else { return };
    let [one, other] = halves(buffer, area, sight);
    let nothing = Patch::default();
    // Both are laid out alike, to the column.
    let columns = one.width.min(other.width);
    let sides = [(0, left, one), (1, right, other)].map(|(side, agent, half)| {
        let patch = pair.outcome(side).and_then(|it| it.as_ref().ok());
        let measure = line::Measure::of(patch.unwrap_or(&nothing), columns, sight);
        let body = ink::lines(half, 1, half.height.saturating_sub(1));
        Side { agent, head: ink::lines(half, 0, 1), body, patch, measure }
    });
    for (at, side) in sides.iter().enumerate() {
        draw_head(buffer, side, sight);
        hits.add(side.head, Hit::Agent(side.agent.id));
        if let Some(text) = instead(pair, at, side.agent) {
            let place = ink::indent(side.body, 2);
            let lines = prose::plain(&text, place.width, sight.palette.dim);
            ink::draw_lines(buffer, place, &lines);
        }
    }
    let height = sides.iter().map(|it| it.body.height).min().unwrap_or(0);
    hits.shown.lines = usize::from(height.saturating_sub(1)).max(1);
    hits.shown.most = Some(pair.rows.len().saturating_sub(1));
    let shown = draw_rows(buffer, (pair, &sides, height), sight);
    let below = pair.rows.len().saturating_sub(shown);
    let [_, last] = &sides;
    mark_hidden(buffer, ink::lines(last.body, 0, height), (0, below as u64), LINES, sight);
}

/// Where each of them stands; what is between them is drawn.
fn halves(buffer: &mut Buffer, area: Rect, sight: Sight) -> [Rect; 2] {
    let border = sight.palette.border;
    if area.width < BESIDE {
        return Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    }
    let parts = [Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)];
    let [one, between, other] = Layout::horizontal(parts).areas(area);
    for line in 0..between.height {
        Row::new(buffer, between, line).put("│", border);
    }
    [one, other]
}

/// `▸ coder  done                2 files +40 −3`
fn draw_head(buffer: &mut Buffer, side: &Side, sight: Sight) {
    let palette = sight.palette;
    let has_focus = sight.has_focus(side.agent);
    buffer.set_style(side.head, palette.raised);
    let mut row = Row::new(buffer, side.head, 0);
    if let Some(patch) = side.patch {
        let files = figures::of(patch.files.len() as u64, "file", "files");
        row.put_right(&format!(" −{} ", figures::count(patch.removed())), palette.removed_sign, 20);
        row.put_right(&format!(" +{}", figures::count(patch.added())), palette.added_sign, 20);
        row.put_right(&files, palette.dim, 20);
    }
    row.put(if has_focus { "▸ " } else { "  " }, palette.key);
    let style = if has_focus { palette.selected } else { palette.strong };
    row.put(&side.agent.casting.name, style).skip(2);
    row.put(&stands(side.agent, sight), status::style(side.agent, sight));
}

/// What is said of one of them where nothing of it can be shown.
fn instead(pair: &Pair, side: usize, agent: &Agent) -> Option<String> {
    match pair.outcome(side) {
        _ if !agent.tree.as_ref().is_some_and(|it| it.is_kept()) => {
            Some("Where it works nothing is kept, so what it changed can't be told.".to_owned())
        }
        _ if all_of(agent).is_none() => {
            let yet = if agent.is_over() { "" } else { " yet" };
            Some(format!("It has changed nothing{yet}."))
        }
        None => Some("reading …".to_owned()),
        Some(Err(why)) => Some(why.clone()),
        Some(Ok(_)) => None,
    }
}

/// Draws the rows from the first in sight on, and says which is the first that is not.
fn draw_rows(
    buffer: &mut Buffer,
    (pair, sides, height): (&Pair, &[Side; 2], u16),
    sight: Sight,
) -> usize {
    let top = pair.top;
    // The name of the file stands above its lines, however far they go.
    let Some(name) = pair.file_above(top) else { return pair.rows.len() };
    let (mut row, mut down) = (top + usize::from(name == top), 0);
    down += draw_row(buffer, (pair, name), (sides, down), height, sight);
    while down < height && row < pair.rows.len() {
        down += draw_row(buffer, (pair, row), (sides, down), height, sight);
        row += 1;
    }
    row
}

/// Draws a row on both sides, and says how many lines it took.
fn draw_row(
    buffer: &mut Buffer,
    (pair, row): (&Pair, usize),
    (sides, down): (&[Side; 2], u16),
    height: u16,
    sight: Sight,
) -> u16 {
    let Some(row) = pair.rows.get(row) else { return 1 };
    let parts = row.iter().zip(sides);
    let taken = parts.clone().map(|(it, side)| side.height(*it)).max().unwrap_or(1).max(1);
    for (it, side) in parts {
        let place = ink::lines(side.body, down, taken.min(height.saturating_sub(down)));
        match it {
            Some(it) => side.draw(buffer, place, *it),
            None => side.draw_absent(buffer, place, *row, sight),
        }
    }
    taken
}

impl Side<'_> {
    fn line(&self, file: usize, hunk: usize, line: usize) -> Option<&PatchLine> {
        self.patch?.files.get(file)?.hunks.get(hunk)?.lines.get(line)
    }

    /// How many lines on the screen a row takes here.
    fn height(&self, row: Option<SheetRow>) -> u16 {
        let Some(SheetRow::Line(file, hunk, line)) = row else { return u16::from(row.is_some()) };
        let lines = self.line(file, hunk, line).map_or(1, |it| self.measure.height(it));
        u16::try_from(lines).unwrap_or(u16::MAX)
    }

    fn draw(&self, buffer: &mut Buffer, area: Rect, row: SheetRow) {
        let Some(patch) = self.patch else { return };
        let _taken = draw_sheet_row(buffer, area, (patch, row), &self.measure);
    }

    /// Where the other one has the name of a file, this one has left that as it was.
    fn draw_absent(&self, buffer: &mut Buffer, area: Rect, row: PairRow, sight: Sight) {
        let is_name = row.into_iter().flatten().any(|it| matches!(it, SheetRow::File(_)));
        if is_name && self.patch.is_some() {
            buffer.set_style(Rect { height: 1, ..area }, sight.palette.raised);
            Row::new(buffer, area, 0).skip(3).put("not changed here", sight.palette.dim);
        }
    }
}

/// Draws a row of a patch, and says how many lines it took.
pub(super) fn draw_sheet_row(
    buffer: &mut Buffer,
    area: Rect,
    (patch, row): (&Patch, SheetRow),
    measure: &line::Measure,
) -> u16 {
    let palette = measure.sight.palette;
    match row {
        SheetRow::File(file) => draw_file(buffer, area, (patch, file), measure.sight),
        SheetRow::Hunk(file, hunk) => {
            let hunk = patch.files.get(file).and_then(|it| it.hunks.get(hunk));
            let heading = hunk.map_or("", |it| &it.heading);
            Row::new(buffer, area, 0).skip(2).put("⋯ ", palette.hunk).put(heading, palette.hunk);
        }
        SheetRow::Note(_, note) => {
            Row::new(buffer, area, 0).skip(2).put(&words(note), palette.dim);
        }
        SheetRow::Line(file, hunk, number) => {
            let hunk = patch.files.get(file).and_then(|it| it.hunks.get(hunk));
            if let Some(it) = hunk.and_then(|it| it.lines.get(number)) {
                return line::draw(buffer, area, it, *measure);
            }
        }
        SheetRow::Blank(_) => {}
    }
    1
}
