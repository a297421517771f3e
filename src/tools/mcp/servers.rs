//! The servers of one agent: what they lend, and what of it was approved.

use super::{
    absence::Absence,
    approvals::Approvals,
    calling::{Asked, Calling},
    offer::{Lent, Offer},
    seat::Seat,
    server::Server,
};
use crate::tools::{Ended, Limits, policy::Confinement};
use futures::future::join_all;
use std::{sync::Arc, time::Duration};

/// The servers of one agent; a clone is the same servers. They end with the last.
#[derive(Debug, Clone, Default)]
pub struct Servers(Arc<[Arc<Seat>]>);

/// What a server lends and nobody has approved yet.
#[derive(Debug, Clone)]
pub struct Pending {
    /// What it lends now.
    pub offer: Arc<Offer>,
    /// How the server is reached.
    pub address: String,
    /// What was approved of it before, where something was.
    pub before: Option<String>,
}

/// What of a server is to be read.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::tools) enum Wanted {
    /// What there is.
    List,
    /// A resource.
    Resource(String),
    /// A prompt, and its arguments.
    Prompt(String, serde_json::Map<String, serde_json::Value>),
}

/// How a server is that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What config calls it.
    pub name: String,
    /// How it is reached.
    pub address: String,
    /// What it is, if it is up; or why it is not.
    pub state: Result<Lending, Absence>,
}

/// What a server that is up says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lending {
    /// The server's name for itself and its version; may be empty.
    pub version: String,
    /// How many tools agents may have of it.
    pub tools: usize,
    /// How many can't be lent.
    pub left_out: usize,
    /// How its tools stand with the director.
    pub approval: Approval,
}

/// How the tools of a server stand with the director.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// They are those that were approved, or there are none.
    Given,
    /// They are not those that were approved.
    Changed,
    /// Nobody has approved any.
    None,
}

/// How far an approval of tools goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// For this run of the agent.
    Run,
    /// For every agent, until the tools change.
    Always,
}

impl Servers {
    /// These servers, none of which is started yet. What is approved for good is
    /// kept in `approvals`.
    pub fn new(servers: Vec<Server>, approvals: Option<&Approvals>) -> Self {
        let seat = |server| Arc::new(Seat::new(server, approvals.cloned()));
        Self(servers.into_iter().map(seat).collect())
    }

    /// The names of all.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|it| it.server.name.as_str())
    }

    /// Starts all of them, side by side; gives those that did not come up, each
    /// with the reason. Must be called inside a tokio runtime.
    pub async fn start(&self) -> Vec<(String, String)> {
        let started = join_all(self.0.iter().map(|seat| async move {
            let up = seat.up().await;
            seat.recall().await;
            up.err().map(|why| (seat.server.name.clone(), why.to_string()))
        }));
        started.await.into_iter().flatten().collect()
    }

    /// Starts all of them, side by side, and says how each is. One that does not come
    /// up `within` that is not waited for. Must be called inside a tokio runtime.
    pub async fn health(&self, within: Duration) -> Vec<Health> {
        join_all(self.0.iter().map(|seat| seat.health(within))).await
    }

    /// What is lent now and was neither approved nor refused.
    pub async fn pending(&self) -> Vec<Pending> {
        let looked = join_all(self.0.iter().map(Seat::pending));
        looked.await.into_iter().flatten().collect()
    }

    /// Lets the model have these tools, in place of what was approved before.
    ///
    /// # Errors
    /// When an approval for good can't be kept; it holds for this run all the same.
    pub async fn approve(&self, offer: &Arc<Offer>, lasting: Lasting) -> Result<(), String> {
        let Some(seat) = self.seat(&offer.server) else { return Ok(()) };
        {
            let mut standing = seat.standing();
            standing.approved = Some(offer.clone());
            standing.before = Some(offer.text());
        }
        let (Lasting::Always, Some(approvals)) = (lasting, seat.approvals.clone()) else {
            return Ok(());
        };
        let (seat, offer) = (seat.clone(), offer.clone());
        let kept = tokio::task::spawn_blocking(move || approvals.keep(&seat.server, &offer));
        match kept.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Keeps these tools from the model, and those that they would take the place of.
    pub fn refuse(&self, offer: &Arc<Offer>) {
        if let Some(seat) = self.seat(&offer.server) {
            let mut standing = seat.standing();
            standing.approved = None;
            standing.refused = Some(offer.clone());
        }
    }

    /// The tools that were approved.
    pub fn lent(&self) -> Vec<Lent> {
        let approved = self.0.iter().filter_map(|it| it.standing().approved.clone());
        approved.flat_map(|it| it.tools.clone()).collect()
    }

    /// What holds the server whose tool this is; nothing where nobody knows it.
    pub fn confinement(&self, name: &str) -> Confinement {
        self.find(name).map_or(Confinement::Open, |(seat, _)| seat.server.confinement())
    }

    /// What the server itself calls this tool, and the server's name.
    pub fn real(&self, name: &str) -> Option<(String, String)> {
        let (seat, tool) = self.find(name)?;
        Some((tool.real, seat.server.name.clone()))
    }

    /// Calls a tool that was approved.
    pub(in crate::tools) fn call(
        &self,
        name: &str,
        arguments: serde_json::Map<String, serde_json::Value>,
        limits: &Limits,
    ) -> Result<Calling, Ended> {
        match self.find(name) {
            Some((seat, tool)) => {
                Ok(Calling::begin(seat, Asked::Tool { tool: tool.real, arguments }, limits))
            }
            None => Err(Ended::failed(format!("no server lends the tool `{name}`"))),
        }
    }

    /// The servers that have something to be read, of which that was approved.
    pub fn readable(&self) -> impl Iterator<Item = &str> {
        let has = |it: &&Arc<Seat>| {
            it.standing().approved.as_ref().is_some_and(|it| !it.shelf.is_empty())
        };
        self.0.iter().filter(has).map(|it| it.server.name.as_str())
    }

    /// What holds a server.
    pub fn confinement_of(&self, server: &str) -> Confinement {
        self.seat(server).map_or(Confinement::Open, |it| it.server.confinement())
    }

    /// Whether a server has something to be read, and that was approved.
    ///
    /// # Errors
    /// Which servers have, in words for the model.
    pub fn must_be_readable(&self, server: &str) -> Result<(), String> {
        self.shelf_of(server).map(drop)
    }

    fn shelf_of(&self, server: &str) -> Result<&Arc<Seat>, String> {
        let seat = self.seat(server).filter(|_| self.readable().any(|it| it == server));
        seat.ok_or_else(|| {
            let all: Vec<_> = self.readable().collect();
            format!("`{server}` has nothing to be read; there is {}", all.join(", "))
        })
    }

    /// Asks a server for what it has to be read, if that was approved.
    pub(in crate::tools) fn read(
        &self,
        server: &str,
        wanted: Wanted,
        limits: &Limits,
    ) -> Result<Calling, Ended> {
        let seat = self.shelf_of(server).map_err(Ended::failed)?;
        let asked = match wanted {
            Wanted::List => Asked::List,
            Wanted::Resource(uri) => Asked::Resource { uri },
            Wanted::Prompt(name, arguments) => Asked::Prompt { name, arguments },
        };
        Ok(Calling::begin(seat.clone(), asked, limits))
    }

    fn seat(&self, server: &str) -> Option<&Arc<Seat>> {
        self.0.iter().find(|it| it.server.name == server)
    }

    fn find(&self, name: &str) -> Option<(Arc<Seat>, Lent)> {
        self.0.iter().find_map(|seat| {
            let tool = seat.standing().approved.as_ref()?.tool(name)?.clone();
            Some((seat.clone(), tool))
        })
    }
}
