//! The commands of scripts: run beside everything else, and let go when nobody waits
//! for them any more.

use crate::model::{
    Agent, Input, Stage,
    play::{Errand, Finding, Spot},
};
use serde_json::Value;
use std::{collections::BTreeMap, pin::Pin, sync::Arc};
use tokio::task::{AbortHandle, JoinSet};

/// What running a command is, until it has ended.
pub type OnItsWay = Pin<Box<dyn Future<Output = Result<Value, String>> + Send>>;

/// Runs a command of a script to its end, for what it prints. Dropped, it ends the
/// command. Fails with a reason to show, also where it does not end with 0.
pub type RunCommand = Arc<dyn Fn(Trip) -> OnItsWay + Send + Sync>;

/// A command, and where it is to run.
#[derive(Debug, Clone)]
pub struct Trip {
    /// What the shell is given.
    pub command: String,
    /// What stands on its standard input.
    pub input: Vec<u8>,
    /// It runs in the folder of this agent, held as that is; in the project's where
    /// there is none.
    pub beside: Option<Box<Agent>>,
}

/// Which part, which attempt, which check.
type Key = (Spot, u32, Option<u32>);

/// The commands that run.
pub(super) struct Errands {
    run: Option<RunCommand>,
    tasks: JoinSet<Finding>,
    running: BTreeMap<Key, AbortHandle>,
}

impl Errands {
    /// Nothing runs yet; without a way to run commands, nothing ever will.
    pub(super) fn new(run: Option<RunCommand>) -> Self {
        Self { run, tasks: JoinSet::new(), running: BTreeMap::new() }
    }

    /// Runs a command, with what is known of its part.
    pub(super) fn begin(&mut self, errand: Errand, stage: &Stage) {
        let Errand { spot, attempt, check, command } = errand;
        let play = stage.play(spot.play);
        let part = play.and_then(|it| it.part(it.find(&spot)?));
        let handed = part.and_then(|it| it.handed.as_deref()).filter(|_| check.is_some());
        let input = handed.map(|it| it.to_string().into_bytes()).unwrap_or_default();
        let beside = part.and_then(|it| stage.agent(it.agent?)).cloned().map(Box::new);
        let key = (spot.clone(), attempt, check);
        let work: OnItsWay = match &self.run {
            Some(run) => run(Trip { command, input, beside }),
            None => Box::pin(async { Err("no command can be run here".to_owned()) }),
        };
        let task = async move { Finding { spot, attempt, check, outcome: work.await } };
        self.running.insert(key, self.tasks.spawn(task));
    }

    /// Lets go of commands that nobody waits for any more.
    pub(super) fn prune(&mut self, stage: &Stage) {
        self.running.retain(|(spot, attempt, _), task| {
            let play = stage.play(spot.play);
            let part = play.and_then(|it| it.part(it.find(spot)?));
            let is_wanted =
                part.is_some_and(|it| it.attempt == *attempt && it.phase.is_under_way());
            if !is_wanted {
                task.abort();
            }
            is_wanted
        });
    }

    /// Waits for a command to end. Cancelling the wait loses nothing.
    pub(super) async fn next(&mut self) -> Input {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(finding)) => {
                    let key = (finding.spot.clone(), finding.attempt, finding.check);
                    self.running.remove(&key);
                    return Input::Found(Box::new(finding));
                }
                // It was let go.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }
}
