//! Logs that are read one after the other, however many there are: what one repeats of
//! another, as a fork or a copy does, is paid once.

use super::{Foreign, ImportError, Tally, desk::Seats, log::born, read::read_at};
use crate::{llm::PriceTable, model::Record};
use std::{mem, sync::Arc};

/// Who reads them, and remembers which answers were paid.
#[derive(Debug)]
pub struct Once {
    prices: Arc<PriceTable>,
    seats: Seats,
}

impl Once {
    /// Nothing was read so far.
    pub fn new(prices: &Arc<PriceTable>) -> Self {
        Self { prices: Arc::clone(prices), seats: Seats::default() }
    }

    /// Tells the records of a log, and gives its figures.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(
        &mut self,
        log: &Foreign,
        take: &mut dyn FnMut(&Record),
    ) -> Result<Tally, ImportError> {
        self.seats = mem::take(&mut self.seats).next();
        let how = (log.format(), &self.prices);
        read_at(&mut self.seats, how, log.sources()?, &mut |records, _| {
            records.iter().for_each(&mut *take);
            Ok(())
        })
    }
}

/// Puts logs in the order in which they are to be read: whoever began first has paid for
/// what another one repeats. A fork's file comes to be after that of its parent, whose
/// times it repeats; where the disk does not tell, it is written later.
pub fn in_order(logs: &mut [Foreign]) {
    logs.sort_by_cached_key(|log| {
        let path = log.path();
        let written = path.metadata().and_then(|it| it.modified()).ok();
        (log.opened(), born(path), written, path.to_owned())
    });
}
