//! What `auteur retake` is asked.

use clap::Args;
use std::path::PathBuf;

/// `auteur retake`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RetakeArgs {
    /// A session's name or its beginning, a journal file, or a log of another tool's
    #[arg(value_name = "SESSION|FILE")]
    pub session: PathBuf,
    /// Whose take it is; may be left out where there is one agent
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// Who plays it, where the log is another tool's: a role of the cast; its program's if
    /// left out
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// The first turn that is taken anew; its latest if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub turn: Option<u32>,
    /// What is said to it there, in place of what was said
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// A file with other instructions
    #[arg(long, value_name = "FILE")]
    pub instructions: Option<PathBuf>,
    /// Stop the one that there is, where it is not over
    #[arg(long)]
    pub stop: bool,
}
