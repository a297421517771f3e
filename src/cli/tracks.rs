//! How the roles have done in the sessions of this project that are over.

use super::House;
use crate::{
    casting::{Tracks, add_session},
    journal::{FILE, Reader, is_running},
};
use std::{fs, path::PathBuf};

/// So many of the newest sessions are looked at, and so many bytes of their
/// journals read: what was longer ago says less of today's models.
const SESSIONS: usize = 200;
const BYTES: u64 = 64 * 1024 * 1024;

/// What has to be read.
pub(super) struct Past {
    folder: PathBuf,
    project: String,
}

impl Past {
    /// The sessions of this project.
    pub(super) fn of(house: &House) -> Self {
        let project = house.company.project().display().to_string();
        Self { folder: house.sessions(), project }
    }

    /// Reads them, the newest first, for as long as somebody wants to know. Blocks,
    /// so it runs on a thread that may.
    pub(super) fn read(&self, is_wanted: impl Fn() -> bool) -> Tracks {
        // A folder that can't be listed holds nothing to learn from.
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        // Sessions are named by ids that are ordered by time.
        let mut names: Vec<_> = entries.map(|it| it.file_name()).collect();
        names.sort_unstable();
        let (mut tracks, mut left) = (Tracks::new(), BYTES);
        for name in names.iter().rev().take(SESSIONS).take_while(|_| is_wanted()) {
            let Ok(reader) = Reader::open(&self.folder.join(name).join(FILE)) else { continue };
            if reader.header().project != self.project || is_running(&reader) {
                continue;
            }
            let Some(rest) = left.checked_sub(reader.len()) else { continue };
            left = rest;
            add_session(&mut tracks, &reader.fold(None));
        }
        tracks
    }
}
