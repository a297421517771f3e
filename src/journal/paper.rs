//! The file a journal is written to: made, opened and locked.

use super::{FILE, JournalError};
use rustix::{
    fs::{self, AtFlags, FlockOperation, Mode, OFlags},
    io::Errno,
};
use std::{
    fs::File,
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

const OURS: Mode = Mode::RWXU;
const OUR_FILE: Mode = Mode::RUSR.union(Mode::WUSR);

/// How often a lock is asked for, and how long between: someone who lists
/// sessions may hold one for a moment.
const ASKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(5);

/// Makes a session's folder and its empty journal, for nobody else to read.
pub(super) fn make(sessions: &Path, session: &str) -> Result<(File, PathBuf), JournalError> {
    let is_word = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    if session.is_empty() || session.starts_with('.') || !session.chars().all(is_word) {
        return Err(JournalError::BadId(session.to_owned()));
    }
    let root = open_root(sessions)?;
    let folder = sessions.join(session);
    let fail = |error| JournalError::disk("make", &folder, error);
    match fs::mkdirat(&root, session, OURS) {
        Err(Errno::EXIST) if is_link(&folder) => return Err(JournalError::Link(folder)),
        Err(Errno::EXIST) => return Err(JournalError::Exists(folder)),
        made => made.map_err(fail)?,
    }
    let inside = open_folder(&root, session, &folder)?;
    let path = folder.join(FILE);
    let fail = |error| JournalError::disk("make", &path, error);
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::APPEND;
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = fs::openat(&inside, FILE, flags, OUR_FILE).map_err(fail)?;
    // Whatever the umask took away.
    fs::fchmod(&file, OUR_FILE).map_err(fail)?;
    lock(&file, &path)?;
    // A folder that is not on the disk can't hold a file that is.
    fs::fsync(&inside).and_then(|()| fs::fsync(&root)).map_err(fail)?;
    Ok((file.into(), path))
}

/// Opens a journal to write on, and locks it.
pub(super) fn open(path: &Path) -> Result<(File, PathBuf), JournalError> {
    let path = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
    if let Some(folder) = path.parent().filter(|it| is_link(it)) {
        return Err(JournalError::Link(folder.to_owned()));
    }
    let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CLOEXEC;
    let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = fs::open(&path, flags, Mode::empty()).map_err(|error| match error {
        Errno::LOOP => JournalError::Link(path.clone()),
        error => JournalError::disk("open", &path, error),
    })?;
    lock(&file, &path)?;
    Ok((file.into(), path))
}

/// Whether somebody writes it now.
pub(super) fn is_locked(file: impl AsFd) -> bool {
    let asked = fs::flock(&file, FlockOperation::NonBlockingLockShared);
    if asked.is_ok() {
        // It goes with the file at the latest.
        let _ = fs::flock(&file, FlockOperation::Unlock);
    }
    asked == Err(Errno::WOULDBLOCK)
}

/// Whether the file still stands where it was made.
pub(super) fn is_there(file: impl AsFd, path: &Path) -> bool {
    let there = fs::statat(fs::CWD, path, AtFlags::SYMLINK_NOFOLLOW);
    match (fs::fstat(file), there) {
        (Ok(ours), Ok(there)) => (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino),
        _ => false,
    }
}

fn lock(file: &OwnedFd, path: &Path) -> Result<(), JournalError> {
    for _ in 0..ASKS {
        match fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => thread::sleep(PAUSE),
            asked => return asked.map_err(|error| JournalError::disk("lock", path, error)),
        }
    }
    Err(JournalError::Busy(path.to_owned()))
}

pub(super) fn open_root(sessions: &Path) -> Result<OwnedFd, JournalError> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = std::fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(sessions);
    made.map_err(|error| JournalError::disk("make", sessions, error))?;
    open_folder(fs::CWD, sessions, sessions)
}

/// Opens a folder that is no link and sees to it that it is only ours.
fn open_folder(
    at: impl AsFd,
    name: impl rustix::path::Arg,
    path: &Path,
) -> Result<OwnedFd, JournalError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = match fs::openat(at, name, flags, Mode::empty()) {
        Err(Errno::LOOP | Errno::NOTDIR) => return Err(JournalError::Link(path.to_owned())),
        opened => opened.map_err(|error| JournalError::disk("open", path, error))?,
    };
    fs::fchmod(&folder, OURS)
        .map_err(|error| JournalError::disk("close to others", path, error))?;
    Ok(folder)
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|it| it.is_symlink())
}
