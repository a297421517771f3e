//! The git folder of one agent: a HEAD, an index, a branch and objects of its own
//! over the project's objects, which it reads and can't write.
//!
//! ```text
//! worktrees/SESSION/scout/        the files; `.git` names the folder below
//! worktrees/SESSION/.own/scout/   HEAD, index, config, refs, logs, objects
//!                                 objects/info/alternates ──▶ the project's objects
//! ```
//!
//! The agent may have put anything into it. So no git of ours ever works there or
//! reads its settings: what is told of it is read from its files, and what is
//! written goes through no link, under the locks that the agent's own git heeds.

use super::{
    Git, GitError,
    apart::{format, read, users_path},
};
use crate::workspace::{Workspace, WorkspaceError, beneath, is_commit};
use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Component, Path, PathBuf},
};

/// The folder beside the worktrees that holds what git keeps of each.
const FOLDER: &str = ".own";
/// The most that is read of a reference, in bytes.
const REFERENCE: u64 = 4096;
/// The most that is read of the list of all references, in bytes.
pub(super) const REFERENCES: u64 = 64 * 1024 * 1024;
/// Where git keeps many references in one file.
pub(super) const PACKED: &str = "packed-refs";

/// The git folder of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    folder: PathBuf,
    root: PathBuf,
}

impl Own {
    /// That of the worktree in this folder, whatever stands in there.
    pub fn of(root: &Path) -> Self {
        let folder = root.with_file_name(FOLDER).join(root.file_name().unwrap_or_default());
        Self { folder, root: root.to_owned() }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The worktree's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether it was made before.
    pub fn is_there(&self) -> bool {
        self.folder.join("config").is_file()
    }

    /// Whether it has an index: files were written, and somebody may have worked.
    pub fn has_index(&self) -> bool {
        self.folder.join("index").symlink_metadata().is_ok()
    }

    /// What says in there which programs run, what else is read, and where the
    /// project's objects are. All of it is there, so that it can be held.
    pub fn kept(&self) -> Vec<PathBuf> {
        let names = ["config", "commondir", "hooks", "info", "objects/info/alternates"];
        names.map(|name| self.folder.join(name)).to_vec()
    }

    /// Makes it, on a branch that stands on a commit of the repository whose git
    /// folder is `store`; and the worktree's folder, with no files yet. `ignored`
    /// are patterns of files that are nobody's work.
    ///
    /// # Errors
    /// When it can't be made, or the repository can't be asked.
    pub fn make(
        &self,
        git: &Git,
        store: &Path,
        (branch, start): (&str, &str),
        ignored: &[String],
    ) -> Result<(), GitError> {
        let failed = |source| GitError::File { path: self.folder.clone(), source };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        for part in ["refs/heads", "objects/info", "objects/pack", "info", "hooks"] {
            builder.create(self.folder.join(part)).map_err(failed)?;
        }
        let ignored = read(&store.join("info/exclude")) + &ignored.join("\n") + "\n";
        self.put("info/exclude", ignored.as_bytes())?;
        self.put("info/attributes", read(&store.join("info/attributes")).as_bytes())?;
        // It is a folder of its own, and no part of another that a file here names.
        self.put("commondir", b".\n")?;
        self.put_branch(branch, start)?;
        self.put_head(branch)?;
        self.point(git, store)?;
        self.tie()
    }

    /// Says where the repository is: its objects and its settings.
    ///
    /// # Errors
    /// When that can't be written, or the repository can't be asked.
    pub fn point(&self, git: &Git, store: &Path) -> Result<(), GitError> {
        let objects = store.join("objects");
        self.put("objects/info/alternates", &line(&objects))?;
        let mut config = format(git, store)?;
        // The project's own hooks hold for who commits here, as in any worktree.
        if users_path(git, store, "core.hooksPath")?.is_empty() {
            config += &["\thooksPath = ", &quoted(&store.join("hooks")), "\n"].concat();
        }
        let (its, root) = (quoted(&store.join("config")), quoted(&self.root));
        config += &["[include]\n\tpath = ", &its, "\n"].concat();
        config += &["[core]\n\tbare = false\n\tworktree = ", &root, "\n"].concat();
        // Last: with it, all is there.
        self.put("config", config.as_bytes())
    }

    /// Makes the worktree's folder, and has it name this one.
    ///
    /// # Errors
    /// When the disk refuses, or a link stands there.
    pub fn tie(&self) -> Result<(), GitError> {
        let failed = |path: &Path, source| GitError::File { path: path.to_owned(), source };
        fs::create_dir_all(&self.root).map_err(|error| failed(&self.root, error))?;
        let said = [b"gitdir: ".as_slice(), &line(&self.folder)].concat();
        let name = self.root.join(".git");
        let inside = Workspace::open(&self.root).map_err(|error| not_read(&name, error))?;
        if inside.read(".git", REFERENCE).ok().as_deref() == Some(&said) {
            return Ok(());
        }
        if name.is_symlink() {
            fs::remove_file(&name).map_err(|error| failed(&name, error))?;
        } else if name.is_dir() {
            // A repository that the agent has made is its work; ours don't look there.
            return Ok(());
        }
        inside.replace(".git", &said).map_err(|error| not_read(&name, error))
    }

    /// The git folder of the project, as it was told where the objects are.
    pub fn store(&self) -> Option<PathBuf> {
        let objects = self.read("objects/info/alternates", REFERENCE)?;
        Path::new(objects.lines().next()?).parent().map(Path::to_owned)
    }

    /// The commit that its HEAD stands on.
    pub fn head(&self) -> Option<String> {
        let head = self.read("HEAD", REFERENCE)?;
        match head.strip_prefix("ref:") {
            Some(name) => self.reference(name.trim()),
            None => Some(head.trim().to_owned()).filter(|it| is_commit(it)),
        }
    }

    /// Whether its HEAD names a branch.
    pub fn is_on_branch(&self) -> bool {
        self.read("HEAD", REFERENCE).is_some_and(|it| it.starts_with("ref: refs/heads/"))
    }

    /// The commit that its branch of this name stands on.
    pub fn branch(&self, name: &str) -> Option<String> {
        self.reference(&format!("refs/heads/{name}"))
    }

    fn reference(&self, name: &str) -> Option<String> {
        let path = Path::new(name);
        let is_plain = path.components().all(|it| matches!(it, Component::Normal(_)));
        if !is_plain || !path.starts_with("refs") {
            return None;
        }
        let loose = self.read(name, REFERENCE).map(|it| it.trim().to_owned());
        let packed = || packed(&self.read(PACKED, REFERENCES)?).remove(name);
        loose.or_else(packed).filter(|it| is_commit(it))
    }

    /// All commits that a reference of its own names, with that name: branches, tags,
    /// and what was stashed, each of them.
    pub fn references(&self) -> Vec<(String, String)> {
        let mut all = packed(&self.read(PACKED, REFERENCES).unwrap_or_default());
        let mut folders = vec![PathBuf::from("refs")];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(self.folder.join(&folder)).into_iter().flatten();
            for entry in entries.flatten() {
                let Ok(name) = entry.file_name().into_string() else { continue };
                let name = folder.join(name);
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(name),
                    Ok(kind) if kind.is_file() => {
                        let name = name.to_string_lossy().into_owned();
                        if let Some(commit) = self.reference(&name) {
                            all.insert(name, commit);
                        }
                    }
                    _ => {}
                }
            }
        }
        let stashed = self.read("logs/refs/stash", REFERENCES).unwrap_or_default();
        // `before after who …`: one line for each.
        let stashed = stashed.lines().filter_map(|it| it.split(' ').nth(1));
        let stashed = stashed.filter(|it| is_commit(it));
        let stashed = stashed.map(|it| ("refs/stash".to_owned(), it.to_owned()));
        let mut all: Vec<_> = all.into_iter().chain(stashed).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Puts an index in the place of its own.
    ///
    /// # Errors
    /// When a git of the agent's is at it just now, or the disk refuses.
    pub fn put_index(&self, index: &[u8]) -> Result<(), GitError> {
        self.put("index", index)
    }

    /// Has a branch of its own stand on a commit.
    ///
    /// # Errors
    /// When a git of the agent's is at it just now, or the disk refuses.
    pub fn put_branch(&self, name: &str, commit: &str) -> Result<(), GitError> {
        self.put(&format!("refs/heads/{name}"), format!("{commit}\n").as_bytes())
    }

    /// Has its HEAD name a branch.
    ///
    /// # Errors
    /// When a git of the agent's is at it just now, or the disk refuses.
    pub fn put_head(&self, branch: &str) -> Result<(), GitError> {
        self.put("HEAD", format!("ref: refs/heads/{branch}\n").as_bytes())
    }

    pub(super) fn read(&self, name: &str, most: u64) -> Option<String> {
        let inside = Workspace::open(&self.folder).ok()?;
        Some(String::from_utf8_lossy(&inside.read(name, most).ok()?).into_owned())
    }

    /// Writes a file anew under its lock, through no link. What it was before, a
    /// link as well, is no part of this.
    pub(in crate::workspace) fn put(&self, name: &str, content: &[u8]) -> Result<(), GitError> {
        let path = self.folder.join(name);
        let failed = |source: io::Error| {
            let mut lock = path.clone().into_os_string();
            lock.push(".lock");
            GitError::File { path: lock.into(), source }
        };
        let inside = Path::new(name);
        let (parent, file) = (inside.parent(), inside.file_name().unwrap_or_default());
        let folder = beneath::open_root(&self.folder)
            .and_then(|it| beneath::make_folders(&it, parent.unwrap_or(Path::new(""))))
            .map_err(|errno| failed(errno.into()))?;
        beneath::swap_in_locked(&folder, file, content).map_err(failed)
    }
}

fn not_read(path: &Path, error: WorkspaceError) -> GitError {
    GitError::File { path: path.to_owned(), source: io::Error::other(error) }
}

/// Lines of a commit and the name that stands for it.
pub(super) fn packed(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|it| it.split_once(' '));
    let pairs = pairs.filter(|(commit, name)| is_commit(commit) && name.starts_with("refs/"));
    pairs.map(|(commit, name)| (name.to_owned(), commit.to_owned())).collect()
}

fn line(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    [path.as_os_str().as_bytes(), b"\n"].concat()
}

/// A path as a value in a config file.
fn quoted(path: &Path) -> String {
    let escaped = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n"))
}
