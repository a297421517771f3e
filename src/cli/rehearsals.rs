//! Rehearsals that play the models of agents in this session.

use crate::rehearsal::{Rehearsal, Server};
use anyhow::Context as _;
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// A rehearsal for each file that an agent names, begun when the first of them
/// needs it and over with the last clone. A session that is taken up again has
/// its rehearsals begun anew, so what was played is never paid for later.
#[derive(Debug, Clone, Default)]
pub(super) struct Rehearsals {
    /// A lock, because agents of all threads ask here. It is held while a small
    /// file is read and a port is opened.
    servers: Arc<Mutex<HashMap<PathBuf, Server>>>,
}

impl Rehearsals {
    /// The address of the one that plays this file. Must be called inside a tokio
    /// runtime.
    ///
    /// # Errors
    /// What is wrong with the file, in words for the director.
    pub(super) fn url(&self, file: &Path) -> Result<String, String> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get(file) {
            return Ok(server.url());
        }
        let server = begin(file).map_err(|error| format!("{error:#}"))?;
        let url = server.url();
        servers.insert(file.to_owned(), server);
        Ok(url)
    }
}

fn begin(file: &Path) -> anyhow::Result<Server> {
    Server::start(read(file)?, 0, 1.0).context("start the rehearsal")
}

/// Reads a rehearsal file.
///
/// # Errors
/// When it can't be read, or is wrong.
pub(super) fn read(file: &Path) -> anyhow::Result<Rehearsal> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| format!("read {name}"))?;
    Ok(Rehearsal::parse(&name, &text)?)
}
