//! What an engine can do. The screen never offers, and never fakes, the rest.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What drives an agent.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum EngineKind {
    /// A loop over a model service, inside this program.
    #[default]
    Native,
    /// Claude Code through its stream-json protocol.
    Claude,
    /// Codex through its app-server.
    Codex,
    /// Any Agent Client Protocol agent.
    Acp,
    /// Any command in a terminal.
    Pty,
}

/// Where an engine can be held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PauseGrain {
    /// Nowhere.
    #[default]
    None,
    /// By stopping its processes.
    Freeze,
    /// Before its next turn.
    Turn,
    /// Before each model call and each tool call.
    Step,
}

/// What the director can do with an agent of this engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent yes-or-no answers, shown as such")]
pub struct Capabilities {
    /// Where it can be held.
    pub pause: PauseGrain,
    /// It can be stopped in the middle of a model call or a tool call.
    pub freeze: bool,
    /// A message reaches it while it works.
    pub steer: bool,
    /// Its instructions can change in mid-run.
    pub edit: bool,
    /// It asks before it acts.
    pub approvals: bool,
    /// It says what it costs.
    pub cost: bool,
}

impl Capabilities {
    /// All of it: an engine that lives in this program.
    pub const NATIVE: Self = Self {
        pause: PauseGrain::Step,
        freeze: true,
        steer: true,
        edit: true,
        approvals: true,
        cost: true,
    };
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Native => "native",
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Acp => "acp",
            Self::Pty => "pty",
        })
    }
}
