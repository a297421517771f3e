//! An agent as it is cast: everything decided before it starts.

use super::{
    AgentId, Author, Capabilities, Checks, Delegation, EngineKind, Event, Ground, Heed, Money,
    Origin, Refusal, Rule, Stage, Take, Tree, Watches, account::asks_for, play::Assignment,
    retake::retaken,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A role filled for one brief. Complete: a journal that holds it needs no
/// config file to be understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Casting {
    /// What the director calls it, unique in the session: `scout`, `scout-2`.
    pub name: String,
    /// The cast entry it plays.
    pub role: String,
    /// What drives it.
    pub engine: EngineKind,
    /// The service it calls, as config names it: `anthropic`, `rehearsal`. For an
    /// agent that is a program of somebody else's, that program: `claude`.
    pub provider: String,
    /// The model it calls; empty where a program chooses.
    pub model: String,
    /// The rehearsal file that plays its model; empty where nobody plays it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rehearse: String,
    /// The session of its program that it begins with a copy of; empty where it
    /// begins a new one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fork: String,
    /// What that session had cost when it was copied; none where nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fork_cost: Option<Money>,
    /// It is a program that no other agent shares.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
    /// The task.
    pub brief: String,
    /// The audition that it plays in: agents of the same one have the same brief, and
    /// one of them is kept. Empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub audition: String,
    /// How it works: the first version of its instructions.
    pub instructions: String,
    /// The tools it may call, by name; empty means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// The MCP servers that lend it theirs, as config names them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mcp: Vec<String>,
    /// How its requests are judged, as config names it: `plan`, `ask`, `edit`, `auto`.
    pub permissions: String,
    /// How hard the model should think, as config names it; empty means its default.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub effort: String,
    /// The folder of the project it works for.
    pub workspace: String,
    /// Whether it works in that very folder, or in one of its own.
    #[serde(skip_serializing_if = "Ground::is_shared")]
    pub ground: Ground,
    /// What it may spend.
    pub budget: Option<Money>,
    /// What it is reckoned to cost; none where nobody has said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Money>,
    /// How many turns it may take; none means as many as it needs.
    pub max_turns: Option<u32>,
    /// The part of a script that it plays; none where the director cast it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment: Option<Box<Assignment>>,
    /// What it may have others do by itself; none where it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Box<Delegation>>,
    /// The agent that has set it to work; none where no agent has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Box<Origin>>,
    /// Where it is seen, if it runs elsewhere and is only watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watches: Option<Box<Watches>>,
    /// The place whose work its own begins with; none for the project's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onto: Option<Box<Tree>>,
    /// Of whose brief it is another take, and from where on; none for a first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<Box<Take>>,
    /// The files it is to keep to, as patterns of paths in its folder; empty where
    /// nobody has said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// What must hold of its work; none where nobody has said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks: Option<Box<Checks>>,
    /// How rules that spot drift are kept, where that is not the usual.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub watch: BTreeMap<Rule, Heed>,
    /// Those who may judge its work, by their roles, filled but for their briefs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub judges: BTreeMap<String, Casting>,
    /// How many tokens its model's window holds; none where nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u64>,
    /// What its engine can do.
    pub capabilities: Capabilities,
}

/// What holds for a whole session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// How many agents may work at once; the rest are queued. None: no limit.
    pub running: Option<u32>,
    /// What all agents together may spend.
    pub budget: Option<Money>,
    /// What all agents of a role together may spend, where that has a limit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Money>,
    /// What all sessions together may spend in a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<Money>,
    /// A call waits until its service grants something again, where it says when.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub waits_for_quota: bool,
    /// What all sessions on this project's folder may spend together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<Money>,
}

/// Casts an agent, under a name that nobody else has.
pub(super) fn add(stage: &Stage, by: Author, mut casting: Casting) -> Result<Vec<Event>, Refusal> {
    if casting.brief.trim().is_empty() {
        return Err(Refusal::Words("a new agent needs a brief".to_owned()));
    }
    if casting.name.trim().is_empty() {
        casting.name.clone_from(&casting.role);
    }
    casting.name = unique_name(stage, &casting.name);
    let is_own = casting.assignment.is_none() && casting.origin.is_none();
    if let Some(form) = casting.checked_form().filter(|_| is_own) {
        let asked = asks_for(form, casting.engine);
        if !casting.brief.contains(&asked) {
            casting.brief.push_str(&asked);
        }
    }
    let agent = stage.next_agent();
    let retaken = casting.take.as_deref().map(|it| retaken(agent, it, by));
    let added = Event::AgentAdded { agent, casting: Box::new(casting), by };
    Ok([added].into_iter().chain(retaken).collect())
}

/// Casts an agent under a name that nobody else has, and says who it is.
///
/// # Errors
/// When it has no brief.
pub fn cast_agent(
    stage: &Stage,
    by: Author,
    casting: Casting,
) -> Result<(AgentId, Vec<Event>), Refusal> {
    Ok((stage.next_agent(), add(stage, by, casting)?))
}

/// `scout`, then `scout-2`, `scout-3`, ….
pub(super) fn unique_name(stage: &Stage, name: &str) -> String {
    let is_free = |it: &String| stage.agent_named(it).is_none();
    let numbered = (2..).map(|n: u64| format!("{name}-{n}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}
