//! The address of a call, from whatever part of it the settings name.

use super::{Trouble, Wire};
use reqwest::Url;

/// Joins a base address and the wire format's path; a base that already names
/// the version, or all of the path, is taken as it is.
///
/// # Errors
/// When the base is no http address.
pub(super) fn address(wire: Wire, base: &str, model: &str) -> Result<Url, Trouble> {
    let bad = |why: &str| Trouble::Address(format!("{base:?}: {why}"));
    let mut url = Url::parse(base.trim()).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(bad("expected http:// or https:// and a host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("a key does not belong in an address"));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    let full = match wire {
        Wire::Anthropic => versioned(&path, "/v1", "/messages"),
        Wire::OpenaiResponses => rooted(&path, "/responses"),
        Wire::OpenaiChat => rooted(&path, "/chat/completions"),
        Wire::Gemini => {
            url.set_query(Some("alt=sse"));
            let model = model.strip_prefix("models/").unwrap_or(model);
            versioned(&path, "/v1beta", &format!("/models/{model}:streamGenerateContent"))
        }
    };
    url.set_path(&full);
    Ok(url)
}

/// Adds the version unless the path ends in one.
fn versioned(path: &str, version: &str, tail: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_version = last.starts_with('v') && last[1..].starts_with(|it: char| it.is_ascii_digit());
    match path {
        whole if whole.ends_with(tail) => whole.to_owned(),
        base if is_version => format!("{base}{tail}"),
        base => format!("{base}{version}{tail}"),
    }
}

/// Adds `/v1` only to a bare host: these vendors' bases carry their own path.
fn rooted(path: &str, tail: &str) -> String {
    match path {
        whole if whole.ends_with(tail) => whole.to_owned(),
        "" => format!("/v1{tail}"),
        base => format!("{base}{tail}"),
    }
}

/// Whether the host is this machine: no proxy stands between.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_joined_whatever_it_names() {
        let cases = [
            (Wire::Anthropic, "https://a.com", "https://a.com/v1/messages"),
            (Wire::Anthropic, "https://a.com/v1/", "https://a.com/v1/messages"),
            (Wire::Anthropic, "http://[::1]:9/s/x", "http://[::1]:9/s/x/v1/messages"),
            (Wire::OpenaiChat, "http://h:11434", "http://h:11434/v1/chat/completions"),
            (Wire::OpenaiChat, "https://o.ai/api/v1", "https://o.ai/api/v1/chat/completions"),
            (Wire::OpenaiResponses, "https://o.com/v1", "https://o.com/v1/responses"),
            (Wire::OpenaiResponses, "https://o.com/v1/responses", "https://o.com/v1/responses"),
            (
                Wire::Gemini,
                "https://g.com",
                "https://g.com/v1beta/models/m:streamGenerateContent?alt=sse",
            ),
        ];
        for (wire, base, whole) in cases {
            assert_eq!(address(wire, base, "m").unwrap().as_str(), whole);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in ["", "localhost:80", "file:///etc", "https://key:x@a.com"] {
            assert!(matches!(address(Wire::Gemini, bad, "m"), Err(Trouble::Address(_))), "{bad}");
        }
    }
}
