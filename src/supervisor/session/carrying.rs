//! What facts ask of the world, passed on to whoever does it.

use super::Supervisor;
use crate::{
    engine::Start,
    model::{AgentId, Effect, Order, Task, Turn},
};
use std::path::Path;

impl Supervisor {
    /// Does in the world what a fact asks for.
    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Start(id) => {
                let agent = self.stage.agent(id).filter(|it| !it.is_watched_with_another());
                if let Some(agent) = agent.cloned() {
                    let has_past = agent.run > 1 || agent.casting.take.is_some();
                    let past = has_past.then(|| self.journal.path().to_owned());
                    self.crew.start(Start { agent, past, anew: None });
                }
            }
            Effect::Tell(id, order) => {
                if let Order::TakeTurn(Turn(turn @ 2..)) = order {
                    self.keep(id, Some(Turn(turn - 1)));
                }
                self.crew.tell(id, order);
            }
            Effect::Dismiss(id) => {
                self.crew.dismiss(id);
                self.keep(id, None);
            }
            Effect::Take(task) => self.take(task),
            Effect::Run(errand) => self.errands.begin(errand, &self.stage),
            Effect::Prove(proving) => self.proofs.begin(proving, &self.stage),
            Effect::Draw(purse) => {
                if let Some(draw) = self.stage.draw(purse) {
                    self.purser.draw(draw);
                }
            }
        }
    }

    /// Has an agent's work taken over.
    fn take(&mut self, task: Task) {
        let project = Path::new(&self.stage.header().project);
        if let Some(agent) = self.stage.agent(task.agent) {
            self.taker.take(agent, task, project);
        }
    }

    /// Keeps what an agent's folder holds after that turn, or after its latest.
    fn keep(&mut self, id: AgentId, turn: Option<Turn>) {
        if let Some(agent) = self.stage.agent(id) {
            self.keeper.keep(agent, turn.unwrap_or(agent.turn));
        }
    }
}
