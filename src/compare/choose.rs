//! Who is meant where a session is named and no agent of it.

use crate::model::{Agent, AgentId, Stage};

/// It does not follow who is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// Nobody was ever cast.
    #[error("nobody was ever cast in it")]
    Nobody,
    /// No agent has that name.
    #[error("there is no agent {name} in it; there is {}", .known.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// There are several, and nothing says which.
    #[error("it has several agents: {}", .0.join(", "))]
    Several(Vec<String>),
    /// There is nobody to hold it against.
    #[error("{0} is the only take of its brief")]
    Only(String),
}

/// The agent that is meant: that of this name; else the only one, those that work for
/// another not counted; else, of takes of one brief, the one that is marked as the best.
///
/// # Errors
/// When it does not follow who.
pub fn the_one(stage: &Stage, name: Option<&str>) -> Result<AgentId, Unclear> {
    if let Some(name) = name {
        return Ok(named(stage, name)?.id);
    }
    let heads = heads(stage);
    let best: Vec<&&Agent> = heads.iter().filter(|it| it.is_best).collect();
    match (heads.as_slice(), best.as_slice()) {
        ([], _) => Err(Unclear::Nobody),
        ([one], _) => Ok(one.id),
        ([first, ..], [best]) if stage.takes(first).len() == heads.len() => Ok(best.id),
        (several, _) => Err(Unclear::Several(names(several))),
    }
}

/// The two agents of one session that are meant: this one and the one it was taken from,
/// or its only other take; where none is named, the only two.
///
/// # Errors
/// When it does not follow who.
pub fn the_two(stage: &Stage, name: Option<&str>) -> Result<[AgentId; 2], Unclear> {
    if let Some(name) = name {
        let agent = named(stage, name)?;
        if let Some(of) = stage.taken_from(agent) {
            return Ok([of.id, agent.id]);
        }
        let takes: Vec<&Agent> = stage.takes(agent).into_iter().map(|it| it.1).collect();
        return match takes.as_slice() {
            [one, other] => Ok([one.id, other.id]),
            [] | [_] => Err(Unclear::Only(agent.casting.name.clone())),
            several => Err(Unclear::Several(names(several))),
        };
    }
    let heads = heads(stage);
    if let [one, other] = heads.as_slice() {
        return Ok([one.id, other.id]);
    }
    let takes = heads.iter().filter(|it| stage.taken_from(it).is_none());
    let mut pairs = takes.filter_map(|first| match stage.takes(first).as_slice() {
        [(_, one), (_, other)] => Some([one.id, other.id]),
        _ => None,
    });
    match (heads.as_slice(), pairs.next(), pairs.next()) {
        ([], ..) => Err(Unclear::Nobody),
        (_, Some(pair), None) => Ok(pair),
        ([only], ..) if stage.agents().len() == 1 => Err(Unclear::Only(only.casting.name.clone())),
        // Those that work for it can be held against each other where they are named.
        ([_], ..) => Err(Unclear::Several(names(&stage.agents().collect::<Vec<_>>()))),
        (several, ..) => Err(Unclear::Several(names(several))),
    }
}

/// Those that work for nobody else.
fn heads(stage: &Stage) -> Vec<&Agent> {
    stage.agents().filter(|it| stage.head(it).id == it.id).collect()
}

fn named<'a>(stage: &'a Stage, name: &str) -> Result<&'a Agent, Unclear> {
    stage.agent_named(name).ok_or_else(|| {
        let known = stage.agents().map(|it| it.casting.name.clone()).collect();
        Unclear::Unknown { name: name.to_owned(), known }
    })
}

fn names(agents: &[&Agent]) -> Vec<String> {
    agents.iter().map(|it| it.casting.name.clone()).collect()
}
