//! Takes over what agents made, beside everything else: git may take its time.

use super::keeper::kept_in;
use crate::{
    model::{Agent, Input, Report, Task, Tree, Turn, Way},
    text::one_line,
    tools::policy::privileged_name,
    workspace::{
        grounds::Grounds,
        taking::{NotTaken, Taken, Work, take},
    },
};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::task::JoinSet;

/// How wide a reason may be, in cells.
const WORDS: usize = 600;

/// The work that is being taken over.
#[derive(Debug)]
pub(super) struct Taker {
    grounds: Option<Grounds>,
    tasks: JoinSet<Vec<Input>>,
    /// All work goes into the same branch: one at a time moves it. Nobody waits
    /// for this who is not a thread of a task here.
    turnstile: Arc<Mutex<()>>,
}

impl Taker {
    /// One who takes what was made on these grounds.
    pub(super) fn new(grounds: Option<Grounds>) -> Self {
        Self { grounds, tasks: JoinSet::new(), turnstile: Arc::default() }
    }

    /// Takes an agent's work over.
    pub(super) fn take(&mut self, agent: &Agent, task: Task, project: &Path) {
        let (id, run, turn) = (agent.id, agent.run, agent.turn);
        let say = move |report| Input::Report { agent: id, run, report };
        let (Some(grounds), Some(tree)) = (self.grounds.clone(), agent.tree.clone()) else {
            let why = "there is no git here that could take it";
            self.tasks.spawn(async move { vec![say(not_taken(task.way, why))] });
            return;
        };
        let conflicted = agent.taking.conflicted.iter().flat_map(|it| &it.files);
        let conflicted = conflicted.map(|it| it.path.clone()).collect();
        let (name, began) = (agent.casting.name.clone(), agent.work_began_at().map(str::to_owned));
        let open = Open { tree, turn, name, began, conflicted };
        let (merging, project) = (agent.taking.merging.clone(), project.to_owned());
        let turnstile = self.turnstile.clone();
        self.tasks.spawn_blocking(move || {
            let _one_at_a_time = turnstile.lock().unwrap_or_else(PoisonError::into_inner);
            let mut reports = Vec::new();
            match open.work(&grounds, &mut reports) {
                Ok(work) => {
                    let work = Work { project, merging, ..work };
                    let mut taken = take(&work, task.way, &task.words);
                    if let (Ok(taken), true) = (&mut taken, task.way != Way::ThrowAway) {
                        taken.about += &privileged(&work);
                        taken.about += &left_out(&grounds, &work.tree);
                    }
                    reports.push(came_of(task.way, taken));
                }
                Err(why) => reports.push(not_taken(task.way, &why)),
            }
            reports.into_iter().map(say).collect()
        });
    }

    /// Whether nothing is being taken.
    pub(super) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Waits until something was taken, and tells what came of it. Cancelling the
    /// wait loses nothing.
    pub(super) async fn next(&mut self) -> Vec<Input> {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(inputs)) => return inputs,
                Some(Err(error)) => tracing::error!(%error, "work was not taken"),
                None => std::future::pending().await,
            }
        }
    }
}

/// What is known of the work before anybody has looked at its folder.
struct Open {
    tree: Arc<Tree>,
    turn: Turn,
    name: String,
    /// The commit that the work is compared with.
    began: Option<String>,
    conflicted: Vec<String>,
}

impl Open {
    /// The work as its folder holds it now. What was not kept yet is kept first.
    fn work(self, grounds: &Grounds, reports: &mut Vec<Report>) -> Result<Work, String> {
        let git = grounds.git()?.clone();
        let kept = grounds.keep(&self.tree, self.turn, self.began.as_deref());
        if let Some(kept) = kept.map_err(|it| it.to_string())? {
            reports.push(kept_in(self.turn, kept));
        }
        let mut tree = Tree::clone(&self.tree);
        tree.base = self.began.unwrap_or(tree.base);
        let (name, kept) = (self.name, tree.kept.clone());
        let project = std::path::PathBuf::new();
        Ok(Work { git, tree, kept, project, name, merging: None, conflicted: self.conflicted })
    }
}

/// What of the work changes what runs later on the director's machine, after what
/// was taken: hooks, settings of agents and editors.
fn privileged(work: &Work) -> String {
    let all = work.changed().unwrap_or_else(|error| {
        tracing::warn!(%error, "what was taken could not be found out");
        Vec::new()
    });
    let names: Vec<String> = all.into_iter().filter(|it| privileged_name(it).is_some()).collect();
    match names.as_slice() {
        [] => String::new(),
        [name] => format!("; {name} is in it, which changes what runs later"),
        [name, rest @ ..] => {
            format!("; {name} and {} more are in it, which change what runs later", rest.len())
        }
    }
}

/// What of its folder nothing can take, after what was taken.
fn left_out(grounds: &Grounds, tree: &Tree) -> String {
    let names = grounds.left_out(tree).unwrap_or_else(|error| {
        tracing::warn!(%error, "what was not taken could not be found out");
        Vec::new()
    });
    match names.as_slice() {
        [] => String::new(),
        [name] => format!("; not {name}, which nothing keeps: move it yourself"),
        [name, rest @ ..] => {
            format!("; not {name} and {} more, which nothing keeps: move them yourself", rest.len())
        }
    }
}

fn not_taken(way: Way, why: &str) -> Report {
    let (into, onto, conflicts) = (String::new(), String::new(), Vec::new());
    Report::WorkNotTaken { way, into, onto, conflicts, why: one_line(why, WORDS) }
}

fn came_of(way: Way, outcome: Result<Taken, NotTaken>) -> Report {
    let error = match outcome {
        Ok(Taken { commit, into, about }) => {
            return Report::WorkTaken { way, commit, into, about };
        }
        Err(error) => error,
    };
    let why = one_line(&error.to_string(), WORDS);
    match error {
        NotTaken::Conflicts { into, onto, conflicts } => {
            Report::WorkNotTaken { way, into, onto, conflicts, why }
        }
        NotTaken::Git(_) | NotTaken::Refused(_) => not_taken(way, &why),
    }
}
