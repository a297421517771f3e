//! How a director who looks elsewhere is called.

use super::range::between;
use crate::model::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::collections::BTreeMap;

/// How a director who looks elsewhere is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// When.
    pub when: CallWhen,
    /// By what.
    pub by: CallBy,
    /// So many seconds something has to stand first.
    #[serde(deserialize_with = "between::<_, u32, 0, 86_400>")]
    pub dwell_s: u32,
    /// So many seconds until the next call.
    #[serde(deserialize_with = "between::<_, u32, 0, 86_400>")]
    pub cooldown_s: u32,
    /// The kinds of need that call; all of them where none is named.
    #[serde(deserialize_with = "kinds")]
    pub kinds: Vec<String>,
    /// Also by the desktop's own notifications.
    pub desktop: bool,
    /// Also by this program, with its arguments.
    pub command: Vec<String>,
    /// Also by a message to this address.
    pub webhook: String,
    /// What is played for a kind: a program with its arguments.
    #[serde(deserialize_with = "sounds")]
    pub sounds: BTreeMap<String, Vec<String>>,
}

fn known(kind: &str) -> Result<(), String> {
    if Reason::WORDS.contains(&kind) {
        return Ok(());
    }
    Err(format!("expected one of {}, not `{kind}`", Reason::WORDS.join(", ")))
}

fn kinds<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    let kinds = Vec::<String>::deserialize(reader)?;
    kinds.iter().try_for_each(|it| known(it)).map_err(D::Error::custom)?;
    Ok(kinds)
}

fn sounds<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let sounds = BTreeMap::<String, Vec<String>>::deserialize(reader)?;
    sounds.keys().try_for_each(|it| known(it)).map_err(D::Error::custom)?;
    Ok(sounds)
}

/// When a director is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CallWhen {
    /// While the terminal says that they look elsewhere.
    Away,
    /// Whenever something needs them.
    Always,
    /// Never.
    Never,
}

/// By what a director is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CallBy {
    /// As the terminal can; its bell where that is not known.
    Auto,
    /// The bell.
    Bell,
    /// OSC 9.
    Osc9,
    /// OSC 777.
    Osc777,
    /// OSC 99.
    Osc99,
}
