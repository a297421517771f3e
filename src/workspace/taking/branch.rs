//! The agent's own branch, and the one that its work goes into.

use super::{NotTaken, Work, conflicts::has_markers, named, refused};
use crate::{
    text::sanitise,
    workspace::git::{Apart, GitError, Own},
};
use std::{
    fs, io,
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

    /// The commit that the agent's branch stands on. What was kept has brought it
    /// into the project.
    pub(super) fn tip(&self) -> Result<String, NotTaken> {
        let own = self.own()?;
        match own.branch(&self.tree.branch) {
            Some(tip) => self.get(&format!("{tip}^{{commit}}")),
            None => refused(format!("its git folder has no branch {}", self.tree.branch)),
        }
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
        let index = self.apart().index_of(&self.git, &whole, None)?;
        // First its index, which an agent's own git may hold: it says then that all
        // is to be committed. Its files are as they were.
        own.put_index(&index)?;
        if self.tip()? != tip {
            return refused(format!("{} has just moved: try again", self.tree.branch));
        }
        own.put_branch(&self.tree.branch, &whole)?;
        self.follow(&whole)?;
        Ok((whole, true))
    }

    /// Has the project's branch stand where the agent's does.
    fn follow(&self, commit: &str) -> Result<(), NotTaken> {
        let note = self.apart().folder.join("tip");
        let failed = |source| GitError::File { path: note.clone(), source };
        let last = fs::read_to_string(&note).map_err(failed)?;
        self.move_branch(&self.tree.branch, (commit, &last), "commit")?;
        Ok(fs::write(&note, commit).map_err(failed)?)
    }

    /// The git folder that is the agent's own.
    fn own(&self) -> Result<Own, NotTaken> {
        let own = Own::of(Path::new(&self.tree.root));
        if own.is_there() {
            return Ok(own);
        }
        refused(format!("{} is no worktree of this project", self.tree.root))
    }

    /// The git folder of ours over the agent's files.
    fn apart(&self) -> Apart {
        let root = Path::new(&self.tree.root);
        let name = self.tree.kept.rsplit('/').next().unwrap_or_default();
        let folder = root.with_file_name(".kept").join(name);
        Apart::at(&folder, (Path::new(&self.tree.store), root))
    }

    /// Turns the worktree's files, which come from a commit, into those of a tree.
    pub(super) fn turn_worktree(&self, commit: &str, tree: &str) -> Result<(), NotTaken> {
        match self.apart().index_of(&self.git, commit, Some(tree)) {
            Ok(index) => Ok(self.own()?.put_index(&index)?),
            Err(GitError::Failed { said, .. }) => {
                refused(format!("its worktree stays as it is: {said}"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes the worktree's files and what is its own of git.
    pub(super) fn remove_worktree(&self) -> Result<(), NotTaken> {
        let own = self.own()?;
        for folder in [own.root(), own.folder()] {
            match fs::remove_dir_all(folder) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    Err(GitError::File { path: folder.to_owned(), source })?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Refuses while the conflict that was handed back is not settled.
    fn must_be_settled(&self, content: &str) -> Result<(), NotTaken> {
        if self.merging.is_none() {
            return Ok(());
        }
        let mut open = Vec::new();
        // A file may be called what no terminal may see: it is found by what is shown.
        let all = self.store(["ls-tree", "-r", "-z", content]).fields()?;
        for entry in &all {
            let entry = String::from_utf8_lossy(entry);
            let Some((about, path)) = entry.split_once('\t') else { continue };
            let path = sanitise(path).into_owned();
            let Some(blob) = about.split(' ').nth(2).filter(|_| self.conflicted.contains(&path))
            else {
                continue;
            };
            let answer = self.store(["cat-file", "blob", blob]).answer()?;
            if answer.code == Some(0) && has_markers(&answer.out) {
                open.push(path);
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
