//! Each way of taking work, step by step.

use super::{NotTaken, Work, conflicts::Together, refused};
use crate::{
    model::Way,
    text::{one_line, sanitise},
    workspace::git::GitError,
};
use std::{fs, io::Write as _, path::Path};

/// Commits that are made again at most.
const COMMITS: usize = 500;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The commit that holds it; empty where none does.
    pub commit: String,
    /// The branch or the file that it went into.
    pub into: String,
    /// What was done, in a sentence.
    pub about: String,
}

/// Takes an agent's work over. Blocks.
///
/// # Errors
/// When it is not taken; nothing has changed then, but for what was committed on
/// the agent's own branch.
pub fn take(work: &Work, way: Way, words: &str) -> Result<Taken, NotTaken> {
    match way {
        Way::Commit => work.take_commit(words),
        Way::Merge => work.take_merge(words),
        Way::Rebase => work.take_rebase(words),
        Way::Squash => work.take_squash(words),
        Way::Patch => work.take_patch(words),
        Way::HandBack => work.hand_back(),
        Way::ThrowAway => work.throw_away(),
    }
}

fn short(commit: &str) -> &str {
    commit.get(..8).unwrap_or(commit)
}

impl Work {
    fn take_commit(&self, message: &str) -> Result<Taken, NotTaken> {
        let into = self.tree.branch.clone();
        match self.settle(message)? {
            (tip, false) => {
                refused(format!("all of it is committed already: {into} is at {}", short(&tip)))
            }
            (commit, true) => {
                let about = format!("committed on {into}: {}", short(&commit));
                Ok(Taken { commit, into, about })
            }
        }
    }

    fn take_merge(&self, message: &str) -> Result<Taken, NotTaken> {
        let goal = self.goal()?;
        let whole = self.whole(message)?;
        if self.leads_to(&whole, &goal.tip)? {
            return refused(format!("{} has all of it already", goal.branch));
        }
        let is_forward = self.leads_to(&goal.tip, &whole)?;
        let content = if is_forward { None } else { Some(self.clean(&goal, &whole, None)?) };
        // It is known to fit: now it is committed on its own branch.
        let (whole, _) = self.settle(message)?;
        let new = match content {
            None => whole,
            Some(content) => {
                let message = format!("Merge {} of {}", self.tree.branch, self.name);
                self.commit(&content, &[&goal.tip, &whole], &message)?
            }
        };
        self.land(&goal, &new, "merge")?;
        let how = if is_forward { "merged by going forward" } else { "merged" };
        let about = format!("{how}: {} is at {}", goal.branch, short(&new));
        Ok(Taken { commit: new, into: goal.branch, about })
    }

    fn take_rebase(&self, message: &str) -> Result<Taken, NotTaken> {
        let goal = self.goal()?;
        let whole = self.whole(message)?;
        let range = format!("{}..{whole}", goal.tip);
        if !self.store(["rev-list", "--merges", "--max-count=1", &range, "--"]).line()?.is_empty() {
            return refused(format!(
                "{} holds a merge, and a rebase would lose what was settled in it: merge or \
                 squash instead",
                self.tree.branch
            ));
        }
        let list = self.store(["rev-list", "--reverse", "--topo-order", &range, "--"]).line()?;
        let commits: Vec<&str> = list.lines().collect();
        if commits.len() > COMMITS {
            return refused(format!(
                "that would be {} commits; merge or squash instead",
                commits.len()
            ));
        }
        let (mut onto, mut made) = (goal.tip.clone(), 0_u32);
        for commit in commits {
            let parent = self.get(&format!("{commit}^"))?;
            let content = match self.together((&onto, commit), Some(&parent))? {
                Together::Clean(content) => content,
                Together::Conflicting(_, conflicts) => {
                    return Err(NotTaken::Conflicts {
                        into: goal.branch,
                        onto: goal.tip,
                        conflicts,
                    });
                }
            };
            if content == self.content(&onto)? {
                continue;
            }
            onto = self.commit_again(commit, &content, &onto)?;
            made += 1;
        }
        if made == 0 {
            return refused(format!("{} has all of it already", goal.branch));
        }
        self.settle(message)?;
        self.land(&goal, &onto, "rebase")?;
        let commits = if made == 1 { "1 commit" } else { &format!("{made} commits") };
        let about = format!("rebased, {commits}: {} is at {}", goal.branch, short(&onto));
        Ok(Taken { commit: onto, into: goal.branch, about })
    }

    fn take_squash(&self, message: &str) -> Result<Taken, NotTaken> {
        let goal = self.goal()?;
        let whole = self.whole(message)?;
        let content = self.clean(&goal, &whole, None)?;
        if content == self.content(&goal.tip)? {
            return refused(format!("{} has all of it already", goal.branch));
        }
        let new = self.commit(&content, &[&goal.tip], message)?;
        self.land(&goal, &new, "squash")?;
        let about = format!("squashed into one commit: {} is at {}", goal.branch, short(&new));
        Ok(Taken { commit: new, into: goal.branch, about })
    }

    /// The tree of files of both sides, if they go together.
    fn clean(
        &self,
        goal: &super::branch::Goal,
        whole: &str,
        base: Option<&str>,
    ) -> Result<String, NotTaken> {
        match self.together((&goal.tip, whole), base)? {
            Together::Clean(content) => Ok(content),
            Together::Conflicting(_, conflicts) => {
                let (into, onto) = (goal.branch.clone(), goal.tip.clone());
                Err(NotTaken::Conflicts { into, onto, conflicts })
            }
        }
    }

    /// Writes a patch into a new file.
    fn take_patch(&self, path: &str) -> Result<Taken, NotTaken> {
        let path = self.project.join(path.trim());
        let base = if self.tree.base.is_empty() { &self.kept } else { &self.tree.base };
        let ask = ["diff", "--binary", "--no-color", "--full-index", base, &self.kept, "--"];
        let written = self.store(ask).bytes()?;
        if written.is_empty() {
            return refused("nothing has changed, so there is nothing to write");
        }
        let is_private = path.components().any(|it| it.as_os_str().eq_ignore_ascii_case(".git"));
        if is_private {
            return refused("git's own folder is no place for a patch");
        }
        let failed = |source| GitError::File { path: path.clone(), source };
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&path);
        let mut file = match file {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return refused(format!(
                    "{} is there already: choose another name",
                    path.display()
                ));
            }
            file => file.map_err(failed)?,
        };
        file.write_all(&written).map_err(failed)?;
        let into = sanitise(&path.to_string_lossy()).into_owned();
        let about = format!("written to {into}: `git apply` takes it");
        Ok(Taken { commit: String::new(), into, about })
    }

    /// Writes both sides of the conflict into the agent's worktree.
    fn hand_back(&self) -> Result<Taken, NotTaken> {
        let goal = self.goal()?;
        let message = format!("Work of {} before {} is merged into it", self.name, goal.branch);
        let (whole, _) = self.settle(&message)?;
        let content = match self.together((&whole, &goal.tip), None)? {
            Together::Conflicting(content, _) => content,
            Together::Clean(_) => {
                return refused(format!(
                    "it does not conflict with {} any more: take it again",
                    goal.branch
                ));
            }
        };
        self.turn_worktree(&whole, &content)?;
        let about = format!("{} is merged into its worktree, with the conflict in it", goal.branch);
        Ok(Taken { commit: goal.tip, into: goal.branch, about })
    }

    /// Removes the worktree and its branch. What was kept after each turn stays in
    /// the repository until the session itself is removed.
    fn throw_away(&self) -> Result<Taken, NotTaken> {
        let root = self.tree.root.as_str();
        if self.tree.branch.is_empty() || Path::new(root) == self.project {
            return refused("it has no worktree of its own");
        }
        self.remove_worktree()?;
        let name = format!("refs/heads/{}", self.tree.branch);
        if let Some(tip) = self.find(&name)? {
            self.store(["update-ref", "-d", &name, &tip]).bytes()?;
        }
        let about = format!(
            "thrown away: worktree and branch {} are removed; what was kept of its turns stays \
             with the session",
            one_line(&self.tree.branch, 80)
        );
        Ok(Taken { commit: String::new(), into: self.tree.branch.clone(), about })
    }
}
