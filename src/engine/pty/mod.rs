//! Any command in a terminal of its own.
//!
//! # Theory of operation
//!
//! The command runs under a guard, on a terminal that we hold the other end of.
//! What it prints becomes facts as it is, in chunks; the screen and a replay fold
//! them with an emulator, as far as anybody sees it. A second emulator stands here:
//! it answers what the command asks its terminal, such as where the cursor is, so
//! that a program is answered once, by the run that it belongs to, and never by
//! whoever looks.
//!
//! All commands are listened to at the same moments, see [`Beat`], unless somebody
//! types.
//!
//! There are no turns and no boundaries. To hold the command is to stop all its
//! processes; it is held when they stand still and what they had printed is a
//! fact. Deliberately absent: any reading of the screen to find out how the
//! command is doing.

mod answers;
mod beat;
mod decode;
mod terminal;
mod worker;

pub use beat::Beat;

use super::{Engine, Seat, Start, Work, program::Troupe};
use std::sync::Arc;

/// Drives one command in a terminal.
#[derive(Debug)]
pub struct Pty {
    troupe: Arc<Troupe>,
    start: Start,
}

impl Pty {
    /// An engine for this agent. What its brief says takes the place of `{brief}`
    /// among the command's arguments; where none has it, it is the first line that
    /// is typed.
    pub const fn new(troupe: Arc<Troupe>, start: Start) -> Self {
        Self { troupe, start }
    }
}

impl Engine for Pty {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(worker::run(self.troupe, self.start, seat))
    }
}
