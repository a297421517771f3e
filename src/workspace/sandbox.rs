//! What of the machine an agent's processes may touch: which folders they may
//! write, what in those stays as it is, and what they can't see at all. What
//! holds them to it stands in the tools' guard.

use super::git::Own;
use crate::model::Network;
use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
};

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
    /// Where it shares the director's folder, the repository is his.
    pub fn of(workspace: &Path) -> Self {
        let mut kept: Vec<PathBuf> = KEPT.iter().map(|name| workspace.join(name)).collect();
        let mut writable = vec![workspace.to_owned()];
        for repository in repositories(workspace) {
            // What is mounted can't be moved away, and another put in its place.
            let above = repository.ancestors().skip(1).take_while(|it| *it != workspace);
            writable.extend(above.map(Path::to_owned));
            kept.push(repository);
        }
        Self { writable, kept, ..Self::default() }
    }

    /// An agent in a worktree, with a git folder of its own: it may write that,
    /// too, and nothing of the repository whose git folder is `store`.
    pub fn with_own(workspace: &Path, own: &Own, store: &Path) -> Self {
        let mut kept: Vec<PathBuf> = KEPT.iter().map(|name| workspace.join(name)).collect();
        // An agent may work in a part of its worktree.
        kept.push(own.root().join(".git"));
        kept.extend(own.kept());
        // What is mounted can't be moved away, and another put in its place.
        let [objects, beside] = ["objects", "objects/info"].map(|it| own.folder().join(it));
        let writable = vec![workspace.to_owned(), own.folder().to_owned(), objects, beside];
        Self { writable, kept, seen: vec![store.to_owned()], ..Self::default() }
    }
}

/// So many names are looked at for repositories inside a folder, the nearest first.
const LOOKED_AT: usize = 5_000;
/// So many repositories are found inside a folder at most.
const INSIDE: usize = 200;

/// The `.git` of each repository inside a folder that is not the agent's own:
/// submodules, and what else was cloned there.
fn repositories(folder: &Path) -> Vec<PathBuf> {
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
