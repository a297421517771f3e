//! S45 and F27 where agents work, and what holds for every checkpoint.

mod keeping;
mod mishaps;
mod places;
mod removing;

use super::*;
use crate::{
    model::{
        AgentId, Author, Casting, Event, FileChange, Millis, Record, Rewind, Seq, Stage, Turn,
    },
    workspace::git::tests::{git, plainly, plant, plant_inside, ran, repository},
};
use std::{collections::BTreeMap, fs};
use tempfile::TempDir;

/// A project with a commit, and the grounds of a session beside it.
struct Land {
    folder: TempDir,
    grounds: Grounds,
}

impl Land {
    fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, Brought::default())
    }

    fn with(files: &[(&str, &str)], brought: Brought) -> Self {
        let folder = TempDir::new().unwrap();
        repository(&folder.path().join("project"), files);
        let (git, worktrees) = (git(folder.path()), folder.path().join("worktrees"));
        let grounds = Grounds::new(Some(git), &worktrees, "019aca3f-1b2c", brought);
        Self { folder, grounds }
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn cast(&self, name: &str, ground: Ground) -> Agent {
        let workspace = text(&self.project());
        let casting = Casting { name: name.into(), workspace, ground, ..Casting::default() };
        let (agent, casting) = (AgentId(1), Box::new(casting));
        agent_of(vec![Event::AgentAdded { agent, casting, by: Author::Director }])
    }

    /// An agent with a worktree.
    fn settled(&self, name: &str) -> Agent {
        self.settle(&self.cast(name, Ground::Worktree))
    }

    /// The agent as it is once it has its place.
    fn settle(&self, agent: &Agent) -> Agent {
        let Settled { tree, .. } = self.grounds.settle(agent).unwrap();
        let mut agent = agent.clone();
        agent.tree = Some(Arc::new(tree));
        agent
    }

    fn keep(&self, agent: &Agent, turn: u32) -> Option<Kept> {
        let tree = agent.tree.as_ref().unwrap();
        self.grounds.keep(tree, Turn(turn), agent.work_began_at()).unwrap()
    }

    fn survey(&self, agent: &Agent) -> Left {
        self.grounds.survey(&agent.casting.name, agent.tree.as_ref().unwrap()).unwrap()
    }
}

fn agent_of(events: Vec<Event>) -> Agent {
    let mut stage = Stage::default();
    for (n, event) in (1..).zip(events) {
        stage.apply(&Record { seq: Seq(n), at: Millis(n), event });
    }
    stage.agent(AgentId(1)).unwrap().clone()
}

fn root(agent: &Agent) -> &Path {
    Path::new(&agent.tree.as_ref().unwrap().root)
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn change(path: &str, added: u32, removed: u32) -> FileChange {
    FileChange { path: path.into(), added, removed }
}

/// Every file below a folder with its bytes, but for what git rewrites as it
/// likes: objects, and the agents' own references.
fn all_of(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let inside = path.strip_prefix(folder).unwrap().to_owned();
            let is_ours = [".git/objects", ".git/refs/auteur", ".git/worktrees"];
            let is_ours = is_ours.iter().any(|it| inside.starts_with(it))
                || inside.to_string_lossy().contains("/heads/auteur");
            if is_ours {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else {
                files.insert(inside, fs::read(&path).unwrap_or_default());
            }
        }
    }
    files
}
