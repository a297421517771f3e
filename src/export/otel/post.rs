//! Spans, sent to a collector by HTTP.

use super::{Content, requests};
use crate::{export::Recording, llm, text::json};
use serde_json::Value;
use std::time::Duration;

/// A collector that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where spans go, by the protocol.
const PATH: &str = "/v1/traces";
/// No more of what a collector answers is read.
const ANSWER: usize = 300;

/// A collector.
#[derive(Debug, Clone)]
pub struct Collector {
    client: reqwest::Client,
    url: reqwest::Url,
}

/// Why spans were not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotPosted {
    /// The address is none.
    #[error("{0:?} is no address of a collector: it is like http://127.0.0.1:4318")]
    Address(String),
    /// Nobody is there, or they went away.
    #[error("could not send to {url}: a collector has to listen there that takes OTLP over HTTP")]
    Failed {
        /// Where to.
        url: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The collector said no.
    #[error("{url} answered {status}: {said}")]
    Refused {
        /// Where to.
        url: String,
        /// Its answer.
        status: u16,
        /// What it said about it.
        said: String,
    },
    /// It could not be written down.
    #[error("could not be written")]
    Written(#[from] serde_json::Error),
}

impl Collector {
    /// The collector at this address: with its path, or without it as most name it.
    ///
    /// # Errors
    /// When that is no address, or no connection can be made ready.
    pub fn at(address: &str) -> Result<Self, NotPosted> {
        let wrong = || NotPosted::Address(address.to_owned());
        let mut url = reqwest::Url::parse(address).map_err(|_| wrong())?;
        let is_fit = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !is_fit || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong());
        }
        if matches!(url.path(), "" | "/") {
            url.set_path(PATH);
        }
        let fail = |source| NotPosted::Failed { url: url.to_string(), source };
        let mut builder = llm::web().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        // A plain connection needs no certificates, and this machine no proxy.
        if url.scheme() == "http" {
            builder = builder.tls_certs_only([]).no_proxy();
        }
        let client = builder.build().map_err(fail)?;
        Ok(Self { client, url })
    }

    /// Sends one request.
    ///
    /// # Errors
    /// When the collector is not there, or does not take it.
    pub async fn post(&self, request: &Value) -> Result<(), NotPosted> {
        let mut body = Vec::new();
        json::write(&mut body, request)?;
        let fail = |source| NotPosted::Failed { url: self.url.to_string(), source };
        let sent = self.client.post(self.url.clone()).header("content-type", "application/json");
        let answer = sent.body(body).send().await.map_err(fail)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let said = answer.text().await.unwrap_or_default();
        let said = crate::text::one_line(&crate::text::sanitise(&said), ANSWER);
        Err(NotPosted::Refused { url: self.url.to_string(), status: status.as_u16(), said })
    }

    /// Sends a session, and tells how many spans it has.
    ///
    /// # Errors
    /// When the collector is not there, or does not take it.
    pub async fn send(&self, recording: &Recording, content: Content) -> Result<usize, NotPosted> {
        let mut count = 0;
        for request in requests(recording, content) {
            self.post(&request).await?;
            let spans = &request["resourceSpans"][0]["scopeSpans"][0]["spans"];
            count += spans.as_array().map_or(0, Vec::len);
        }
        Ok(count)
    }
}
