//! Where the agents of one session work: a worktree each, the project's own
//! folder, or an empty one; and what is kept of it after every turn.
//!
//! A worktree lies in the state folder, never in the project, on the branch
//! `auteur/SESSION/AGENT`, and starts from the commit that is checked out in the
//! project: what is not committed there stays there, and that is said. Its git
//! folder is the agent's own ([`Own`]); what is committed there comes to the
//! project's branch of the same name with what is kept. What a
//! folder holds after a turn is kept as a commit on the private reference
//! `refs/auteur/kept/SESSION/AGENT`, made with an index of our own, so that nobody's
//! index, branches, HEAD or hooks are touched.
//!
//! Everything here blocks on git and on the disk: call it where that is allowed.
//! Nothing here deletes what an agent made; only [`Grounds::remove`] does, and
//! only what [`Grounds::survey`] calls merged, unless it is thrown away in words.

mod adopt;
mod again;
mod bring;
mod follow;
mod keep;
mod made;
mod name;
mod remove;
mod repository;
mod retake;

#[cfg(test)]
mod tests;

pub use bring::Brought;
pub use keep::Kept;
pub use remove::Left;

use super::git::{Apart, Git, GitError, GitVersion, Own};
use crate::model::{Agent, Ground, Tree};
use repository::Repository;
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

/// Why an agent has no place to work, or it can't be kept or removed.
#[derive(Debug, thiserror::Error)]
pub enum GroundsError {
    /// Git did not do what it was asked for.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A folder or file could not be made or read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The project's folder is not there.
    #[error("the project's folder {} is gone", .0.display())]
    NoProject(PathBuf),
    /// The worktree could not be made.
    #[error("no worktree could be made on {branch}: {why}")]
    NoWorktree {
        /// The branch it was to be on.
        branch: String,
        /// What is in the way.
        why: String,
    },
    /// The worktree is there, and its repository is not.
    #[error(
        "the repository of its worktree is not at {} any more. The work is in {}: nothing was \
         deleted. With the repository back in its place, it is found again",
        store.display(), root.display()
    )]
    NoRepository {
        /// Where it was.
        store: PathBuf,
        /// The worktree.
        root: PathBuf,
    },
    /// Neither the worktree nor anything that was kept of it is there.
    #[error("its worktree {} is gone, and so is everything that was kept of it", .0.display())]
    Lost(PathBuf),
}

/// A place to work, made or found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The place.
    pub tree: Tree,
    /// It is not as the journal has it.
    pub is_news: bool,
    /// Nobody has worked there yet: it has to be set up.
    pub is_fresh: bool,
}

/// The places where the agents of one session work; a clone is cheap.
#[derive(Debug, Clone)]
pub struct Grounds {
    git: Option<Git>,
    /// What is wrong with this git, if anything; asked once.
    fault: Arc<OnceLock<Option<String>>>,
    folder: PathBuf,
    session: String,
    brought: Arc<Brought>,
    /// One at a time changes which worktrees and branches a repository has.
    door: Arc<Mutex<()>>,
    /// One at a time keeps what a folder holds: by the reference that keeps it.
    keeping: Arc<Mutex<BTreeMap<String, Arc<Mutex<()>>>>>,
}

impl Grounds {
    /// The grounds of the session of this short name, with its worktrees below
    /// this folder; into each new one, some files are brought.
    pub fn new(git: Option<Git>, worktrees: &Path, session: &str, brought: Brought) -> Self {
        let (session, brought) = (name::plain(session), Arc::new(brought));
        let (fault, door) = (Arc::default(), Arc::default());
        let (folder, keeping) = (worktrees.join(&session), Arc::default());
        Self { git, fault, folder, session, brought, door, keeping }
    }

    /// Git, where there is one that can be held to what it is told; else why not.
    ///
    /// # Errors
    /// Why there is none, in words for the director.
    pub fn git(&self) -> Result<&Git, String> {
        let git = self.git.as_ref().ok_or_else(|| "git is not installed".to_owned())?;
        let fault = self.fault.get_or_init(|| match git.version() {
            Ok(version) if version >= GitVersion::LEAST => None,
            Ok(version) => Some(format!(
                "git {version} is too old: {} is the oldest that will do",
                GitVersion::LEAST
            )),
            Err(error) => Some(error.to_string()),
        });
        fault.as_ref().map_or(Ok(git), |why| Err(why.clone()))
    }

    /// Asks git what the first agent in this project's folder would wait for.
    pub fn prepare(&self, project: &Path) {
        if Repository::may_be_around(project) {
            // Whoever needs it is told what is wrong with it.
            drop(self.git());
        }
    }

    /// The folder that holds this session's worktrees.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A place for this agent to work: the one it had, as far as there is
    /// anything left of it, or a new one.
    ///
    /// # Errors
    /// When there is none, in words for the director. Nothing is lost then.
    pub fn settle(&self, agent: &Agent) -> Result<Settled, GroundsError> {
        if let Some(tree) = &agent.tree {
            return self.find_again(agent, tree);
        }
        let project = Path::new(&agent.casting.workspace);
        if !project.is_dir() && agent.casting.ground != Ground::Scratch {
            return Err(GroundsError::NoProject(project.to_owned()));
        }
        let tree = match agent.casting.ground {
            Ground::Worktree => self.worktree(agent, project)?,
            Ground::Shared => self.shared(agent, project, "")?,
            Ground::Scratch => self.scratch(agent)?,
        };
        Ok(Settled { is_fresh: tree.ground != Ground::Shared, tree, is_news: true })
    }

    /// Notes that a place is set up, so that it is not done again.
    ///
    /// # Errors
    /// When that can't be noted.
    pub fn note_set_up(&self, tree: &Tree) -> Result<(), GroundsError> {
        let path = self.mark(tree);
        make_folder(path.parent().unwrap_or(&self.folder))?;
        std::fs::write(&path, "").map_err(|source| GroundsError::File { path, source })
    }

    /// The file that says that a place is set up.
    fn mark(&self, tree: &Tree) -> PathBuf {
        let name = Path::new(&tree.root).file_name().unwrap_or_default();
        self.folder.join(".kept").join("ready").join(name)
    }

    /// The git folder of our own for what is kept under this name.
    fn apart(&self, git: &Git, tree: &Tree) -> Result<Apart, GroundsError> {
        let folder = self.apart_folder(tree);
        let (store, files) = (Path::new(&tree.store), Path::new(&tree.root));
        let apart = Apart::at(&folder, (store, files));
        if apart.is_there() {
            return Ok(apart);
        }
        Ok(Apart::open(git, &folder, (store, files), &self.brought.ignored(tree))?)
    }

    fn apart_folder(&self, tree: &Tree) -> PathBuf {
        let name = tree.kept.rsplit('/').next().unwrap_or_default();
        self.folder.join(".kept").join(name)
    }

    /// The git folder of the agent in this worktree.
    fn own(tree: &Tree) -> Own {
        Own::of(Path::new(&tree.root))
    }

    /// The reference that keeps what this name makes. Never `refs/auteur/SESSION/…`:
    /// the branch of the same name would mean that to git.
    fn reference(&self, name: &str) -> String {
        format!("refs/auteur/kept/{}/{name}", self.session)
    }

    /// The lock of whoever keeps what is kept under this reference.
    fn keeping(&self, reference: &str) -> Arc<Mutex<()>> {
        let mut all = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(reference.to_owned()).or_default())
    }

    /// A poisoned lock guards nothing that could be half done.
    fn door(&self) -> MutexGuard<'_, ()> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A path as text; one that is none can't be journaled, and is not ours.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn make_folder(path: &Path) -> Result<(), GroundsError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| GroundsError::File { path: path.to_owned(), source })
}
