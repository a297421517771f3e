//! A session as tools of the Model Context Protocol, for a program that assists the
//! director.
//!
//! Theory of operation. A program such as Claude Code starts `auteur mcp` and speaks
//! with it over the standard streams. Behind it stands a session that another process
//! serves: its journal is read like a screen's, and commands go over the link, marked
//! as an assistant's. What such a command may do is judged where every command is
//! judged, and not here: see `model/assisting.rs`. All that is told has been made
//! harmless before it was journaled, and is bounded here.

mod arguments;
mod chair;
mod plays;
mod project;
mod reading;
mod roster;
mod service;
mod spec;

pub use plays::{standing, whole};
pub use project::{Part, Project};
pub use service::serve;
