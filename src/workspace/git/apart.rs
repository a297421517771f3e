//! A git folder of our own over the objects of a repository: with its own index
//! and its own settings, of which none names a program.

use super::{Git, GitError};
use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

/// Settings of the repository that say how files are written, and run nothing.
const TAKEN_OVER: &[&str] = &[
    "core.autocrlf",
    "core.eol",
    "core.filemode",
    "core.ignorecase",
    "core.symlinks",
    "core.precomposeunicode",
];

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
    /// The git folder there, made if it is not. `store` is the repository's own
    /// git folder, `ignored` are patterns of files that are left alone besides
    /// those that the repository ignores.
    ///
    /// # Errors
    /// When it can't be made, or the repository can't be asked.
    pub fn open(
        git: &Git,
        folder: &Path,
        (store, files): (&Path, &Path),
        ignored: &[String],
    ) -> Result<Self, GitError> {
        let apart = Self {
            folder: folder.to_owned(),
            objects: store.join("objects"),
            files: files.to_owned(),
        };
        let refused = |source| GitError::File { path: folder.to_owned(), source };
        for part in ["refs", "objects", "info"] {
            make_folder(&folder.join(part)).map_err(refused)?;
        }
        let config = settings(git, files)?;
        fs::write(folder.join("HEAD"), "ref: refs/heads/none\n").map_err(refused)?;
        fs::write(folder.join("config"), config).map_err(refused)?;
        let ignored = ignored_by(git, store, files)? + &ignored.join("\n") + "\n";
        fs::write(folder.join("info/exclude"), ignored).map_err(refused)?;
        Ok(apart)
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
fn settings(git: &Git, files: &Path) -> Result<String, GitError> {
    let format = git.call(files, ["rev-parse", "--show-object-format"]).line()?;
    let (version, extension) = match format.as_str() {
        "sha1" => (0, String::new()),
        other => (1, format!("[extensions]\n\tobjectFormat = {}\n", plain(other))),
    };
    let mut config =
        format!("{extension}[core]\n\trepositoryFormatVersion = {version}\n\tbare = false\n");
    for name in TAKEN_OVER {
        let answer = git.call(files, ["config", "--get", name]).answer()?;
        let value = plain(&String::from_utf8_lossy(&answer.out));
        if answer.code == Some(0) && !value.is_empty() {
            let name = name.trim_start_matches("core.");
            config.extend(["\t", name, " = ", &value, "\n"]);
        }
    }
    Ok(config)
}

/// A value with nothing in it that means something in a config file.
fn plain(value: &str) -> String {
    value.trim().chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The patterns that stand outside of the tree: the repository's own and its
/// user's. Those in the tree git finds by itself.
fn ignored_by(git: &Git, store: &Path, files: &Path) -> Result<String, GitError> {
    let mut patterns = read(&store.join("info/exclude"));
    // Which file that is, the user says, and not the repository.
    let answer = git
        .call(files, ["config", "--global", "--type=path", "--get", "core.excludesFile"])
        .answer()?;
    let named = String::from_utf8_lossy(&answer.out).trim_end_matches('\n').to_owned();
    let home = |name: &str| git.environment.iter().find(|it| it.0 == name).map(|it| &it.1);
    let usual = match (home("XDG_CONFIG_HOME"), home("HOME")) {
        (Some(config), _) if !config.is_empty() => Some(Path::new(config).join("git/ignore")),
        (_, Some(home)) => Some(Path::new(home).join(".config/git/ignore")),
        _ => None,
    };
    let users = if named.is_empty() { usual } else { Some(files.join(named)) };
    patterns += &users.map(|it| read(&it)).unwrap_or_default();
    Ok(patterns)
}

/// The most that is read of a list of patterns, in bytes.
const PATTERNS: u64 = 1024 * 1024;

/// A list of patterns, ended by a newline; empty where it is no readable file.
fn read(path: &Path) -> String {
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
