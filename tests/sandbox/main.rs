//! What an agent's commands can't do in their sandbox, and what they still can.
//! Real processes, and real sandboxes: each law is tried in bubblewrap and, as far
//! as it holds there, in the kernel's Landlock. The numbers are those of the
//! catalogue of attacks; each has a harmless twin that must pass.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail at any line, says what it skips, and takes PATH as it is"
)]

mod attacker;
mod files;
mod house;
mod leaving;
mod limits;
mod network;
mod processes;
mod repository;
