//! What a session leaves in worktrees and branches, and how it is removed: never
//! before its work is merged, or thrown away in words.

use super::{Grounds, GroundsError, Repository, repository::object, text};
use crate::{
    model::{Ground, Rewind, Tree, Turn},
    workspace::git::{Git, Own},
};
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// Work in more files than this is not compared file by file.
const COMPARED: usize = 2000;

/// What is left of one agent's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The agent's name.
    pub name: String,
    /// The place.
    pub tree: Tree,
    /// Its folder is there.
    pub is_there: bool,
    /// Files in it that are not committed, or all of an agent's that has no branch.
    pub uncommitted: usize,
    /// Commits of its branch that are on no other.
    pub unmerged: usize,
    /// Files and repositories in it that can be neither kept nor merged.
    pub left_out: usize,
    /// Branches, tags and stashes of its own that are nowhere else.
    pub elsewhere: usize,
    /// Turns that are undone and can be done again, of work that is nowhere else.
    pub undone: u32,
    /// Something in it is nowhere else.
    pub is_unmerged: bool,
}

impl Left {
    /// Whether there is something to remove at all.
    pub fn is_something(&self) -> bool {
        let is_own = self.tree.ground != Ground::Shared;
        is_own && (self.is_there || self.unmerged > 0) || self.tree.is_kept()
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        match self.tree.ground {
            Ground::Shared => return write!(f, "{}: its checkpoints", self.name),
            Ground::Scratch => write!(f, "{}: the folder {}", self.name, self.tree.root)?,
            Ground::Worktree => {
                write!(f, "{}: {} on {}", self.name, self.tree.root, self.tree.branch)?;
            }
        }
        match (self.uncommitted, self.unmerged) {
            _ if !self.is_unmerged => write!(f, ", nothing that is not merged"),
            _ if self.left_out > 0 => write!(
                f,
                ", {} that nothing keeps: too large, unreadable, or a repository of its own",
                files(self.left_out, "thing")
            ),
            (0, 0) if self.undone > 0 || self.elsewhere > 0 => Ok(()),
            (0, 0) => write!(f, ", work that is not merged"),
            (0, commits) => write!(f, ", {} not merged", files(commits, "commit")),
            (uncommitted, 0) => write!(f, ", {} not committed", files(uncommitted, "file")),
            (uncommitted, commits) => write!(
                f,
                ", {} not merged, {} not committed",
                files(commits, "commit"),
                files(uncommitted, "file")
            ),
        }?;
        match self.elsewhere {
            0 => {}
            1 => write!(f, ", 1 branch or stash of its own that is not merged")?,
            count => write!(f, ", {count} branches or stashes of its own that are not merged")?,
        }
        match self.undone {
            0 => Ok(()),
            1 => write!(f, ", work of 1 undone turn that is not merged"),
            undone => write!(f, ", work of {undone} undone turns that is not merged"),
        }
    }
}

impl Grounds {
    /// Places that are in no journal: a run was cut between making one and saying
    /// so, and nobody has worked there. `known` are those that are.
    pub fn strays(&self, known: &[&Tree]) -> Vec<(String, Tree)> {
        let Ok(git) = self.git() else { return Vec::new() };
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let folders = entries.map(|it| it.path()).filter(|it| it.is_dir());
        let is_known = |root: &Path| known.iter().any(|it| Path::new(&it.root) == root);
        folders
            .filter_map(|root| Some((root.file_name()?.to_str()?.to_owned(), root)))
            .filter(|(name, root)| !name.starts_with('.') && !is_known(root))
            .filter_map(|(name, root)| {
                let repository = Repository::around(git, &root).ok()?;
                let own = Own::of(&root);
                let store = own.store().unwrap_or(repository.store);
                let tree = Tree {
                    ground: Ground::Worktree,
                    path: text(&root),
                    root: text(&root),
                    store: text(&store),
                    branch: format!("auteur/{}/{name}", self.session),
                    base: repository.head?,
                    kept: self.reference(&name),
                    note: String::new(),
                };
                Some((name, tree))
            })
            .collect()
    }

    /// Looks at what is left of a place. What its folder holds is kept first, so
    /// that what is said of it is true.
    ///
    /// # Errors
    /// When that can't be found out; then nothing of it may be removed.
    pub fn survey(&self, name: &str, tree: &Tree) -> Result<Left, GroundsError> {
        let is_there = Path::new(&tree.path).is_dir();
        let mut left = Left {
            name: name.to_owned(),
            tree: tree.clone(),
            is_there,
            uncommitted: 0,
            unmerged: 0,
            left_out: 0,
            elsewhere: 0,
            undone: 0,
            is_unmerged: false,
        };
        match (tree.ground, self.git().ok()) {
            (Ground::Shared, _) => {}
            (Ground::Worktree, Some(git)) => self.survey_worktree(git, &mut left)?,
            (Ground::Scratch, _) | (Ground::Worktree, None) => {
                left.uncommitted = if is_there { count_files(Path::new(&tree.root)) } else { 0 };
                left.is_unmerged = left.uncommitted > 0;
            }
        }
        Ok(left)
    }

    /// Looks at what was undone in a place as well: it is work as long as it can be done
    /// again.
    ///
    /// # Errors
    /// When that can't be found out; then nothing of it may be removed.
    pub fn survey_undone(&self, left: &mut Left, undone: &[Rewind]) -> Result<(), GroundsError> {
        let Some(git) = self.git().ok().filter(|_| left.tree.is_kept()) else { return Ok(()) };
        let store = Path::new(&left.tree.store);
        for it in undone.iter().filter(|it| !it.was.is_empty()) {
            // What is not there any more can't be lost.
            let Some(was) = object(git, store, &format!("{}^{{commit}}", it.was))? else {
                continue;
            };
            if holds_work(git, &left.tree, &was)? {
                left.undone = left.undone.saturating_add(it.from.0.saturating_sub(it.to.0));
            }
        }
        left.is_unmerged |= left.undone > 0;
        Ok(())
    }

    fn survey_worktree(&self, git: &Git, left: &mut Left) -> Result<(), GroundsError> {
        let tree = left.tree.clone();
        let (root, store) = (Path::new(&tree.root), Path::new(&tree.store));
        if !store.is_dir() {
            // Whatever is in the folder, its history is elsewhere.
            left.uncommitted = if left.is_there { count_files(root) } else { 0 };
            left.is_unmerged = left.is_there;
            return Ok(());
        }
        self.adopt(git, &tree)?;
        let own = Self::own(&tree);
        let is_tied = own.is_there() && left.is_there;
        // What can't be brought in is certainly nowhere else.
        let brought = self.bring_in(git, &tree);
        let is_whole = brought.is_ok();
        let head = match brought {
            Ok(Some(head)) => Some(head),
            _ => object(git, store, &format!("refs/heads/{}", tree.branch))?,
        };
        if is_tied {
            self.keep(&tree, Turn(0), None)?;
        } else if left.is_there {
            left.uncommitted = count_files(root);
        }
        let branch = object(git, store, &format!("refs/heads/{}", tree.branch))?;
        left.unmerged = unmerged(git, store, head.iter().chain(&branch))?;
        // What is kept is what its folder holds.
        let work = object(git, store, &tree.kept)?.unwrap_or_else(|| tree.base.clone());
        if let (true, Some(head)) = (is_tied, &head) {
            let words = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", head, &work];
            left.uncommitted = git.call(store, words).with("GIT_DIR", store).fields()?.len();
        }
        let content = |it: &str| object(git, store, &format!("{it}^{{tree}}"));
        let is_merged = match &head {
            Some(head) => left.unmerged == 0 && content(head)? == content(&work)?,
            None => false,
        };
        let is_untied = left.is_there && !is_tied;
        left.is_unmerged = is_untied || !is_whole || !(is_merged || is_taken(git, &tree, &work)?);
        // Whatever is merged: of these, nothing is.
        left.left_out = if is_tied { self.left_out(&tree)?.len() } else { 0 };
        left.left_out += repositories(git, &tree, &work)?;
        left.elsewhere = if own.is_there() { self.elsewhere(git, &tree, &own)? } else { 0 };
        left.is_unmerged |= left.left_out > 0 || left.elsewhere > 0;
        Ok(())
    }

    /// How many references of an agent's own lead to what is on no branch of the project:
    /// besides its branch, of which its commits are counted.
    fn elsewhere(&self, git: &Git, tree: &Tree, own: &Own) -> Result<usize, GroundsError> {
        let store = Path::new(&tree.store);
        let its = format!("refs/heads/{}", tree.branch);
        let known = fs::read_to_string(self.known(git, tree)?).unwrap_or_default();
        let mut count = 0;
        for (name, commit) in own.references() {
            // What it was told of the project's is the project's.
            if name == its || known.contains(&commit) {
                continue;
            }
            let is_brought = object(git, store, &format!("{commit}^{{commit}}"))?.is_some();
            if !is_brought || unmerged(git, store, [&commit].into_iter())? > 0 {
                count += 1;
            }
        }
        Ok(count)
    }

    /// Removes a place, its branch and what was kept of it. One who has not said
    /// that its work is thrown away may do that only where nothing is unmerged.
    ///
    /// # Errors
    /// When something of it could not be removed; the rest is then still there.
    pub fn remove(&self, left: &Left) -> Result<(), GroundsError> {
        let tree = &left.tree;
        let root = Path::new(&tree.root);
        if let (Ground::Worktree, Ok(git)) = (tree.ground, self.git()) {
            self.remove_worktree(git, tree)?;
        }
        if tree.ground != Ground::Shared && root.starts_with(&self.folder) {
            remove_folder(root)?;
            remove_folder(Self::own(tree).folder())?;
        }
        if let (true, Ok(git)) = (tree.is_kept(), self.git()) {
            delete(git, Path::new(&tree.store), &tree.kept)?;
            let name = tree.kept.rsplit('/').next().unwrap_or_default();
            let kept = self.folder.join(".kept");
            for folder in [kept.join(name), kept.join(format!("{name}.git"))] {
                if folder.is_dir() {
                    remove_folder(&folder)?;
                }
            }
        }
        drop(fs::remove_file(self.mark(tree)));
        // They go when they are empty, and stay when they are not.
        let kept = self.folder.join(".kept");
        for folder in [kept.join("ready"), kept, self.folder.join(".own"), self.folder.clone()] {
            drop(fs::remove_dir(folder));
        }
        Ok(())
    }

    /// What the project has of it: its branch.
    fn remove_worktree(&self, git: &Git, tree: &Tree) -> Result<(), GroundsError> {
        let store = Path::new(&tree.store);
        if !store.is_dir() {
            return Ok(());
        }
        let _door = self.door();
        delete(git, store, &format!("refs/heads/{}", tree.branch))
    }
}

/// How many commits up to these are on no branch, tag or remote but agents' own.
fn unmerged<'a>(
    git: &Git,
    store: &Path,
    tips: impl Iterator<Item = &'a String>,
) -> Result<usize, GroundsError> {
    let tips: Vec<&str> = tips.map(String::as_str).collect();
    if tips.is_empty() {
        return Ok(0);
    }
    let others = ["--not", "--exclude=auteur/*", "--branches", "--tags", "--remotes"];
    let ask = ["rev-list", "--count"].into_iter().chain(tips).chain(others);
    let said = git.call(store, ask).with("GIT_DIR", text(store)).line()?;
    Ok(said.parse().unwrap_or(usize::MAX))
}

/// Whether what a commit changed since the base stands in the project's HEAD just
/// so: merged, squashed, rebased or applied, whatever its history says.
fn is_taken(git: &Git, tree: &Tree, work: &str) -> Result<bool, GroundsError> {
    let store = Path::new(&tree.store);
    let call = |arguments: &[&str]| git.call(store, arguments).with("GIT_DIR", text(store));
    let Some(head) = object(git, store, "HEAD^{commit}")? else { return Ok(false) };
    let diff = |old: &str, new: &str| {
        call(&["diff-tree", "-r", "-z", "--no-renames", "--name-only", old, new]).fields()
    };
    let changed = diff(&tree.base, work)?;
    if changed.len() > COMPARED {
        return Ok(false);
    }
    let differs = diff(work, &head)?;
    Ok(!changed.iter().any(|path| differs.contains(path)))
}

/// Whether a commit holds something that is neither where the work began nor in the
/// project's HEAD.
fn holds_work(git: &Git, tree: &Tree, commit: &str) -> Result<bool, GroundsError> {
    let content = |it: &str| object(git, Path::new(&tree.store), &format!("{it}^{{tree}}"));
    Ok(content(commit)? != content(&tree.base)? && !is_taken(git, tree, commit)?)
}

/// How many submodules were moved: their commits lie with the worktree.
fn repositories(git: &Git, tree: &Tree, work: &str) -> Result<usize, GroundsError> {
    let store = Path::new(&tree.store);
    let words = ["diff-tree", "-r", "-z", "--no-renames", &tree.base, work];
    let changes = git.call(store, words).with("GIT_DIR", text(store)).fields()?;
    // `:old-mode new-mode …`, and then the path.
    let is_repository = |it: &&Vec<u8>| {
        it.starts_with(b":") && it.split(|it| *it == b' ').nth(1) == Some(b"160000")
    };
    Ok(changes.iter().step_by(2).filter(is_repository).count())
}

/// Deletes a reference, if there is one.
fn delete(git: &Git, store: &Path, reference: &str) -> Result<(), GroundsError> {
    if object(git, store, reference)?.is_some() {
        let delete = ["update-ref", "-d", reference];
        git.call(store, delete).with("GIT_DIR", text(store)).bytes()?;
    }
    Ok(())
}

/// So many files are counted; nobody reads a larger number.
const COUNTED: usize = 10_000;

/// How many files lie in a folder and below it.
fn count_files(folder: &Path) -> usize {
    let mut count = 0;
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        // A folder that can't be read holds something that nobody may delete.
        let Ok(entries) = fs::read_dir(&folder) else { return count + 1 };
        for entry in entries.flatten().filter(|it| it.file_name() != ".git") {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                _ => count += 1,
            }
            if count >= COUNTED {
                return count;
            }
        }
    }
    count
}

fn remove_folder(folder: &Path) -> Result<(), GroundsError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(GroundsError::File { path: folder.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}
