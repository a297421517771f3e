//! The repository that a folder lies in.

use super::text;
use crate::workspace::git::{Git, GitError};
use std::path::{Path, PathBuf};

/// Why there is none to work with, mostly.
pub(super) const NO_REPOSITORY: &str = "there is no git repository here";

/// A repository with files, as one of its folders sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repository {
    /// The top folder of the files.
    pub(super) root: PathBuf,
    /// The git folder that holds objects and references.
    pub(super) store: PathBuf,
    /// Where in the tree the folder lies; empty at the top.
    pub(super) inside: PathBuf,
    /// The commit that is checked out; none before the first.
    pub(super) head: Option<String>,
}

impl Repository {
    /// Whether there may be a repository around a folder. Git looks for no other
    /// names, so where none of them stands it need not be started.
    pub(super) fn may_be_around(folder: &Path) -> bool {
        let Ok(folder) = folder.canonicalize() else { return true };
        let is_sign = |it: &Path| it.symlink_metadata().is_ok();
        folder.ancestors().any(|it| is_sign(&it.join(".git")) || is_sign(&it.join("HEAD")))
    }

    /// The repository around a folder, or why there is none to work with.
    pub(super) fn around(git: &Git, folder: &Path) -> Result<Self, String> {
        if !Self::may_be_around(folder) {
            return Err(NO_REPOSITORY.to_owned());
        }
        let ask = [
            "rev-parse",
            "--path-format=absolute",
            "--show-toplevel",
            "--git-common-dir",
            "--show-prefix",
        ];
        let said = match git.call(folder, ask).line() {
            Ok(said) => said,
            Err(GitError::Failed { said, .. }) if said.starts_with("not a git repository") => {
                return Err(NO_REPOSITORY.to_owned());
            }
            Err(error) => return Err(error.to_string()),
        };
        let mut lines = said.lines();
        let (Some(root), Some(store)) = (lines.next(), lines.next()) else {
            return Err("git does not say where its repository is".to_owned());
        };
        let inside = PathBuf::from(lines.next().unwrap_or_default());
        let head = commit(git, folder, "HEAD").map_err(|error| error.to_string())?;
        Ok(Self { root: root.into(), store: store.into(), inside, head })
    }
}

/// The commit that a name stands for, seen from a folder; none where it stands
/// for nothing.
pub(super) fn commit(git: &Git, folder: &Path, name: &str) -> Result<Option<String>, GitError> {
    let name = format!("{name}^{{commit}}");
    let answer = git
        .call(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", &name])
        .answer()?;
    Ok(id_of(answer.code, &answer.out))
}

/// What an object's name stands for in a git folder, whoever works with it.
pub(super) fn object(git: &Git, store: &Path, name: &str) -> Result<Option<String>, GitError> {
    let ask = ["rev-parse", "--verify", "--quiet", "--end-of-options", name];
    let answer = git.call(store, ask).with("GIT_DIR", text(store)).answer()?;
    Ok(id_of(answer.code, &answer.out))
}

fn id_of(code: Option<i32>, out: &[u8]) -> Option<String> {
    let id = String::from_utf8_lossy(out).trim().to_owned();
    let is_id = id.len() >= 40 && id.bytes().all(|it| it.is_ascii_hexdigit());
    (code == Some(0) && is_id).then_some(id)
}
