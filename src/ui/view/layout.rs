//! Where panes stand: a grid that fits itself to the screen and the number of
//! agents.

use crate::{config::StageLayout, ui::desk::Shares};
use ratatui::layout::Rect;

/// Below this a pane says too little to be worth its frame.
const LEAST: (u16, u16) = (38, 7);
/// A strip beside something is at least so wide.
const STRIP_WIDTH: u16 = 20;
/// Below so many lines one of a strip does.
const STRIP: u16 = 5;

/// How panes are laid out: so many columns and rows on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Panes side by side.
    pub columns: u16,
    /// Panes one above the other.
    pub rows: u16,
    /// How many agents there are on all pages.
    pub count: usize,
}

impl Grid {
    /// The grid for so many agents in an area, laid out so. One that has the keys and a
    /// strip beside it are all on one page.
    pub fn of(layout: StageLayout, area: Rect, count: usize) -> Self {
        let many = |most: u16| u16::try_from(count).unwrap_or(u16::MAX).clamp(1, most.max(1));
        let (columns, rows) = match layout {
            StageLayout::Grid => return Self::fit(area, count),
            StageLayout::Columns => (many(area.width / LEAST.0), 1),
            StageLayout::Focus => (1, many(u16::MAX)),
            StageLayout::Single => (1, 1),
        };
        Self { columns, rows, count }
    }

    /// The grid for so many agents in an area: as few pages as panes of a
    /// sensible size allow, then the shape whose panes are nearest to the
    /// proportion in which a log reads well.
    pub fn fit(area: Rect, count: usize) -> Self {
        let (least_width, least_height) = LEAST;
        let most_columns = (area.width / least_width).max(1);
        let most_rows = (area.height / least_height).max(1);
        let room = usize::from(most_columns) * usize::from(most_rows);
        let wanted = u16::try_from(count.min(room)).unwrap_or(u16::MAX).max(1);
        let shapes = (1..=most_columns.min(wanted)).filter_map(|columns| {
            let rows = wanted.div_ceil(columns);
            (rows <= most_rows).then_some((columns, rows))
        });
        let best = shapes.min_by_key(|&(columns, rows)| {
            let empty = u32::from(columns) * u32::from(rows) - u32::from(wanted);
            let pane = (u32::from(area.width / columns), u32::from(area.height / rows));
            unlikeness(pane) + empty * 4
        });
        let (columns, rows) = best.unwrap_or((1, 1));
        Self { columns, rows, count }
    }

    /// How many panes a page has.
    pub const fn per_page(self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// How many pages there are; at least one.
    pub fn pages(self) -> usize {
        self.count.div_ceil(self.per_page()).max(1)
    }

    /// The page on which the agent at that place of the order stands.
    pub const fn page_of(self, place: usize) -> usize {
        place / self.per_page()
    }

    /// How many panes a page has, row by row.
    pub fn in_rows(self, page: usize) -> impl Iterator<Item = usize> {
        let first = page * self.per_page();
        let here = self.count.saturating_sub(first).min(self.per_page());
        let columns = usize::from(self.columns);
        (0..here.div_ceil(columns)).map(move |row| columns.min(here - row * columns))
    }

    /// The areas of the panes of one page, in reading order, in the proportions that were
    /// chosen, else equal ones. A last row that is not full shares its width among those
    /// that are there.
    pub fn panes(self, area: Rect, page: usize, shares: &Shares) -> Vec<Rect> {
        let rows: Vec<usize> = self.in_rows(page).collect();
        let heights = shares.parts(false, (area.y, area.height), rows.len());
        let mut panes = Vec::with_capacity(self.per_page());
        for (in_row, (y, height)) in rows.into_iter().zip(heights) {
            let widths = shares.parts(true, (area.x, area.width), in_row);
            panes.extend(widths.into_iter().map(|(x, width)| Rect { x, y, width, height }));
        }
        panes
    }
}

/// How badly a pane of that size reads. Lines of less than 56 columns break too
/// often, fewer than 16 of them say too little; past that, three columns to a
/// line are a good shape.
fn unlikeness((width, height): (u32, u32)) -> u32 {
    let narrow = 56_u32.saturating_sub(width);
    let low = 16_u32.saturating_sub(height) * 3;
    narrow + low + width.abs_diff(height * 3) / 4
}

/// Whether the strip stands beside the one that has the keys, and not below it.
pub(super) const fn stands_beside(area: Rect) -> bool {
    area.width >= 2 * LEAST.0 + 24
}

/// The room of the one that has the keys, and that of the strip with so many others:
/// beside it on a wide screen, else below it. The strip takes so many hundredths, where
/// somebody has said how many.
pub(super) fn focus_and_strip(area: Rect, others: usize, share: Option<u16>) -> (Rect, Rect) {
    if others == 0 {
        return (area, Rect::ZERO);
    }
    let of = |length: u16, share: u16| length / 100 * share + length % 100 * share / 100;
    if stands_beside(area) {
        let wide = match share {
            Some(share) => of(area.width, share).clamp(STRIP_WIDTH, area.width - LEAST.0),
            None => (area.width / 3).clamp(LEAST.0, 60),
        };
        let x = area.x + area.width - wide;
        return (Rect { width: area.width - wide, ..area }, Rect { x, width: wide, ..area });
    }
    let high = match share {
        Some(share) => of(area.height, share).clamp(1, area.height.saturating_sub(LEAST.1).max(1)),
        None => u16::try_from(others).unwrap_or(u16::MAX).min(area.height / 3),
    };
    let y = area.y + area.height - high;
    (Rect { height: area.height - high, ..area }, Rect { y, height: high, ..area })
}

/// The areas of so many panes of a strip, one below the other; none where each would be too
/// low to say anything.
pub(super) fn stacked(area: Rect, count: usize) -> Vec<Rect> {
    if count == 0 || usize::from(area.height) / count < usize::from(STRIP) {
        return Vec::new();
    }
    let rows = parts(area.y, area.height, count);
    rows.map(|(y, height)| Rect { y, height, ..area }).collect()
}

/// Cuts a stretch into parts as equal as can be: starts and lengths.
fn parts(start: u16, length: u16, count: usize) -> impl Iterator<Item = (u16, u16)> {
    let count = u32::try_from(count).unwrap_or(1).max(1);
    let edge = move |index: u32| {
        let at = u64::from(length) * u64::from(index) / u64::from(count);
        u16::try_from(at).unwrap_or(length)
    };
    (0..count).map(move |index| (start + edge(index), edge(index + 1) - edge(index)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn equal() -> Shares {
        Shares::default()
    }

    fn shape(width: u16, height: u16, count: usize) -> (u16, u16) {
        let grid = Grid::fit(Rect::new(0, 0, width, height), count);
        (grid.columns, grid.rows)
    }

    #[test]
    fn one_agent_fills_two_stand_side_by_side_six_make_a_block() {
        assert_eq!(shape(120, 32, 1), (1, 1));
        assert_eq!(shape(120, 32, 2), (2, 1));
        assert_eq!(shape(200, 56, 6), (3, 2));
        assert_eq!(shape(120, 32, 6), (3, 2));
        assert_eq!(shape(80, 50, 6), (2, 3));
        assert_eq!(shape(80, 22, 6), (2, 3));
    }

    proptest! {
        #[test]
        fn panes_cover_their_area_and_never_overlap(
            width in 1_u16..400, height in 1_u16..160, count in 1_usize..120,
        ) {
            let area = Rect::new(3, 2, width, height);
            let grid = Grid::fit(area, count);
            let mut seen = 0;
            for page in 0..grid.pages() {
                let panes = grid.panes(area, page, &equal());
                seen += panes.len();
                let cells: u32 = panes.iter().map(|it| it.area()).sum();
                prop_assert_eq!(cells, area.area());
                for (index, pane) in panes.iter().enumerate() {
                    prop_assert_eq!(pane.intersection(area), *pane);
                    let others = panes.iter().skip(index + 1);
                    prop_assert!(others.clone().all(|it| !it.intersects(*pane)));
                }
            }
            prop_assert_eq!(seen, count);
        }
    }
}
