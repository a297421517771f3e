//! One server of an agent: how it comes up, and comes up again; what it lends now, and
//! how that stands with the director.

use super::{
    absence::Absence,
    account::{Account, Mark},
    approvals::Approvals,
    connection::Connection,
    ear::Owner,
    offer::Offer,
    server::{Server, Way},
    servers::{Approval, Health, Lending, Pending},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A server that was lost so many times in a row is given up.
const MOST_LOSSES: u32 = 4;
/// How long a server that was lost is left alone; doubled with each loss.
const PAUSE: Duration = Duration::from_millis(250);

/// A server and how it stands.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) server: Server,
    pub(super) approvals: Option<Approvals>,
    /// The agent, to a server that it may share with others.
    pub(super) owner: Owner,
    room: Room,
    /// Held for a look or a word, never while anything is waited for.
    standing: Mutex<Standing>,
}

/// A server that is up, and what it lends.
pub(super) type Up = (Arc<Connection>, Arc<Offer>);

/// Where a server is while it is up: with the last agent that has it, it ends. A lock,
/// because an agent's loop and a call may both need it to be up, and so may several
/// agents that share it. It is held while one comes up.
#[derive(Debug, Clone, Default)]
pub struct Room(Arc<tokio::sync::Mutex<Place>>);

#[derive(Debug, Default)]
struct Place {
    up: Option<Up>,
    losses: u32,
    /// Nobody was signed in when it was to come up; and what was kept of an account then.
    signed_out: Option<Mark>,
}

#[derive(Debug, Default)]
pub(super) struct Standing {
    /// It was looked up what was approved of it before.
    is_known: bool,
    /// What the model may be told of, and call.
    pub(super) approved: Option<Arc<Offer>>,
    /// What the director did not want.
    pub(super) refused: Option<Arc<Offer>>,
    /// The text of what was approved last, in this run or before it.
    pub(super) before: Option<String>,
}

impl Seat {
    /// A server that is not started yet.
    pub(super) fn new(server: Server, approvals: Option<Approvals>) -> Self {
        let room = server.room.clone().unwrap_or_default();
        Self { server, approvals, owner: Owner::new(), room, standing: Mutex::default() }
    }

    /// How it stands with the director.
    pub(super) fn standing(&self) -> MutexGuard<'_, Standing> {
        // Nothing that panics is done under it.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server, started if it is not there, and asked again if it has said that
    /// its tools have changed.
    ///
    /// # Errors
    /// Why it is not there.
    pub(super) async fn up(&self) -> Result<Up, Absence> {
        let mut place = self.room.0.lock().await;
        self.settle(&mut place).await;
        if let Some(up) = &place.up {
            return Ok(up.clone());
        }
        if place.losses >= MOST_LOSSES {
            let times = place.losses;
            let why = format!("it was lost {times} times in a row, and is not started again");
            return Err(why.into());
        }
        if let Some(doublings) = place.losses.checked_sub(1) {
            tokio::time::sleep(PAUSE * 2_u32.pow(doublings)).await;
        }
        // What is kept meanwhile is news to whoever asks for the mark later.
        let mark = self.account().map(Account::mark);
        let opened = self.open().await;
        let is_out = matches!(opened, Err(Absence::SignedOut { .. }));
        place.signed_out = mark.filter(|_| is_out);
        // Who is not signed in may be at any time, and has lost nothing.
        if matches!(opened, Err(Absence::Lost(_))) {
            place.losses += 1;
        }
        let up = opened?;
        place.up = Some(up.clone());
        Ok(up)
    }

    /// The director's account there, where one signs in.
    const fn account(&self) -> Option<&Account> {
        match &self.server.way {
            Way::Http(http) => http.account.as_ref(),
            Way::Process(_) => None,
        }
    }

    /// Comes up where nobody was signed in, if the director has signed in since.
    async fn come_in(&self) {
        let Some(account) = self.account() else { return };
        let signed_out = self.room.0.lock().await.signed_out;
        if signed_out.is_some_and(|mark| mark != account.mark())
            && let Err(why) = self.up().await
        {
            tracing::warn!(server = self.server.name, %why, "it is not there for all that");
        }
    }

    /// It has answered well.
    pub(super) async fn is_well(&self) {
        self.room.0.lock().await.losses = 0;
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

    async fn open(&self) -> Result<Up, Absence> {
        let connection = Arc::new(Connection::open(&self.server).await?);
        let offer = self.look(&connection).await?;
        Ok((connection, offer))
    }

    async fn look(&self, connection: &Connection) -> Result<Arc<Offer>, String> {
        let tools = connection.tools(self.server.patience).await?;
        let Server { name, wanted, .. } = &self.server;
        Ok(Arc::new(Offer::of(name, tools, wanted.as_deref(), connection.shelf())))
    }

    pub(super) async fn health(self: &Arc<Self>, within: Duration) -> Health {
        let up = tokio::time::timeout(within, self.up()).await;
        let late = || format!("it did not come up within {} s", within.as_secs());
        let state = match up.unwrap_or_else(|_elapsed| Err(late().into())) {
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
    pub(super) async fn recall(self: &Arc<Self>) {
        let Some((_, offer)) = self.room.0.lock().await.up.clone() else { return };
        let seat = self.clone();
        let read = tokio::task::spawn_blocking(move || seat.approvals.as_ref()?.of(&seat.server));
        let kept = read.await.ok().flatten();
        let sha256 = offer.fingerprint.to_string();
        let is_trusted = self.server.trusted.as_ref() == Some(&sha256)
            || kept.as_ref().is_some_and(|it| it.sha256 == sha256)
            || offer.is_empty();
        let mut standing = self.standing();
        standing.is_known = true;
        standing.before = kept.map(|it| it.text);
        if is_trusted {
            standing.before = Some(offer.text());
            standing.approved = Some(offer);
        }
    }

    /// What it lends now, if that waits for the director.
    pub(super) async fn pending(self: &Arc<Self>) -> Option<Pending> {
        self.come_in().await;
        if !self.standing().is_known {
            self.recall().await;
        }
        let mut place = self.room.0.lock().await;
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
