//! Agents that are real programs, end to end and without a screen: the
//! supervisor, our engine and the program itself, against the rehearsal server,
//! whose own request log is the witness of what was really asked.
//!
//! The programs are installed at pinned versions beforehand; a test whose
//! program is not there says so and passes, except in continuous integration.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod acp;
mod attack;
mod claude;
mod codex;
mod cursor;
mod house;
mod together;
