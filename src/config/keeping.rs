//! How long former sessions are kept, and how much of them.

use schemars::JsonSchema;
use serde::Deserialize;
use std::str::FromStr;

/// What is kept of former sessions. Nothing goes by itself: `auteur sessions prune` asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistorySettings {
    /// Those that were at work in so many days.
    pub keep: KeepTime,
    /// The newest, as many as fit into so much.
    pub keep_bytes: KeepBytes,
}

/// So many days; none for ever: `"90d"`, `"12w"`, `"all"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct KeepTime(pub Option<u32>);

/// So many bytes; none for all: `"500MB"`, `"20GB"`, `"all"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct KeepBytes(pub Option<u64>);

/// Text that says neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// No time.
    #[error("expected a time such as 90d or 12w, or all, not {0:?}")]
    Time(String),
    /// No size.
    #[error("expected a size such as 500MB or 20GB, or all, not {0:?}")]
    Size(String),
}

impl FromStr for KeepTime {
    type Err = NotKept;

    fn from_str(text: &str) -> Result<Self, NotKept> {
        if text == "all" {
            return Ok(Self(None));
        }
        let units = [("d", 1), ("w", 7)];
        let days = units.into_iter().find_map(|(unit, days)| {
            text.strip_suffix(unit)?.parse::<u32>().ok()?.checked_mul(days)
        });
        days.map(|it| Self(Some(it))).ok_or_else(|| NotKept::Time(text.to_owned()))
    }
}

impl FromStr for KeepBytes {
    type Err = NotKept;

    fn from_str(text: &str) -> Result<Self, NotKept> {
        if text == "all" {
            return Ok(Self(None));
        }
        let units = [("kB", 1), ("MB", 2), ("GB", 3), ("TB", 4)];
        let bytes = units.into_iter().find_map(|(unit, thousands)| {
            let count: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
            count.checked_mul(1000_u64.pow(thousands))
        });
        bytes.map(|it| Self(Some(it))).ok_or_else(|| NotKept::Size(text.to_owned()))
    }
}

impl TryFrom<String> for KeepTime {
    type Error = NotKept;

    fn try_from(text: String) -> Result<Self, NotKept> {
        text.parse()
    }
}

impl TryFrom<String> for KeepBytes {
    type Error = NotKept;

    fn try_from(text: String) -> Result<Self, NotKept> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_said_in_days_and_in_bytes() {
        assert_eq!("90d".parse(), Ok(KeepTime(Some(90))));
        assert_eq!("2w".parse(), Ok(KeepTime(Some(14))));
        assert_eq!("all".parse(), Ok(KeepTime(None)));
        assert_eq!("20GB".parse(), Ok(KeepBytes(Some(20_000_000_000))));
        assert_eq!("1 kB".parse(), Ok(KeepBytes(Some(1000))));
        assert_eq!("all".parse(), Ok(KeepBytes(None)));
        for wrong in ["", "d", "90", "-1d", "99999999999d", "1m", "GB"] {
            assert!(wrong.parse::<KeepTime>().is_err() && wrong.parse::<KeepBytes>().is_err());
        }
    }
}
