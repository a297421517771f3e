//! Which tools of which server the director has approved for good: one small file
//! a server, where only the user can write.

use super::{offer::Offer, server::Server};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::PathBuf,
};

/// The folder that approvals are kept in.
#[derive(Debug, Clone)]
pub struct Approvals(PathBuf);

/// What was approved of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Approved {
    pub(super) server: String,
    pub(super) sha256: String,
    /// All of it, to show later what has changed.
    pub(super) text: String,
}

impl Approvals {
    /// Those that are kept in this folder. It is made when there is one to keep.
    pub const fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// What was approved of this server, if anything was.
    pub(super) fn of(&self, server: &Server) -> Option<Approved> {
        serde_json::from_str(&fs::read_to_string(self.file(server)).ok()?).ok()
    }

    /// Keeps an approval in place of an earlier one.
    ///
    /// # Errors
    /// When it can't be written; the earlier one is there then.
    pub(super) fn keep(&self, server: &Server, offer: &Offer) -> io::Result<()> {
        let approved = Approved {
            server: server.name.clone(),
            sha256: offer.fingerprint.to_string(),
            text: offer.text(),
        };
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        let file = self.file(server);
        let draft = file.with_extension(format!("{:016x}", fastrand::u64(..)));
        let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        new.write_all(&serde_json::to_vec_pretty(&approved)?)?;
        new.sync_all()?;
        fs::rename(&draft, &file)
    }

    fn file(&self, server: &Server) -> PathBuf {
        let identity: String = server.identity().to_string().chars().take(32).collect();
        self.0.join(format!("{identity}.json"))
    }
}
