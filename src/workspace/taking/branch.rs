//! The agent's own branch, and the one that its work goes into.

use super::{NotTaken, Work, conflicts::has_markers, named, refused};
use crate::workspace::git::{GitError, Own};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The branch that is checked out in the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Goal {
    /// Its name.
    pub(super) branch: String,
    /// The commit that it stands on.
    pub(super) tip: String,
    /// The top folder of the files.
    pub(super) root: PathBuf,
}

impl Work {
    /// The branch that is checked out in the project.
    pub(super) fn goal(&self) -> Result<Goal, NotTaken> {
        let ask = |words: &[&str]| self.git.call(&self.project, words.iter().copied()).answer();
        let line = |out: &[u8]| String::from_utf8_lossy(out).trim_end_matches('\n').to_owned();
        let root = ask(&["rev-parse", "--path-format=absolute", "--show-toplevel"])?;
        if root.code != Some(0) {
            return refused(format!("{} lies in no git repository", self.project.display()));
        }
        let head = ask(&["symbolic-ref", "--quiet", "HEAD"])?;
        let head = line(&head.out);
        let Some(branch) = head.strip_prefix("refs/heads/").filter(|it| !it.is_empty()) else {
            return refused("the project's folder is on no branch: check one out first");
        };
        let tip = self.get(&format!("refs/heads/{branch}^{{commit}}"))?;
        Ok(Goal { branch: branch.to_owned(), tip, root: line(&root.out).into() })
    }

    /// The commit that the agent's branch stands on.
    pub(super) fn tip(&self) -> Result<String, NotTaken> {
        self.get(&format!("refs/heads/{}^{{commit}}", self.tree.branch))
    }

    /// All of the agent's work as one commit on top of its branch, which does not
    /// move: the branch itself where everything is committed.
    pub(super) fn whole(&self, message: &str) -> Result<String, NotTaken> {
        let tip = self.tip()?;
        let content = self.content(&self.kept)?;
        self.must_be_settled(&content)?;
        let merging = match &self.merging {
            Some(onto) if !self.leads_to(onto, &tip)? => Some(onto.as_str()),
            _ => None,
        };
        if merging.is_none() && self.content(&tip)? == content {
            return Ok(tip);
        }
        let parents: Vec<&str> = std::iter::once(tip.as_str()).chain(merging).collect();
        self.commit(&content, &parents, message)
    }

    /// Commits what is not committed yet on the agent's own branch.
    pub(super) fn settle(&self, message: &str) -> Result<(String, bool), NotTaken> {
        let tip = self.tip()?;
        let whole = self.whole(message)?;
        if whole == tip {
            return Ok((tip, false));
        }
        let own = self.own()?;
        let index = self.index_of(&whole)?;
        // First its index, which an agent's own git may hold: it says then that all
        // is to be committed. Its files are as they were.
        own.put_index(&index)?;
        self.move_own_branch(&own, (&whole, &tip))?;
        Ok((whole, true))
    }

    /// What the agent may write of git's own files.
    pub(super) fn own(&self) -> Result<Own, NotTaken> {
        let place = (Path::new(&self.tree.store), self.tree.branch.as_str());
        match Own::find(&self.git, Path::new(&self.tree.root), place)? {
            Some(own) => Ok(own),
            None => refused(format!(
                "{} is no worktree of {} any more",
                self.tree.root, self.tree.store
            )),
        }
    }

    /// An index that says that a commit is what the worktree's files come from. It
    /// is made where no agent writes.
    fn index_of(&self, commit: &str) -> Result<Vec<u8>, NotTaken> {
        let root = Path::new(&self.tree.root);
        let folder = root.with_file_name(".kept");
        let index = folder.join("index.draft");
        let failed = |source| GitError::File { path: index.clone(), source };
        fs::create_dir_all(&folder).map_err(failed)?;
        let ask = |words: &[&str]| {
            self.git.call(root, words.iter().copied()).with("GIT_INDEX_FILE", index.clone())
        };
        ask(&["read-tree", commit]).bytes()?;
        let refreshed = ask(&["update-index", "-q", "--refresh"]).answer()?;
        tracing::debug!(code = ?refreshed.code, "the index is as the files are");
        let made = fs::read(&index).map_err(failed)?;
        fs::remove_file(&index).map_err(failed)?;
        Ok(made)
    }

    /// Moves the agent's own branch, if it still stands where it stood.
    fn move_own_branch(&self, own: &Own, (to, from): (&str, &str)) -> Result<(), NotTaken> {
        if Path::new(&self.tree.store).join("reftable").is_dir() {
            return self.move_branch(&self.tree.branch, (to, from), "commit");
        }
        if self.tip()? != from {
            return refused(format!("{} has just moved: try again", self.tree.branch));
        }
        Ok(own.put_branch(to)?)
    }

    /// Refuses while the conflict that was handed back is not settled.
    fn must_be_settled(&self, content: &str) -> Result<(), NotTaken> {
        if self.merging.is_none() {
            return Ok(());
        }
        let mut open = Vec::new();
        for path in &self.conflicted {
            let answer = self.store(["cat-file", "blob", &format!("{content}:{path}")]).answer()?;
            if answer.code == Some(0) && has_markers(&answer.out) {
                open.push(path.clone());
            }
        }
        if open.is_empty() {
            return Ok(());
        }
        refused(format!(
            "the conflict in {} is not settled yet: its markers are still there",
            named(&open)
        ))
    }
}
