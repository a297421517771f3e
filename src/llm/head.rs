//! The heads of a call: what is sent before the body, and whether what comes
//! back is an answer at all.

use super::{Endpoint, Trouble, Wire, retry_after, trouble::start_of};
use jiff::Timestamp;
use reqwest::{
    Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION},
};
use secrecy::ExposeSecret;
use std::error::Error;

/// What is read of an error's body.
const MOST_ERROR_BYTES: usize = 64 * 1024;

/// The headers of a call; the endpoint's own win.
///
/// # Errors
/// When a header or the key can't stand in a header.
pub(super) fn headers(endpoint: &Endpoint) -> Result<HeaderMap, Trouble> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
    if endpoint.wire == Wire::Anthropic {
        headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
    }
    if let Some(key) = &endpoint.key {
        let key = key.expose_secret().trim();
        let (name, value) = match endpoint.wire {
            Wire::Anthropic => ("x-api-key", secret(key)?),
            Wire::Gemini => ("x-goog-api-key", secret(key)?),
            Wire::OpenaiResponses | Wire::OpenaiChat => {
                ("authorization", secret(&format!("Bearer {key}"))?)
            }
        };
        headers.insert(name, value);
    }
    for (name, value) in &endpoint.headers {
        let bad = || Trouble::Address(format!("{name:?} as a header"));
        headers.insert(name.parse::<HeaderName>().map_err(|_| bad())?, secret(value)?);
    }
    Ok(headers)
}

fn secret(text: &str) -> Result<HeaderValue, Trouble> {
    let bad = |_| Trouble::Address("a key or header with characters that no header has".into());
    let mut value = HeaderValue::from_str(text).map_err(bad)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The vendor's name for a call.
pub(super) fn request_id(response: &Response) -> Option<String> {
    let names = ["request-id", "x-request-id", "x-generation-id"];
    let found = names.iter().find_map(|name| response.headers().get(*name));
    found.and_then(|it| it.to_str().ok()).map(str::to_owned)
}

/// The response, if it is a stream of events.
///
/// # Errors
/// What it is instead.
pub(super) async fn checked(
    response: Response,
    now: fn() -> Timestamp,
) -> Result<Response, Trouble> {
    let code = response.status().as_u16();
    if (300..400).contains(&code) {
        let location = response.headers().get(LOCATION).and_then(|it| it.to_str().ok());
        return Err(Trouble::Redirected(location.unwrap_or_default().to_owned()));
    }
    if code != 200 {
        let retry_after = retry_after(response.headers(), now());
        let should_retry = match response.headers().get("x-should-retry").map(HeaderValue::as_bytes)
        {
            Some(b"true") => Some(true),
            Some(b"false") => Some(false),
            _ => None,
        };
        let body = read_some(response).await;
        return Err(Trouble::status(code, &body, retry_after, should_retry));
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    // No type at all is let pass: small local servers forget it.
    if kind.is_empty() || kind.starts_with("text/event-stream") {
        return Ok(response);
    }
    let body = read_some(response).await;
    if kind.starts_with("application/json") && body.contains("\"error\"") {
        return Err(Trouble::status(200, &body, None, None));
    }
    Err(Trouble::Garbage(format!("{kind}: {}", start_of(&body))))
}

/// The start of a body, whatever becomes of the rest.
async fn read_some(mut response: Response) -> String {
    let mut body = Vec::new();
    while body.len() < MOST_ERROR_BYTES {
        match response.chunk().await {
            Ok(Some(bytes)) => body.extend_from_slice(&bytes),
            _ => break,
        }
    }
    body.truncate(MOST_ERROR_BYTES);
    String::from_utf8_lossy(&body).into_owned()
}

/// What the HTTP library says, with every cause, and without the address.
pub(super) fn connection(error: reqwest::Error) -> Trouble {
    let error = error.without_url();
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let words = deeper.to_string();
        if !told.contains(&words) {
            told = format!("{told}: {words}");
        }
        cause = deeper.source();
    }
    if is_distrust(&told) {
        told.push_str("; the system's certificates are used: is `ca-certificates` installed?");
        return Trouble::Untrusted(told);
    }
    if error.is_body() || error.is_decode() {
        Trouble::Cut(told)
    } else {
        Trouble::Connection(told)
    }
}

/// The TLS library's words for a certificate, or a store of them, that it can't
/// use.
fn is_distrust(told: &str) -> bool {
    ["invalid peer certificate", "No CA certificates"].iter().any(|sign| told.contains(sign))
}
