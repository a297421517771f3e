//! What the bottom line has to say.

use crate::model::{Level, Millis};

/// A few words for the director, until the next key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusLine {
    /// How much they matter.
    pub level: Level,
    /// The words.
    pub text: String,
    /// Since when they stand there.
    pub at: Millis,
}
