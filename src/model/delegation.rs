//! What an agent may have others do by itself, and whose work one does that another
//! has set to it.

use super::{AgentId, CallId, Casting, script::Check};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What an agent may have others do, by itself. Where it is not said, its model has no
/// tool for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delegation {
    /// Whom it may set to work for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spawn: Option<Spawn>,
    /// To whom it may hand off its own work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hand_off: Option<HandOff>,
    /// The roles that these name, filled, where no script has them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Casting>,
}

/// Whom an agent may set to work for it, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spawn {
    /// The roles.
    pub roles: Vec<String>,
    /// How many in all while it does its work, those that its own set to work included.
    pub most: u32,
    /// How many of them may be at work at once; none means as many as there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_parallel: Option<u32>,
    /// How many may stand below each other: at 1, its own set nobody to work.
    pub depth: u32,
    /// What each of them hands in must fit: a JSON Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Box<Value>>,
}

/// To whom work may be handed off, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandOff {
    /// The roles.
    pub to: Vec<String>,
    /// How often one piece of work may go from hand to hand.
    pub most: u32,
    /// How many agents are given it, one after the other, where each fails.
    pub attempts: u32,
}

/// Whose work an agent does that another one has set to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// Who has.
    pub agent: AgentId,
    /// With which of its calls: the same call never brings two.
    pub call: CallId,
    /// How it stands to that one.
    pub bond: Bond,
    /// How far below one that nobody has spawned it stands.
    pub depth: u32,
    /// What it hands in must fit: a JSON Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Box<Value>>,
}

/// How an agent stands to the one that has set it to work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bond {
    /// It works for that one, who is told what it comes to.
    #[default]
    Child,
    /// It goes on with the work of that one, who is over.
    Successor,
    /// It judges the work of that one, which hears nothing of it. What that costs is its own.
    Judge,
}

/// What an agent asks others to do, with a tool call of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Bid {
    /// One more agent is to work for it.
    Spawn {
        /// The role.
        role: String,
        /// Its task.
        brief: String,
        /// The call ends with what that one comes to, not with its name.
        waits: bool,
    },
    /// How those that work for it stand.
    Await {
        /// Whom it means; all, where nobody is named.
        names: Vec<String>,
        /// The call ends when they have.
        waits: bool,
    },
    /// Another one is to go on with its work.
    HandOff {
        /// The role.
        to: String,
        /// What that one needs to know.
        note: String,
        /// What goes with it; null for nothing.
        value: Box<Value>,
    },
}

/// Who belongs to an agent: those that work for it, and the one that goes on with its
/// work.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kin {
    /// Those it has set to work, oldest first.
    pub children: Vec<AgentId>,
    /// How many of them it had when it was taken up anew: they count no more.
    pub before: usize,
    /// Those that were at work when it ended, and are to stop.
    pub left: Vec<AgentId>,
    /// The call that waits for some of them.
    pub awaits: Option<Awaits>,
    /// What it has handed in itself, where it works for another.
    pub handed_in: Option<Value>,
    /// That it has handed off its own work.
    pub handed_off: Option<HandedOff>,
    /// Those who were given that, one after the other where each failed.
    pub successors: Vec<AgentId>,
}

/// A call that waits for others to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaits {
    /// Which.
    pub call: CallId,
    /// For whom.
    pub whom: Vec<AgentId>,
}

/// Work that an agent has handed off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOff {
    /// With which call.
    pub call: CallId,
    /// The role that goes on with it.
    pub to: String,
    /// What that one needs to know.
    pub note: String,
    /// What goes with it; null for nothing.
    pub value: Value,
}

impl Bid {
    /// The tools that are no work of their own: what they ask for is done by others, so
    /// to run one again does nothing twice.
    pub const TOOLS: [&str; 3] = ["spawn", "await_agents", "hand_off"];
}

impl Casting {
    /// What others are given of its work by itself: whether that is typed; none where
    /// nobody waits for any.
    pub fn hands_in(&self) -> Option<bool> {
        let of_child = self.origin.as_ref().filter(|it| it.output.is_some()).map(|_| true);
        let of_check = || self.checked_form().map(|_| true);
        self.assignment.as_ref().map(|it| it.output.is_some()).or(of_child).or_else(of_check)
    }

    /// What it hands in must fit: a JSON Schema.
    pub fn awaited(&self) -> Option<&Value> {
        let assigned = self.assignment.as_ref().map(|it| it.output.as_deref());
        let of_origin = || self.origin.as_ref().and_then(|it| it.output.as_deref());
        assigned.unwrap_or_else(|| of_origin().or_else(|| self.checked_form()))
    }

    /// What a check of its own says that it has to hand in.
    pub(super) fn checked_form(&self) -> Option<&Value> {
        self.checks.as_deref()?.list.iter().find_map(|it| match it {
            Check::Schema(schema) => Some(&**schema),
            _ => None,
        })
    }
}
