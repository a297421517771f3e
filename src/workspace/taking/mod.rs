//! Taking over what an agent made: into the branch that is checked out in the
//! project, into a commit, into a file.
//!
//! All of it is worked out in the repository's objects first, where nobody sees
//! it; only what is known to fit then moves a branch. The user's own files are
//! touched last, by the one command of git that refuses to lose anything, and not
//! at all where what would change there has been changed by hand. No hook, filter
//! or merge driver that the repository names is run; where one would have had a
//! say, that is a reason to refuse.

mod branch;
mod commits;
mod conflicts;
mod land;
mod ways;

#[cfg(test)]
mod tests;

pub use ways::{Taken, take};

use super::git::{Call, Git, GitError};
use crate::{
    model::{Conflict, Tree},
    text::one_line,
};
use std::path::{Path, PathBuf};

/// An agent's work, and where it is to go.
#[derive(Debug, Clone)]
pub struct Work {
    /// What asks git.
    pub git: Git,
    /// Where the agent works.
    pub tree: Tree,
    /// The commit that holds what its folder holds now.
    pub kept: String,
    /// The folder of the project, whose branch its work goes into.
    pub project: PathBuf,
    /// The agent's name.
    pub name: String,
    /// The commit that was merged into its worktree, for it to settle.
    pub merging: Option<String>,
    /// The files that conflicted with it.
    pub conflicted: Vec<String>,
}

/// Work was not taken over; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// Git did not do what it was asked for.
    #[error(transparent)]
    Git(#[from] GitError),
    /// It is not done, and this is why.
    #[error("{0}")]
    Refused(String),
    /// The two sides don't go together.
    #[error("it conflicts with {into} in {}", files(conflicts))]
    Conflicts {
        /// The branch.
        into: String,
        /// The commit that it stands on.
        onto: String,
        /// Where.
        conflicts: Vec<Conflict>,
    },
}

fn files(conflicts: &[Conflict]) -> String {
    named(&conflicts.iter().map(|it| it.path.clone()).collect::<Vec<_>>())
}

/// How wide a path may be, in cells.
const PATH: usize = 160;
/// So many names stand in a sentence.
const NAMED: usize = 5;

/// `a, b and 3 more`
fn named(names: &[String]) -> String {
    match names.len().checked_sub(NAMED) {
        Some(more) if more > 0 => {
            format!("{} and {more} more", names.get(..NAMED).unwrap_or_default().join(", "))
        }
        _ => names.join(", "),
    }
}

fn refused<T>(why: impl Into<String>) -> Result<T, NotTaken> {
    Err(NotTaken::Refused(why.into()))
}

impl Work {
    /// The paths of all that differs from where the work began, each on one line.
    ///
    /// # Errors
    /// When git can't say.
    pub fn changed(&self) -> Result<Vec<String>, GitError> {
        let base = if self.tree.base.is_empty() { &self.kept } else { &self.tree.base };
        let words = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", base, &self.kept];
        let paths = self.store(words).fields()?;
        Ok(paths.iter().map(|it| one_line(&String::from_utf8_lossy(it), PATH)).collect())
    }

    /// Asks the repository, whoever works with it.
    fn store<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Call {
        let store = Path::new(&self.tree.store);
        self.git.call(store, words).with("GIT_DIR", store)
    }

    /// The commit or object of this name; none where there is none.
    fn find(&self, name: &str) -> Result<Option<String>, NotTaken> {
        let ask = ["rev-parse", "--verify", "--quiet", "--end-of-options", name];
        let answer = self.store(ask).answer()?;
        let id = String::from_utf8_lossy(&answer.out).trim().to_owned();
        Ok((answer.code == Some(0) && super::is_commit(&id)).then_some(id))
    }

    /// The object of this name.
    fn get(&self, name: &str) -> Result<String, NotTaken> {
        match self.find(name)? {
            Some(id) => Ok(id),
            None => refused(format!("the repository has no {name}")),
        }
    }

    /// The tree of files of a commit.
    fn content(&self, commit: &str) -> Result<String, NotTaken> {
        self.get(&format!("{commit}^{{tree}}"))
    }

    /// Whether one commit is part of what led to another.
    fn leads_to(&self, earlier: &str, later: &str) -> Result<bool, NotTaken> {
        Ok(self.store(["merge-base", "--is-ancestor", earlier, later]).is_true()?)
    }
}
