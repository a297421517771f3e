//! The screens of commands in terminals, for those who look: what was printed,
//! folded no sooner than somebody looks at it or would miss some of it.

use crate::{
    model::{Agent, AgentId, Stage},
    text::terminal::{Emulator, Follower, Modes},
};
use std::collections::BTreeMap;

/// How much of what has left a screen is kept, in bytes, while it is looked at.
const HISTORY: usize = 256 * 1024;
/// When more screens than this are seen at once, each is too small to show anything
/// that has left it.
const FEW: usize = 4;

/// All screens.
#[derive(Debug, Default)]
pub struct Screens {
    all: BTreeMap<AgentId, Follower>,
}

impl Screens {
    /// The screen of an agent, if it is a command in a terminal.
    pub fn of(&self, agent: AgentId) -> Option<&Emulator> {
        self.all.get(&agent).map(Follower::emulator)
    }

    /// How the screen of an agent wants keys and the mouse.
    pub fn modes(&self, agent: Option<AgentId>) -> Modes {
        agent.and_then(|it| self.of(it)).map(Emulator::modes).unwrap_or_default()
    }

    /// Forgets all: the stage is another.
    pub fn clear(&mut self) {
        self.all.clear();
    }

    /// Takes in what these agents have printed; nobody looks at the others.
    pub fn look<'a>(&mut self, agents: impl IntoIterator<Item = &'a Agent>) {
        let seen: Vec<&Agent> = agents.into_iter().collect();
        let history = if seen.len() > FEW { 0 } else { HISTORY };
        for agent in &seen {
            self.take_in(agent);
            if let (Some(screen), Some(printed)) =
                (self.all.get_mut(&agent.id), agent.log.printed())
            {
                screen.keep(history, printed);
            }
        }
        let is_seen = |id: &AgentId| seen.iter().any(|it| it.id == *id);
        let others = self.all.iter_mut().filter(|(id, _)| !is_seen(id));
        others.for_each(|(_, it)| it.rest());
    }

    /// Takes in what would be lost before anybody looks.
    pub fn keep_up(&mut self, stage: &Stage) {
        for agent in stage.agents() {
            let follower = self.all.get(&agent.id);
            if agent.log.printed().is_some_and(|it| Follower::would_lose(follower, it)) {
                self.take_in(agent);
            }
        }
    }

    fn take_in(&mut self, agent: &Agent) {
        let Some(printed) = agent.log.printed() else { return };
        let begin = || Follower::new(Emulator::new(printed.size(), 0), printed);
        self.all.entry(agent.id).or_insert_with(begin).take_in(printed);
    }
}
