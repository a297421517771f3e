//! Keeps what agents make: after every turn, a checkpoint of the agent's folder.
//!
//! It is made beside the agent, while the model thinks about its next turn. Only
//! a tool has to wait for it: what that changes belongs to the next checkpoint. And
//! before a tool begins, its agent's git is told what others have committed.

use crate::{
    model::{Agent, AgentId, Boundary, EngineKind, Ground, Input, Report, Stage, Tree, Turn},
    text::one_line,
    workspace::grounds::{Grounds, Kept},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tokio::{sync::Semaphore, task::JoinSet};

/// So many checkpoints are made at the same time.
const ROOM: usize = 4;
/// How wide a reason may be, in cells.
const WORDS: usize = 300;

/// The checkpoints that are being made, and those that come after them.
#[derive(Debug)]
pub(super) struct Keeper {
    grounds: Option<Grounds>,
    room: Arc<Semaphore>,
    tasks: JoinSet<Done>,
    /// Whose folder is looked at, and what of it is wanted after that.
    busy: BTreeMap<AgentId, Option<Wanted>>,
    /// Who knows what others have committed, and has not been heard since.
    acquainted: BTreeSet<AgentId>,
    /// How many tool calls each agent had asked for when it was kept last.
    calls: BTreeMap<AgentId, u32>,
    /// What was said of whom: trouble that lasts is told once.
    told: BTreeMap<AgentId, String>,
}

#[derive(Debug, Clone)]
struct Wanted {
    agent: AgentId,
    run: u32,
    turn: Turn,
    tree: Arc<Tree>,
    /// The commit that the work is compared with.
    began: Option<String>,
}

/// That a turn was kept, as the session hears it.
pub(super) fn kept_in(turn: Turn, kept: Kept) -> Report {
    let Kept { commit, files, more, in_all, .. } = kept;
    Report::Checkpointed { turn, commit, files, more, in_all }
}

enum Done {
    Kept(Wanted, Result<Option<Kept>, String>),
    /// It knows what others have committed.
    Acquainted(AgentId),
}

impl Keeper {
    /// A keeper of what is made on these grounds; without any it keeps nothing.
    pub(super) fn new(grounds: Option<Grounds>) -> Self {
        Self {
            grounds,
            room: Arc::new(Semaphore::new(ROOM)),
            tasks: JoinSet::new(),
            busy: BTreeMap::new(),
            acquainted: BTreeSet::new(),
            calls: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    /// Keeps what an agent's folder holds, as what it was after `turn`.
    pub(super) fn keep(&mut self, agent: &Agent, turn: Turn) {
        let Some(tree) = agent.tree.clone().filter(|it| it.is_kept()) else { return };
        if self.grounds.is_none() || !self.may_have_changed(agent) {
            return;
        }
        let began = agent.work_began_at().map(str::to_owned);
        let wanted = Wanted { agent: agent.id, run: agent.run, turn, tree, began };
        match self.busy.get_mut(&agent.id) {
            Some(next) => *next = Some(wanted),
            None => self.begin(wanted),
        }
    }

    /// Whether an agent's folder is being looked at.
    pub(super) fn is_busy(&self, agent: AgentId) -> bool {
        self.busy.contains_key(&agent)
    }

    /// Whether the agent has done anything since. What a program does besides its
    /// tool calls nobody knows.
    fn may_have_changed(&mut self, agent: &Agent) -> bool {
        let calls = agent.tools.values().map(|it| it.calls).sum();
        let before = self.calls.insert(agent.id, calls);
        agent.casting.engine != EngineKind::Native || before.unwrap_or_default() != calls
    }

    fn begin(&mut self, wanted: Wanted) {
        let Some(grounds) = self.grounds.clone() else { return };
        self.busy.insert(wanted.agent, None);
        let room = self.room.clone();
        self.tasks.spawn(async move {
            // The semaphore is never closed.
            let _room = room.acquire_owned().await;
            let (tree, turn, began) = (wanted.tree.clone(), wanted.turn, wanted.began.clone());
            let keep = move || grounds.keep(&tree, turn, began.as_deref());
            let kept = tokio::task::spawn_blocking(keep).await;
            let kept = match kept {
                Ok(kept) => kept.map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            Done::Kept(wanted, kept)
        });
    }

    /// Whether this is heard later. An agent asks for a tool when its folder has been
    /// looked at, and it knows what others have committed by now; its end is the end of
    /// what it made, so that is kept before.
    pub(super) fn must_wait(&mut self, input: &Input, stage: &Stage) -> bool {
        let Input::Report { agent, report, .. } = input else { return false };
        match report {
            Report::Reached(Boundary::Tool { .. }) => {
                self.busy.contains_key(agent)
                    || !self.acquainted.remove(agent) && self.acquaint(*agent, stage)
            }
            Report::Ended(_) => self.busy.contains_key(agent),
            _ => false,
        }
    }

    /// Has an agent know what others have committed, where it may not.
    fn acquaint(&mut self, id: AgentId, stage: &Stage) -> bool {
        let tree = stage.agent(id).and_then(|it| it.tree.clone());
        let tree = tree.filter(|it| it.ground == Ground::Worktree && it.is_kept());
        let (Some(tree), Some(grounds)) = (tree, self.grounds.clone()) else { return false };
        self.busy.insert(id, None);
        self.tasks.spawn(async move {
            let acquainted = tokio::task::spawn_blocking(move || grounds.acquaint(&tree)).await;
            if let Err(error) = acquainted {
                tracing::error!(%error, "an agent was not told what has moved");
            }
            Done::Acquainted(id)
        });
        true
    }

    /// Whether nothing is being kept.
    pub(super) fn is_idle(&self) -> bool {
        self.busy.is_empty()
    }

    /// Waits for a checkpoint to be done, and tells what became of it, if that is
    /// to be told. Cancelling the wait loses nothing.
    pub(super) async fn next(&mut self) -> Option<Input> {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(done)) => return self.end(done),
                // A task that was cut is of a session that is over.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }

    fn end(&mut self, done: Done) -> Option<Input> {
        let agent = match &done {
            Done::Kept(wanted, _) => wanted.agent,
            Done::Acquainted(agent) => *agent,
        };
        if let Some(next) = self.busy.remove(&agent).flatten() {
            self.begin(next);
        }
        let Done::Kept(Wanted { run, turn, .. }, kept) = done else {
            self.acquainted.insert(agent);
            return None;
        };
        let report = match kept {
            Ok(Some(kept)) => {
                self.left_out(agent, kept.left_out);
                Some(kept_in(turn, kept))
            }
            Ok(None) => None,
            Err(why) => self.trouble(agent, turn, &why),
        };
        report.map(|report| Input::Report { agent, run, report })
    }

    /// Logs, once for each number, that something of a folder is not kept.
    fn left_out(&mut self, agent: AgentId, files: u32) {
        let what = format!(
            "{files} files are too large to be kept, can't be read, or belong to \
                            a repository of their own"
        );
        if files > 0 && self.told.insert(agent, what.clone()).as_ref() != Some(&what) {
            tracing::warn!(%agent, what, "not all of a folder is kept");
        }
    }

    fn trouble(&mut self, agent: AgentId, turn: Turn, why: &str) -> Option<Report> {
        let why = one_line(why, WORDS);
        tracing::warn!(%agent, %turn, why, "a turn was not kept");
        if self.told.insert(agent, why.clone()).as_ref() == Some(&why) {
            return None;
        }
        Some(Report::NotKept(format!("what it changed in turn {turn} is not kept: {why}")))
    }
}
