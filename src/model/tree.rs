//! Where an agent works, and what is kept of what it made there.

use super::{Agent, Author, Event, FileChange, Millis, Turn};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many checkpoints of an agent are told apart; the journal has them all.
const CHECKPOINTS: usize = 512;

/// What kind of folder an agent works in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// The project's own folder, with everybody else.
    #[default]
    Shared,
    /// A git worktree of its own, on a branch of its own.
    Worktree,
    /// An empty folder of its own.
    Scratch,
}

impl Ground {
    /// Whether it is the project's own folder; what old journals leave out.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    pub(super) fn is_shared(&self) -> bool {
        *self == Self::Shared
    }

    /// Its name, as in config.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Worktree => "worktree",
            Self::Scratch => "scratch",
        }
    }
}

/// The folder that an agent works in, as it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tree {
    /// What it has become; where a worktree was asked for and there is no git,
    /// the shared folder.
    pub ground: Ground,
    /// The folder the agent works in.
    pub path: String,
    /// The top folder of its working tree; `path` may lie deeper. Empty where
    /// there is no git.
    pub root: String,
    /// The git folder that holds its objects and references. Empty where there
    /// is no git.
    pub store: String,
    /// The branch that is its own; empty where it has none.
    pub branch: String,
    /// The commit that the work starts from; empty where there is none.
    pub base: String,
    /// The reference that holds its checkpoints; empty where none are made.
    pub kept: String,
    /// What the director should know of it, in a sentence; mostly empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Tree {
    /// Whether checkpoints are made of it.
    pub fn is_kept(&self) -> bool {
        !self.kept.is_empty()
    }
}

/// What a folder held after a turn, kept as a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// The turn it was made after; 0 is before the first.
    pub turn: Turn,
    /// The commit.
    pub commit: String,
    /// How many files differ from the checkpoint before it.
    pub files: u32,
    /// Lines added since then.
    pub added: u64,
    /// Lines removed since then.
    pub removed: u64,
    /// When it was made.
    pub at: Millis,
}

impl Checkpoint {
    fn new(turn: Turn, commit: &str, (files, more): (&[FileChange], u32), at: Millis) -> Self {
        Self {
            turn,
            commit: commit.to_owned(),
            files: u32::try_from(files.len()).unwrap_or(u32::MAX).saturating_add(more),
            added: files.iter().map(|it| u64::from(it.added)).sum(),
            removed: files.iter().map(|it| u64::from(it.removed)).sum(),
            at,
        }
    }
}

impl Agent {
    /// The commit its work is compared with: what the folder held before its
    /// first turn.
    pub fn work_began_at(&self) -> Option<&str> {
        let first = self.checkpoints.first().filter(|it| it.turn == Turn(0));
        let first = first.map(|it| it.commit.as_str());
        first.or_else(|| self.tree.as_ref().map(|it| it.base.as_str())).filter(|it| !it.is_empty())
    }

    /// Takes in what becomes of the folder it works in.
    pub(super) fn take_ground(&mut self, event: &Event, now: Millis) {
        match event {
            Event::WorkspaceMade { tree, .. } => self.tree = Some(Arc::new(Tree::clone(tree))),
            Event::Checkpointed { turn, commit, files, more, .. } => {
                self.checkpoints.push(Checkpoint::new(*turn, commit, (files, *more), now));
                if self.checkpoints.len() > CHECKPOINTS {
                    // The first is what the work is compared with.
                    self.checkpoints.remove(1);
                }
            }
            _ => {}
        }
    }
}

/// Notes how far the director has looked: to one of its checkpoints.
pub(super) fn see_changes(agent: &Agent, by: Author, commit: String) -> Vec<Event> {
    let is_known = agent.checkpoints.iter().any(|it| it.commit == commit);
    let is_news = agent.seen_changes.as_ref() != Some(&commit);
    let seen = Event::ChangesSeen { agent: agent.id, commit, by };
    if is_known && is_news { vec![seen] } else { Vec::new() }
}
