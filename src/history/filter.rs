//! What of what is found is wanted.

use super::{Label, passage::Kind, who::Who};
use crate::model::{Header, Money, Outcome};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How an agent ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// It reached the end of its brief.
    Succeeded,
    /// It could not go on.
    Failed,
    /// Somebody ended it.
    Stopped,
}

/// What of what is found is wanted; what is none says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Sessions of this project: the path of its folder.
    pub project: Option<String>,
    /// This session: the name of its folder.
    pub session: Option<String>,
    /// Sessions with all of these tags.
    pub tags: Vec<String>,
    /// Agents in this role.
    pub role: Option<String>,
    /// Agents that were cast with a model with this in its name, or have called one.
    pub model: Option<String>,
    /// Calls of this tool, what they printed and what they came to.
    pub tool: Option<String>,
    /// Calls and changes that name a file with this in its path.
    pub file: Option<String>,
    /// Agents that ended like this.
    pub outcome: Option<Ended>,
    /// Sessions that cost more.
    pub cost_over: Option<Money>,
    /// Sessions that opened then or later.
    pub since: Option<Timestamp>,
    /// Sessions that opened before then.
    pub until: Option<Timestamp>,
}

impl From<&Outcome> for Ended {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Succeeded { .. } => Self::Succeeded,
            Outcome::Failed { .. } => Self::Failed,
            Outcome::Stopped { .. } => Self::Stopped,
        }
    }
}

impl Ended {
    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Succeeded, Self::Failed, Self::Stopped].into_iter().find(|it| it.name() == name)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

impl Filter {
    /// Whether a session can hold what is wanted, as its header tells.
    pub(super) fn takes_session(&self, session: &str, header: &Header) -> bool {
        let is = |wanted: &Option<String>, it: &str| wanted.as_ref().is_none_or(|is| is == it);
        let opened: Option<Timestamp> = header.opened.parse().ok();
        is(&self.session, session)
            && is(&self.project, &header.project)
            && self.since.is_none_or(|since| opened.is_some_and(|it| it >= since))
            && self.until.is_none_or(|until| opened.is_some_and(|it| it < until))
    }

    /// Whether a session has the tags that are wanted, by what is written on it.
    pub(super) fn takes_label(&self, label: impl FnOnce() -> Label) -> bool {
        self.tags.is_empty() || {
            let label = label();
            let has = |it: &String| label.tags.iter().any(|tag| tag.eq_ignore_ascii_case(it));
            self.tags.iter().all(has)
        }
    }

    /// Whether it asks who is meant.
    pub(super) const fn asks_who(&self) -> bool {
        self.role.is_some() || self.model.is_some() || self.outcome.is_some()
    }

    /// Whether it asks for what may stand far behind an agent's casting.
    pub(super) const fn asks_what_became(&self) -> bool {
        self.model.is_some() || self.outcome.is_some()
    }

    /// Whether it asks which call is meant.
    pub(super) const fn asks_for_call(&self) -> bool {
        self.tool.is_some() || self.file.is_some()
    }

    /// Whether an agent is one of those that are wanted.
    pub(super) fn takes_agent(&self, who: Option<&Who>) -> bool {
        if !self.asks_who() {
            return true;
        }
        let Some(who) = who else { return false };
        let is_role = self.role.as_ref().is_none_or(|it| it.eq_ignore_ascii_case(&who.role));
        let is_model = self.model.as_ref().is_none_or(|it| who.has_called(it));
        is_role && is_model && self.outcome.is_none_or(|it| who.ended == Some(it))
    }

    /// Whether a text can be of a call, or name a file, where that is asked for.
    pub(super) fn takes_kind(&self, kind: Kind) -> bool {
        let is_of_call = matches!(kind, Kind::Call | Kind::Printed | Kind::Result);
        let names_files = is_of_call || kind == Kind::Files;
        (self.tool.is_none() || is_of_call) && (self.file.is_none() || names_files)
    }
}
