//! `auteur status` and `auteur wait`: who needs the director, for scripts, prompts and
//! status bars.

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

/// `auteur status`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct StatusArgs {
    /// The session's name or its beginning; if left out, the newest of this project that is at
    /// work, or else the last one of all
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
    /// One short line, for a prompt or a status bar; nothing where nobody is at work
    #[arg(long, conflicts_with = "json")]
    pub short: bool,
}

/// `auteur wait`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WaitArgs {
    /// The agent; all of them if left out
    #[arg(value_name = "AGENT")]
    pub agent: Option<String>,
    /// Until it has ended, needs you, or is held and still
    #[arg(long, value_name = "WHAT", default_value = "done")]
    pub until: Until,
    /// Give up after so long: 90s, 10m, 1h30m
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<SignedDuration>,
    /// The session's name or its beginning; if left out, the newest of this project that is at
    /// work, or else the last one of all
    #[arg(long, value_name = "SESSION")]
    pub session: Option<String>,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Until {
    /// It has ended.
    Done,
    /// It needs the director; of all, one of them does.
    NeedsMe,
    /// It is held, and nothing of it is in flight.
    Held,
}
