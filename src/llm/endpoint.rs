//! Where a model is served, and in which wire format.

use crate::config::Wire;
use secrecy::{ExposeSecret, SecretString};
use std::{fmt, str::FromStr, time::Duration};

/// A word that names no wire format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected anthropic, openai-responses, openai-chat or gemini, not {0:?}")]
pub struct UnknownWire(pub String);

/// A model service.
#[derive(Clone)]
pub struct Endpoint {
    /// What it speaks.
    pub wire: Wire,
    /// With or without the version path: `https://api.anthropic.com`,
    /// `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// Sent in the header that the wire format asks for.
    pub key: Option<SecretString>,
    /// Further headers; they win over the program's own.
    pub headers: Vec<(String, String)>,
    /// How long the service may be silent, before and within an answer.
    pub idle_timeout: Duration,
    /// How long a connection may take to open.
    pub connect_timeout: Duration,
}

impl Wire {
    /// Every wire format.
    pub const ALL: [Self; 4] =
        [Self::Anthropic, Self::OpenaiResponses, Self::OpenaiChat, Self::Gemini];

    /// The word for it in settings and journals.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenaiResponses => "openai-responses",
            Self::OpenaiChat => "openai-chat",
            Self::Gemini => "gemini",
        }
    }
}

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Wire {
    type Err = UnknownWire;

    fn from_str(word: &str) -> Result<Self, UnknownWire> {
        let found = Self::ALL.into_iter().find(|wire| wire.name() == word);
        found.ok_or_else(|| UnknownWire(word.to_owned()))
    }
}

/// Shows where, never the key; the value of a header may be a key too.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Endpoint")
            .field("wire", &self.wire)
            .field("base_url", &self.base_url)
            .field("has_key", &self.key.is_some())
            .field("headers", &names)
            .field("idle_timeout", &self.idle_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .finish()
    }
}

impl Endpoint {
    /// The text without anything secret of this endpoint: a service may echo
    /// the key in its error.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        let key = self.key.iter().map(ExposeSecret::expose_secret);
        let values = self.headers.iter().map(|(_, value)| {
            value.split_once(' ').map_or(value.as_str(), |(_scheme, secret)| secret)
        });
        for secret in key.chain(values).filter(|it| it.len() >= SHORTEST_SECRET) {
            clean = clean.replace(secret, "[key]");
        }
        clean
    }
}

/// What is shorter is taken for a word, not a secret.
const SHORTEST_SECRET: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wire_is_read_by_its_name() {
        for wire in Wire::ALL {
            assert_eq!(wire.name().parse(), Ok(wire));
            let set: Wire = serde_json::from_value(wire.name().into()).unwrap();
            assert_eq!(set, wire);
        }
        assert_eq!("smtp".parse::<Wire>(), Err(UnknownWire("smtp".into())));
    }

    #[test]
    fn neither_debug_nor_an_echoed_error_tells_a_secret() {
        let endpoint = Endpoint {
            wire: Wire::Anthropic,
            base_url: "http://127.0.0.1".into(),
            key: Some("sk-very-secret".into()),
            headers: vec![("authorization".into(), "Bearer other-secret".into())],
            idle_timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(1),
        };
        assert!(!format!("{endpoint:?}").contains("secret"));
        let echoed = endpoint.redact("bad key sk-very-secret or other-secret");
        assert_eq!(echoed, "bad key [key] or [key]");
    }
}
