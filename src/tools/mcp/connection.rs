//! A server that is up: shaken hands with, and asked what it lends.

use super::{
    absence::Absence,
    ear::Ear,
    http,
    order::InOrder,
    process::Process,
    server::{Command, Http, Server, Way},
};
use crate::text::{one_line, sanitise};
use rmcp::{
    RoleClient, ServiceExt as _,
    model::{PaginatedRequestParams, Tool},
    service::{ClientInitializeError, Peer, RunningService, ServiceError},
    transport::{Transport, async_rw::AsyncRwTransport},
};
use std::time::Duration;

/// A message may be this long, in bytes; a longer one is dropped.
pub(super) const LONGEST: usize = 16 << 20;
/// So many tools are looked at; no more than that are lent.
pub(super) const MOST_TOOLS: usize = 256;
/// So many pages of them are asked for.
pub(super) const MOST_PAGES: usize = 64;
/// How long a server that says nothing more may take to end, so that it can be
/// said how it ended.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How wide what a server says of its troubles is, in columns.
const TROUBLE: usize = 300;

/// A server that is up. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Connection {
    service: RunningService<RoleClient, Ear>,
    process: Option<Process>,
    /// Several agents may call it.
    is_shared: bool,
}

impl Connection {
    /// Starts a server, and shakes hands with it. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// Why it is not up, in words for the director.
    pub(super) async fn open(server: &Server) -> Result<Self, Absence> {
        match &server.way {
            Way::Process(command) => Self::start(server, command).await,
            Way::Http(http) => Self::reach(server, http).await,
        }
    }

    async fn start(server: &Server, command: &Command) -> Result<Self, Absence> {
        let started = Process::start(&server.name, command);
        let (process, output, input) =
            started.map_err(|error| format!("could not be started: {error}"))?;
        let transport = AsyncRwTransport::new(output, input).with_max_line_length(LONGEST);
        match greet(server, transport).await? {
            Ok(service) => {
                Ok(Self { service, process: Some(process), is_shared: server.room.is_some() })
            }
            Err(error) => {
                let said = one_line(&sanitise(&error.to_string()), TROUBLE);
                let end = tokio::time::timeout(LAST_WORDS, process.end()).await;
                Err(end
                    .unwrap_or_else(|_| format!("it does not speak the protocol: {said}"))
                    .into())
            }
        }
    }

    async fn reach(server: &Server, http: &Http) -> Result<Self, Absence> {
        let greeting = match &http.account {
            None => greet(server, http.transport()?).await?,
            Some(account) => {
                let way = tokio::time::timeout(server.patience, http.transport_of(account)).await;
                greet(server, way.map_err(|_elapsed| late(server))??).await?
            }
        };
        match greeting {
            Ok(service) => Ok(Self { service, process: None, is_shared: server.room.is_some() }),
            Err(error) => Err(http::why(&error, http.account.as_ref())),
        }
    }

    /// What it calls itself, and its version.
    pub(super) fn version(&self) -> String {
        let Some(info) = self.peer().peer_info() else { return String::new() };
        let Some(it) = &info.server_info else { return String::new() };
        one_line(&sanitise(&format!("{} {}", it.name, it.version)), TROUBLE)
    }

    /// The way to ask it.
    pub(super) fn peer(&self) -> &Peer<RoleClient> {
        self.service.peer()
    }

    /// What it says without being asked.
    pub(super) fn ear(&self) -> &Ear {
        self.service.service()
    }

    /// Whether it is not there any more.
    pub(super) fn is_over(&self) -> bool {
        self.service.is_closed() || self.service.peer().is_transport_closed()
    }

    /// Stops everything of it where it stands; whether that is possible. One that is
    /// shared works for others, too.
    pub(super) fn freeze(&self) -> bool {
        let alone = self.process.as_ref().filter(|_| !self.is_shared);
        alone.map(Process::freeze).is_some()
    }

    /// Lets it go on.
    pub(super) fn thaw(&self) {
        if let Some(process) = &self.process {
            process.thaw();
        }
    }

    /// How it ended, if it did.
    pub(super) async fn end(&self) -> String {
        let end = async {
            match &self.process {
                Some(process) => process.end().await,
                None => std::future::pending().await,
            }
        };
        let end = tokio::time::timeout(LAST_WORDS, end).await;
        end.unwrap_or_else(|_| "it says nothing more".to_owned())
    }

    /// The tools that it lends now.
    ///
    /// # Errors
    /// Why they can't be told, in words for the director.
    pub(super) async fn tools(&self, patience: Duration) -> Result<Vec<Tool>, String> {
        self.ear().look();
        match tokio::time::timeout(patience, self.all_tools()).await {
            Ok(Ok(tools)) => Ok(tools),
            Ok(Err(ServiceError::TransportClosed)) => Err(self.end().await),
            Ok(Err(error)) => {
                let said = one_line(&sanitise(&error.to_string()), TROUBLE);
                Err(format!("it does not say which tools it has: {said}"))
            }
            Err(_elapsed) => {
                Err(format!("it did not name its tools within {} s", patience.as_secs()))
            }
        }
    }

    async fn all_tools(&self) -> Result<Vec<Tool>, ServiceError> {
        let can = self.peer().peer_info().is_some_and(|it| it.capabilities.tools.is_some());
        if !can {
            return Ok(Vec::new());
        }
        let (mut all, mut cursor) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = PaginatedRequestParams::default().with_cursor(cursor);
            let page = self.peer().list_tools(Some(page)).await?;
            all.extend(page.tools);
            cursor = page.next_cursor;
            if cursor.is_none() || all.len() > MOST_TOOLS {
                break;
            }
        }
        Ok(all)
    }
}

/// Shakes hands with a server, which has its time for that.
async fn greet<T: Transport<RoleClient> + 'static>(
    server: &Server,
    way: T,
) -> Result<Result<RunningService<RoleClient, Ear>, ClientInitializeError>, String> {
    let ear = Ear::new(&server.name);
    let greeting = ear.clone().serve(InOrder { way, ear });
    tokio::time::timeout(server.patience, greeting).await.map_err(|_elapsed| late(server))
}

fn late(server: &Server) -> String {
    format!("it did not answer within {} s", server.patience.as_secs())
}
