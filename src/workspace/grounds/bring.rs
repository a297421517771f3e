//! Files of the project that are brought into a new worktree although git does
//! not know them: `.env`, a folder of dependencies.

use super::GroundsError;
use crate::model::{Ground, Tree};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What is brought, by paths from the top of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    /// Copied.
    pub copy: Vec<PathBuf>,
    /// Linked to: what an agent changes there, it changes for everybody.
    pub link: Vec<PathBuf>,
}

impl Brought {
    /// Brings what there is. What a worktree has already stays as it is.
    pub(super) fn bring(&self, from: &Path, to: &Path) -> Result<(), GroundsError> {
        for path in &self.copy {
            bring(from, to, path, copy)?;
        }
        for path in &self.link {
            bring(from, to, path, |from, to| std::os::unix::fs::symlink(from, to))?;
        }
        Ok(())
    }

    /// Patterns for git that leave out of a worktree's keeping what was brought.
    pub(super) fn ignored(&self, tree: &Tree) -> Vec<String> {
        if tree.ground != Ground::Worktree {
            return Vec::new();
        }
        let paths = self.copy.iter().chain(&self.link);
        paths.map(|it| format!("/{}", escaped(&it.to_string_lossy()))).collect()
    }
}

fn bring(
    from: &Path,
    to: &Path,
    path: &Path,
    with: impl Fn(&Path, &Path) -> io::Result<()>,
) -> Result<(), GroundsError> {
    let (source, target) = (from.join(path), to.join(path));
    if source.symlink_metadata().is_err() || target.symlink_metadata().is_ok() {
        return Ok(());
    }
    let folder = target.parent().unwrap_or(to);
    fs::create_dir_all(folder)
        .and_then(|()| with(&source, &target))
        .map_err(|source| GroundsError::File { path: target.clone(), source })
}

/// Copies a file, or a folder and all in it. A link stays a link.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let kind = from.symlink_metadata()?.file_type();
    if kind.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    if kind.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    // Pipes and devices are nobody's settings.
    if kind.is_file() { fs::copy(from, to).map(drop) } else { Ok(()) }
}

/// A path as a pattern that fits only itself.
fn escaped(path: &str) -> String {
    let special = |it: char| matches!(it, '*' | '?' | '[' | ']' | '\\' | '!' | '#' | ' ');
    path.chars().flat_map(|it| special(it).then_some('\\').into_iter().chain([it])).collect()
}
