//! The files of another take: as they were where it begins.

use super::{Grounds, GroundsError, repository::object};
use crate::{
    model::{Ground, Take, Tree},
    workspace::git::{Git, GitError},
};
use std::{fs, path::Path};

/// The commit that the branch of a take starts from: what the other one had committed by
/// then, or where it had started. None where this repository does not hold that.
pub(super) fn beginning(git: &Git, store: &Path, take: &Take) -> Result<Option<String>, GitError> {
    let Some(tree) = take.tree.as_deref().filter(|it| it.is_kept()) else { return Ok(None) };
    let files = &take.files;
    // What is kept has what was kept before it as its first parent, and what was committed
    // then as its second. In a shared folder the first of all is no commit of anybody's.
    let mut names = vec![format!("{files}^2"), tree.base.clone()];
    if tree.ground == Ground::Shared {
        names.insert(1, format!("{}^", tree.base));
    }
    for name in names.iter().filter(|_| !files.is_empty()) {
        if let Some(found) = object(git, store, &format!("{name}^{{commit}}"))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

impl Grounds {
    /// Writes the files into a new worktree as the other one had them. What was not
    /// committed there is not committed here.
    pub(super) fn put_files(
        &self,
        git: &Git,
        tree: &Tree,
        take: &Take,
    ) -> Result<(), GroundsError> {
        let store = Path::new(&tree.store);
        let is_other = !take.files.is_empty() && take.files != tree.base;
        if !is_other || object(git, store, &format!("{}^{{commit}}", take.files))?.is_none() {
            return Ok(());
        }
        self.check_out(git, tree, &take.files)?;
        self.put_index_of(git, tree, &tree.base)
    }

    /// Writes the files of a checkpoint over those of a folder that is an agent's own. What
    /// it had committed by then is committed again, and no more.
    ///
    /// # Errors
    /// When git can't; what was there before is kept.
    pub fn put_back(&self, tree: &Tree, commit: &str) -> Result<(), GroundsError> {
        let Some(git) = self.git().ok().filter(|_| tree.is_kept()) else { return Ok(()) };
        let store = Path::new(&tree.store);
        if tree.ground != Ground::Worktree {
            let apart = self.apart(git, tree)?;
            git.apart(&apart, ["read-tree", "--reset", "-u", commit]).bytes()?;
            return Ok(());
        }
        let own = Self::own(tree);
        let then = object(git, store, &format!("{commit}^2^{{commit}}"))?;
        let then = then.unwrap_or_else(|| tree.base.clone());
        self.check_out(git, tree, commit)?;
        if own.is_on_branch() && own.head().as_ref() != Some(&then) {
            own.put_branch(&tree.branch, &then)?;
        }
        self.put_index_of(git, tree, own.head().as_ref().unwrap_or(&then))
    }

    /// Writes the files into a new folder that no repository is around. Their objects stay
    /// where the other one's are: both are of one session.
    pub(super) fn put_files_in_scratch(
        &self,
        git: &Git,
        tree: &Tree,
        take: &Take,
    ) -> Result<(), GroundsError> {
        let Some(other) = take.tree.as_deref().filter(|_| take.has_work()) else { return Ok(()) };
        let path = Path::new(&tree.store).join("objects").join("info").join("alternates");
        let line = format!("{}\n", Path::new(&other.store).join("objects").display());
        fs::write(&path, line).map_err(|source| GroundsError::File { path, source })?;
        let apart = self.apart(git, tree)?;
        git.apart(&apart, ["read-tree", "--reset", "-u", &take.files]).bytes()?;
        Ok(())
    }
}
