//! Signing in to a server: OAuth 2.1 with a browser, as the protocol says it. Who
//! signs the director in is found out from the server, and the program introduces
//! itself there where nobody has registered it.
//!
//! Nothing is sent in the clear but to this machine, and no address is shown to the
//! director, or opened, that is not one of the web.

use super::{
    absence::Absence,
    account::{Account, Client},
    doorstep::{Doorstep, Visitor},
};
use crate::{
    llm::choose_cryptography,
    text::{one_line, sanitise},
};
use reqwest::Url;
use rmcp::transport::auth::{
    AuthError, AuthorizationManager, AuthorizationMetadata, AuthorizationRequest,
    AuthorizationSession, OAuthClientConfig,
};
use secrecy::{ExposeSecret as _, SecretString};
use std::{error::Error, net::IpAddr};

/// What we are called where we introduce ourselves.
const NAME: &str = "Auteur";
/// What the SDK says of a sign-in to those who want every detail logged holds the code
/// that is exchanged for a token: it warns, and says no more.
pub const HUSHED: &str = "rmcp::transport::auth=warn";
/// How wide what others say of their troubles is, in columns.
const TROUBLE: usize = 300;

/// How a sign-in is to go, as config says.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// What we are registered as there, where somebody has done that.
    pub client_id: Option<String>,
    /// The secret that goes with it.
    pub client_secret: Option<SecretString>,
    /// What leave is asked for; what the server names if there is nothing.
    pub scopes: Vec<String>,
    /// The port that the browser comes back to; any if there is none.
    pub port: Option<u16>,
}

/// A sign-in that has begun. The director goes to its address with a browser, which
/// comes back here.
pub struct SignIn {
    session: AuthorizationSession,
    doorstep: Doorstep,
    server: String,
    state: String,
}

/// What became of somebody who came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It was not the browser that was sent; that one is waited for still.
    Stranger,
    /// The director is signed in.
    In,
    /// It did not work, in words for the director.
    Refused(String),
}

impl SignIn {
    /// Finds out who signs in to this server, and listens for the browser. Must be
    /// called inside a tokio runtime.
    ///
    /// # Errors
    /// Why nobody can sign in to it, in words for the director.
    pub async fn begin(account: Account, terms: Terms) -> Result<Self, String> {
        let doorstep = Doorstep::open(terms.port).await.map_err(|error| {
            let port = terms.port.unwrap_or(0);
            format!("127.0.0.1:{port} can't be listened at: {error}; mend: another redirect_port")
        })?;
        let redirect = doorstep.address().map_err(|error| error.to_string())?;
        let mut manager = found(&account).await?;
        let scopes = match terms.scopes {
            none if none.is_empty() => manager.select_initial_scopes(&[]).await,
            scopes => scopes,
        };
        let client = match terms.client_id {
            Some(id) => Client { id, secret: terms.client_secret, redirect: redirect.clone() },
            None => introduced(&mut manager, &redirect, &scopes).await?,
        };
        let mut request = AuthorizationRequest::new(&redirect)
            .with_preregistered_client(&client.id)
            .with_scopes(scopes)
            .with_initial_scope_selection();
        if let Some(secret) = &client.secret {
            request = request.with_client_secret(secret.expose_secret());
        }
        let server = account.server.clone();
        manager.set_credential_store(account.opened_for(client));
        let begun = AuthorizationSession::new(manager, request).await;
        let session = begun.map_err(|(_, error)| words(&error))?;
        let state = value(session.get_authorization_url(), "state");
        let state = state.ok_or("its address for signing in can't be read")?;
        Ok(Self { session, doorstep, server, state })
    }

    /// Where the director is to go.
    pub fn address(&self) -> &str {
        self.session.get_authorization_url()
    }

    /// The next who comes back. May be dropped at any await and called again.
    pub async fn next(&mut self) -> Visitor {
        self.doorstep.next().await
    }

    /// Sees whether this is the browser that was sent, and signs in with what it brings.
    pub async fn take(&self, visitor: Visitor) -> Came {
        let brought = |name: &str| visitor.brings(name);
        if brought("state").as_ref() != Some(&self.state) {
            visitor.show(Err("This is not the sign-in that was begun; nothing was done."));
            return Came::Stranger;
        }
        if let Some(error) = brought("error") {
            let about = brought("error_description").unwrap_or_default();
            visitor.show(Err("You are not signed in. The terminal says why."));
            return Came::Refused(said(&[error.as_str(), about.as_str()].join(" ")));
        }
        let Some(code) = brought("code") else {
            visitor.show(Err("You are not signed in. The terminal says why."));
            return Came::Refused("the browser came back with nothing".to_owned());
        };
        let issuer = brought("iss");
        let given =
            self.session.handle_callback_with_issuer(&code, &self.state, issuer.as_deref()).await;
        match given {
            Ok(_) => {
                let words = format!("Signed in to {}. You can close this page.", self.server);
                visitor.show(Ok(&words));
                Came::In
            }
            Err(error) => {
                visitor.show(Err("You are not signed in. The terminal says why."));
                Came::Refused(words(&error))
            }
        }
    }

    /// Ends it, once the browser has read its last page.
    pub async fn end(self) {
        self.doorstep.close().await;
    }
}

/// Whoever signs in to this server for the director, who has done so before.
///
/// # Errors
/// That nobody is signed in; or why that can't be found out.
pub(super) async fn signed_in(account: &Account) -> Result<AuthorizationManager, Absence> {
    let client = account.client().await.map_err(|error| words(&error))?;
    let client = client.ok_or_else(|| account.absent("not signed in"))?;
    let mut manager = found(account).await?;
    manager.set_credential_store(account.clone());
    if !manager.initialize_from_store().await.map_err(|error| words(&error))? {
        return Err(account.absent("somebody else signs in to it now than when you did"));
    }
    // The SDK takes up its name alone.
    let mut ours = OAuthClientConfig::new(client.id, client.redirect);
    if let Some(secret) = &client.secret {
        ours = ours.with_client_secret(secret.expose_secret());
    }
    manager.configure_client(ours).map_err(|error| words(&error))?;
    Ok(manager)
}

/// Finds out who signs in to this server.
async fn found(account: &Account) -> Result<AuthorizationManager, String> {
    choose_cryptography();
    // The director has named this server, which may be one of a house whose addresses
    // are private; a server of the world names none of this machine all the same.
    let manager = AuthorizationManager::new_allowing_private_addresses(account.url.as_str()).await;
    let mut manager = manager.map_err(|error| words(&error))?;
    let resolution = manager.resolve_metadata().await.map_err(|error| words(&error))?;
    must_be_private(&resolution.metadata)?;
    manager.set_metadata(resolution.metadata);
    Ok(manager)
}

/// Introduces this program to those who sign in.
async fn introduced(
    manager: &mut AuthorizationManager,
    redirect: &str,
    scopes: &[String],
) -> Result<Client, String> {
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let ours = manager.register_client(NAME, redirect, &scopes).await.map_err(|error| {
        format!(
            "it does not let a program introduce itself ({}): register one there by hand, with \
             the redirect address http://127.0.0.1:PORT/callback, and say its client_id and \
             redirect_port in mcp.toml",
            words(&error)
        )
    })?;
    let secret = ours.client_secret.map(SecretString::from);
    Ok(Client { id: ours.client_id, secret, redirect: redirect.to_owned() })
}

/// Codes and tokens go nowhere in the clear, but to this machine.
fn must_be_private(metadata: &AuthorizationMetadata) -> Result<(), String> {
    let all = [&metadata.authorization_endpoint, &metadata.token_endpoint];
    for address in all.into_iter().chain(&metadata.registration_endpoint) {
        let is_private = Url::parse(address).is_ok_and(|url| match url.scheme() {
            "https" => url.host_str().is_some(),
            "http" => is_here(url.host_str().unwrap_or_default()),
            _ => false,
        });
        if !is_private {
            return Err(format!("one would sign in at {}, which is not https", said(address)));
        }
    }
    Ok(())
}

fn is_here(host: &str) -> bool {
    let number = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || number.is_ok_and(|it| it.is_loopback())
}

/// A value of an address' query.
pub(super) fn value(address: &str, name: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// What went wrong, in words for the director.
pub(super) fn words(error: &AuthError) -> String {
    match error {
        AuthError::PkceUnsupported => {
            "its sign-in has no PKCE with S256, and is not safe without".to_owned()
        }
        error => {
            let mut words = error.to_string();
            let mut cause = error.source();
            while let Some(it) = cause {
                words = format!("{words}: {it}");
                cause = it.source();
            }
            said(&words)
        }
    }
}

fn said(words: &str) -> String {
    one_line(&sanitise(words.trim()), TROUBLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(authorize: &str, token: &str, register: Option<&str>) -> AuthorizationMetadata {
        let mut metadata = AuthorizationMetadata::default();
        metadata.authorization_endpoint = authorize.to_owned();
        metadata.token_endpoint = token.to_owned();
        metadata.registration_endpoint = register.map(str::to_owned);
        metadata
    }

    #[test]
    fn nobody_signs_in_in_the_clear_nor_at_what_is_no_page() {
        let safe = "https://auth.example.com/x";
        for here in ["http://127.0.0.1:9/x", "http://[::1]:9/x", "http://localhost/x"] {
            assert_eq!(must_be_private(&metadata(here, safe, Some(here))), Ok(()), "{here}");
        }
        let wrong = [
            "http://auth.example.com/x",
            "http://127.0.0.1.example.com/x",
            "http://localhost.example.com/",
            "file:///usr/bin/xcalc",
            "javascript:alert(1)",
            "ms-settings:x",
            "--help",
            "",
        ];
        for it in wrong {
            for metadata in
                [metadata(it, safe, None), metadata(safe, it, None), metadata(safe, safe, Some(it))]
            {
                let why = must_be_private(&metadata).unwrap_err();
                assert!(why.contains("not https"), "{it}: {why}");
            }
        }
    }

    #[test]
    fn what_others_say_of_their_troubles_is_one_harmless_line() {
        let told = words(&AuthError::TokenExchangeFailed("no\u{1b}[2J\nway".to_owned()));
        assert!(!told.contains('\u{1b}') && !told.contains('\n') && told.contains("no"), "{told}");
    }
}
