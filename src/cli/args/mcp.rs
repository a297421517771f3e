//! `auteur mcp`, both ways: tools for others, and a sign-in at others that lend theirs.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `auteur mcp`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct McpArgs {
    /// What to do instead.
    #[command(subcommand)]
    pub task: Option<McpTask>,
    /// The session's name or its beginning; the newest of this project that is at work if left out
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
    /// Play the models of the agents it starts from a rehearsal file: free, and offline
    #[arg(long, value_name = "FILE")]
    pub rehearse: Option<PathBuf>,
}

/// What to do at a server of mcp.toml.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum McpTask {
    /// Sign in to a server of mcp.toml, with your browser
    ///
    /// Prints an address, and opens it where there is a display. Your browser comes back to this
    /// machine; where it runs on another one, paste here the address that it ends at. What the
    /// server gives is kept in the state folder, for you alone to read, until you sign out.
    Login(AtServer),
    /// Forget a sign-in
    Logout(AtServer),
}

/// `auteur mcp login`, `auteur mcp logout`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct AtServer {
    /// The server's name in mcp.toml
    #[arg(value_name = "NAME")]
    pub server: String,
}
