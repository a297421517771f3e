//! What a folder holds after a turn, kept as a commit on a private reference.

use super::{Grounds, GroundsError, repository::object, text};
use crate::{
    model::{FileChange, Tree, Turn},
    text::one_line,
    workspace::git::{Apart, Git},
};
use std::{
    collections::{BTreeSet, HashMap},
    fs::{self, File},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    sync::PoisonError,
};

/// The largest file that is kept, in bytes: a model, a film or a core dump is
/// not what anybody looks for in a checkpoint.
const LARGEST: u64 = 32 * 1024 * 1024;
/// So many files are named; of more, only the number is told.
const NAMED: usize = 200;
/// How wide a path may be, in cells.
const PATH: usize = 160;
/// Who makes these commits.
const AUTHOR: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", "Auteur"),
    ("GIT_AUTHOR_EMAIL", "auteur@localhost"),
    ("GIT_COMMITTER_NAME", "Auteur"),
    ("GIT_COMMITTER_EMAIL", "auteur@localhost"),
];

/// What was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The commit.
    pub commit: String,
    /// What differs from what was kept before.
    pub files: Vec<FileChange>,
    /// How many more files do.
    pub more: u32,
    /// How these files differ from what they were when the work began, where that is
    /// something else; one that is not named is as it was.
    pub in_all: Option<Vec<FileChange>>,
    /// Files that are too large, can't be read, or belong to a repository inside
    /// this one, and are not in it.
    pub left_out: u32,
}

impl Grounds {
    /// Keeps what the folder holds now, where it differs from what was kept last.
    /// `began` is the commit that the work is compared with, once there is one.
    ///
    /// # Errors
    /// When git can't; the folder is as it was.
    pub fn keep(
        &self,
        tree: &Tree,
        turn: Turn,
        began: Option<&str>,
    ) -> Result<Option<Kept>, GroundsError> {
        let Some(git) = self.git().ok().filter(|_| tree.is_kept()) else { return Ok(None) };
        let keeping = self.keeping(&tree.kept);
        let _alone = keeping.lock().unwrap_or_else(PoisonError::into_inner);
        let store = Path::new(&tree.store);
        let last = object(git, store, &tree.kept)?;
        let before = last.clone().unwrap_or_else(|| tree.base.clone());
        // What the agent has committed itself is held by this, too.
        let head = self.bring_in_or_say(git, tree);
        let (apart, left_out) = self.take_in(git, tree, &before)?;
        let left_out = u32::try_from(left_out.len()).unwrap_or(u32::MAX);
        let content = git.apart(&apart, ["write-tree", "--missing-ok"]).line()?;
        if object(git, store, &format!("{before}^{{tree}}"))?.as_deref() == Some(&content) {
            return Ok(None);
        }
        let name = tree.kept.rsplit('/').next().unwrap_or_default();
        let parents = [before.clone()].into_iter().chain(head.filter(|it| *it != before));
        let parents: Vec<String> = parents.collect();
        let commit =
            make_commit(git, store, (&content, &parents), &format!("{name}, turn {turn}"))?;
        point(git, store, &tree.kept, (&commit, last.as_deref()))?;
        let (files, more) = changes(git, &apart, [&before, &commit])?;
        let in_all = match began.filter(|it| *it != before) {
            Some(began) => Some(as_of(&files, &numbers(git, &apart, [began, &commit])?)),
            None => None,
        };
        Ok(Some(Kept { commit, files, more, in_all, left_out }))
    }

    /// A commit of what an agent's folder holds now, for another to begin with. What is
    /// kept of it stays as it is.
    pub(super) fn as_it_is(&self, git: &Git, tree: &Tree) -> Result<String, GroundsError> {
        let keeping = self.keeping(&tree.kept);
        let _alone = keeping.lock().unwrap_or_else(PoisonError::into_inner);
        let store = Path::new(&tree.store);
        let before = object(git, store, &tree.kept)?.unwrap_or_else(|| tree.base.clone());
        let head = self.bring_in_or_say(git, tree);
        let (apart, _) = self.take_in(git, tree, &before)?;
        let content = git.apart(&apart, ["write-tree", "--missing-ok"]).line()?;
        if object(git, store, &format!("{before}^{{tree}}"))?.as_deref() == Some(&content) {
            return Ok(before);
        }
        let name = tree.kept.rsplit('/').next().unwrap_or_default();
        let parents = [before.clone()].into_iter().chain(head.filter(|it| *it != before));
        let parents: Vec<String> = parents.collect();
        make_commit(git, store, (&content, &parents), &format!("{name}, as others go on with it"))
    }

    /// The commit of a folder before anybody works in it: what it is compared with.
    pub(super) fn first(
        &self,
        git: &Git,
        tree: &Tree,
        head: Option<&str>,
    ) -> Result<String, GroundsError> {
        let (apart, _) = self.take_in(git, tree, head.unwrap_or_default())?;
        let content = git.apart(&apart, ["write-tree", "--missing-ok"]).line()?;
        let parents: Vec<String> = head.map(str::to_owned).into_iter().collect();
        let store = Path::new(&tree.store);
        let commit = make_commit(git, store, (&content, &parents), "before the first turn")?;
        point(git, store, &tree.kept, (&commit, None))?;
        Ok(commit)
    }

    /// What of a folder is kept nowhere: files that are too large or can't be
    /// read, and repositories inside it. Their names, each on one line.
    ///
    /// # Errors
    /// When git can't say.
    pub fn left_out(&self, tree: &Tree) -> Result<Vec<String>, GroundsError> {
        let Some(git) = self.git().ok().filter(|_| tree.is_kept()) else { return Ok(Vec::new()) };
        Ok(look(git, &self.apart(git, tree)?)?.left_out)
    }

    /// Brings our index up to what the folder holds; tells what was left out.
    fn take_in(
        &self,
        git: &Git,
        tree: &Tree,
        before: &str,
    ) -> Result<(Apart, Vec<String>), GroundsError> {
        let apart = self.apart(git, tree)?;
        // One session has one writer: a lock is one that a crash left.
        drop(fs::remove_file(apart.folder.join("index.lock")));
        if !apart.index().exists() && !before.is_empty() {
            git.apart(&apart, ["read-tree", before]).bytes()?;
        }
        let Found { there, gone, left_out } = match look(git, &apart) {
            // An index that can't be read is made anew.
            Err(_) if !before.is_empty() && fs::remove_file(apart.index()).is_ok() => {
                git.apart(&apart, ["read-tree", before]).bytes()?;
                look(git, &apart)?
            }
            found => found?,
        };
        if !gone.is_empty() {
            let remove = ["update-index", "-z", "--force-remove", "--stdin"];
            git.apart(&apart, remove).input(gone).bytes()?;
        }
        if !there.is_empty() {
            let add = ["update-index", "-z", "--add", "--replace", "--stdin"];
            git.apart(&apart, add).input(there).bytes()?;
        }
        Ok((apart, left_out))
    }
}

/// What differs from our index, as far as it can be kept.
fn look(git: &Git, apart: &Apart) -> Result<Found, GroundsError> {
    let ask = ["ls-files", "-z", "-m", "-d", "-o", "--exclude-standard"];
    let paths: BTreeSet<Vec<u8>> = git.apart(apart, ask).fields()?.into_iter().collect();
    let (mut found, mut folders) = (Found::default(), HashMap::new());
    for path in paths {
        let inside = Path::new(std::ffi::OsStr::from_bytes(&path));
        let list = match fate(&apart.files, inside, &mut folders) {
            // A repository inside this one is its own keeper.
            _ if path.ends_with(b"/") => None,
            Fate::There => Some(&mut found.there),
            Fate::Gone => Some(&mut found.gone),
            Fate::LeftOut => None,
        };
        match list {
            Some(list) => {
                list.extend_from_slice(&path);
                list.push(0);
            }
            None => found.left_out.push(one_line(&String::from_utf8_lossy(&path), PATH)),
        }
    }
    Ok(found)
}

/// Paths, each ended by a zero, and the names of those that are not among them.
#[derive(Default)]
struct Found {
    there: Vec<u8>,
    gone: Vec<u8>,
    left_out: Vec<String>,
}

/// What becomes of a file that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    There,
    Gone,
    LeftOut,
}

/// Looks at a file. One behind a link is not there: the link is.
fn fate(files: &Path, inside: &Path, folders: &mut HashMap<PathBuf, bool>) -> Fate {
    let mut parents = inside.ancestors().skip(1).filter(|it| !it.as_os_str().is_empty());
    let is_real = |it: &Path| {
        *folders
            .entry(it.to_owned())
            .or_insert_with(|| files.join(it).symlink_metadata().is_ok_and(|about| about.is_dir()))
    };
    if !parents.all(is_real) {
        return Fate::Gone;
    }
    let path = files.join(inside);
    let Ok(about) = path.symlink_metadata() else { return Fate::Gone };
    let kind = about.file_type();
    let is_small = || about.len() <= LARGEST && File::open(&path).is_ok();
    match kind.is_symlink() || (kind.is_file() && is_small()) {
        true => Fate::There,
        // A submodule is a folder that git knows as one thing.
        false if kind.is_dir() && path.join(".git").exists() => Fate::There,
        false if kind.is_dir() => Fate::Gone,
        false => Fate::LeftOut,
    }
}

fn make_commit(
    git: &Git,
    store: &Path,
    (content, parents): (&str, &[String]),
    words: &str,
) -> Result<String, GroundsError> {
    let mut arguments = vec!["commit-tree", content, "-m", words];
    for parent in parents {
        arguments.extend(["-p", parent]);
    }
    let call = git.call(store, arguments).with("GIT_DIR", text(store));
    let call = AUTHOR.into_iter().fold(call, |call, (name, value)| call.with(name, value));
    Ok(call.line()?)
}

/// Moves a reference, if it still stands where it stood.
fn point(
    git: &Git,
    store: &Path,
    reference: &str,
    (to, from): (&str, Option<&str>),
) -> Result<(), GroundsError> {
    let mut arguments = vec!["update-ref", "-m", "auteur: kept", reference, to];
    arguments.extend(from);
    git.call(store, arguments).with("GIT_DIR", text(store)).bytes()?;
    Ok(())
}

/// What differs between two commits: the first of it, and how much more.
fn changes(
    git: &Git,
    apart: &Apart,
    [old, new]: [&str; 2],
) -> Result<(Vec<FileChange>, u32), GroundsError> {
    let lines = numbers(git, apart, [old, new])?;
    let more = lines.len().saturating_sub(NAMED);
    let files = lines.iter().take(NAMED).filter_map(|line| change(&String::from_utf8_lossy(line)));
    Ok((files.collect(), u32::try_from(more).unwrap_or(u32::MAX)))
}

/// What differs between two commits, a line for each file.
fn numbers(git: &Git, apart: &Apart, [old, new]: [&str; 2]) -> Result<Vec<Vec<u8>>, GroundsError> {
    let ask = ["diff-tree", "-r", "-z", "--no-renames", "--numstat", old, new];
    Ok(git.apart(apart, ask).fields()?)
}

/// Those lines that tell of these files.
fn as_of(files: &[FileChange], lines: &[Vec<u8>]) -> Vec<FileChange> {
    let names: BTreeSet<&str> = files.iter().map(|it| it.path.as_str()).collect();
    let all = lines.iter().filter_map(|line| change(&String::from_utf8_lossy(line)));
    all.filter(|it| names.contains(it.path.as_str())).collect()
}

/// Reads `12<tab>3<tab>path`; a file that is no text has dashes for numbers.
fn change(line: &str) -> Option<FileChange> {
    let mut parts = line.splitn(3, '\t');
    let (added, removed, path) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |it: &str| it.parse().unwrap_or(0);
    Some(FileChange { path: one_line(path, PATH), added: number(added), removed: number(removed) })
}
