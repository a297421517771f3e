//! The rows that have left a terminal's screen at its top: the last of them, in
//! bounded memory.

use super::row::Row;
use std::collections::VecDeque;

/// Rows, the oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    rows: VecDeque<Row>,
    weight: usize,
    /// In bytes.
    most: usize,
}

impl History {
    pub(super) const fn new(most: usize) -> Self {
        Self { rows: VecDeque::new(), weight: 0, most }
    }

    pub(super) fn push(&mut self, row: Row) {
        self.weight += row.weight();
        self.rows.push_back(row);
        self.drop_oldest();
    }

    /// Keeps no more than so many bytes from now on.
    pub(super) fn limit(&mut self, most: usize) {
        self.most = most;
        self.drop_oldest();
        if most == 0 {
            self.rows = VecDeque::new();
        }
    }

    fn drop_oldest(&mut self) {
        while self.weight > self.most
            && let Some(row) = self.rows.pop_front()
        {
            self.weight -= row.weight();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A row, counted back from the latest, which is 0.
    pub(super) fn back(&self, back: usize) -> Option<&Row> {
        self.rows.get(self.rows.len().checked_sub(back + 1)?)
    }

    /// How much is kept, in bytes.
    pub(super) const fn most(&self) -> usize {
        self.most
    }
}
