//! What a worktree's agent may write of git's own files: the folder that git keeps
//! for the worktree, and its branch. It may have put anything there; links above
//! all, by which git would write somewhere else for it, outside any sandbox.

use super::{Git, GitError};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// So many names are looked at for links.
const NAMES: usize = 10_000;

/// Git's own files of one worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// What git keeps of the worktree.
    folder: PathBuf,
    /// The branch, and its log.
    branch: [PathBuf; 2],
}

impl Own {
    /// Those of the worktree in this folder. None where the folder says that it
    /// belongs to another repository than `store`.
    ///
    /// # Errors
    /// When git can't be asked.
    pub fn find(
        git: &Git,
        root: &Path,
        (store, branch): (&Path, &str),
    ) -> Result<Option<Self>, GitError> {
        let answer = git.call(root, ["rev-parse", "--absolute-git-dir"]).answer()?;
        let said = String::from_utf8_lossy(&answer.out).trim_end_matches('\n').to_owned();
        let true_path = |it: &Path| it.canonicalize().ok();
        let (folder, worktrees) =
            (true_path(Path::new(&said)), true_path(&store.join("worktrees")));
        let branch = ["refs/heads", "logs/refs/heads"].map(|it| store.join(it).join(branch));
        Ok(match (answer.code, folder, worktrees) {
            (Some(0), Some(folder), Some(worktrees)) if folder.parent() == Some(&worktrees) => {
                Some(Self { folder, branch })
            }
            _ => None,
        })
    }

    /// Removes every link among them: git makes none.
    pub fn unlink(&self) {
        let mut folders = vec![self.folder.clone()];
        let mut left = NAMES;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten().take(left) {
                left -= 1;
                match entry.file_type() {
                    Ok(kind) if kind.is_symlink() => remove(&entry.path()),
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    _ => {}
                }
            }
        }
        self.branch.iter().filter(|it| it.is_symlink()).for_each(|it| remove(it));
    }

    /// Puts an index in the place of the worktree's, as git does, but through no
    /// link: by way of its lock.
    ///
    /// # Errors
    /// When a git of the agent's is at it just now, or the disk refuses.
    pub fn put_index(&self, index: &[u8]) -> Result<(), GitError> {
        put(&self.folder.join("index"), index)
    }

    /// Writes the branch in the same way. Its log is the agent's, and is left alone.
    ///
    /// # Errors
    /// When a git of the agent's is at it just now, or the disk refuses.
    pub fn put_branch(&self, commit: &str) -> Result<(), GitError> {
        let [branch, _] = &self.branch;
        put(branch, format!("{commit}\n").as_bytes())
    }
}

/// Writes a file anew under its lock. What it was before, a link as well, is no
/// part of this.
fn put(path: &Path, content: &[u8]) -> Result<(), GitError> {
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    let lock = PathBuf::from(lock);
    let failed = |source| GitError::File { path: lock.clone(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let file = fs::File::options().write(true).create_new(true).open(&lock);
    file.map_err(failed).and_then(|mut file| {
        let written = io::Write::write_all(&mut file, content);
        written.and_then(|()| fs::rename(&lock, path)).map_err(|error| {
            remove(&lock);
            failed(error)
        })
    })
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "it could not be removed");
    }
}
