//! What an agent may do without being asked about: every engine's requests pass here.
//!
//! Deny comes before ask, and ask before allow. A command is read as the shell
//! would read it, and each of its commands is judged; one that can't be read
//! for certain is asked about in every mode, never allowed: but where a sandbox
//! holds it, and the mode trusts the sandbox.

mod bench;
mod command;
mod danger;
mod finding;
mod harmless;
mod place;
mod protected;
mod reader;
mod rule;
#[cfg(test)]
mod tests;

pub use finding::{Explanation, Finding, Part, Weight};
pub use protected::name_in as privileged_name;
pub use rule::{BadRule, Decision, Rule};

use super::{call::Call, mcp};
use crate::{text::one_line, workspace::Workspace};
use bench::Bench;
use std::{fmt, path::PathBuf};

/// How much is decided without the director where no rule says anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Reading is allowed, and commands that a rule allows; all else is denied.
    Plan,
    /// Reading is allowed, anything else is asked about.
    #[default]
    Ask,
    /// Writing inside the workspace is allowed too.
    Edit,
    /// Whatever a sandbox holds is allowed, leaving it is asked about. In the
    /// open it is [`Mode::Edit`].
    Auto,
}

/// What holds the one whose request is judged, whatever the policy says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Confinement {
    /// A sandbox: it can do no more than that lets it.
    Sandboxed,
    /// Nothing: what is allowed can do all that its user can.
    #[default]
    Open,
}

/// What an agent wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Run a shell command.
    Run {
        /// As the shell would get it.
        command: String,
    },
    /// Read a file or a folder.
    Read {
        /// From the workspace's folder; absolute when outside.
        path: String,
    },
    /// Make or change a file.
    Write {
        /// From the workspace's folder; absolute when outside.
        path: String,
    },
    /// Speak to another machine.
    Network {
        /// Its name.
        host: String,
    },
    /// Call a tool of a server or an engine's own.
    Tool {
        /// Its name, with its server's before it.
        name: String,
        /// Its arguments, in full.
        arguments: String,
    },
}

/// The text that is shown when it is asked about.
impl fmt::Display for Access {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run { command } => to.write_str(command),
            Self::Read { path } => write!(to, "read {path}"),
            Self::Write { path } => write!(to, "write {path}"),
            Self::Network { host } => write!(to, "connect to {host}"),
            Self::Tool { name, arguments } => write!(to, "{name} {arguments}"),
        }
    }
}

/// The last line of what is shown of a command that is to leave its sandbox: an
/// approval of the command inside is none for it outside.
const OUTSIDE: &str = "\n(outside its sandbox)";
/// So much is shown of a model's reason, in columns.
const REASON: usize = 200;

/// What the policy says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may be done.
    Allow,
    /// The director decides.
    Ask {
        /// Why it is not allowed as it is.
        why: String,
        /// What is asked about, in full. An approval holds for exactly this text.
        shown: String,
        /// Whether it changes what runs later: shown as a privileged write.
        is_privileged: bool,
    },
    /// It may not be done; said to the model.
    Deny {
        /// Which rule or mode says so.
        why: String,
    },
}

/// The permissions of one agent.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What holds where no rule says anything.
    pub mode: Mode,
    /// In any order: the strictest that fits holds.
    pub rules: Vec<Rule>,
    /// The folder of the one whose requests are judged: paths are followed from
    /// there. None where nothing is known but their words.
    pub folder: Option<PathBuf>,
}

impl Policy {
    /// Judges the request of one who is confined like this.
    pub fn judge(&self, access: &Access, confinement: Confinement) -> Verdict {
        let Finding { weight, why, .. } = self.explain(access, confinement).decisive;
        let is_privileged = weight == Weight::Privileged;
        match weight {
            Weight::Allow => Verdict::Allow,
            Weight::Ask | Weight::Privileged => {
                Verdict::Ask { why, shown: access.to_string(), is_privileged }
            }
            Weight::Deny => Verdict::Deny { why },
        }
    }

    /// Judges the request of one who wants to leave its sandbox for it, for a
    /// reason of its own: what nothing denies is asked about, whatever allows it.
    pub fn judge_leaving(&self, access: &Access, reason: &str) -> Verdict {
        let leaves = format!("it is to run outside its sandbox: {}", one_line(reason, REASON));
        let shown = format!("{access}{OUTSIDE}");
        match self.judge(access, Confinement::Open) {
            Verdict::Deny { why } => Verdict::Deny { why },
            Verdict::Allow => Verdict::Ask { why: leaves, shown, is_privileged: true },
            Verdict::Ask { why, .. } => {
                Verdict::Ask { why: format!("{leaves}; {why}"), shown, is_privileged: true }
            }
        }
    }

    /// Judges a request, and says of each of its parts what it comes to and why.
    pub fn explain(&self, access: &Access, confinement: Confinement) -> Explanation {
        let mode = self.mode_of(confinement);
        let parts = Bench::new(mode, &self.rules, self.folder.as_deref()).parts_of(access);
        let decisive = finding::strictest(parts.iter().map(|it| &it.finding));
        Explanation { mode, decisive, parts }
    }

    /// The mode that holds for one who is confined like this: in the open,
    /// `auto` is `edit`.
    pub const fn mode_of(&self, confinement: Confinement) -> Mode {
        match (self.mode, confinement) {
            (Mode::Auto, Confinement::Open) => Mode::Edit,
            (mode, _) => mode,
        }
    }
}

impl Confinement {
    /// In a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Sandboxed => "in a sandbox",
            Self::Open => "no sandbox",
        }
    }
}

impl Mode {
    /// As config and journals call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Ask => "ask",
            Self::Edit => "edit",
            Self::Auto => "auto",
        }
    }
}

impl Call {
    /// What the policy must judge before this call starts; nothing for those
    /// that only speak to the director. A link is named by where it leads, so
    /// that a rule about a file holds for all its names.
    pub fn access(&self, workspace: &Workspace) -> Option<Access> {
        let named = |path: &str| match workspace.name_inside(path) {
            Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
            Ok(inside) => inside.display().to_string(),
            Err(_) => path.to_owned(),
        };
        let read = |path: &str| match workspace.true_name(path) {
            Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
            Ok(inside) => inside.display().to_string(),
            Err(_) => named(path),
        };
        Some(match self {
            Self::Shell { command, .. } => Access::Run { command: command.clone() },
            Self::Read { path, .. } => Access::Read { path: read(path) },
            Self::List { path } | Self::Search { path, .. } => {
                Access::Read { path: read(path.as_deref().unwrap_or("")) }
            }
            Self::Glob { .. } => Access::Read { path: ".".to_owned() },
            Self::Write { path, .. } | Self::Edit { path, .. } => {
                Access::Write { path: named(path) }
            }
            Self::Lent { name, arguments } => Access::Tool {
                name: name.clone(),
                arguments: serde_json::to_string_pretty(arguments).unwrap_or_default(),
            },
            Self::McpResource { server, uri } => {
                Access::Tool { name: mcp::reading(server), arguments: uri.clone() }
            }
            Self::McpPrompt { server, prompt, arguments } => Access::Tool {
                name: mcp::reading(server),
                arguments: format!(
                    "{prompt} {}",
                    serde_json::to_string_pretty(arguments).unwrap_or_default()
                ),
            },
            // What an approved server has may be listed.
            Self::McpList { .. }
            | Self::Report { .. }
            | Self::Ask { .. }
            | Self::Spawn { .. }
            | Self::AwaitAgents { .. }
            | Self::HandOff { .. } => return None,
        })
    }
}
