//! The loop behind the picture: drain all cues, then draw once.
//!
//! A show neither knows nor cares whether the session is live or replayed: both
//! are a [`Source`]. It waits for no agent; a command that finds no room is not
//! sent, and the director is told.

mod comparing;
mod cue;
mod diffing;
mod dressing;
mod events;
mod film;
mod findings;
mod health;
mod herald;
mod heralding;
mod later;
mod linear;
mod live;
mod naming;
mod nearby;
mod options;
mod pace;
mod pointing;
mod reading;
mod recalling;
mod reckoning;
mod renewing;
mod run;
mod signs;
mod source;
mod stagehand;
mod watched;

#[cfg(test)]
mod tests;

pub use comparing::{Comparer, OnStage, OpenSession};
pub use cue::{Cue, Errand, Finding};
pub use diffing::DiffReader;
pub use dressing::{SeeToThemes, Wardrobe};
pub use film::Film;
pub use herald::{Herald, Manners};
pub use later::{Arrived, Coming, Later};
pub use live::Live;
pub use nearby::FindNearby;
pub use options::{ChangeRole, FindOut, Options, SeeToScripts, SendAlert};
pub use pace::{FRAME, frame, next_tick};
pub use reading::{read, read_upto};
pub use recalling::{Recall, SeeToPast, TellPast};
pub use renewing::{Fresh, Renew, Renewal};
pub use run::{Ended, run};
pub use source::{News, Source, Still};
pub use stagehand::{Prompter, Show};
pub use watched::{Heard, Watched};
