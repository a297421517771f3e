//! The scripted model and its loopback server, with faults on demand.
//!
//! A [`Rehearsal`] is read from a file; a [`Server`] plays it to anyone who
//! speaks one of four vendors' wire formats. The position in a part is found by
//! walking the conversation that each request carries, so any number of agents
//! may talk at once, and resuming or forking one needs nothing from here.
//!
//! What is deliberately absent: a session. The server remembers only how often
//! a fault was played, and which instructions a conversation had when last seen.

mod body;
mod conversation;
pub mod demo;
mod error;
mod fault;
mod file;
mod log;
mod memory;
mod reply;
mod script;
mod server;
mod template;
mod walk;
mod wire;

#[cfg(test)]
mod tests;

pub use error::RehearsalError;
pub use log::Logged;
pub use script::Rehearsal;
pub use server::Server;
