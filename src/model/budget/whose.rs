//! Whose money is spent: each of them may have a limit, and one call may count against
//! several.

use super::Purse;
use crate::model::{AgentId, PlayId, Stage};
use serde::{Deserialize, Serialize};

/// Whose money is spent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub enum Whose {
    /// That of the agent that asks, and of all that work for it.
    Own,
    /// That of an agent, and of all that work for it.
    Agent(AgentId),
    /// That of a script, and of all that it plays.
    Play(PlayId),
    /// That of all agents of a role, and of all that work for them.
    Role(String),
    /// That of all agents of the session.
    Session,
    /// That of all sessions together today.
    Day,
    /// That of all sessions on the project's folder together.
    Project,
}

/// How it stands in a journal: journals of earlier builds know the first three fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Written {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    of_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<AgentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    play: Option<PlayId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purse: Option<Purse>,
}

impl From<Written> for Whose {
    fn from(written: Written) -> Self {
        match written {
            Written { of_all: true, .. } => Self::Session,
            Written { of: Some(agent), .. } => Self::Agent(agent),
            Written { play: Some(play), .. } => Self::Play(play),
            Written { role: Some(role), .. } => Self::Role(role),
            Written { purse: Some(purse), .. } => purse.whose(),
            Written { .. } => Self::Own,
        }
    }
}

impl From<Whose> for Written {
    fn from(whose: Whose) -> Self {
        let nothing = Self::default();
        match whose {
            Whose::Own => nothing,
            Whose::Agent(agent) => Self { of: Some(agent), ..nothing },
            Whose::Play(play) => Self { play: Some(play), ..nothing },
            Whose::Role(role) => Self { role: Some(role), ..nothing },
            Whose::Session => Self { of_all: true, ..nothing },
            Whose::Day => Self { purse: Some(Purse::Day), ..nothing },
            Whose::Project => Self { purse: Some(Purse::Project), ..nothing },
        }
    }
}

impl Whose {
    /// As said after an amount, of an agent that is held by it.
    pub fn suffix(&self) -> String {
        match self {
            Self::Own => String::new(),
            Self::Agent(_) => " for the agent it works for".to_owned(),
            Self::Play(_) => " for its script".to_owned(),
            Self::Role(role) => format!(" for the role {role}"),
            Self::Session => " for all agents".to_owned(),
            Self::Day => " for today".to_owned(),
            Self::Project => " for this project".to_owned(),
        }
    }
}

impl Stage {
    /// Whose money it is, in as few words as there are.
    pub fn purse_name(&self, whose: &Whose) -> String {
        match whose {
            Whose::Own => "its own".to_owned(),
            Whose::Agent(id) => {
                self.agent(*id).map_or_else(String::new, |it| it.casting.name.clone())
            }
            Whose::Play(id) => {
                let name = self.play(*id).map_or("", |it| it.script.name.as_str());
                format!("script {name}")
            }
            Whose::Role(role) => format!("role {role}"),
            Whose::Session => "this session".to_owned(),
            Whose::Day => "today".to_owned(),
            Whose::Project => "this project".to_owned(),
        }
    }

    /// Who spends that money, in words.
    pub fn spender(&self, whose: &Whose) -> String {
        match whose {
            Whose::Own => "it".to_owned(),
            Whose::Agent(id) => {
                let Some(agent) = self.agent(*id) else { return format!("agent {id}") };
                let name = &agent.casting.name;
                let is_alone = agent.kin.children.is_empty();
                if is_alone { name.clone() } else { format!("{name}, with all that work for it,") }
            }
            Whose::Play(play) => {
                let name = self.play(*play).map_or("", |it| it.script.name.as_str());
                format!("the script {name}")
            }
            Whose::Role(role) => format!("the role {role}"),
            Whose::Session => "all agents together".to_owned(),
            Whose::Day => "all sessions today".to_owned(),
            Whose::Project => "all sessions on this project".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ask, Money};

    #[test]
    fn what_earlier_builds_have_asked_is_read_and_written_as_it_was() {
        let cases = [
            (r#"{"budget":{"spent":1,"estimate":2,"budget":3}}"#, Whose::Own),
            (r#"{"budget":{"spent":1,"estimate":null,"budget":3,"of_all":true}}"#, Whose::Session),
            (r#"{"budget":{"spent":1,"estimate":2,"budget":3,"of":4}}"#, Whose::Agent(AgentId(4))),
            (r#"{"budget":{"spent":1,"estimate":2,"budget":3,"play":4}}"#, Whose::Play(PlayId(4))),
        ];
        for (text, expected) in cases {
            let ask: Ask = serde_json::from_str(text).unwrap();
            let Ask::Budget { spent, whose, .. } = &ask else { panic!("{ask:?}") };
            assert_eq!((*spent, whose), (Money(1), &expected));
            assert_eq!(serde_json::to_string(&ask).unwrap(), text);
        }
    }
}
