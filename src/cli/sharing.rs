//! The servers that the agents of a session share: each is started once, held as
//! nobody's, in a folder of its own, and ends with the last agent that has it.

use super::{
    errands,
    shelter::{Held, Shelter, make},
};
use crate::{
    model::{AgentId, Casting, EngineKind},
    tools::mcp::Room,
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Weak,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::sync::Mutex;

/// Where their folders are, in the session's.
const FOLDER: &str = "servers";
/// As whose their temporary files are kept: no session has so many agents.
const FIRST: u32 = u32::MAX / 2;

/// A server that is shared, and what holds it.
pub(super) struct Shared {
    /// Where its agents meet it.
    pub(super) room: Room,
    /// Where it works.
    pub(super) folder: PathBuf,
    /// What it is held to.
    pub(super) held: Held,
}

/// All servers that are shared in a session.
#[derive(Default)]
pub(super) struct Sharing {
    /// Those that an agent has. A lock, because agents begin side by side; it is held
    /// while a sandbox is looked for.
    open: Mutex<BTreeMap<String, Weak<Shared>>>,
    /// How many there have been.
    count: AtomicU32,
}

impl Shelter {
    /// The servers that an agent shares with others. A program of somebody else's starts
    /// its own.
    ///
    /// # Errors
    /// When one can't be held, in words for the director.
    pub(super) async fn shared(
        &self,
        casting: &Casting,
    ) -> Result<BTreeMap<String, Arc<Shared>>, String> {
        let config = self.config();
        let is_shared = |it: &&String| {
            let server = config.servers.server(it);
            casting.engine == EngineKind::Native && server.is_some_and(|it| it.shared)
        };
        let mut shared = BTreeMap::new();
        for name in casting.mcp.iter().filter(is_shared) {
            let held = self.share(name).await;
            let held = held.map_err(|why| format!("the shared MCP server `{name}`: {why}"))?;
            shared.insert(name.clone(), held);
        }
        Ok(shared)
    }

    async fn share(&self, name: &str) -> Result<Arc<Shared>, String> {
        let mut open = self.sharing.open.lock().await;
        if let Some(shared) = open.get(name).and_then(Weak::upgrade) {
            return Ok(shared);
        }
        let folder = self.session.join(FOLDER).join(name);
        make(&folder).map_err(|error| format!("make {}: {error}", folder.display()))?;
        // A number that nobody had before: the files of the one before go with it.
        let id = AgentId(FIRST + self.sharing.count.fetch_add(1, Ordering::Relaxed));
        let held = self.hold_alone(&errands::nobody(id, &folder)).await?;
        let shared = Arc::new(Shared { room: Room::default(), folder, held });
        open.insert(name.to_owned(), Arc::downgrade(&shared));
        Ok(shared)
    }
}
