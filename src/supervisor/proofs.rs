//! The checks of agents' work that are commands: run beside everything else, where the work
//! is, held as its agent is.

use super::{RunCommand, errands::Trip};
use crate::{
    model::{AgentId, Input, Proved, Proving, Stage, script::Check},
    script::fits,
};
use std::collections::BTreeMap;
use tokio::task::{AbortHandle, JoinSet};

/// The checks that are made.
pub(super) struct Proofs {
    run: Option<RunCommand>,
    tasks: JoinSet<Proved>,
    running: BTreeMap<(AgentId, u32, u32), AbortHandle>,
}

impl Proofs {
    /// Nothing is checked yet; without a way to run commands, none ever holds.
    pub(super) fn new(run: Option<RunCommand>) -> Self {
        Self { run, tasks: JoinSet::new(), running: BTreeMap::new() }
    }

    /// Runs a command.
    pub(super) fn begin(&mut self, proving: Proving, stage: &Stage) {
        let Proving { agent, round, check, command } = proving;
        let nth = check as usize;
        let wanted = stage.agent(agent).and_then(|it| it.checks().nth(nth));
        let schema = match wanted {
            Some(Check::Json { schema, .. }) => Some(schema.clone()),
            _ => None,
        };
        let beside = stage.agent(agent).cloned().map(Box::new);
        let work = self.run.as_ref().map(|it| it(Trip { command, input: Vec::new(), beside }));
        let task = async move {
            let outcome = match work {
                Some(work) => work.await.and_then(|printed| match schema {
                    Some(schema) => fits(&schema, &printed).map_err(|it| it.to_string()),
                    None => Ok(()),
                }),
                None => Err("no command can be run here".to_owned()),
            };
            Proved { agent, round, check, outcome }
        };
        self.running.insert((agent, round, check), self.tasks.spawn(task));
    }

    /// Lets go of what nobody waits for any more.
    pub(super) fn prune(&mut self, stage: &Stage) {
        self.running.retain(|(agent, round, _), task| {
            let is_wanted = stage
                .agent(*agent)
                .is_some_and(|it| it.proof.round() == *round && it.proof.is_under_way());
            if !is_wanted {
                task.abort();
            }
            is_wanted
        });
    }

    /// Waits for a check to be made. Cancelling the wait loses nothing.
    pub(super) async fn next(&mut self) -> Input {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(proved)) => {
                    self.running.remove(&(proved.agent, proved.round, proved.check));
                    return Input::Proved(Box::new(proved));
                }
                // It was let go.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }
}
