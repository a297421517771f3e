//! What of a terminal has changed since the whole screen was drawn: a key that is
//! typed is answered in a row or two, and these are drawn by themselves.

use super::{
    palette::Palette,
    plain,
    scene::{Hit, Hits, Scene},
    terminal,
};
use crate::{
    model::AgentId,
    text::terminal::{Emulator, Row},
    ui::desk::Scroll,
};
use ratatui::{
    buffer::{Buffer, Cell, CellDiffOption},
    layout::{Position, Rect},
};

/// The rows of a terminal, as they stand on the screen.
#[derive(Debug)]
pub struct Answer {
    agent: AgentId,
    area: Rect,
    rows: Vec<Row>,
    cursor: Option<Position>,
    /// What was drawn since the whole screen was, which knows nothing of it.
    drawn: Vec<Position>,
}

impl Answer {
    /// The rows of the terminal that is typed into, just drawn in this scene; none
    /// where none is, or what has left its screen is looked at.
    pub fn of(scene: &Scene, hits: &Hits) -> Option<Self> {
        let desk = scene.desk;
        let agent = desk.focus.filter(|_| desk.is_typing && desk.scroll == Scroll::Follow)?;
        let screen = scene.screens?.of(agent)?;
        let area = hits.area_of(Hit::Terminal)?;
        let (rows, cursor) = (rows(area, screen), terminal::cursor(area, screen));
        Some(Self { agent, area, rows, cursor, drawn: Vec::new() })
    }

    /// What looks otherwise now, cell by cell; from here on it counts as drawn.
    pub fn changes(&mut self, scene: &Scene) -> Vec<(Position, Cell)> {
        let Some(screen) = scene.screens.and_then(|it| it.of(self.agent)) else {
            return Vec::new();
        };
        let (rows, cursor) = (rows(self.area, screen), terminal::cursor(self.area, screen));
        let palette = Palette::of(scene.theme);
        let mut changes = Vec::new();
        for ((line, before), after) in (self.area.y..).zip(&self.rows).zip(&rows) {
            let area = Rect { y: line, height: 1, ..self.area };
            let on_line = |cursor: Option<Position>| cursor.filter(|it| it.y == line);
            if before == after && on_line(self.cursor) == on_line(cursor) {
                continue;
            }
            let [old, new] = [(before, self.cursor), (after, cursor)].map(|(row, cursor)| {
                let mut buffer = Buffer::empty(area);
                buffer.set_style(area, palette.ground);
                terminal::draw_row(&mut buffer, area, row, (scene.theme, &palette));
                terminal::draw_cursor(&mut buffer, on_line(cursor));
                if scene.desk.is_plain {
                    plain::spell(&mut buffer);
                }
                buffer
            });
            let cells = old.diff(&new).into_iter();
            changes.extend(cells.map(|(x, y, cell)| (Position { x, y }, cell.clone())));
        }
        (self.rows, self.cursor) = (rows, cursor);
        self.note(&changes);
        changes
    }

    /// Notes where they are drawn, with the column that a wide character covers.
    fn note(&mut self, changes: &[(Position, Cell)]) {
        for (place, _) in changes {
            self.drawn.extend([*place, Position { x: place.x + 1, ..*place }]);
        }
        self.drawn.sort_unstable_by_key(|it| (it.y, it.x));
        self.drawn.dedup();
    }

    /// Has all that was drawn since the last whole screen drawn again with this one.
    pub fn draw_over(&self, buffer: &mut Buffer) {
        for place in &self.drawn {
            if let Some(cell) = buffer.cell_mut(*place) {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
        }
    }
}

fn rows(area: Rect, screen: &Emulator) -> Vec<Row> {
    let top = terminal::top(area, screen, 0);
    (top..).take(area.height.into()).map(|it| screen.row(it).into_owned()).collect()
}
