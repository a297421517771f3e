//! What engines have in common that drive a program of somebody else's: it runs
//! under a guard, speaks JSON lines, asks for permissions, and numbers its tool
//! calls in its own way.
//!
//! An engine here is one loop: what the program says becomes reports, what the
//! supervisor orders becomes messages to the program. None of it waits for the
//! other: a program that does not read can't hold up an order.

mod calls;
mod hub;
mod kept;
pub mod lent;
mod line;
mod lines;
mod permit;

pub use calls::Calls;
pub use hub::{Dialect, Hubs};
pub use kept::kept;
pub use line::{Line, Told};
pub use lines::{Exit, Heard, Program};
pub use permit::{Decision, Permits, Ruling};

use super::{native::Tariff, pty::Beat};
use crate::{
    model::Casting,
    tools::{
        guard::{Pool, Restraint},
        policy::{Confinement, Policy},
    },
};
use std::{ffi::OsString, fmt, path::PathBuf, sync::Arc};

/// How a program is started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Launch {
    /// The program and its arguments, before those that its engine adds.
    pub argv: Vec<OsString>,
    /// Where it works.
    pub folder: PathBuf,
    /// All of its environment. Its own keys are in it, so it is never journaled.
    pub environment: Vec<(String, String)>,
    /// Whose prices hold for its models, as config names the provider; empty
    /// where nobody knows.
    pub vendor: String,
    /// Agents that are started alike may share one process.
    pub is_shared: bool,
    /// The name of the way it asks to be let in, where it has to be let in.
    pub sign_in: Option<String>,
    /// What its modes are called in which it asks before it acts, best first.
    pub asking_modes: Vec<String>,
    /// The MCP servers that it is told of when a session of its protocol is opened.
    pub servers: Vec<lent::LentServer>,
    /// What holds it and all that it starts.
    pub confinement: Confinement,
    /// What it is held to, and all that it starts; to nothing when absent.
    pub restraint: Option<Arc<Restraint>>,
}

/// Finds out how an agent's program is started; an error in words for the director.
pub type FindLaunch = Arc<dyn Fn(&Casting) -> Result<Launch, String> + Send + Sync>;

/// What all agents that are programs share.
#[derive(Clone)]
pub struct Troupe {
    /// Who answers for their processes.
    pub guards: Pool,
    /// How each is started.
    pub launch: FindLaunch,
    /// What calls cost where a program does not say.
    pub tariff: Arc<dyn Tariff>,
    /// How an agent's requests are judged.
    pub policy: Arc<dyn Fn(&Casting) -> Policy + Send + Sync>,
    /// The programs that several agents share.
    pub hubs: Hubs,
    /// When those in terminals are listened to.
    pub beat: Beat,
}

impl Troupe {
    /// The same, for an agent whose processes are held to this.
    #[must_use]
    pub fn held_to(&self, restraint: &Arc<Restraint>) -> Self {
        let (inner, restraint) = (self.launch.clone(), restraint.clone());
        let launch: FindLaunch = Arc::new(move |casting: &Casting| {
            let launch = inner(casting)?;
            let environment = restraint.environment(launch.environment);
            let (confinement, restraint) = (restraint.confinement(), Some(restraint.clone()));
            Ok(Launch { environment, confinement, restraint, ..launch })
        });
        Self { launch, ..self.clone() }
    }
}

impl Launch {
    /// Guards that hold the program to what it is held to.
    pub fn guards(&self, guards: &Pool) -> Pool {
        match &self.restraint {
            Some(restraint) => guards.restrained(restraint.clone()),
            None => guards.clone(),
        }
    }
}

impl fmt::Debug for Troupe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Troupe").field("guards", &self.guards).finish_non_exhaustive()
    }
}
