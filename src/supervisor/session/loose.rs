//! What a run of a session leaves open: settled when it closes, and taken up by
//! the next one.

use super::Supervisor;
use crate::model::{
    Agent, AgentId, Author, Command, Cost, Event, HoldReason, Input, Outcome, PauseGrain, QuitMode,
    Usage, loose_ends,
};
use crate::supervisor::cut::{gate, what_was_cut};
use std::time::Duration;
use tokio::sync::mpsc::Receiver;

/// How long a session that closes waits for what is being kept: work that is not
/// kept is not lost, but nobody would know what changed in which turn.
const KEEPING: Duration = Duration::from_secs(10);

impl Supervisor {
    /// Waits for what is being kept or taken over, unless the director does not want to wait.
    /// Nothing else begins any more: who asks for something now is not heard.
    pub(super) async fn keep_the_rest(&mut self, inputs: &mut Receiver<Input>) {
        let patience = tokio::time::sleep(KEEPING);
        tokio::pin!(patience);
        let mut is_urgent = self.closing.is_some_and(|it| it.mode == QuitMode::Now);
        while !(is_urgent || self.keeper.is_idle() && self.taker.is_idle()) {
            tokio::select! {
                kept = self.keeper.next() => {
                    self.now = self.clock.now();
                    if let Some(input) = kept {
                        self.judge(input);
                    }
                }
                taken = self.taker.next() => {
                    self.now = self.clock.now();
                    for input in taken {
                        self.judge(input);
                    }
                }
                Some(input) = inputs.recv() => {
                    is_urgent = matches!(input.command(), Some(Command::Quit(_)));
                }
                () = &mut patience => return,
            }
        }
    }

    /// Settles model calls that the close cuts: nobody knows what they used.
    pub(super) fn settle_calls(&mut self) {
        let calling = self.stage.agents().filter(|it| it.calling && !it.is_watched());
        let calling: Vec<_> = calling.map(|it| (it.id, it.turn)).collect();
        for (agent, turn) in calling {
            let why = "the session closed".to_owned();
            let (usage, cost) = (Usage::default(), Cost::from(None));
            self.settle(Event::TurnCut { agent, turn, why, usage, cost });
        }
    }

    /// Marks tools that the close cuts. Nobody knows how far they came, so the
    /// director is asked before their agents go on in a later run.
    pub(super) fn settle_tools(&mut self) {
        let ours = self.stage.agents().filter(|it| !it.is_watched());
        let running = ours.filter(|it| it.tools_at_work().next().is_some());
        let events: Vec<_> = running
            .flat_map(|agent| {
                let ends = loose_ends(agent, "the session closed");
                let ends = ends.into_iter().filter(|event| match event {
                    Event::ToolEnded { call, .. } => {
                        agent.tools_at_work().any(|(running, _)| running == call)
                    }
                    _ => false,
                });
                ends.chain(gate(agent)).collect::<Vec<_>>()
            })
            .collect();
        for event in events {
            self.settle(event);
        }
    }

    /// Holds all that are not over, before any of them is taken up again.
    pub(super) fn hold_living(&mut self) {
        let can_be_held = |it: &Agent| it.casting.capabilities.pause != PauseGrain::None;
        let living = self.stage.agents().filter(|it| !it.is_over() && can_be_held(it));
        let reason = HoldReason::Director;
        let free = living.filter(|it| !it.is_held_for(reason)).map(|it| it.id);
        for agent in free.collect::<Vec<_>>() {
            let note = "another take was begun".to_owned();
            self.settle(Event::HoldPlaced { agent, reason, by: Author::Director, note });
        }
    }

    /// Takes an agent of a former run up again. What that run left open is
    /// brought to an end first.
    pub(super) fn take_up(&mut self, id: AgentId, was_on: bool) {
        let agent = self.stage.agent(id).filter(|it| !it.is_watched_with_another());
        let Some(agent) = agent else { return };
        let run = agent.run;
        let is_shut = agent.is_held_for(HoldReason::Shutdown);
        // A command is not run again unasked: nobody knows what it would do.
        let begin = if agent.freezes_to_pause() {
            let why = "it ended with the session; restart it".to_owned();
            Event::AgentEnded { agent: id, outcome: Outcome::Failed { why } }
        } else {
            Event::AgentStarting { agent: id, run: run + 1 }
        };
        if was_on {
            for event in what_was_cut(agent) {
                self.settle(event);
            }
            self.settle(begin);
        }
        if is_shut {
            let by = Author::Supervisor;
            self.settle(Event::HoldLifted { agent: id, reason: HoldReason::Shutdown, by });
        }
    }
}
