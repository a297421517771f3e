//! Values that are read and judged in one go, so that an error stands where
//! the value does.

use crate::model::Money;
use serde::{Deserialize, Deserializer, de::Error};
use std::{
    collections::BTreeMap,
    fmt::Display,
    net::SocketAddr,
    path::{Component, PathBuf},
};

/// A number from `LEAST` to `MOST`.
pub(super) fn between<'de, D, N, const LEAST: u64, const MOST: u64>(
    reader: D,
) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: Deserialize<'de> + TryInto<u64> + Copy + Display,
{
    let number = N::deserialize(reader)?;
    match number.try_into() {
        Ok(it) if (LEAST..=MOST).contains(&it) => Ok(number),
        _ => {
            Err(D::Error::custom(format!("expected a number from {LEAST} to {MOST}, not {number}")))
        }
    }
}

/// An amount as text (`"2.50"`), so that not a tenth of a cent is lost on the way.
pub(super) fn dollars<'de, D: Deserializer<'de>>(reader: D) -> Result<Money, D::Error> {
    String::deserialize(reader)?.parse().map_err(D::Error::custom)
}

/// Amounts by the names of those who may spend them.
pub(super) fn dollars_by_name<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<BTreeMap<String, Money>, D::Error> {
    let texts = BTreeMap::<String, String>::deserialize(reader)?;
    let amount = |(name, text): (String, String)| {
        text.parse().map(|it| (name, it)).map_err(D::Error::custom)
    };
    texts.into_iter().map(amount).collect()
}

/// An amount, or `"none"`.
pub(super) fn dollars_or_none<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<Money>, D::Error> {
    match String::deserialize(reader)?.as_str() {
        "none" => Ok(None),
        amount => amount.parse().map(Some).map_err(D::Error::custom),
    }
}

/// An address of a model service, without the slash at its end.
pub(super) fn url<'de, D: Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let text = String::deserialize(reader)?;
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|it| it.split('/').next()).unwrap_or_default();
    if host.is_empty() || text.chars().any(|it| it.is_whitespace() || it.is_control()) {
        let wrong =
            format!("expected an address like \"https://api.example.com/v1\", not {text:?}");
        return Err(D::Error::custom(wrong));
    }
    if host.contains('@') {
        let wrong =
            "an address holds no user and no password: name the key in api_key_env or api_key_cmd";
        return Err(D::Error::custom(wrong));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The same, where there may be one.
pub(super) fn some_url<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    url(reader).map(Some)
}

/// An address and a port of this machine, or of one of its networks.
pub(super) fn socket<'de, D: Deserializer<'de>>(reader: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(reader)?;
    text.parse().map_err(|_| {
        let wrong = format!("expected an address with a port, not {text:?}");
        D::Error::custom(
            wrong + "; for example \"127.0.0.1:8787\", or \"127.0.0.1:0\" for any port",
        )
    })
}

/// A path that means the same wherever the program is started: from `/`, or from `~/`.
pub(super) fn from_the_root<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(reader)?;
    if path.is_absolute() || path.starts_with("~") {
        return Ok(Some(path));
    }
    let shown = path.display();
    let wrong =
        format!("expected a path from / or ~/, not \"{shown}\": it would be another folder");
    Err(D::Error::custom(wrong + " wherever the program is started"))
}

/// Paths that lead from a folder to something in it, and not to git's own.
pub(super) fn inside<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<PathBuf>, D::Error> {
    let paths = Vec::<PathBuf>::deserialize(reader)?;
    for path in &paths {
        let mut parts = path.components();
        let is_plain = |it: Component| match it {
            Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
            _ => false,
        };
        if path.as_os_str().is_empty() || !parts.all(is_plain) {
            let wrong = "expected a path inside the project, such as \".env\"";
            return Err(D::Error::custom(format!("{wrong}, not \"{}\"", path.display())));
        }
    }
    Ok(paths)
}

/// Headers that hold no key: keys are kept as secrets, headers are not.
pub(super) fn headers<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    const SECRET: [&str; 5] =
        ["authorization", "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization"];
    let headers = BTreeMap::<String, String>::deserialize(reader)?;
    for (name, value) in &headers {
        if SECRET.contains(&name.to_ascii_lowercase().as_str()) {
            let wrong = format!(
                "the header `{name}` holds a key: name the key in api_key_env or api_key_cmd instead"
            );
            return Err(D::Error::custom(wrong));
        }
        let plain = |text: &str| text.chars().all(|it| !it.is_control());
        if name.is_empty() || !name.is_ascii() || !plain(name) || !plain(value) {
            return Err(D::Error::custom(format!("the header {name:?} can't be sent")));
        }
    }
    Ok(headers)
}
