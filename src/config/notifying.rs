//! How a director who looks elsewhere is called.

use super::range::between;
use schemars::JsonSchema;
use serde::Deserialize;

/// How a director who looks elsewhere is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
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
