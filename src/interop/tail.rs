//! One log that is followed, told event by event: for who keeps a journal of its own.

use super::{Foreign, ImportError, desk::Seats, log::Log, read::BATCH};
use crate::{
    llm::PriceTable,
    model::{Casting, Event, Watches},
};
use jiff::Timestamp;
use std::sync::Arc;

/// So many values are read at once at most, whether they tell something or not.
const STEPS: usize = 4096;

/// A log that is followed.
#[derive(Debug)]
pub struct Tail {
    log: Log,
    seats: Seats,
    prices: Arc<PriceTable>,
}

/// What has become of a log that is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grown {
    /// There is more of it, to be read at once.
    More,
    /// That is all that there is of it now.
    Whole,
    /// Its program has written it anew, with what is new in it: all of it comes again.
    Anew,
    /// It is not there any more.
    Gone,
    /// Another one has taken its place.
    Replaced,
}

impl Tail {
    /// Follows a log from its beginning.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn open(foreign: Foreign, prices: &Arc<PriceTable>) -> Result<Self, ImportError> {
        let log = Log::open(foreign, prices, true)?;
        Ok(Self { log, seats: Seats::default(), prices: Arc::clone(prices) })
    }

    /// The agent whose log it is, as it comes on stage; none where the log does not tell
    /// of it yet. Reads no more than that needs.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn meet(mut self, now: Timestamp) -> Result<Option<Casting>, ImportError> {
        for _ in 0..STEPS {
            if !self.log.reading.is_waiting() {
                self.log.rest(&mut self.seats, now);
                return Ok(self.met());
            }
            self.log.reading.step(&mut self.seats)?;
            if let Some(casting) = self.met() {
                return Ok(Some(casting));
            }
        }
        Ok(None)
    }

    fn met(&mut self) -> Option<Casting> {
        self.seats.take().into_iter().find_map(|it| match it.event {
            Event::AgentAdded { casting, agent: Watches::FIRST, .. } => Some(*casting),
            _ => None,
        })
    }

    /// Reads on. The agents have the numbers of the log.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(&mut self, now: Timestamp) -> Result<(Vec<Event>, Grown), ImportError> {
        if !self.log.reading.is_waiting() {
            if self.log.is_gone() {
                return Ok((Vec::new(), Grown::Gone));
            }
            if self.log.is_replaced() {
                return Ok((Vec::new(), self.begin_again()?));
            }
            self.log.look_again()?;
        }
        for _ in 0..STEPS {
            if !self.log.reading.is_waiting() || self.seats.waiting() >= BATCH {
                break;
            }
            self.log.reading.step(&mut self.seats)?;
        }
        let grown = if self.log.reading.is_waiting() {
            Grown::More
        } else {
            self.log.rest(&mut self.seats, now);
            Grown::Whole
        };
        let told = self.seats.take().into_iter().map(|it| it.event);
        Ok((told.collect(), grown))
    }

    /// Begins again where the same session was written as a whole once more.
    fn begin_again(&mut self) -> Result<Grown, ImportError> {
        let known = &self.log.foreign;
        // One that is only half written now is whole in a moment.
        let Some(now) = Foreign::open(known.path())? else { return Ok(Grown::Whole) };
        let is_same = now.format() == known.format() && now.about().1 == known.about().1;
        if !is_same || !known.is_whole() {
            return Ok(Grown::Replaced);
        }
        *self = Self::open(now, &self.prices)?;
        Ok(Grown::Anew)
    }
}
