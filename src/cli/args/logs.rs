//! `auteur watch` and `auteur import`: logs of other tools.

use clap::Args;
use jiff::SignedDuration;
use std::path::PathBuf;

/// `auteur watch`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WatchArgs {
    /// What was written within this time: 30s, 15m, 2h
    #[arg(long, value_name = "TIME", default_value = "15m")]
    pub since: SignedDuration,
    /// Print them, the newest first, instead of showing them
    #[arg(long)]
    pub list: bool,
    /// Print them as JSON
    #[arg(long)]
    pub json: bool,
}

/// `auteur import`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ImportArgs {
    /// Logs of other tools, or folders that hold some
    #[arg(value_name = "FILE|FOLDER", num_args = 1.., required = true)]
    pub logs: Vec<PathBuf>,
    /// Print what became of each as JSON
    #[arg(long)]
    pub json: bool,
}
