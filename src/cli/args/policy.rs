//! `auteur policy`: what an agent may do.

use clap::{Args, Subcommand};

/// `auteur policy`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct PolicyArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub task: PolicyTask,
}

/// What to do with the policy.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum PolicyTask {
    /// Would this be allowed, asked about or denied? Nothing is run
    ///
    /// The exit code is 0 for allowed, 1 for asked about, 2 for denied, and 3 where that can't be
    /// said.
    #[command(after_help = "Examples:\n  \
        auteur policy check --role tester -- 'cargo test && git push'\n  \
        auteur policy check --role implementer --write .git/config --json")]
    Check(CheckArgs),
}

/// `auteur policy check`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct CheckArgs {
    /// Whose policy: a role of the cast; that of the settings alone if left out
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Reading a file
    #[arg(long, value_name = "PATH", group = "what")]
    pub read: Option<String>,
    /// Making or changing a file
    #[arg(long, value_name = "PATH", group = "what")]
    pub write: Option<String>,
    /// Speaking to a machine
    #[arg(long, value_name = "NAME", group = "what")]
    pub host: Option<String>,
    /// Calling a tool of a server
    #[arg(long, value_name = "NAME", group = "what")]
    pub tool: Option<String>,
    /// A shell command: one word in quotes is read as the shell reads it, several are its words
    #[arg(value_name = "COMMAND", last = true, group = "what")]
    pub command: Vec<String>,
}

/// `auteur check`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ScriptCheckArgs {
    /// A script's name, or its file
    #[arg(value_name = "SCRIPT|FILE")]
    pub scripts: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print the JSON schema of a script's file instead, for your editor
    #[arg(long, conflicts_with_all = ["json", "scripts"])]
    pub schema: bool,
}
