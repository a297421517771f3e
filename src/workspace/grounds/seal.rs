//! What a repository holds is sealed in packs before an agent works beside it.
//!
//! To commit on its own branch an agent may write objects into the repository,
//! and so it could delete or replace what lies there loose: the director's last
//! commits, the work of others. No agent in a sandbox may write a pack, and git
//! reads what is packed before what is loose. So whatever was there first stays.
//! Loose objects are left where they are: git itself tidies them up some day.

use super::{Grounds, GroundsError, text};
use crate::{
    model::{Ground, Tree},
    workspace::git::Git,
};
use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

/// So many objects go into one pack at most: git has its patience, and so do we.
const TOGETHER: usize = 20_000;
/// The last letters of an object's name are those of its file: all but two.
const NAMES: [usize; 2] = [38, 62];

/// What is sealed already, by the repository. Its lock lets one seal at a time,
/// so that nothing is packed twice.
#[derive(Debug, Default)]
pub(super) struct Sealed(Mutex<BTreeMap<PathBuf, Seal>>);

/// What is sealed of one repository.
#[derive(Debug, Default)]
struct Seal {
    objects: HashSet<String>,
    /// When the director's HEAD had moved last.
    moved: Option<SystemTime>,
}

impl Grounds {
    /// Seals what the repository of this worktree holds by now.
    pub fn seal(&self, tree: &Tree) {
        let Some(git) = self.git().ok().filter(|_| tree.ground == Ground::Worktree) else {
            return;
        };
        if let Err(error) = self.seal_all(git, Path::new(&tree.store)) {
            tracing::warn!(%error, store = tree.store, "what it holds could not be sealed");
        }
    }

    /// The same, where the director has committed something since it was sealed.
    pub(super) fn seal_what_is_new(&self, tree: &Tree) {
        let mut all = self.sealed.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seal = all.entry(PathBuf::from(&tree.store)).or_default();
        let is_new = seal.moved != moved(Path::new(&tree.store));
        drop(all);
        if is_new {
            self.seal(tree);
        }
    }

    fn seal_all(&self, git: &Git, store: &Path) -> Result<(), GroundsError> {
        let mut all = self.sealed.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seal = all.entry(store.to_owned()).or_default();
        // Before it is looked at: what comes later is seen the next time.
        seal.moved = moved(store);
        let mut new = loose(store);
        new.retain(|it| !seal.objects.contains(it));
        let pack = text(&store.join("objects/pack/pack"));
        for part in new.chunks(TOGETHER) {
            let words = ["pack-objects", "--incremental", "--non-empty", "-q", "--window=0", &pack];
            let call = git.call(store, words).with("GIT_DIR", text(store));
            call.input(part.join("\n") + "\n").bytes()?;
            seal.objects.extend(part.iter().cloned());
        }
        Ok(())
    }
}

/// When the HEAD of the project's own folder moved last.
fn moved(store: &Path) -> Option<SystemTime> {
    fs::metadata(store.join("logs/HEAD")).and_then(|it| it.modified()).ok()
}

/// The names of all objects that lie loose in a repository.
fn loose(store: &Path) -> Vec<String> {
    let is_hexadecimal = |it: &str| it.bytes().all(|it| it.is_ascii_hexdigit());
    let mut all = Vec::new();
    for folder in fs::read_dir(store.join("objects")).into_iter().flatten().flatten() {
        let name = folder.file_name();
        let Some(first) = name.to_str().filter(|it| it.len() == 2 && is_hexadecimal(it)) else {
            continue;
        };
        for object in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let name = object.file_name();
            let is_name = |it: &&str| NAMES.contains(&it.len()) && is_hexadecimal(it);
            all.extend(name.to_str().filter(is_name).map(|rest| format!("{first}{rest}")));
        }
    }
    all
}
