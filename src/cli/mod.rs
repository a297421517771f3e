//! One file a subcommand.

pub mod args;
pub mod doctor;
