//! Connections, shared by all calls: one pool for each way to connect.

use super::Trouble;
use super::address::is_loopback;
use reqwest::{Url, redirect::Policy};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// How a connection is opened. A plain one needs no certificates, so that a
/// rehearsal or a local model runs on a machine that has none; to this machine
/// no proxy stands between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Way {
    is_tls: bool,
    is_loopback: bool,
    connect_timeout: Duration,
}

/// The pools. The lock is held for a look-up, and once a way for its making.
#[derive(Debug, Clone, Default)]
pub(super) struct Pool {
    clients: Arc<Mutex<HashMap<Way, reqwest::Client>>>,
}

impl Pool {
    /// The client for an address.
    ///
    /// # Errors
    /// When TLS can't be set up: mostly for want of certificates.
    pub(super) fn client(
        &self,
        url: &Url,
        connect_timeout: Duration,
    ) -> Result<reqwest::Client, Trouble> {
        let way =
            Way { is_tls: url.scheme() == "https", is_loopback: is_loopback(url), connect_timeout };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let client = build(way).map_err(super::head::connection)?;
        clients.insert(way, client.clone());
        Ok(client)
    }
}

fn build(way: Way) -> reqwest::Result<reqwest::Client> {
    let mut builder = super::web()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(way.connect_timeout)
        .tcp_keepalive(Duration::from_secs(30))
        .redirect(Policy::none());
    if way.is_loopback {
        builder = builder.no_proxy();
    }
    if !way.is_tls {
        builder = builder.tls_certs_only([]);
    }
    builder.build()
}
