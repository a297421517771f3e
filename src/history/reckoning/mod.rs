//! What one session has come to, up to a moment: its ledger, and what of it is drawn
//! rather than read. A pure fold over its records that can be read on, so a live session
//! is not read anew, and a replay is shown nothing that has not happened yet.

mod fills;
mod lanes;
mod pace;

#[cfg(test)]
mod tests;

pub use fills::Fills;
pub use lanes::{Lane, Lanes};
pub use pace::{Pace, Stretch};

use super::{Book, Ledger};
use crate::{
    journal::Reader,
    model::{Header, Millis, Record, Seq, Stage},
};

/// What a session has come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Reckoning {
    /// What cost what.
    pub ledger: Ledger,
    /// How quickly it was spent.
    pub pace: Pace,
    /// How full windows were, turn by turn.
    pub fills: Fills,
    /// How agents stood, and when.
    pub lanes: Lanes,
    book: Book,
    stage: Stage,
    /// Where in the journal the last record begins that was read.
    place: u64,
}

impl Reckoning {
    /// Nothing was read so far of the session that this header opens.
    pub fn new(header: &Header) -> Self {
        Self {
            ledger: Ledger::default(),
            pace: Pace::default(),
            fills: Fills::default(),
            lanes: Lanes::default(),
            book: Book::new(&header.session, header),
            stage: Stage::new(header.clone()).without_logs().without_trails(),
            place: 0,
        }
    }

    /// The last record that was read.
    pub const fn through(&self) -> Seq {
        self.stage.last()
    }

    /// The time of that.
    pub const fn now(&self) -> Millis {
        self.stage.now()
    }

    /// Reads on in its journal, no further than `upto`.
    #[must_use]
    pub fn read_on(mut self, reader: &Reader, upto: Option<Seq>) -> Self {
        if upto.is_some_and(|it| it < self.through()) {
            self = Self::new(reader.header());
        }
        let through = self.through();
        for (place, record) in reader.records_from(self.place) {
            if upto.is_some_and(|it| record.seq > it) {
                break;
            }
            self.place = place;
            if record.seq > through {
                self.take(&record);
            }
        }
        self
    }

    /// Takes in the next record.
    pub fn take(&mut self, record: &Record) {
        self.stage.apply(record);
        self.book.take(record, &mut self.ledger);
        self.pace.take(record);
        let agent = record.event.agent().and_then(|it| self.stage.agent(it));
        if let Some(agent) = agent {
            self.fills.take(record, agent);
            self.lanes.take(record.at, agent);
        }
    }
}
