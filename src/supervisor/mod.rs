//! The one writer: judges inputs, records facts, sees to what follows.
//!
//! Theory of operation. Commands and reports come into one bounded inbox. The
//! supervisor takes what is there, judges each ([`crate::model::decide`]), adds
//! the facts that follow, and writes them all with one write. Only then are
//! they carried out and shown. It awaits nothing but its next input, a crash of
//! an agent's task, and a deadline; so nothing an agent does can hold it up.

mod clean;
mod clock;
mod crew;
mod cut;
mod ears;
mod errands;
mod feed;
mod keeper;
mod proofs;
mod purser;
mod session;
mod strain;
mod taker;
mod writable;

pub use clock::Clock;
pub use ears::{Listen, Wanted};
pub use errands::{OnItsWay, ReadScript, RunCommand, Trip};
pub use feed::{Feed, News};
pub use session::{Means, Opening, Session, SessionError, open, open_with};
