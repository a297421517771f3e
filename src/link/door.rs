//! The door to a session: its socket, which only its own user passes.

use super::{
    LinkError, VERSION,
    address::{Address, FILE},
    frame::{self, GREETING, Greeting, Hello},
    kin::is_of_an_agent,
};
use rustix::{
    fs::{self, CWD, Mode, OFlags},
    process::geteuid,
};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::BufReader,
    net::{UnixListener, UnixStream},
};

/// How long one who comes may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// When to look again, where nobody could be let in.
const AGAIN: Duration = Duration::from_millis(100);

/// A session's socket. It is removed when this is dropped.
#[derive(Debug)]
pub struct Door {
    listener: UnixListener,
    address: Address,
    /// The socket's device and number, so that only this one is removed.
    made: Option<(u64, u64)>,
    /// Who may pass.
    owner: u32,
}

/// Somebody at the door who has shown who it is.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) stream: BufReader<UnixStream>,
}

impl Door {
    /// Opens the door in a session's folder. Whoever holds the session's journal
    /// may, and nobody else: a socket that is there already is a dead one's, and
    /// is replaced. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the folder is somebody else's, or the system makes no socket there.
    pub fn open(folder: &Path) -> Result<Self, LinkError> {
        Self::open_for(folder, geteuid().as_raw())
    }

    pub(super) fn open_for(folder: &Path, owner: u32) -> Result<Self, LinkError> {
        let place = folder.join(FILE);
        let fail = |doing| {
            let path = place.clone();
            move |source: io::Error| LinkError::Socket { doing, path, source }
        };
        close_to_others(folder)?;
        match std::fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(fail("replace")(error));
            }
            _ => {}
        }
        let address = Address::of(folder).map_err(fail("name"))?;
        let listener = UnixListener::bind(&address.path).map_err(fail("open"))?;
        // Nobody else could reach it meanwhile: the folder is closed to others.
        fs::chmod(&address.path, Mode::RUSR | Mode::WUSR)
            .map_err(|error| fail("close to others")(error.into()))?;
        let made = number(&address.path);
        Ok(Self { listener, address, made, owner })
    }

    /// Waits for somebody. Giving up the wait loses nobody.
    pub(super) async fn next(&self) -> Knock {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => return Knock { stream, owner: self.owner },
                // One that has gone already, or no descriptor is free just now.
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if self.made.is_some() && number(&self.address.path) == self.made {
            // What is left behind is replaced by the next one who serves.
            drop(std::fs::remove_file(&self.address.path));
        }
    }
}

/// Somebody at the door.
#[derive(Debug)]
pub(super) struct Knock {
    stream: UnixStream,
    owner: u32,
}

impl Knock {
    /// Sees who it is. None who is not let in; it was told why.
    pub(super) async fn let_in(self) -> Option<Guest> {
        let owner = self.owner;
        let mut stream = BufReader::new(self.stream);
        let asked = async {
            let why = match stream.get_ref().peer_cred() {
                Ok(peer) if peer.pid().is_some_and(is_of_an_agent) => {
                    tracing::warn!(pid = ?peer.pid(), "an agent's process knocked at the session");
                    "an agent's own processes can't direct a session".to_owned()
                }
                Ok(peer) if peer.uid() == owner => match hear_hello(&mut stream).await {
                    Ok(()) => return None,
                    Err(why) => why,
                },
                Ok(peer) => {
                    tracing::warn!(user = peer.uid(), "somebody else knocked at the session");
                    "this session belongs to another user".to_owned()
                }
                Err(error) => error.to_string(),
            };
            // One who has gone need not be told.
            drop(frame::write(&mut stream, &Greeting::Refused(why)).await);
            Some(())
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(None) => Some(Guest { stream }),
            Ok(Some(())) | Err(_) => None,
        }
    }
}

/// Hears who it is.
///
/// # Errors
/// Why it can't be let in, in words for it.
async fn hear_hello(stream: &mut BufReader<UnixStream>) -> Result<(), String> {
    let ours = format!("auteur {} (link {VERSION})", env!("CARGO_PKG_VERSION"));
    match frame::read::<Hello>(stream, GREETING).await {
        Ok(Some(hello)) if hello.auteur_link == VERSION => Ok(()),
        Ok(Some(hello)) => Err(format!(
            "this session is served by {ours}, and you came with auteur {} (link {}): attach with \
             the same version, or end it with `auteur sessions stop` of that one",
            crate::text::one_line(&hello.program, 20),
            hello.auteur_link
        )),
        Ok(None) => Err("nothing was said".to_owned()),
        Err(_) => Err(format!("this session is served by {ours}; that was no greeting of its")),
    }
}

/// Sees to it that the folder is ours and that nobody else can enter it.
fn close_to_others(folder: &Path) -> Result<(), LinkError> {
    let fail = |error: rustix::io::Errno| {
        let path: PathBuf = folder.join(FILE);
        LinkError::Socket { doing: "close to others", path, source: error.into() }
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let open = fs::openat(CWD, folder, flags, Mode::empty()).map_err(fail)?;
    if fs::fstat(&open).map_err(fail)?.st_uid != geteuid().as_raw() {
        return Err(LinkError::NotOurs(folder.to_owned()));
    }
    fs::fchmod(&open, Mode::RWXU).map_err(fail)
}

/// A file's device and number.
fn number(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let found = path.symlink_metadata().ok()?;
    Some((found.dev(), found.ino()))
}
