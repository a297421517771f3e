//! How a session begins.

use crate::model::Limits;

/// How a session begins.
#[derive(Debug, Clone)]
pub enum Opening {
    /// For the first time.
    New {
        /// What it is about; may be empty.
        title: String,
        /// What holds for all of it.
        limits: Limits,
    },
    /// Again: its agents go on where they were. Holds of the last shutdown are
    /// lifted; all others stay.
    Again {
        /// Wall time, RFC 3339.
        wall: String,
        /// A user's name.
        by: String,
    },
    /// Again, to look at something in it: those that were at work are held until the
    /// director lets them go on.
    Held {
        /// Wall time, RFC 3339.
        wall: String,
        /// A user's name.
        by: String,
    },
}
