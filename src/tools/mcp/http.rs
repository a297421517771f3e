//! Servers that run elsewhere: reached by streamable HTTP, if their host may be.

use super::{absence::Absence, account::Account, connection::LONGEST, server::Http, signing};
use crate::{
    llm,
    model::Network,
    text::{one_line, sanitise},
    tools::hosts::{Host, may_reach},
};
use reqwest::{
    Client, Url,
    header::{HeaderName, HeaderValue},
    redirect::Policy,
};
use rmcp::{
    service::ClientInitializeError,
    transport::{
        AuthClient,
        streamable_http_client::{
            StreamableHttpClientTransport, StreamableHttpClientTransportConfig, StreamableHttpError,
        },
    },
};
use secrecy::ExposeSecret as _;
use std::collections::HashMap;

/// How wide what a server says of its troubles is, in columns.
const TROUBLE: usize = 300;
/// What is said where a server wants to know who asks.
const UNKNOWN: &str = "it does not take our key (401): give it one in mcp.toml, as in headers = { \
                       Authorization = \"Bearer ${NAME}\" }, with NAME set where auteur is \
                       started; or, where one signs in to it with a browser, auth = \"oauth\"";

impl Http {
    /// The way to it. Nothing is sent yet.
    ///
    /// # Errors
    /// Why there is none, in words for the director.
    pub(super) fn transport(&self) -> Result<StreamableHttpClientTransport<Client>, String> {
        let (client, config) = self.prepared()?;
        Ok(StreamableHttpClientTransport::with_client(client, config))
    }

    /// The way to it for the director, who is signed in. Who signs in is asked.
    ///
    /// # Errors
    /// Why there is none; above all, that the director is not signed in.
    pub(super) async fn transport_of(
        &self,
        account: &Account,
    ) -> Result<StreamableHttpClientTransport<AuthClient<Client>>, Absence> {
        let (client, config) = self.prepared()?;
        let manager = signing::signed_in(account).await?;
        Ok(StreamableHttpClientTransport::with_client(AuthClient::new(client, manager), config))
    }

    fn prepared(&self) -> Result<(Client, StreamableHttpClientTransportConfig), String> {
        let url = Url::parse(&self.url).map_err(|error| format!("its url: {error}"))?;
        self.must_be_allowed(&url)?;
        let headers = self.headers.as_ref().map_err(|name| {
            format!("its headers need ${name}, which is not set where auteur was started")
        })?;
        let mut custom = HashMap::new();
        for (name, value) in headers {
            let wrong = || format!("its header `{name}` can't be sent");
            let key: HeaderName = name.parse().map_err(|_| wrong())?;
            let mut value =
                HeaderValue::from_str(value.expose_secret().trim()).map_err(|_| wrong())?;
            value.set_sensitive(true);
            custom.insert(key, value);
        }
        // Whoever sends us elsewhere does not get there what is for here.
        let client = llm::web().redirect(Policy::none()).build();
        let client = client.map_err(|error| error.to_string())?;
        let config = StreamableHttpClientTransportConfig::with_uri(self.url.clone())
            .custom_headers(custom)
            .max_sse_event_size(LONGEST)
            .max_json_response_size(LONGEST);
        Ok((client, config))
    }

    fn must_be_allowed(&self, url: &Url) -> Result<(), String> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let may = match &self.network {
            Network::On => true,
            Network::Off => false,
            Network::Hosts(hosts) => {
                let hosts: Vec<_> = hosts.iter().filter_map(|it| Host::read(it)).collect();
                may_reach(&hosts, &format!("{host}:{port}"))
            }
        };
        if may {
            return Ok(());
        }
        let place = if url.port().is_some() { format!("{host}:{port}") } else { host.to_owned() };
        let place = one_line(&place, TROUBLE);
        Err(format!("{place} may not be reached: network = [{place:?}] in its [mcp] table lets it"))
    }
}

/// Why a server could not be greeted by whoever is signed in, if anybody is.
pub(super) fn why(error: &ClientInitializeError, account: Option<&Account>) -> Absence {
    let told = match error {
        ClientInitializeError::TransportError { error, .. } => {
            match error.error.downcast_ref::<StreamableHttpError<reqwest::Error>>() {
                Some(StreamableHttpError::AuthRequired(_)) => return unknown(account),
                Some(StreamableHttpError::InsufficientScope(more)) => {
                    return too_little(more.get_required_scope(), account);
                }
                Some(StreamableHttpError::Auth(error)) => signing::words(error),
                Some(StreamableHttpError::Client(error)) => whole(error),
                Some(error) => error.to_string(),
                None => error.error.to_string(),
            }
        }
        error => error.to_string(),
    };
    if told.contains("401") {
        return unknown(account);
    }
    Absence::Lost(format!("it can't be reached: {}", one_line(&sanitise(&told), TROUBLE)))
}

/// It wants to know who asks.
fn unknown(account: Option<&Account>) -> Absence {
    match account {
        Some(account) => account.absent("your sign-in does not hold any more"),
        None => Absence::Lost(UNKNOWN.to_owned()),
    }
}

/// It wants more than it was given.
fn too_little(scope: Option<&str>, account: Option<&Account>) -> Absence {
    let scope = one_line(&sanitise(scope.unwrap_or("more")), TROUBLE);
    let why = format!("it wants {scope}, which is not in what it was given (403)");
    match account {
        Some(account) => account.absent(&format!("{why}; say so in its scopes, and sign in again")),
        None => Absence::Lost(why),
    }
}

/// An error with the chain of its causes, and without the address, which is known.
fn whole(error: &reqwest::Error) -> String {
    use std::error::Error as _;
    let mut words = "no answer".to_owned();
    let mut cause = error.source();
    while let Some(it) = cause {
        words = format!("{words}: {it}");
        cause = it.source();
    }
    words
}
