//! What lies between two commits, read from a repository's own objects.

use super::git::{Git, GitError};
use crate::text::Patch;
use std::path::Path;

/// How many lines stand around what changed.
const CONTEXT: &str = "--unified=3";

/// A difference can't be had.
#[derive(Debug, thiserror::Error)]
pub enum DifferenceError {
    /// A commit is not called by the number that git gives it, so git is not
    /// asked for it: a journal may have come from anybody.
    #[error("{0:?} is no commit")]
    NoCommit(String),
    /// The repository is not where it was.
    #[error("there is no repository at {0} any more, so what changed can't be told")]
    NoStore(String),
    /// The repository does not hold it any more.
    #[error("the repository does not hold commit {0} any more, so what changed can't be told")]
    Gone(String),
    /// Git said something else.
    #[error("what changed can't be read")]
    Git(#[from] GitError),
}

/// Whether a text is the number of a commit, whole.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|it| it.is_ascii_hexdigit())
}

/// What changed from one commit to another, of a repository whose git folder is
/// `store`. Blocks.
///
/// # Errors
/// When the repository does not hold both commits.
pub fn difference(
    git: &Git,
    store: &Path,
    (from, to): (&str, &str),
) -> Result<Patch, DifferenceError> {
    for commit in [from, to] {
        if !is_commit(commit) {
            return Err(DifferenceError::NoCommit(crate::text::one_line(commit, 80)));
        }
    }
    if !store.is_dir() {
        let store = crate::text::one_line(&store.to_string_lossy(), 200);
        return Err(DifferenceError::NoStore(store));
    }
    // No folder with files is looked at, nor asked what it is.
    let ask = |words: &[&str]| git.call(store, words.iter().copied()).with("GIT_DIR", store);
    for commit in [from, to] {
        let object = format!("{commit}^{{commit}}");
        let is_there = ask(&["cat-file", "-e", &object]).answer()?.code == Some(0);
        if !is_there {
            return Err(DifferenceError::Gone(commit.chars().take(10).collect()));
        }
    }
    let [before, after] = ["--src-prefix=a/", "--dst-prefix=b/"];
    let words = ["diff", CONTEXT, "--find-renames", "--no-color", before, after, from, to, "--"];
    Ok(Patch::read(&ask(&words).bytes()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        text::Fate,
        workspace::git::tests::{git, plainly, plant, ran, repository},
    };
    use std::fs;

    #[test]
    fn odd_files_are_told_as_git_knows_them() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        repository(&project, &[("a b.txt", "one\ntwo\n"), ("old.txt", "1\n2\n3\n4\n"), ("x", "y")]);
        let from = plainly(&project, &["rev-parse", "HEAD"]);
        fs::write(project.join("a b.txt"), "one\n2").unwrap();
        fs::rename(project.join("old.txt"), project.join("new\"\n.txt")).unwrap();
        fs::write(project.join("x"), [0, 1, 2, 0]).unwrap();
        fs::write(project.join("caf\u{e9}"), "").unwrap();
        plainly(&project, &["add", "--all"]);
        plainly(&project, &["commit", "--quiet", "--message", "Second"]);
        let to = plainly(&project, &["rev-parse", "HEAD"]);
        let marks = plant(&project);
        let store = project.join(".git");
        let patch = difference(&git(folder.path()), &store, (&from, &to)).unwrap();
        let told: Vec<_> = patch.files.iter().map(|it| (it.path.as_str(), it.fate)).collect();
        assert_eq!(
            told,
            [
                ("a b.txt", Fate::Changed),
                ("caf\u{e9}", Fate::Added),
                ("new\"⏎.txt", Fate::Renamed),
                ("x", Fate::Changed),
            ]
        );
        assert!(patch.files[0].hunks[0].lines.last().unwrap().is_open);
        assert!(patch.files[3].is_binary);
        assert_eq!(ran(&marks), "");
    }

    #[test]
    fn what_is_gone_or_no_commit_is_said_plainly() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        repository(&project, &[("a", "a")]);
        let (git, store) = (git(folder.path()), project.join(".git"));
        let head = plainly(&project, &["rev-parse", "HEAD"]);
        let told = |to: &str| difference(&git, &store, (&head, to)).unwrap_err().to_string();
        assert!(told(&"0".repeat(40)).contains("does not hold commit 0000000000 any more"));
        assert_eq!(told("--output=/tmp/x"), "\"--output=/tmp/x\" is no commit");
        let nowhere = difference(&git, Path::new("/nowhere"), (&head, &head)).unwrap_err();
        assert!(nowhere.to_string().starts_with("there is no repository at /nowhere any more"));
    }
}
