//! The servers of one agent: what they lend, what of it was approved, and how they
//! come up again.

use super::{
    approvals::Approvals,
    calling::{Asked, Calling},
    connection::Connection,
    offer::{Lent, Offer},
    server::Server,
};
use crate::tools::{Ended, Limits, policy::Confinement};
use futures::future::join_all;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A server that was lost so many times in a row is given up.
const MOST_LOSSES: u32 = 4;
/// How long a server that was lost is left alone; doubled with each loss.
const PAUSE: Duration = Duration::from_millis(250);

/// The servers of one agent; a clone is the same servers. They end with the last.
#[derive(Debug, Clone, Default)]
pub struct Servers(Arc<[Arc<Seat>]>);

/// A server and how it stands.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) server: Server,
    approvals: Option<Approvals>,
    /// A lock, because the agent's loop and a call may both need it to be up. It is
    /// held while one comes up.
    place: tokio::sync::Mutex<Place>,
    /// Held for a look or a word, never while anything is waited for.
    standing: Mutex<Standing>,
}

/// A server that is up, and what it lends.
pub(super) type Up = (Arc<Connection>, Arc<Offer>);

#[derive(Debug, Default)]
struct Place {
    up: Option<Up>,
    losses: u32,
}

#[derive(Debug, Default)]
struct Standing {
    /// What the model may be told of, and call.
    approved: Option<Arc<Offer>>,
    /// What the director did not want.
    refused: Option<Arc<Offer>>,
    /// The text of what was approved last, in this run or before it.
    before: Option<String>,
}

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
    pub state: Result<Lending, String>,
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
        let seat = |server| {
            let approvals = approvals.cloned();
            let (place, standing) = (tokio::sync::Mutex::default(), Mutex::default());
            Arc::new(Seat { server, approvals, place, standing })
        };
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
            up.err().map(|why| (seat.server.name.clone(), why))
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
        let looked = join_all(self.0.iter().map(|seat| seat.pending()));
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

impl Seat {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        // Nothing that panics is done under it.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server, started if it is not there, and asked again if it has said that
    /// its tools have changed.
    ///
    /// # Errors
    /// Why it is not there, in words for the director.
    pub(super) async fn up(&self) -> Result<Up, String> {
        let mut place = self.place.lock().await;
        self.settle(&mut place).await;
        if let Some(up) = &place.up {
            return Ok(up.clone());
        }
        if place.losses >= MOST_LOSSES {
            let times = place.losses;
            return Err(format!("it was lost {times} times in a row, and is not started again"));
        }
        if let Some(doublings) = place.losses.checked_sub(1) {
            tokio::time::sleep(PAUSE * 2_u32.pow(doublings)).await;
        }
        let opened = self.open().await;
        if opened.is_err() {
            place.losses += 1;
        }
        let up = opened?;
        place.up = Some(up.clone());
        Ok(up)
    }

    /// It has answered well.
    pub(super) async fn is_well(&self) {
        self.place.lock().await.losses = 0;
    }

    /// Whether the model may call what this offers.
    pub(super) fn is_approved(&self, offer: &Offer) -> bool {
        let standing = self.standing();
        standing.approved.as_ref().is_some_and(|it| it.fingerprint == offer.fingerprint)
    }

    /// Lets go of a server that is over, and looks again at one whose tools have changed.
    async fn settle(&self, place: &mut Place) {
        let Some((connection, _)) = &place.up else { return };
        let connection = connection.clone();
        if connection.is_over() {
            place.up = None;
            place.losses += 1;
        } else if connection.ear().has_changed() {
            match self.look(&connection).await {
                Ok(offer) => place.up = Some((connection, offer)),
                Err(why) => {
                    tracing::warn!(server = self.server.name, why, "its tools can't be looked at");
                    place.up = None;
                    place.losses += 1;
                }
            }
        }
    }

    async fn open(&self) -> Result<Up, String> {
        let connection = Arc::new(Connection::open(&self.server).await?);
        let offer = self.look(&connection).await?;
        Ok((connection, offer))
    }

    async fn look(&self, connection: &Connection) -> Result<Arc<Offer>, String> {
        let tools = connection.tools(self.server.patience).await?;
        let Server { name, wanted, .. } = &self.server;
        Ok(Arc::new(Offer::of(name, tools, wanted.as_deref(), connection.shelf())))
    }

    async fn health(self: &Arc<Self>, within: Duration) -> Health {
        let up = tokio::time::timeout(within, self.up()).await;
        let late = || format!("it did not come up within {} s", within.as_secs());
        let state = match up.unwrap_or_else(|_elapsed| Err(late())) {
            Ok((connection, offer)) => {
                self.recall().await;
                let approval = match self.pending().await {
                    None => Approval::Given,
                    Some(Pending { before: Some(_), .. }) => Approval::Changed,
                    Some(Pending { before: None, .. }) => Approval::None,
                };
                let (tools, left_out) = (offer.tools.len(), offer.left_out.len());
                Ok(Lending { version: connection.version(), tools, left_out, approval })
            }
            Err(why) => Err(why),
        };
        Health { name: self.server.name.clone(), address: self.server.address(), state }
    }

    /// Takes in what config trusts, and what was approved for good.
    async fn recall(self: &Arc<Self>) {
        let Some((_, offer)) = self.place.lock().await.up.clone() else { return };
        let seat = self.clone();
        let read = tokio::task::spawn_blocking(move || seat.approvals.as_ref()?.of(&seat.server));
        let kept = read.await.ok().flatten();
        let sha256 = offer.fingerprint.to_string();
        let is_trusted = self.server.trusted.as_ref() == Some(&sha256)
            || kept.as_ref().is_some_and(|it| it.sha256 == sha256)
            || offer.is_empty();
        let mut standing = self.standing();
        standing.before = kept.map(|it| it.text);
        if is_trusted {
            standing.before = Some(offer.text());
            standing.approved = Some(offer);
        }
    }

    /// What it lends now, if that waits for the director.
    async fn pending(&self) -> Option<Pending> {
        let mut place = self.place.lock().await;
        if place.up.as_ref().is_some_and(|(connection, _)| !connection.is_over()) {
            self.settle(&mut place).await;
        }
        let (_, offer) = place.up.clone()?;
        drop(place);
        let mut standing = self.standing();
        let is_known = |it: &Option<Arc<Offer>>| {
            it.as_ref().is_some_and(|it| it.fingerprint == offer.fingerprint)
        };
        if is_known(&standing.approved) || is_known(&standing.refused) {
            return None;
        }
        if offer.is_empty() {
            standing.approved = Some(offer);
            return None;
        }
        let (address, before) = (self.server.address(), standing.before.clone());
        Some(Pending { offer, address, before })
    }
}
