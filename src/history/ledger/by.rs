//! A ledger, added up by one thing.

use super::{Cell, Ledger, Sum};
use std::{cmp::Reverse, collections::BTreeMap, fmt, str::FromStr, sync::Arc};

/// What is told apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// Days.
    Day,
    /// Models.
    #[default]
    Model,
    /// Agents, each of its session.
    Agent,
    /// Roles.
    Role,
    /// Steps of scripts.
    Step,
    /// Tools: each call bears its part of the answer that made it.
    Tool,
    /// Sessions.
    Session,
    /// Keys, and logins with a plan.
    Login,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is called; nothing for what has no name of this kind.
    pub name: Arc<str>,
    /// The session that it is of; nothing where it may be of several.
    pub session: Arc<str>,
    /// What it comes to.
    pub sum: Sum,
}

impl By {
    /// All there are, in the order in which a screen goes through them.
    pub const ALL: [Self; 8] = [
        Self::Day,
        Self::Model,
        Self::Agent,
        Self::Role,
        Self::Step,
        Self::Tool,
        Self::Session,
        Self::Login,
    ];

    /// What stands for what has no name of this kind.
    pub const fn nameless(self) -> &'static str {
        match self {
            Self::Day => "(nobody knows when)",
            Self::Model => "(model not told)",
            Self::Agent | Self::Role | Self::Session => "(no name)",
            Self::Step => "(no script)",
            Self::Tool => "(no tool)",
            Self::Login => "a key, or not told",
        }
    }

    fn name(self, cell: &Cell) -> Arc<str> {
        match self {
            Self::Day => cell.day.map(|it| it.to_string()).unwrap_or_default().into(),
            Self::Model => Arc::clone(&cell.model),
            Self::Agent => Arc::clone(&cell.agent),
            Self::Role => Arc::clone(&cell.role),
            Self::Step => Arc::clone(&cell.step),
            Self::Tool => Arc::clone(&cell.tool),
            Self::Session => Arc::clone(&cell.session),
            Self::Login if cell.is_login => "a login with a plan: API equivalent".into(),
            Self::Login => Arc::default(),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Day => "day",
            Self::Model => "model",
            Self::Agent => "agent",
            Self::Role => "role",
            Self::Step => "step",
            Self::Tool => "tool",
            Self::Session => "session",
            Self::Login => "login",
        })
    }
}

/// What can't be told apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected day, model, agent, role, step, tool, session or login, not {0:?}")]
pub struct NotTold(String);

impl FromStr for By {
    type Err = NotTold;

    fn from_str(text: &str) -> Result<Self, NotTold> {
        let named = Self::ALL.into_iter().find(|it| it.to_string() == text);
        named.ok_or_else(|| NotTold(text.to_owned()))
    }
}

impl Ledger {
    /// Adds it up: days in their order, all else with the dearest first, and what has used
    /// the most tokens of what cost the same.
    pub fn by(&self, by: By) -> Vec<Row> {
        let mut sums: BTreeMap<(Arc<str>, Arc<str>), Sum> = BTreeMap::new();
        for (cell, sum) in &self.cells {
            let session = match by {
                By::Agent | By::Session => Arc::clone(&cell.session),
                _ => Arc::default(),
            };
            *sums.entry((by.name(cell), session)).or_default() += *sum;
        }
        let rows = sums.into_iter().map(|((name, session), sum)| Row { name, session, sum });
        let mut rows: Vec<_> = rows.collect();
        if by != By::Day {
            rows.sort_by_key(|it| Reverse((it.sum.cost.known, it.sum.usage.total())));
        }
        rows
    }
}
