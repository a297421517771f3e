//! What `auteur compare` is asked.

use clap::Args;

/// `auteur compare`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct CompareArgs {
    /// An agent: a session's name or its beginning, a journal file, or a log of another tool's,
    /// with :NAME behind it where there are several agents
    #[arg(value_name = "SESSION|FILE[:AGENT]")]
    pub one: String,
    /// The other one; may be left out where the first has two takes of one brief
    #[arg(value_name = "SESSION|FILE[:AGENT]")]
    pub other: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
