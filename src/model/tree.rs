//! Where an agent works, and what is kept of what it made there.

use super::{Agent, Author, Event, FileTally, Lines, Millis, Turn};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

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

/// A file an agent changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Path inside the workspace, sanitised.
    pub path: String,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
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
            Event::Checkpointed { turn, commit, files, more, in_all, .. } => {
                if *turn > Turn(0) {
                    self.take_differences(files, in_all.as_deref());
                }
                self.checkpoints.push(Checkpoint::new(*turn, commit, (files, *more), now));
                if self.checkpoints.len() > CHECKPOINTS {
                    // The first is what the work is compared with.
                    self.checkpoints.remove(1);
                }
            }
            _ => {}
        }
    }

    /// Takes in how the files that a turn changed differ from what they were at first.
    fn take_differences(&mut self, files: &[FileChange], in_all: Option<&[FileChange]>) {
        let lines = |it: &FileChange| Lines { added: it.added, removed: it.removed };
        let Some(in_all) = in_all else {
            // Either it is the first turn that changed something, or the journal is of a
            // version that told no more: then it is what was written in all.
            for file in files {
                let sum = self.differs.entry(file.path.clone()).or_default();
                sum.added = sum.added.saturating_add(file.added);
                sum.removed = sum.removed.saturating_add(file.removed);
            }
            return;
        };
        for file in files {
            self.differs.remove(&file.path);
        }
        self.differs.extend(in_all.iter().map(|it| (it.path.clone(), lines(it))));
    }

    /// How its files differ from what they were when it began: as kept of its folder, or
    /// as its own tools said where nothing is kept.
    pub fn differences(&self) -> BTreeMap<&str, Lines> {
        let is_kept = self.tree.as_ref().is_some_and(|it| it.is_kept());
        if is_kept {
            return self.differs.iter().map(|(path, lines)| (path.as_str(), *lines)).collect();
        }
        let lines = |it: &FileTally| Lines { added: it.added, removed: it.removed };
        self.files.iter().map(|(path, tally)| (path.as_str(), lines(tally))).collect()
    }
}

/// Notes how far the director has looked: to one of its checkpoints.
pub(super) fn see_changes(agent: &Agent, by: Author, commit: String) -> Vec<Event> {
    let is_known = agent.checkpoints.iter().any(|it| it.commit == commit);
    let is_news = agent.seen_changes.as_ref() != Some(&commit);
    let seen = Event::ChangesSeen { agent: agent.id, commit, by };
    if is_known && is_news { vec![seen] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Author, Header, Millis, Record, Seq, Stage};

    #[test]
    fn what_a_turn_undoes_is_no_difference_and_an_old_journal_tells_sums() {
        let agent = AgentId(1);
        let change = |path: &str, added, removed| FileChange { path: path.into(), added, removed };
        let kept = |turn, files: Vec<FileChange>, in_all| Event::Checkpointed {
            agent,
            turn: Turn(turn),
            commit: format!("c{turn}"),
            files,
            more: 0,
            in_all,
        };
        let tree = Tree { kept: "refs/auteur/a".into(), ..Tree::default() };
        let mut events = vec![
            Event::AgentAdded { agent, casting: Box::default(), by: Author::Director },
            Event::WorkspaceMade { agent, tree: Box::new(tree) },
            // Before the first turn is no work of the agent's.
            kept(0, vec![change("setup", 9, 0)], None),
            kept(1, vec![change("a", 3, 1), change("b", 2, 0)], None),
            kept(2, vec![change("a", 2, 2), change("b", 0, 2)], Some(vec![change("a", 4, 2)])),
        ];
        let differs = |events: &[Event]| {
            let mut stage = Stage::new(Header::default());
            for (seq, event) in (0..).map(Seq).zip(events) {
                stage.apply(&Record { seq, at: Millis(0), event: event.clone() });
            }
            let all = stage.agent(agent).unwrap().differences();
            all.into_iter().map(|(it, lines)| (it.to_owned(), lines)).collect::<Vec<_>>()
        };
        let lines = |added, removed| Lines { added, removed };
        assert_eq!(differs(&events), [("a".to_owned(), lines(4, 2))]);
        events.pop();
        events.push(kept(2, vec![change("a", 2, 2)], None));
        let sums = [("a".to_owned(), lines(5, 3)), ("b".to_owned(), lines(2, 0))];
        assert_eq!(differs(&events), sums);
    }
}
