//! What of a repository an agent in a worktree may write, so that it can commit
//! on its own branch and touch nothing of anybody else's.
//!
//! A worktree's `.git` is a file that names a folder in the main repository, and
//! the configuration, the hooks and the objects there are those of everybody. So
//! nothing of it may be written but what a commit takes: loose objects, the
//! worktree's own index and HEAD, and the branch.

use std::{
    collections::VecDeque,
    fs,
    path::{Component, Path, PathBuf},
};

/// Branches of agents begin like this; others are somebody else's.
const OURS: &str = "auteur/";
/// So many names are looked at for repositories inside a folder, the nearest first.
const LOOKED_AT: usize = 5_000;
/// So many repositories are found inside a folder at most.
const INSIDE: usize = 200;

/// The `.git` of each repository inside a folder that is not the agent's own:
/// submodules, and what else was cloned there.
pub(super) fn inside(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), LOOKED_AT);
    let mut folders = VecDeque::from([folder.to_owned()]);
    while let Some(folder) = folders.pop_front() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if left == 0 || found.len() == INSIDE {
                return found;
            }
            left -= 1;
            if entry.file_name() == ".git" {
                found.push(entry.path());
            } else if entry.file_type().is_ok_and(|it| it.is_dir()) {
                folders.push_back(entry.path());
            }
        }
    }
    found
}

/// A worktree of a repository.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Worktree {
    /// What git keeps of the worktree, in the main repository.
    own: PathBuf,
    /// The main repository's `.git`.
    common: PathBuf,
    /// The agent's branch, without `refs/heads/`.
    branch: Option<PathBuf>,
}

impl Worktree {
    /// The worktree in this folder, if it is one. An agent may have written its
    /// `.git`, so that alone is not believed: the main repository has to name the
    /// folder, too, where no agent can write.
    pub(super) fn at(folder: &Path) -> Option<Self> {
        let file = folder.join(".git");
        let text = fs::read_to_string(&file).ok()?;
        let own = folder.join(text.strip_prefix("gitdir:")?.trim()).canonicalize().ok()?;
        let worktrees = own.parent().filter(|it| it.ends_with("worktrees"))?;
        let common = worktrees.parent()?.to_owned();
        let named = fs::read_to_string(own.join("gitdir")).ok()?;
        let is_named = own.join(named.trim()).canonicalize().ok()? == file.canonicalize().ok()?;
        let is_repository = common.join("objects").is_dir() && common.join("HEAD").is_file();
        let branch = branch(&own);
        let worktree = (is_named && is_repository).then_some(Self { own, common, branch })?;
        worktree.leave_no_gap();
        Some(worktree)
    }

    /// What is to stay as it is has to be there: an empty file says nothing to git.
    fn leave_no_gap(&self) {
        let file = self.own.join("config.worktree");
        // Where it is there already, or can't be made, nothing is to be done.
        drop(fs::File::options().write(true).create_new(true).open(file));
    }

    /// The main repository, which may lie where temporary files do.
    pub(super) fn repository(&self) -> PathBuf {
        self.common.clone()
    }

    pub(super) fn writable(&self) -> Vec<PathBuf> {
        let mut all = vec![self.own.clone(), self.common.join("objects")];
        // Git puts a lock beside each.
        all.extend(self.own().iter().filter_map(|it| it.parent().map(Path::to_owned)));
        all
    }

    pub(super) fn kept(&self) -> Vec<PathBuf> {
        let own = ["gitdir", "commondir", "config.worktree", "locked"];
        let mut all: Vec<PathBuf> = own.iter().map(|name| self.own.join(name)).collect();
        all.extend(["info", "pack"].map(|name| self.common.join("objects").join(name)));
        all
    }

    /// The branch and its log. What lies beside them is other agents'.
    pub(super) fn own(&self) -> Vec<PathBuf> {
        let Some(branch) = &self.branch else { return Vec::new() };
        ["refs/heads", "logs/refs/heads"].map(|it| self.common.join(it).join(branch)).to_vec()
    }
}

/// The branch that is checked out, where it is an agent's own: HEAD is the
/// agent's to write, and must not give it the director's branches.
fn branch(own: &Path) -> Option<PathBuf> {
    let head = fs::read_to_string(own.join("HEAD")).ok()?;
    let name = head.strip_prefix("ref: refs/heads/")?.trim();
    let path = PathBuf::from(name);
    let is_plain = path.components().all(|it| matches!(it, Component::Normal(_)));
    (is_plain && name.starts_with(OURS)).then_some(path)
}
