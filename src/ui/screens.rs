//! The screens of commands in terminals, for those who look: what was printed,
//! folded no sooner than somebody looks at it or would miss some of it.

use crate::{
    model::{Agent, AgentId, Stage},
    text::terminal::{Emulator, Modes},
};
use std::collections::BTreeMap;

/// How much of what has left a screen is kept for each, in bytes.
const HISTORY: usize = 256 * 1024;
/// So much may be printed before it is folded unseen: half of what is kept.
const UNSEEN: u64 = 64 * 1024;

/// All screens.
#[derive(Debug, Default)]
pub struct Screens {
    all: BTreeMap<AgentId, Screen>,
}

#[derive(Debug)]
struct Screen {
    emulator: Emulator,
    /// How much of what was printed it has taken in, in bytes.
    place: u64,
}

impl Screens {
    /// The screen of an agent, if it is a command in a terminal.
    pub fn of(&self, agent: AgentId) -> Option<&Emulator> {
        self.all.get(&agent).map(|it| &it.emulator)
    }

    /// How the screen of an agent wants keys and the mouse.
    pub fn modes(&self, agent: Option<AgentId>) -> Modes {
        agent.and_then(|it| self.of(it)).map(Emulator::modes).unwrap_or_default()
    }

    /// Forgets all: the stage is another.
    pub fn clear(&mut self) {
        self.all.clear();
    }

    /// Takes in what these agents have printed.
    pub fn look<'a>(&mut self, agents: impl IntoIterator<Item = &'a Agent>) {
        for agent in agents {
            self.take_in(agent);
        }
    }

    /// Takes in what would be lost before anybody looks.
    pub fn keep_up(&mut self, stage: &Stage) {
        for agent in stage.agents() {
            let place = self.all.get(&agent.id).map_or(0, |it| it.place);
            if agent.log.printed().is_some_and(|it| it.end() > place + UNSEEN) {
                self.take_in(agent);
            }
        }
    }

    fn take_in(&mut self, agent: &Agent) {
        let Some(printed) = agent.log.printed() else { return };
        let begin =
            || Screen { emulator: Emulator::at(printed.lead(), HISTORY), place: printed.lead().at };
        let screen = self.all.entry(agent.id).or_insert_with(begin);
        if screen.place < printed.lead().at || screen.place > printed.end() {
            *screen = begin();
        }
        for step in printed.since(screen.place) {
            screen.emulator.follow(step);
        }
        screen.place = printed.end();
    }
}
