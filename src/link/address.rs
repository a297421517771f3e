//! Where a session's socket is, in words short enough for the system.

use std::{
    io,
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::net::UnixStream,
    },
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, Mode, OFlags};

/// The name of the socket in a session's folder.
pub const FILE: &str = "link.sock";

/// The longest path a socket's address takes everywhere, in bytes: `sun_path`
/// has 108 on Linux and 104 on macOS, with the zero at the end.
const LONGEST: usize = 103;

/// A path to a session's socket. It holds for as long as this lives.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) path: PathBuf,
    /// Where the path goes through, if the ordinary one is too long.
    _folder: Option<OwnedFd>,
}

impl Address {
    /// The address of the socket in this folder.
    ///
    /// # Errors
    /// When the ordinary path is too long and the folder can't be opened.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE);
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self { path, _folder: None });
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::openat(CWD, folder, flags, Mode::empty())?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(FILE);
        Ok(Self { path, _folder: Some(folder) })
    }
}

/// Whether somebody listens at the socket in this folder. That they answer is
/// another matter: see [`attach`](super::attach()).
pub fn is_served(folder: &Path) -> bool {
    folder.join(FILE).symlink_metadata().is_ok()
        && Address::of(folder).is_ok_and(|it| UnixStream::connect(&it.path).is_ok())
}
