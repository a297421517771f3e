//! An agent that somebody runs elsewhere, seen by the log that its program writes.
//!
//! # Theory of operation
//!
//! Whoever knows the formats of logs reads one as it grows (a [`Tale`]), and what it
//! tells becomes facts of our session, as they are: the journal needs no other file to
//! show them. Nothing is asked and nobody is directed; all that the supervisor can order
//! is to stop looking.
//!
//! A log may be long when somebody begins to look at it. It is read from its beginning,
//! since what an answer has cost may stand anywhere, beside everything else and in
//! bounded memory; only its latest turns are told, with what those before them have
//! cost (see `recent.rs`).
//!
//! A later run reads it from its beginning once more, and tells what the journal does
//! not hold (see `past.rs`): what a log tells, and in which order, is the same each time,
//! so a count of each kind says how far it was told.

mod past;
mod recent;
mod worker;

use super::{Engine, Seat, Start, Work};
use crate::model::Event;
use past::Past;
use recent::Recent;
use std::{fmt, path::Path, sync::Arc};

/// Reads a log as it grows. It may take its time: it is read where nobody waits.
pub trait Tale: Send + 'static {
    /// Reads on, a bounded piece.
    ///
    /// # Errors
    /// When it can't be read, in words for the director.
    fn read(&mut self) -> Result<Heard, String>;
}

/// What was read.
#[derive(Debug, Default)]
pub struct Heard {
    /// What it tells; the numbers of agents are its own.
    pub events: Vec<Event>,
    /// How it stands.
    pub then: Then,
}

/// How a log stands after a piece of it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Then {
    /// There is more of it, to be read at once.
    #[default]
    More,
    /// That is all that there is of it now.
    Whole,
    /// All of it comes again, with what is new in it.
    Anew,
    /// No more can come of it, and why.
    Over(String),
}

/// Opens a log.
pub type OpenTale = Arc<dyn Fn(&Path) -> Result<Box<dyn Tale>, String> + Send + Sync>;

/// Watches one agent that runs elsewhere.
pub struct Watched {
    open: OpenTale,
    start: Start,
}

impl Watched {
    /// An engine for this agent, which finds its log so.
    pub const fn new(open: OpenTale, start: Start) -> Self {
        Self { open, start }
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("start", &self.start).finish_non_exhaustive()
    }
}

impl Engine for Watched {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(worker::run(self.open, self.start, seat))
    }
}
