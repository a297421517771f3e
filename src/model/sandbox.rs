//! What holds an agent's processes, as it was found when it started.

use serde::{Deserialize, Serialize};

/// What holds an agent's processes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sandbox {
    /// What does.
    pub how: Enclosure,
    /// What they reach of other machines.
    pub network: Network,
    /// Why it is no better than it is; empty where nothing is to be said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// The kinds of sandbox there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enclosure {
    /// Nothing: they can do all that their user can.
    #[default]
    None,
    /// The kernel's Landlock: they write in their workspace only, but see all
    /// that their user sees, and git's own files in it are not kept from them.
    Landlock,
    /// Bubblewrap: a file system, a process table and a network of their own.
    Bubblewrap,
}

/// What can be reached of other machines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// Everything.
    #[default]
    On,
    /// Nothing.
    Off,
    /// These hosts.
    Hosts(Vec<String>),
}

impl Enclosure {
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "unsandboxed",
            Self::Landlock => "landlock",
            Self::Bubblewrap => "bubblewrap",
        }
    }
}

impl Network {
    /// In a few words, for a person.
    pub fn words(&self) -> String {
        match self {
            Self::On => "network on".to_owned(),
            Self::Off => "network off".to_owned(),
            Self::Hosts(hosts) => format!("network: {}", hosts.join(", ")),
        }
    }
}
