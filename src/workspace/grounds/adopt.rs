//! Worktrees of sessions that an older program made: git kept what is theirs in the
//! project, where their agents could write. It moves to a git folder of their own.

use super::{Grounds, GroundsError, repository::object};
use crate::{
    model::Tree,
    workspace::{Workspace, git::Git},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What git keeps of a merge, a rebase or the like that is under way.
const TAKEN_OVER: [&str; 5] = ["ORIG_HEAD", "MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "AUTO_MERGE"];
/// The most that is read of each, in bytes.
const LARGEST: u64 = 1024 * 1024;

impl Grounds {
    /// Gives a worktree its own git folder, if an older program made it without.
    pub(super) fn adopt(&self, git: &Git, tree: &Tree) -> Result<(), GroundsError> {
        let own = Self::own(tree);
        let linked = || linked(Path::new(&tree.root), Path::new(&tree.store));
        let Some(folder) = Some(&own).filter(|it| !it.is_there()).and_then(|_| linked()) else {
            return Ok(());
        };
        let store = Path::new(&tree.store);
        // Its agent could write there.
        let old = Workspace::open(&folder).ok();
        let read = |name: &str| old.as_ref()?.read(name, LARGEST).ok();
        let head = read("HEAD").unwrap_or_default();
        let head = String::from_utf8_lossy(&head).trim().to_owned();
        let branch = object(git, store, &format!("refs/heads/{}", tree.branch))?;
        self.found(git, tree, branch.as_ref().unwrap_or(&tree.base))?;
        if !head.starts_with("ref:") {
            own.put("HEAD", format!("{head}\n").as_bytes())?;
        }
        for name in TAKEN_OVER {
            if let Some(content) = read(name) {
                own.put(name, &content)?;
            }
        }
        // What is staged is made anew: the files are as they were.
        self.put_index_of(git, tree, &own.head().unwrap_or_else(|| tree.base.clone()))?;
        fs::remove_dir_all(&folder)
            .map_err(|source| GroundsError::File { path: folder.clone(), source })
    }

    /// Has the agent's index say that a commit is what its files come from.
    pub(super) fn put_index_of(
        &self,
        git: &Git,
        tree: &Tree,
        commit: &str,
    ) -> Result<(), GroundsError> {
        let index = self.apart(git, tree)?.index_of(git, commit, None)?;
        Ok(Self::own(tree).put_index(&index)?)
    }
}

/// The folder in the project that git keeps of a worktree, if there is one.
fn linked(root: &Path, store: &Path) -> Option<PathBuf> {
    let inside = Workspace::open(root).ok()?;
    let said = String::from_utf8(inside.read(".git", 4096).ok()?).ok()?;
    let folder = root.join(said.strip_prefix("gitdir:")?.trim()).canonicalize().ok()?;
    let worktrees = store.join("worktrees").canonicalize().ok()?;
    (folder.parent() == Some(&worktrees)).then_some(folder)
}
