//! Where an agent works, and what of the machine it may touch there.
//!
//! The folder is opened once, as a directory handle, and every file is reached
//! through that handle by `beneath`: the kernel holds a path inside, so no
//! check of a string has to be right.

mod beneath;
mod difference;
pub mod git;
pub mod grounds;
mod names;
mod sandbox;
pub mod taking;

/// So many links may lead from one to the next.
const LINKS: u32 = 40;

/// Where a path would lead, for people: its last part, or the link that stands
/// there, may lead to nothing yet.
fn leads_to(mut path: PathBuf) -> PathBuf {
    for _ in 0..LINKS {
        let Some(there) = path.ancestors().find(|it| it.symlink_metadata().is_ok()) else { break };
        let rest = path.strip_prefix(there).unwrap_or(Path::new("")).to_owned();
        let onward = match (there.canonicalize(), there.read_link(), there.parent()) {
            (Ok(real), ..) => {
                return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
            }
            (Err(_), Ok(target), Some(parent)) => parent.join(target).join(rest),
            _ => break,
        };
        path = onward;
    }
    path
}

#[cfg(test)]
mod tests;

pub use difference::{DifferenceError, difference, is_commit};
pub use sandbox::Bounds;

use rustix::fd::OwnedFd;
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Why a file of the workspace was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The folder itself could not be opened.
    #[error("cannot open the folder {}", path.display())]
    NoFolder {
        /// The folder asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The path leads out of the workspace.
    #[error("`{path}` leads to {}, outside the workspace {}", resolved.display(), root.display())]
    Outside {
        /// As it was asked for.
        path: String,
        /// Where it leads, as far as its words say.
        resolved: PathBuf,
        /// The workspace's folder.
        root: PathBuf,
    },
    /// A symbolic link stands where a write was to go.
    #[error("`{path}` goes through a symbolic link; name the file it leads to")]
    Link {
        /// As it was asked for.
        path: String,
    },
    /// Something that is no regular file: a folder, a pipe, a device, a socket.
    #[error("`{path}` is {kind}, not a regular file")]
    NotAFile {
        /// As it was asked for.
        path: String,
        /// What it is, with its article.
        kind: &'static str,
    },
    /// A regular file larger than the caller wants to hold.
    #[error("`{path}` is too large: {size} bytes, at most {most} are read")]
    TooLarge {
        /// As it was asked for.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// The most the caller takes, in bytes.
        most: u64,
    },
    /// There is nothing under that name.
    #[error("`{path}` does not exist")]
    Missing {
        /// As it was asked for.
        path: String,
    },
    /// Anything else the system refused.
    #[error("`{path}` could not be opened")]
    Io {
        /// As it was asked for.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

/// One thing in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name, with anything that is no UTF-8 replaced.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

/// What an [`Entry`] is; a symbolic link is never followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A folder.
    Folder,
    /// A regular file.
    File,
    /// A symbolic link, to anything.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// A folder held open, in which an agent works.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    folder: OwnedFd,
}

impl Workspace {
    /// Opens a folder to work in.
    ///
    /// # Errors
    /// When there is no such folder, or it may not be entered.
    pub fn open(path: &Path) -> Result<Self, WorkspaceError> {
        let refused = |source| WorkspaceError::NoFolder { path: path.to_owned(), source };
        let root = path.canonicalize().map_err(refused)?;
        let folder = beneath::open_root(&root).map_err(|errno| refused(errno.into()))?;
        Ok(Self { root, folder })
    }

    /// The folder's absolute path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The path from the workspace's folder that `path` names, by its words
    /// alone: `./a/../b` and `/the/workspace/b` are both `b`.
    ///
    /// # Errors
    /// [`WorkspaceError::Outside`] when the words lead out, `~` included.
    pub fn name_inside(&self, path: &str) -> Result<PathBuf, WorkspaceError> {
        names::inside(&self.root, path).map_err(|resolved| self.outside(path, resolved))
    }

    /// Where an existing `path` truly leads once its links are followed, from
    /// the workspace's folder.
    ///
    /// # Errors
    /// When it does not exist or leads out.
    pub fn true_name(&self, path: &str) -> Result<PathBuf, WorkspaceError> {
        let inside = self.name_inside(path)?;
        let place = beneath::open_place(&self.folder, &inside)
            .map_err(|errno| self.explain(path, errno))?;
        let truth = beneath::path_of(&place).map_err(|errno| self.explain(path, errno))?;
        match truth.strip_prefix(&self.root) {
            Ok(inside) => Ok(inside.to_owned()),
            Err(_) => Err(self.outside(path, truth)),
        }
    }

    /// Opens a regular file to read. Never waits on a pipe or a device.
    ///
    /// # Errors
    /// When it is missing, outside, or no regular file.
    pub fn file(&self, path: &str) -> Result<File, WorkspaceError> {
        self.file_and_size(path).map(|(file, _)| file)
    }

    /// Reads a whole regular file of at most `most` bytes.
    ///
    /// # Errors
    /// When it is missing, outside, no regular file, or too large.
    pub fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, WorkspaceError> {
        let too_large = |size| WorkspaceError::TooLarge { path: path.to_owned(), size, most };
        let (file, size) = self.file_and_size(path)?;
        if size > most {
            return Err(too_large(size));
        }
        let mut bytes = Vec::new();
        // One byte more shows a file that grows while it is read.
        file.take(most.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|source| WorkspaceError::Io { path: path.to_owned(), source })?;
        let size = bytes.len() as u64;
        if size > most { Err(too_large(size)) } else { Ok(bytes) }
    }

    fn file_and_size(&self, path: &str) -> Result<(File, u64), WorkspaceError> {
        let inside = self.name_inside(path)?;
        let file = beneath::open_to_read(&self.folder, &inside);
        let about = file.and_then(|file| Ok((rustix::fs::fstat(&file)?, file)));
        let (about, file) = about.map_err(|errno| self.explain(path, errno))?;
        match beneath::not_a_file(about.st_mode) {
            Some(kind) => Err(WorkspaceError::NotAFile { path: path.to_owned(), kind }),
            None => Ok((File::from(file), u64::try_from(about.st_size).unwrap_or(0))),
        }
    }

    /// Puts `bytes` in place of a file's content, or makes the file and the
    /// folders it lies in. A reader sees the old or the new, never a mixture;
    /// the mode is kept; the file is a new one, so a hard link elsewhere keeps
    /// the old content. Links are never followed.
    ///
    /// # Errors
    /// When the path leads out or through a link, or something that is no
    /// regular file stands there.
    pub fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), WorkspaceError> {
        let inside = self.name_inside(path)?;
        let not_a_file = |kind| WorkspaceError::NotAFile { path: path.to_owned(), kind };
        let Some(name) = inside.file_name() else { return Err(not_a_file("a folder")) };
        let parent = inside.parent().unwrap_or(Path::new(""));
        let folder = beneath::make_folders(&self.folder, parent)
            .map_err(|errno| self.explain(path, errno))?;
        let mode = match beneath::mode_of(&folder, name) {
            Ok(Some(mode)) if beneath::is_link(mode) => {
                return Err(WorkspaceError::Link { path: path.to_owned() });
            }
            Ok(Some(mode)) => match beneath::not_a_file(mode) {
                Some(kind) => return Err(not_a_file(kind)),
                None => Some(mode),
            },
            Ok(None) => None,
            Err(errno) => return Err(self.explain(path, errno)),
        };
        beneath::swap_in(&folder, name, bytes, mode)
            .map_err(|source| WorkspaceError::Io { path: path.to_owned(), source })
    }

    /// What lies in a folder, in the order of names.
    ///
    /// # Errors
    /// When it is missing, outside, or no folder.
    pub fn entries(&self, path: &str) -> Result<Vec<Entry>, WorkspaceError> {
        let inside = self.name_inside(path)?;
        let mut entries = beneath::open_folder(&self.folder, &inside)
            .and_then(|folder| beneath::entries(&folder))
            .map_err(|errno| self.explain(path, errno))?;
        entries.sort();
        Ok(entries)
    }

    fn outside(&self, path: &str, resolved: PathBuf) -> WorkspaceError {
        WorkspaceError::Outside { path: path.to_owned(), resolved, root: self.root.clone() }
    }

    fn explain(&self, path: &str, errno: rustix::io::Errno) -> WorkspaceError {
        use rustix::io::Errno;
        let path = path.to_owned();
        match errno {
            Errno::XDEV => {
                let resolved = leads_to(self.root.join(&path));
                WorkspaceError::Outside { path, resolved, root: self.root.clone() }
            }
            Errno::NOENT => WorkspaceError::Missing { path },
            Errno::LOOP => WorkspaceError::Link { path },
            Errno::NXIO | Errno::NODEV => WorkspaceError::NotAFile { path, kind: "a socket" },
            Errno::ISDIR => WorkspaceError::NotAFile { path, kind: "a folder" },
            errno => WorkspaceError::Io { path, source: errno.into() },
        }
    }
}
