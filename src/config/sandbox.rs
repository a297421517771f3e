//! What may be said of the sandbox that agents' processes run in.

use super::range::between;
use crate::model::Network;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::path::PathBuf;

/// The sandbox of agents' processes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SandboxSettings {
    /// Whether there is one.
    pub mode: SandboxMode,
    /// What commands of native agents reach of other machines.
    pub network: Reach,
    /// Folders and files that may be written besides the workspace (`~/…`).
    pub writable: Vec<PathBuf>,
    /// Folders and files that are not to be seen (`~/…`).
    pub hidden: Vec<PathBuf>,
    /// Megabytes of memory that each process may take; 0 is no limit.
    #[serde(deserialize_with = "between::<_, u64, 0, 100_000_000>")]
    pub memory_mb: u64,
    /// Processes and threads that a command may have; 0 is no limit.
    #[serde(deserialize_with = "between::<_, u64, 0, 1_000_000>")]
    pub processes: u64,
    /// Megabytes that a file may grow to; 0 is no limit.
    #[serde(deserialize_with = "between::<_, u64, 0, 100_000_000>")]
    pub file_mb: u64,
    /// Files that each process may have open; 0 is no limit.
    #[serde(deserialize_with = "between::<_, u64, 0, 10_000_000>")]
    pub open_files: u64,
}

/// Whether there is a sandbox; the later the tighter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SandboxMode {
    /// None.
    Off,
    /// The best that the machine has; where it has none, that is shown.
    Auto,
    /// As `auto`; where the machine has none, the agent does not run.
    Require,
}

/// What is reached of other machines.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub struct Reach(#[schemars(with = "Said")] pub Network);

/// `"off"`, `"on"`, or a list of hosts.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected \"off\", \"on\", or a list of hosts")]
enum Said {
    Word(String),
    Hosts(Vec<String>),
}

impl<'de> Deserialize<'de> for Reach {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        match Said::deserialize(reader)? {
            Said::Word(word) if word == "on" => Ok(Self(Network::On)),
            Said::Word(word) if word == "off" => Ok(Self(Network::Off)),
            // The words are those of serde, so that the mend is found like any other.
            Said::Word(wrong) => Err(D::Error::unknown_variant(&wrong, &["on", "off"])),
            Said::Hosts(hosts) => Ok(Self(Network::Hosts(hosts))),
        }
    }
}

impl Reach {
    /// Whether this reaches more than another.
    pub(super) fn is_wider(&self, than: &Self) -> bool {
        match (&self.0, &than.0) {
            (_, Network::On) | (Network::Off, _) => false,
            (Network::On | Network::Hosts(_), Network::Off) | (Network::On, _) => true,
            (Network::Hosts(new), Network::Hosts(old)) => new.iter().any(|it| !old.contains(it)),
        }
    }
}
