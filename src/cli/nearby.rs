//! Model services on this machine: which of them answer.

use crate::config::Settings;
use std::{
    net::{SocketAddr, TcpStream, ToSocketAddrs as _},
    time::Duration,
};

/// How long a server on this machine may take to open a connection.
const NEARBY: Duration = Duration::from_millis(200);

/// Providers without keys that take a connection; looked for on this machine only.
pub(super) fn running(settings: &Settings) -> Vec<String> {
    let keyless = settings
        .providers
        .iter()
        .filter(|(_, it)| it.api_key_env.is_none() && it.api_key_cmd.is_none());
    keyless
        .filter(|(_, it)| {
            address(&it.base_url).is_some_and(|it| it.ip().is_loopback() && answers(it))
        })
        .map(|(name, _)| name.clone())
        .collect()
}

fn answers(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, NEARBY).is_ok()
}

/// The address of a server that is named by number or as `localhost`; no name
/// is looked up anywhere else.
fn address(url: &str) -> Option<SocketAddr> {
    let (rest, port) = match url.strip_prefix("http://") {
        Some(rest) => (rest, 80),
        None => (url.strip_prefix("https://")?, 443),
    };
    let host = rest.split('/').next()?;
    let near = |host: &str| host == "localhost" || host.starts_with("localhost:");
    if near(host) {
        let host = if host.contains(':') { host.to_owned() } else { format!("{host}:{port}") };
        return host.to_socket_addrs().ok()?.next();
    }
    host.parse().ok().or_else(|| format!("{host}:{port}").parse().ok())
}

pub(super) fn is_near(url: &str) -> bool {
    address(url).is_some_and(|it| it.ip().is_loopback())
}
