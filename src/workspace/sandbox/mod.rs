//! What of the machine an agent's processes may touch: which folders they may
//! write, what in those stays as it is, and what they can't see at all. What
//! holds them to it stands in the tools' guard.

mod git;

use crate::model::Network;
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// So much of what lies beside something of the agent's own is kept from it.
const SIBLINGS: usize = 1000;

/// Names at the top of a workspace that say what runs later, for git, for us or
/// for another program. What is there of them stays as it is.
const KEPT: [&str; 9] = [
    ".git",
    ".auteur",
    ".claude",
    ".codex",
    ".cursor",
    ".gemini",
    ".mcp.json",
    ".opencode",
    ".qwen",
];

/// The bounds of one agent's processes. All paths are absolute; what is not
/// there when they begin is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounds {
    /// May be written, with all that is below.
    pub writable: Vec<PathBuf>,
    /// Stays as it is, although it lies where may be written.
    pub kept: Vec<PathBuf>,
    /// May be written, and nothing that lies beside it when a guard starts.
    pub own: Vec<PathBuf>,
    /// Is not to be seen; what is writable inside still is.
    pub hidden: Vec<PathBuf>,
    /// Is to be seen although it lies where temporary files do.
    pub seen: Vec<PathBuf>,
    /// Stands in for `/tmp`.
    pub tmp: PathBuf,
    /// An empty file, which stands in for those that are hidden.
    pub empty: PathBuf,
    /// Stands in for the user's own caches.
    pub cache: PathBuf,
    /// What can be reached of other machines.
    pub network: Network,
}

impl Bounds {
    /// An agent that works in this folder: it may write there, and nowhere else.
    /// Of git's own files only what a commit on its own branch takes, and only in
    /// a worktree: where it shares the director's folder, the branch is his.
    pub fn of(workspace: &Path) -> Self {
        let mut kept: Vec<PathBuf> = KEPT.iter().map(|name| workspace.join(name)).collect();
        let (mut writable, mut seen) = (vec![workspace.to_owned()], Vec::new());
        let mut own = Vec::new();
        // An agent may work in a part of its worktree.
        let top = workspace.ancestors().find(|it| it.join(".git").exists());
        if let Some(worktree) = top.and_then(git::Worktree::at) {
            writable.extend(worktree.writable());
            kept.extend(worktree.kept());
            seen.push(worktree.repository());
            own = worktree.own();
        } else {
            for repository in git::inside(workspace) {
                // What is mounted can't be moved away, and another put in its place.
                let above = repository.ancestors().skip(1).take_while(|it| *it != workspace);
                writable.extend(above.map(Path::to_owned));
                kept.push(repository);
            }
        }
        Self { writable, kept, own, seen, ..Self::default() }
    }

    /// What lies beside something of the agent's own, as it is now; its lock is
    /// the agent's, too.
    pub fn beside(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        for own in &self.own {
            let name = own.file_name().unwrap_or_default();
            let mut lock = OsString::from(name);
            lock.push(".lock");
            let siblings = own.parent().map(fs::read_dir).into_iter().flatten().flatten().flatten();
            let others = siblings.filter(|it| it.file_name() != name && it.file_name() != lock);
            all.extend(others.take(SIBLINGS).map(|it| it.path()));
        }
        all
    }
}
