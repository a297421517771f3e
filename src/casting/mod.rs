//! Who fits a brief, and why: a rule that can be read, over facts that can be shown.
//!
//! Pure: no clock, no disk, no model call. A role is ranked by what it can be
//! shown to have; nothing of it is a number that nobody can check.

mod audition;
mod rank;
mod standing;
mod terms;
mod track;
mod words;

pub use audition::{Audition, Score, score};
pub use rank::{Candidate, Evidence, Ranked, rank};
pub use standing::StandingRole;
pub use terms::Terms;
pub use track::{Track, Tracks, add_session};
