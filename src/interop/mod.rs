//! Session logs of other tools, played on the very same screen.
//!
//! # Theory of operation
//!
//! A replay seeks: it folds from checkpoints, reads a pane's past backwards and
//! shows any moment at once. All of that works on a file of our records, by its
//! offsets. So a foreign log is translated once, front to back, into a journal of
//! our own, and that is what is played: there is one player, one fold and one
//! screen, and no second way of reading that could tell another story.
//!
//! ```text
//! FILE ─Values─▶ JSON values ─one reader a format─▶ Records ─▶ Scratch ─▶ Reader
//!      (any bytes; bounded)          └─▶ Tally (`sessions show --json`)
//! ```
//!
//! That journal has no name: it lies on the disk of the state folder, nobody else
//! can open it, it is gone with its reader, and the same bytes always make the same
//! records. A cache would be a second copy of somebody's conversations, to be found,
//! aged and deleted; translating is quicker than looking at it.
//!
//! What holds for every format:
//! - Order in the file is the truth. Times only say when; one that goes back is
//!   taken for the time before it.
//! - Reading is causal: a log that is cut tells the same records as far as it goes.
//!   Only what closes the account (that an agent is done, that the log ends) comes behind them.
//! - Nothing in a log is fatal, and nothing is passed over in silence: kinds that
//!   are not known are records of their own, what can't be read is counted.
//! - What the log says of its cost is told as its own; what is computed from its
//!   tokens, at the prices of their day, is what counts here.
//! - Nothing that a log names is opened or run. Its text passes the one sanitiser
//!   here, where it becomes an event.

mod actor;
mod aider;
mod asciicast;
mod atif;
mod bill;
mod claude;
mod codex;
mod container;
mod copilot;
mod cursor;
mod desk;
mod detect;
mod droid;
mod fields;
mod foreign;
mod gemini;
mod inspect;
mod kimi;
mod log;
mod mend;
mod once;
mod opencode;
mod openhands;
mod own;
mod places;
mod qwen;
mod read;
mod scribe;
mod swe;
mod tail;
mod tally;
mod teller;
mod together;
mod values;

pub use detect::Format;
pub use foreign::{Foreign, ImportError};
pub use once::{Once, in_order};
pub use places::{Below, Found, Places, below};
pub use tail::{Grown, Tail};
pub use tally::{Spent, Tally};
pub use together::{Progress, TellRead, Together, Told, news};

#[cfg(test)]
mod tests;
