//! The same commands and facts, for a screen in another process: detach, attach.
//!
//! Theory of operation. A session has a socket in its folder, which nobody else
//! can reach. Who attaches reads the journal itself, for it is on the same
//! machine; over the socket come only what a journal can't say: how far it goes
//! now, what was refused, what keeps it from being written, and that it is over.
//! Commands go the other way. Both are lines of JSON of bounded length, and the
//! first of each side says which version of this it speaks.
//!
//! A screen that is slow or stopped is waited for by its own task and by nobody
//! else: what it has not been told yet is one position, however much happened.

mod address;
mod attach;
mod door;
mod error;
mod frame;
mod host;
mod kin;

#[cfg(test)]
mod tests;

pub use address::{FILE, is_served};
pub use attach::{Attached, End, attach};
pub use door::Door;
pub use error::LinkError;
pub use host::{Attendance, Host};

/// The version of what is said over a socket. Bumped when one side would
/// misunderstand the other.
pub const VERSION: u32 = 1;
