//! How what a session has cost is looked at: as a table that is added up by one thing, or
//! drawn over its time.

use super::{Desk, Done, Screen};
use crate::{
    history::{By, Reckoning, write_csv},
    model::{Seq, Stage},
    ui::keys::Act,
};
use std::sync::Arc;

/// How it is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerDesk {
    /// What of it.
    pub view: LedgerView,
    /// What the table tells apart.
    pub by: By,
    /// How many lines are scrolled away at the top.
    pub scroll: usize,
    /// What is known, as far as it was read.
    pub known: Option<Arc<Reckoning>>,
    /// It is being read.
    is_reading: bool,
    /// Up to here it was to be read last: what can't be read is not asked for again.
    asked: Option<Seq>,
}

/// What of a session's costs is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LedgerView {
    /// The table.
    #[default]
    Table,
    /// What was spent a minute.
    Burn,
    /// Tokens a minute.
    Tokens,
    /// How full the window of the focused agent was, turn by turn.
    Context,
    /// How all agents stood.
    States,
}

impl LedgerView {
    /// All of them, as they stand side by side.
    pub const ALL: [Self; 5] = [Self::Table, Self::Burn, Self::Tokens, Self::Context, Self::States];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "Costs",
            Self::Burn => "Burn rate",
            Self::Tokens => "Tokens",
            Self::Context => "Context",
            Self::States => "States",
        }
    }
}

impl Default for LedgerDesk {
    fn default() -> Self {
        let (view, by) = (LedgerView::Table, By::Agent);
        Self { view, by, scroll: 0, known: None, is_reading: false, asked: None }
    }
}

impl Desk {
    /// What the ledger should be read on from, if it is behind what is shown and is not
    /// being read: nothing is known yet where that is none.
    pub fn take_ledger_wish(&mut self, stage: &Stage) -> Option<Option<Arc<Reckoning>>> {
        let (ledger, last) = (&mut self.ledger, stage.last());
        let is_known = ledger.known.as_ref().is_some_and(|it| it.through() == last);
        let is_asked = ledger.is_reading || ledger.asked == Some(last);
        if self.screen != Screen::Ledger || is_asked || is_known {
            return None;
        }
        (ledger.is_reading, ledger.asked) = (true, Some(last));
        Some(ledger.known.clone())
    }

    /// Takes in what was read.
    pub fn take_reckoning(&mut self, reckoning: Arc<Reckoning>) -> Done {
        self.ledger.is_reading = false;
        self.ledger.known = Some(reckoning);
        Done::Redraw
    }

    /// Looks at another part of it.
    pub(super) fn look_at_ledger(&mut self, act: Act) -> Done {
        let ledger = &mut self.ledger;
        match act {
            Act::NextView => ledger.view = turned(&LedgerView::ALL, ledger.view, 1),
            Act::PreviousView => ledger.view = turned(&LedgerView::ALL, ledger.view, -1),
            _ if ledger.view != LedgerView::Table => ledger.view = LedgerView::Table,
            Act::NextGrouping => ledger.by = turned(&By::ALL, ledger.by, 1),
            _ => ledger.by = turned(&By::ALL, ledger.by, -1),
        }
        ledger.scroll = 0;
        Done::Redraw
    }

    /// Looks at this part of it.
    pub fn open_ledger_view(&mut self, view: LedgerView) -> Done {
        (self.ledger.view, self.ledger.scroll) = (view, 0);
        Done::Redraw
    }

    /// The table, for a spreadsheet.
    pub(super) fn ledger_to_copy(&self) -> Option<String> {
        let (ledger, mut out) = (self.ledger.known.as_ref()?, Vec::new());
        let by = self.ledger.by;
        write_csv(by, &ledger.ledger.by(by), &mut out).ok()?;
        String::from_utf8(out).ok()
    }
}

/// The one so many places further, going round.
fn turned<T: Copy + PartialEq>(all: &[T], here: T, places: isize) -> T {
    let at = all.iter().position(|it| *it == here).unwrap_or(0).cast_signed();
    let there = (at + places).rem_euclid(all.len().max(1).cast_signed()).unsigned_abs();
    all.get(there).copied().unwrap_or(here)
}
