//! What cost what: the money and the tokens of sessions, so finely told apart that they
//! can be added up by day, model, agent, role, step, tool, session or login.
//!
//! A ledger is a fold over records, whoever wrote them: journals of ours, and logs of
//! other tools that were translated. It counts what records settle (turns, turns that were
//! cut, conversations made shorter) and nothing else, so that its sum is the stage's, to
//! the nano-dollar; what agents that are merely watched spend is kept apart, as there.

mod book;
mod by;
mod csv;

#[cfg(test)]
mod tests;

pub use book::Book;
pub use by::{By, NotTold, Row};
pub use csv::write_csv;

use crate::model::{Cost, Usage};
use jiff::civil::Date;
use std::{collections::BTreeMap, ops::AddAssign, sync::Arc};

/// What sessions have spent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    cells: BTreeMap<Cell, Sum>,
    /// What was spent by agents that ran elsewhere and were only watched: it is in no row.
    pub elsewhere: Sum,
}

/// What is not told apart any further.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    /// None where nobody knows when it was.
    day: Option<Date>,
    session: Arc<str>,
    agent: Arc<str>,
    role: Arc<str>,
    model: Arc<str>,
    /// The script and its step; empty for an agent that plays none.
    step: Arc<str>,
    /// Empty for what called no tool.
    tool: Arc<str>,
    /// On a login with a plan: what it cost is what a key would have paid.
    is_login: bool,
}

/// What was spent there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Answers of models, those that were cut among them.
    pub turns: u64,
    /// Answers that were cut: they have used at least what is told.
    pub cut: u64,
    /// Calls of tools.
    pub calls: u64,
    /// Tokens.
    pub usage: Usage,
    /// Money.
    pub cost: Cost,
}

impl Ledger {
    /// What all of it comes to.
    pub fn total(&self) -> Sum {
        self.cells.values().fold(Sum::default(), |mut sum, it| {
            sum += *it;
            sum
        })
    }

    /// What was used on logins with a plan: its cost is what a key would have paid.
    pub fn on_logins(&self) -> Sum {
        let of_login = self.cells.iter().filter(|(cell, _)| cell.is_login);
        of_login.fold(Sum::default(), |mut sum, (_, it)| {
            sum += *it;
            sum
        })
    }

    /// An agent is found to work on a login: so was what it has spent before.
    fn was_on_login(&mut self, session: &str, agent: &str) {
        let is_its =
            |cell: &Cell| !cell.is_login && &*cell.session == session && &*cell.agent == agent;
        let found: Vec<Cell> = self.cells.keys().filter(|it| is_its(it)).cloned().collect();
        for cell in found {
            if let Some(sum) = self.cells.remove(&cell) {
                *self.at(Cell { is_login: true, ..cell }) += sum;
            }
        }
    }

    /// Whether nothing was spent, and no tool called.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn at(&mut self, cell: Cell) -> &mut Sum {
        self.cells.entry(cell).or_default()
    }
}

impl AddAssign for Sum {
    fn add_assign(&mut self, more: Self) {
        self.turns += more.turns;
        self.cut += more.cut;
        self.calls += more.calls;
        self.usage += more.usage;
        self.cost += more.cost;
    }
}
