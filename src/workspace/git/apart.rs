//! A git folder of our own over the objects of a repository: with its own index
//! and its own settings, of which none names a program.

use super::{Git, GitError};
use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

/// Settings of the repository that say how files are written, and run nothing.
const TAKEN_OVER: &str = r"^core\.(autocrlf|eol|filemode|ignorecase|symlinks|precomposeunicode)$";

/// A git folder that stands apart from its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// The folder itself.
    pub folder: PathBuf,
    /// The objects: the repository's.
    pub objects: PathBuf,
    /// The top folder of the files.
    pub files: PathBuf,
}

impl Apart {
    /// The git folder there, which was made before.
    pub fn at(folder: &Path, (store, files): (&Path, &Path)) -> Self {
        let (folder, objects, files) = (folder.into(), store.join("objects"), files.into());
        Self { folder, objects, files }
    }

    /// Whether it was made before.
    pub fn is_there(&self) -> bool {
        self.folder.join("config").is_file()
    }

    /// The git folder there, made, and brought up to what the repository says now.
    /// `store` is the repository's own git folder, `ignored` are patterns of files
    /// that are left alone besides those that the repository ignores.
    ///
    /// # Errors
    /// When it can't be made, or the repository can't be asked.
    pub fn open(
        git: &Git,
        folder: &Path,
        (store, files): (&Path, &Path),
        ignored: &[String],
    ) -> Result<Self, GitError> {
        let apart = Self::at(folder, (store, files));
        let refused = |source| GitError::File { path: folder.to_owned(), source };
        for part in ["refs", "objects", "info"] {
            make_folder(&folder.join(part)).map_err(refused)?;
        }
        let config = settings(git, store)?;
        let ignored = ignored_by(git, store)? + &ignored.join("\n") + "\n";
        fs::write(folder.join("HEAD"), "ref: refs/heads/none\n").map_err(refused)?;
        fs::write(folder.join("info/exclude"), ignored).map_err(refused)?;
        // Last: with it, all is there.
        fs::write(folder.join("config"), config).map_err(refused)?;
        Ok(apart)
    }

    /// An index by which the files come from a commit. It is made where no agent
    /// writes. `into` is a tree that the files are turned into then, if that loses
    /// nothing.
    ///
    /// # Errors
    /// When it would, or git can't.
    pub fn index_of(
        &self,
        git: &Git,
        commit: &str,
        into: Option<&str>,
    ) -> Result<Vec<u8>, GitError> {
        let draft = self.folder.join("index.draft");
        let failed = |source| GitError::File { path: draft.clone(), source };
        // What ours knows of the files need not be found out again.
        if fs::copy(self.index(), &draft).is_err() {
            drop(fs::remove_file(&draft));
        }
        let ask = |words: &[&str]| {
            git.apart(self, words.iter().copied()).with("GIT_INDEX_FILE", draft.clone())
        };
        ask(&["read-tree", "--reset", commit]).bytes()?;
        let refreshed = ask(&["update-index", "-q", "--refresh"]).answer()?;
        tracing::debug!(code = ?refreshed.code, "the index is as the files are");
        if let Some(tree) = into {
            ask(&["read-tree", "-m", "-u", commit, tree]).bytes()?;
        }
        let made = fs::read(&draft).map_err(failed)?;
        fs::remove_file(&draft).map_err(failed)?;
        Ok(made)
    }

    /// Its index.
    pub fn index(&self) -> PathBuf {
        self.folder.join("index")
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// A config file for git, with what must be as in the repository.
fn settings(git: &Git, store: &Path) -> Result<String, GitError> {
    let ask = |arguments: &[&str]| git.call(store, arguments).with("GIT_DIR", store.to_owned());
    let mut config = format(git, store)? + "[core]\n\tbare = false\n";
    let taken_over = ask(&["config", "-z", "--get-regexp", TAKEN_OVER]).answer()?;
    // `name<newline>value`; of a name that is there twice, the last one counts.
    for setting in String::from_utf8_lossy(&taken_over.out).split('\0') {
        if let Some((name, value)) = setting.split_once('\n') {
            let (name, value) = (plain(name.trim_start_matches("core.")), plain(value));
            config += &["\t", &name, " = ", &value, "\n"].concat();
        }
    }
    Ok(config)
}

/// The part of a config file that says how objects are named.
pub(super) fn format(git: &Git, store: &Path) -> Result<String, GitError> {
    let ask = ["rev-parse", "--show-object-format"];
    let format = git.call(store, ask).with("GIT_DIR", store.to_owned()).line()?;
    let (version, extension) = match format.as_str() {
        "sha1" => (0, String::new()),
        other => (1, format!("[extensions]\n\tobjectFormat = {}\n", plain(other))),
    };
    Ok(format!("{extension}[core]\n\trepositoryFormatVersion = {version}\n"))
}

/// A value with nothing in it that means something in a config file.
fn plain(value: &str) -> String {
    value.trim().chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The patterns that stand outside of the tree: the repository's own and its
/// user's. Those in the tree git finds by itself.
fn ignored_by(git: &Git, store: &Path) -> Result<String, GitError> {
    let mut patterns = read(&store.join("info/exclude"));
    let named = users_path(git, store, "core.excludesFile")?;
    let home = |name: &str| git.environment.iter().find(|it| it.0 == name).map(|it| &it.1);
    let usual = match (home("XDG_CONFIG_HOME"), home("HOME")) {
        (Some(config), _) if !config.is_empty() => Some(Path::new(config).join("git/ignore")),
        (_, Some(home)) => Some(Path::new(home).join(".config/git/ignore")),
        _ => None,
    };
    let users = if named.is_empty() { usual } else { Some(PathBuf::from(named)) };
    patterns += &users.map(|it| read(&it)).unwrap_or_default();
    Ok(patterns)
}

/// A path that the user has set for all repositories; empty where there is none.
/// What a repository says of it does not count.
pub(super) fn users_path(git: &Git, store: &Path, name: &str) -> Result<String, GitError> {
    let answer = git.call(store, ["config", "--global", "--type=path", "--get", name]).answer()?;
    Ok(String::from_utf8_lossy(&answer.out).trim_end_matches('\n').to_owned())
}

/// The most that is read of a list of patterns, in bytes.
const PATTERNS: u64 = 1024 * 1024;

/// A list of patterns, ended by a newline; empty where it is no readable file.
pub(super) fn read(path: &Path) -> String {
    use io::Read as _;
    let is_file = path.metadata().is_ok_and(|it| it.is_file());
    let Some(file) = is_file.then(|| fs::File::open(path).ok()).flatten() else {
        return String::new();
    };
    let mut bytes = Vec::new();
    if file.take(PATTERNS).read_to_end(&mut bytes).is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned() + "\n"
}
