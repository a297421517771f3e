//! `auteur sessions`: what is asked of those that were.

use crate::{
    config::{KeepBytes, KeepTime},
    history::{Ended, moment},
    model::Money,
};
use clap::{Args, Subcommand};
use jiff::Timestamp;

/// `auteur sessions`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct SessionsArgs {
    /// What to do with them; nothing lists them.
    #[command(subcommand)]
    pub task: Option<SessionsTask>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do with sessions.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SessionsTask {
    /// All sessions, the latest first
    List(ListArgs),
    /// One session: its agents, what they did and what they cost
    Show {
        /// The session's name or its beginning, a journal file, or a log of another tool's
        #[arg(value_name = "SESSION|FILE")]
        session: String,
    },
    /// Whatever was said, run or changed in a session, by its words
    ///
    /// All words must be there; "words in a row" are a phrase, and so is what is written in one
    /// piece, as src/parser.rs; pars* is the beginning of a word. The sessions of this project are
    /// searched, the newest first, their names and tags too. Without words the sessions are listed
    /// that a filter leaves.
    #[command(after_help = "Examples:\n  \
        auteur sessions search parser '\"off by one\"'\n  \
        auteur sessions search --tool shell --outcome failed 'cargo test'\n  \
        auteur sessions search --file src/parser.rs --since 7d --all")]
    Search(SearchArgs),
    /// End a session that is at work without a screen, or in another terminal
    ///
    /// Its agents are paused, and `auteur resume` goes on with them.
    Stop {
        /// The session's name or its beginning
        #[arg(value_name = "SESSION")]
        session: String,
        /// Stop the agents for good instead
        #[arg(long)]
        agents: bool,
    },
    /// Give a session another name
    Rename {
        /// The session's name or its beginning
        #[arg(value_name = "SESSION")]
        session: String,
        /// What it is called; nothing gives it its own name again
        #[arg(value_name = "TITLE", default_value = "", hide_default_value = true)]
        title: String,
    },
    /// Write words on a session by which it is found again
    ///
    /// One with the tag keep is never pruned.
    Tag {
        /// The session's name or its beginning
        #[arg(value_name = "SESSION")]
        session: String,
        /// The words
        #[arg(value_name = "TAG")]
        tags: Vec<String>,
        /// Take this tag away
        #[arg(long, value_name = "TAG")]
        remove: Vec<String>,
    },
    /// Delete what is older, or more, than is kept: as `[history]` says, or this
    ///
    /// Says what goes before it asks. What is at work, what has work that is not merged, and what
    /// has the tag keep stays.
    Prune(PruneArgs),
    /// Delete sessions with their journals, worktrees and branches
    Rm {
        /// The sessions' names or their beginnings
        #[arg(value_name = "SESSION", required = true)]
        sessions: Vec<String>,
        /// Don't ask
        #[arg(long)]
        yes: bool,
        /// Also what agents have made that is not merged
        #[arg(long)]
        throw_away_work: bool,
    },
}

/// Which sessions are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ListArgs {
    /// Only those of this project
    #[arg(long)]
    pub here: bool,
    /// Only those with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
}

/// What is kept of the sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct PruneArgs {
    /// Keep those that were at work since then: 90d, 12w, or all
    #[arg(long, value_name = "TIME")]
    pub keep: Option<KeepTime>,
    /// Keep the newest that fit into this: 500MB, 20GB, or all
    #[arg(long, value_name = "SIZE")]
    pub keep_bytes: Option<KeepBytes>,
    /// Don't ask
    #[arg(long)]
    pub yes: bool,
}

/// What is searched for, and in what.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct SearchArgs {
    /// The words; may be left out where something else is said
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    /// Only sessions with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Only agents in this role
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Only agents of a model with this in its name
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Only calls of this tool, and what they came to
    #[arg(long, value_name = "TOOL")]
    pub tool: Option<String>,
    /// Only calls and changes that name a file with this in its path
    #[arg(long, value_name = "PATH")]
    pub file: Option<String>,
    /// Only agents that ended like this: succeeded, failed or stopped
    #[arg(long, value_name = "OUTCOME", value_parser = outcome)]
    pub outcome: Option<Ended>,
    /// Only sessions that cost more
    #[arg(long, value_name = "USD")]
    pub cost_over: Option<Money>,
    /// Only sessions since then: 2026-03-01, or 7d, 12h
    #[arg(long, value_name = "DATE", value_parser = moment)]
    pub since: Option<Timestamp>,
    /// Only sessions before then
    #[arg(long, value_name = "DATE", value_parser = moment)]
    pub until: Option<Timestamp>,
    /// The sessions of all projects
    #[arg(long)]
    pub all: bool,
    /// So many hits at most; 0 for all
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    pub limit: usize,
}

impl SearchArgs {
    /// Only the filters.
    pub(in crate::cli) fn without_words(&self) -> Self {
        Self { words: Vec::new(), ..self.clone() }
    }

    /// Whether nothing at all is asked for.
    pub(in crate::cli) fn is_nothing(&self) -> bool {
        self.words.iter().all(|it| it.trim().is_empty())
            && self.tag.is_empty()
            && self.role.is_none()
            && self.model.is_none()
            && self.tool.is_none()
            && self.file.is_none()
            && self.outcome.is_none()
            && self.cost_over.is_none()
            && self.since.is_none()
            && self.until.is_none()
    }
}

fn outcome(text: &str) -> Result<Ended, String> {
    Ended::named(text).ok_or_else(|| "expected succeeded, failed or stopped".to_owned())
}
