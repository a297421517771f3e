//! The commands of scripts: run beside everything else, and let go when nobody waits
//! for them any more.

use crate::{
    model::{
        Agent, Input, Stage,
        play::{Errand, Finding, Job, Spot},
    },
    text::one_line,
};
use serde_json::Value;
use std::{collections::BTreeMap, pin::Pin, sync::Arc};
use tokio::task::{AbortHandle, JoinSet};

/// How much of a check's command names it, in cells.
const NAME: usize = 60;

/// What running a command is, until it has ended.
pub type OnItsWay = Pin<Box<dyn Future<Output = Result<Value, String>> + Send>>;

/// Runs a command of a script to its end, for what it prints. Dropped, it ends the
/// command. Fails with a reason to show, also where it does not end with 0.
pub type RunCommand = Arc<dyn Fn(Trip) -> OnItsWay + Send + Sync>;

/// Reads a text as a script of the session's project. Fails with all that is wrong with
/// it. Blocks, so it runs on a thread that may.
pub type ReadScript = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

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
    read: Option<ReadScript>,
    tasks: JoinSet<Finding>,
    running: BTreeMap<Key, AbortHandle>,
}

impl Errands {
    /// Nothing runs yet; without a way to run commands, nothing ever will.
    pub(super) fn new(run: Option<RunCommand>, read: Option<ReadScript>) -> Self {
        Self { run, read, tasks: JoinSet::new(), running: BTreeMap::new() }
    }

    /// Runs a command, with what is known of its part.
    pub(super) fn begin(&mut self, errand: Errand, stage: &Stage) {
        let Errand { spot, attempt, check, job } = errand;
        let play = stage.play(spot.play);
        let part = play.and_then(|it| it.part(it.find(&spot)?));
        let handed = part.and_then(|it| it.handed.as_deref()).filter(|_| check.is_some());
        let input = handed.map(|it| it.to_string().into_bytes()).unwrap_or_default();
        let beside = part.and_then(|it| stage.agent(it.agent?)).cloned().map(Box::new);
        let key = (spot.clone(), attempt, check);
        let work: OnItsWay = match (job, &self.run, &self.read) {
            (Job::Command(command), Some(run), _) => {
                let name = check.map(|_| one_line(&command, NAME));
                let run = run(Trip { command, input, beside });
                match name {
                    Some(name) => named(name, run),
                    None => run,
                }
            }
            (Job::Script(text), _, Some(read)) => reading(read.clone(), text),
            (Job::Command(_), None, _) => failing("no command can be run here"),
            (Job::Script(_), _, None) => failing("no script is known here"),
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

/// Reads a text as a script, beside everything else.
fn reading(read: ReadScript, text: String) -> OnItsWay {
    Box::pin(async move {
        let read = tokio::task::spawn_blocking(move || read(&text)).await;
        read.map_err(|crash| crash.to_string())?.map(|()| Value::Null)
    })
}

/// One check among several is told by its command, to whoever has to mend what it found.
fn named(name: String, run: OnItsWay) -> OnItsWay {
    Box::pin(async move { run.await.map_err(|why| format!("`{name}`: {why}")) })
}

fn failing(why: &'static str) -> OnItsWay {
    Box::pin(async move { Err(why.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PlayId;

    #[tokio::test]
    async fn a_check_that_fails_is_told_by_its_command_and_work_that_fails_is_not() {
        let run: RunCommand = Arc::new(|_| failing("it ended with 2"));
        let mut errands = Errands::new(Some(run), None);
        let spot = Spot::step(PlayId(1), "build");
        for (check, told) in [(Some(0), "`make lint`: it ended with 2"), (None, "it ended with 2")]
        {
            let (spot, job) = (spot.clone(), Job::Command("make lint".into()));
            errands.begin(Errand { spot, attempt: 1, check, job }, &Stage::default());
            let Input::Found(finding) = errands.next().await else { panic!("nothing was found") };
            assert_eq!(finding.outcome, Err(told.to_owned()));
        }
    }
}
