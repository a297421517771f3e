//! Sessions in other formats: to read, to show, to play, to train and to watch.
//!
//! # Theory of operation
//!
//! Whatever is exported is read from one place: the records of a journal, which a log
//! of another tool's is translated to as well. So every format tells the same story,
//! and tells of own sessions and of others' alike.
//!
//! ```text
//! Reader ─Recording─▶ records without secrets ─┬─────────▶ JSON lines: the records
//!        (only some agents, where wanted)      ├─Account─▶ Markdown, a page that plays
//!                                              ├─Show────▶ asciicast: the real screens
//!                                              ├─Turns───▶ ATIF: trajectories
//!                                              └─Spans───▶ OpenTelemetry, to a file or a collector
//! ```
//!
//! This room stands below the screen, because one format is made of its pictures.
//!
//! What holds for every format:
//! - Secrets that are known, and what is shaped like one, are not in it. A journal is
//!   without them already; a key that was learnt later, or stood in another's log, is
//!   taken out here.
//! - No terminal and no page obeys anything in it. Texts were made safe where they
//!   became events; what goes back to a model as it came, the input of tools, is made
//!   safe here.
//! - What is left out for its size is said, with how much it was.

mod account;
mod atif;
mod cast;
mod json;
mod markdown;
mod otel;
mod page;
mod recording;
mod wash;

pub use atif::atif;
pub use cast::{Reeling, cast};
pub use json::json;
pub use markdown::markdown;
pub use otel::{Collector, Content, Live, NotPosted, Telemetry, otel};
pub use page::page;
pub use recording::{NoSuchAgent, Recording};

#[cfg(test)]
mod tests;
