//! `auteur cost`: what was spent.

use crate::history::{By, moment};
use clap::Args;
use jiff::Timestamp;
use std::path::PathBuf;

/// `auteur cost`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct CostArgs {
    /// Sessions, journals, logs of other tools, or folders that hold some; all sessions of this
    /// project if left out
    #[arg(value_name = "FILE|FOLDER|SESSION")]
    pub named: Vec<PathBuf>,
    /// What is told apart: day, model, agent, role, step, tool, session or login
    #[arg(long, value_name = "WHAT", default_value_t)]
    pub by: By,
    /// Only what was spent since then: a day such as 2026-03-01, or 7d, 12h
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub since: Option<Timestamp>,
    /// The sessions of all projects
    #[arg(long, conflicts_with = "named")]
    pub all: bool,
    /// Days of this machine's zone instead of UTC
    #[arg(long)]
    pub local: bool,
    /// Print it as JSON: money in nano-dollars
    #[arg(long)]
    pub json: bool,
    /// Print it as CSV: money in dollars
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}
