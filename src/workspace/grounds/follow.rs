//! What an agent commits comes to the project with what is kept of its folder: its
//! objects, and where its branch stands. What others have committed by then comes
//! to the agent, to merge or to rebase onto.

use super::{
    Grounds, GroundsError,
    repository::{commit, object},
};
use crate::{
    model::{Ground, Tree},
    workspace::git::Git,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

impl Grounds {
    /// Brings in what an agent has committed; tells where its HEAD stands. In a
    /// folder that is shared, nothing has to be brought.
    ///
    /// # Errors
    /// When something of it is missing or damaged, or git can't.
    pub(super) fn bring_in(&self, git: &Git, tree: &Tree) -> Result<Option<String>, GroundsError> {
        match tree.ground {
            Ground::Scratch => return Ok(None),
            Ground::Shared => return Ok(commit(git, Path::new(&tree.root), "HEAD")?),
            Ground::Worktree => {}
        }
        self.acquaint(tree);
        let (own, store) = (Self::own(tree), Path::new(&tree.store));
        let (head, branch) = (own.head(), own.branch(&tree.branch));
        let tips = head.iter().chain(&branch).map(String::as_str).collect();
        let drafts = self.apart(git, tree)?.folder.join("incoming");
        own.bring(git, store, &tips, &drafts)?;
        if let Some(branch) = branch {
            self.follow(git, tree, &branch)?;
        }
        Ok(head)
    }

    /// Has an agent know where the project's branches stand by now. Costs next to
    /// nothing where none has moved.
    pub fn acquaint(&self, tree: &Tree) {
        let Some(git) = self.git().ok().filter(|_| tree.ground == Ground::Worktree) else { return };
        let store = Path::new(&tree.store);
        let learnt = self
            .known(git, tree)
            .and_then(|known| Ok(Self::own(tree).learn(git, (store, &tree.branch), &known)?));
        if let Err(error) = learnt {
            // It may be packing them just now, and is told the next time.
            tracing::debug!(%error, branch = tree.branch, "it does not know what has moved");
        }
    }

    /// The same; what can't be brought is left where it is, and its content is kept
    /// all the same.
    pub(super) fn bring_in_or_say(&self, git: &Git, tree: &Tree) -> Option<String> {
        self.bring_in(git, tree).unwrap_or_else(|error| {
            tracing::warn!(%error, branch = tree.branch, "its commits can't be brought in");
            None
        })
    }

    /// Has the project's branch stand where the agent's does, if it still stands
    /// where it was left. Nobody's checkout is moved under their feet.
    fn follow(&self, git: &Git, tree: &Tree, commit: &str) -> Result<(), GroundsError> {
        let last = fs::read_to_string(self.tip(git, tree)?).unwrap_or_default();
        let name = format!("refs/heads/{}", tree.branch);
        if last == commit || is_checked_out(git, tree)? {
            return Ok(());
        }
        let store = Path::new(&tree.store);
        let words = ["update-ref", "-m", "auteur: brought", &name, commit, &last];
        match git.call(store, words).with("GIT_DIR", store).bytes() {
            Ok(_) => self.note_tip(git, tree, commit),
            Err(_) if object(git, store, &name)?.as_deref() == Some(commit) => {
                self.note_tip(git, tree, commit)
            }
            Err(error) => {
                tracing::warn!(%error, branch = tree.branch, "somebody else has moved it");
                Ok(())
            }
        }
    }

    /// Notes where the project's branch was left.
    pub(super) fn note_tip(
        &self,
        git: &Git,
        tree: &Tree,
        commit: &str,
    ) -> Result<(), GroundsError> {
        let path = self.tip(git, tree)?;
        fs::write(&path, commit).map_err(|source| GroundsError::File { path, source })
    }

    fn tip(&self, git: &Git, tree: &Tree) -> Result<PathBuf, GroundsError> {
        Ok(self.apart(git, tree)?.folder.join("tip"))
    }

    /// What the agent was told of the project's references.
    pub(super) fn known(&self, git: &Git, tree: &Tree) -> Result<PathBuf, GroundsError> {
        Ok(self.apart(git, tree)?.folder.join("known"))
    }
}

/// Whether somebody has the branch checked out.
fn is_checked_out(git: &Git, tree: &Tree) -> Result<bool, GroundsError> {
    let name = format!("refs/heads/{}", tree.branch);
    let ask = ["for-each-ref", "--format=%(worktreepath)", &name];
    let store = Path::new(&tree.store);
    Ok(!git.call(store, ask).with("GIT_DIR", store).line()?.is_empty())
}
