//! What the director calls an agent, and the colour of its name. Both are facts: they say
//! nothing about the agent, but every screen shows them, and a replay as well.

use super::{Agent, Author, Event, Refusal, Stage};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest that a name may be, in letters.
const LONGEST: usize = 60;

/// The colour of a name. None of these means need, or trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are colours")]
pub enum Tint {
    Teal,
    Blue,
    Green,
    Orange,
    Purple,
}

impl Tint {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Teal, Self::Blue, Self::Green, Self::Orange, Self::Purple];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.to_string() == name)
    }
}

impl fmt::Display for Tint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Orange => "orange",
            Self::Purple => "purple",
        })
    }
}

/// Calls an agent something else, that nobody else is or was called.
pub(super) fn rename(
    stage: &Stage,
    agent: &Agent,
    by: Author,
    name: &str,
) -> Result<Vec<Event>, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) || name.contains(char::is_whitespace) {
        return Err(Refusal::Words("a name is one word".to_owned()));
    }
    if name.chars().count() > LONGEST {
        return Err(Refusal::Words(format!("a name has {LONGEST} letters at most")));
    }
    if agent.casting.name == name {
        return Ok(Vec::new());
    }
    match stage.agent_named(name) {
        Some(other) if other.id != agent.id => {
            let other = &other.casting.name;
            let was = if other == name { "is" } else { "was" };
            Err(Refusal::Words(format!("{other} {was} called so")))
        }
        _ => Ok(vec![Event::AgentRenamed { agent: agent.id, name: name.to_owned(), by }]),
    }
}

/// Gives its name another colour, or none.
pub(super) fn tint(agent: &Agent, by: Author, tint: Option<Tint>) -> Vec<Event> {
    let is_news = agent.tint != tint;
    is_news.then_some(Event::AgentTinted { agent: agent.id, tint, by }).into_iter().collect()
}

impl Agent {
    /// Whether it is called so, or was: who has learnt a name may go on using it.
    pub fn is_called(&self, name: &str) -> bool {
        self.casting.name == name || self.formerly.iter().any(|it| it == name)
    }

    /// Takes in what it is called, or how that looks.
    pub(super) fn be_labelled(&mut self, event: &Event) {
        match event {
            Event::AgentRenamed { name, .. } => {
                let before = std::mem::replace(&mut self.casting.name, name.clone());
                self.formerly.retain(|it| it != name);
                self.formerly.push(before);
            }
            Event::AgentTinted { tint, .. } => self.tint = *tint,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Casting, Command, Input, Millis, Record, decide};

    const ONE: AgentId = AgentId(1);

    /// A stage with these on it.
    fn stage(names: &[&str]) -> Stage {
        let mut stage = Stage::default();
        for (agent, name) in (1..).zip(names) {
            let casting = Casting { name: (*name).into(), ..Casting::default() };
            let (agent, casting, by) = (AgentId(agent), Box::new(casting), Author::Director);
            happen(&mut stage, Event::AgentAdded { agent, casting, by });
        }
        stage
    }

    fn happen(stage: &mut Stage, event: Event) {
        stage.apply(&Record { seq: stage.last().next(), at: Millis(1), event });
    }

    fn ask(stage: &mut Stage, command: Command) -> Result<usize, String> {
        let input = Input::Command { by: Author::Director, command };
        let facts = decide(stage, input).map_err(|it| it.to_string())?;
        let count = facts.len();
        for fact in facts {
            happen(stage, fact);
        }
        Ok(count)
    }

    fn rename_to(stage: &mut Stage, agent: AgentId, name: &str) -> Result<usize, String> {
        ask(stage, Command::Rename { agent, name: name.to_owned() })
    }

    #[test]
    fn an_agent_has_another_name_and_is_still_found_by_the_one_it_had() {
        let mut stage = stage(&["scout", "writer"]);
        assert_eq!(rename_to(&mut stage, ONE, " pathfinder "), Ok(1));
        assert_eq!(stage.agent(ONE).unwrap().casting.name, "pathfinder");
        for name in ["pathfinder", "scout"] {
            assert_eq!(stage.agent_named(name).map(|it| it.id), Some(ONE), "{name}");
        }
        // The next one of its role is no second scout.
        assert_eq!(super::super::casting::unique_name(&stage, "scout"), "scout-2");
        assert_eq!(rename_to(&mut stage, ONE, "pathfinder"), Ok(0));
        assert_eq!(rename_to(&mut stage, ONE, "scout"), Ok(1));
        assert_eq!(stage.agent(ONE).unwrap().formerly, ["pathfinder"]);
    }

    #[test]
    fn nobody_has_the_name_of_another_or_no_name_at_all() {
        let mut stage = stage(&["scout", "writer"]);
        rename_to(&mut stage, AgentId(2), "poet").unwrap();
        let mut refused = |name: &str| rename_to(&mut stage, ONE, name).unwrap_err();
        assert_eq!(refused("poet"), "poet is called so");
        assert_eq!(refused("writer"), "poet was called so");
        assert_eq!(refused(" "), "a name is one word");
        assert_eq!(refused("two words"), "a name is one word");
        assert_eq!(refused(&"a".repeat(61)), "a name has 60 letters at most");
    }

    #[test]
    fn a_name_has_a_colour_until_it_has_none() {
        let mut stage = stage(&["scout"]);
        let mut tinted = |tint| {
            let count = ask(&mut stage, Command::Tint { agent: ONE, tint }).unwrap();
            (count, stage.agent(ONE).unwrap().tint)
        };
        assert_eq!(tinted(Some(Tint::Blue)), (1, Some(Tint::Blue)));
        assert_eq!(tinted(Some(Tint::Blue)), (0, Some(Tint::Blue)));
        assert_eq!(tinted(None), (1, None));
        for tint in Tint::ALL {
            assert_eq!(Tint::named(&tint.to_string()), Some(tint));
        }
    }

    #[test]
    fn who_is_called_otherwise_is_so_in_the_journal() {
        let by = Author::Director;
        let events = [
            (
                Event::AgentRenamed { agent: ONE, name: "poet".into(), by },
                r#"{"agent-renamed":{"agent":1,"name":"poet","by":"director"}}"#,
            ),
            (
                Event::AgentTinted { agent: ONE, tint: Some(Tint::Teal), by },
                r#"{"agent-tinted":{"agent":1,"tint":"teal","by":"director"}}"#,
            ),
        ];
        for (event, line) in events {
            assert_eq!(serde_json::to_string(&event).unwrap(), line);
            assert_eq!(serde_json::from_str::<Event>(line).unwrap(), event);
        }
    }
}
