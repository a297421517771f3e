//! Tables: columns where they fit, and where they do not, one line a cell with
//! its column's name.

use crate::text::{
    styled::{Line, Look},
    wrap::wrap,
};
use pulldown_cmark::Alignment;

/// A column is no narrower than this while others are wider.
const NARROWEST: usize = 8;
const BETWEEN: &str = " │ ";

/// A table while it is read; its first row is the head.
pub(super) struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Line>>,
    row: Vec<Line>,
}

impl Table {
    pub(super) fn new(alignments: Vec<Alignment>) -> Self {
        Self { alignments, rows: Vec::new(), row: Vec::new() }
    }

    pub(super) fn add(&mut self, cell: Line) {
        self.row.push(cell);
    }

    pub(super) fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    pub(super) fn lines(&self, cells: usize) -> Vec<Line> {
        match self.columns(cells) {
            Some(columns) => self.grid(&columns),
            None => self.records(cells),
        }
    }

    /// The width of each column: what it needs, the widest ones narrowed until all
    /// fit. None if they cannot.
    fn columns(&self, cells: usize) -> Option<Vec<usize>> {
        let count = self.alignments.len();
        let widest = |column| {
            let cells = self.rows.iter().filter_map(|row: &Vec<Line>| row.get(column));
            cells.map(Line::width).max().unwrap_or(0).max(1)
        };
        let mut columns: Vec<usize> = (0..count).map(widest).collect();
        let room = cells.checked_sub(count.saturating_sub(1) * 3)?;
        loop {
            let over = columns.iter().sum::<usize>().saturating_sub(room);
            if over == 0 {
                return Some(columns);
            }
            let widest = columns.iter_mut().max()?;
            if *widest <= NARROWEST {
                return None;
            }
            // By large steps first: a cell may hold a whole page.
            *widest = (*widest - (over / count).max(1)).max(NARROWEST);
        }
    }

    fn grid(&self, columns: &[usize]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            let empty = Line::default();
            let cells: Vec<Vec<Line>> = (columns.iter().enumerate())
                .map(|(at, width)| wrap(row.get(at).unwrap_or(&empty), *width))
                .collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            lines.extend((0..height).map(|at| self.grid_line(columns, &cells, at)));
            if number == 0 {
                let dashes: Vec<_> = columns.iter().map(|width| "─".repeat(*width)).collect();
                lines.push(Line::of(dashes.join("─┼─"), Look::Rule));
            }
        }
        lines
    }

    fn grid_line(&self, columns: &[usize], cells: &[Vec<Line>], at: usize) -> Line {
        let mut line = Line::default();
        for (column, width) in columns.iter().enumerate() {
            if column > 0 {
                line.push(BETWEEN, Look::Rule);
            }
            let empty = Line::default();
            let cell = cells.get(column).and_then(|cell| cell.get(at)).unwrap_or(&empty);
            let spare = width.saturating_sub(cell.width());
            let left = match self.alignments.get(column) {
                Some(Alignment::Right) => spare,
                Some(Alignment::Center) => spare / 2,
                _ => 0,
            };
            line.push(&" ".repeat(left), Look::Plain);
            line.append(cell);
            if column + 1 < columns.len() {
                line.push(&" ".repeat(spare - left), Look::Plain);
            }
        }
        line
    }

    fn records(&self, cells: usize) -> Vec<Line> {
        let Some((head, rows)) = self.rows.split_first() else { return Vec::new() };
        let mut lines = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            if number > 0 {
                lines.push(Line::of("─".repeat(cells.min(8)), Look::Rule));
            }
            for (name, cell) in head.iter().zip(row) {
                let mut line = name.clone();
                line.push(": ", Look::TableHead);
                line.append(cell);
                lines.extend(wrap(&line, cells));
            }
        }
        if rows.is_empty() {
            lines.extend(head.iter().flat_map(|name| wrap(name, cells)));
        }
        lines
    }
}
