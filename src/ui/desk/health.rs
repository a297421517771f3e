//! How the program itself does, while somebody wants to know that.

use super::{Desk, Done};
use std::{path::PathBuf, time::Duration};

/// What is shown of it. Another screen of the same session shows something else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Records that came in the last second.
    pub events: u64,
    /// How long a picture took, of the last ones: the median, and the worst.
    pub frame: (Duration, Duration),
    /// Pictures in the last second.
    pub frames: u64,
    /// The memory that the program has, in bytes, where the system tells.
    pub memory: Option<u64>,
    /// How much waits for the supervisor, and how much may; none where nobody is directed.
    pub queue: Option<(usize, usize)>,
    /// How long the journal is, in bytes; none where there is none.
    pub journal: Option<u64>,
    /// Where the program's own log lies.
    pub log: PathBuf,
}

impl Desk {
    /// Shows how the program does, or no longer.
    pub(super) fn show_health(&mut self) -> Done {
        self.health = match self.health {
            Some(_) => None,
            None => Some(Health::default()),
        };
        Done::Redraw
    }
}
