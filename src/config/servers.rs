//! Which MCP servers there are, and how each is reached. `config/mcp.toml`
//! explains each key.

use super::{
    Environment, Reach, Settings, Source,
    fault::{Blame, no_such},
    layers::{Layered, at, leaves},
    tighten::refused,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{collections::BTreeMap, path::PathBuf};
use toml::{Spanned, de::DeTable};

/// A name is no longer than this, so that the names of tools have room behind it.
const LONGEST_NAME: usize = 24;

/// All MCP servers by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Servers {
    /// The servers.
    #[serde(rename = "mcp", default, deserialize_with = "named")]
    pub all: BTreeMap<String, McpServer>,
}

/// One MCP server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct McpServer {
    /// The program and its arguments.
    #[serde(deserialize_with = "command")]
    pub command: Vec<String>,
    /// Variables that it gets.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables of ours that it may have: its own key, above all.
    #[serde(default)]
    pub passes: Vec<String>,
    /// The tools that agents may have of it; all if left out.
    #[serde(default)]
    pub tools: Option<Vec<String>>,
    /// What it reaches of other machines, if not what its agent's commands do.
    #[serde(default)]
    pub network: Option<Reach>,
    /// Seconds that it may take to come up, and to answer; `limits.tool_timeout_s`
    /// if left out.
    #[serde(default, deserialize_with = "seconds")]
    pub timeout_s: Option<u64>,
    /// The fingerprint of tools that need no approval.
    #[serde(default, deserialize_with = "sha256")]
    pub trust: Option<String>,
}

impl Servers {
    /// A server by its name.
    pub fn server(&self, name: &str) -> Option<&McpServer> {
        self.all.get(name)
    }

    /// What is wrong with a name that no server has, and its mend.
    pub(super) fn name_fault(&self, wanted: &str) -> Option<(String, String)> {
        let names: Vec<&str> = self.all.keys().map(String::as_str).collect();
        no_such(("MCP server", "mcp.toml"), wanted, &names)
    }
}

impl McpServer {
    /// The variables of ours that it may have.
    pub fn passed(&self, environment: &Environment) -> Vec<(String, String)> {
        let names: Vec<&str> = self.passes.iter().map(String::as_str).collect();
        environment.only(&names)
    }

    /// Where its program is on this machine. Nothing is run to find out.
    pub fn find(&self, environment: &Environment) -> Option<PathBuf> {
        environment.find_program(self.command.first()?)
    }
}

impl Layered for Servers {
    type Ground = Settings;

    fn prepare(_: &Source, _: &mut DeTable<'_>, _: &mut DeTable<'_>) -> Vec<Blame> {
        Vec::new()
    }

    fn misnamed(&self, _: &Settings, _: &DeTable<'_>) -> Vec<Blame> {
        Vec::new()
    }

    fn loosened(settings: &Settings, below: &Self, with: &Self, layer: &DeTable<'_>) -> Vec<Blame> {
        let mut blames = Vec::new();
        for (path, span) in leaves(layer) {
            let ["mcp", name, rest @ ..] = path.as_slice() else { continue };
            let what = if below.server(name).is_some() {
                Some(format!("a project file may not change your server `{name}`"))
            } else {
                wider(name, rest, settings, with.server(name))
            };
            let span = at(layer, &path).map_or(span, Spanned::span);
            blames.extend(what.map(|it| {
                let mend = "say it in your own mcp.toml (auteur doctor names the folder)";
                Blame { mend: Some(mend.to_owned()), ..refused(span, &it) }
            }));
        }
        blames
    }
}

/// What a project's own server would have that only its director can give.
fn wider(
    name: &str,
    key: &[&str],
    settings: &Settings,
    server: Option<&McpServer>,
) -> Option<String> {
    match key {
        ["passes"] => Some(format!("a project file may not give `{name}` variables of yours")),
        ["trust"] => Some(format!("a project file may not approve the tools of `{name}`")),
        ["network"] => {
            let is_wider = server?.network.as_ref()?.is_wider(&settings.sandbox.network);
            is_wider.then(|| format!("a project file may not give `{name}` a network"))
        }
        _ => None,
    }
}

/// Servers whose names can be part of a tool's name, and are told from the rest of it.
fn named<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<String, McpServer>, D::Error> {
    let servers = BTreeMap::<String, McpServer>::deserialize(reader)?;
    let plain = |name: &str| {
        (1..=LONGEST_NAME).contains(&name.len())
            && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
            && !name.contains("__")
            && !name.starts_with('_')
            && !name.ends_with('_')
    };
    match servers.keys().find(|it| !plain(it)) {
        None => Ok(servers),
        Some(wrong) => Err(D::Error::custom(format!(
            "a server's name is up to {LONGEST_NAME} letters, digits, - and single _ within, not \
             {wrong:?}"
        ))),
    }
}

fn command<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    let words = Vec::<String>::deserialize(reader)?;
    match words.first().map(|it| it.trim()) {
        None | Some("") => Err(D::Error::custom(
            "expected a program and its arguments, as in [\"npx\", \"-y\", \"some-server\"]",
        )),
        Some(_) => Ok(words),
    }
}

fn seconds<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<u64>, D::Error> {
    super::range::between::<_, u64, 1, 86_400>(reader).map(Some)
}

fn sha256<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(reader)?.to_ascii_lowercase();
    if text.len() != 64 || !text.chars().all(|it| it.is_ascii_hexdigit()) {
        return Err(D::Error::custom(
            "expected the 64 digits that stand behind `sha256` where its tools are approved",
        ));
    }
    Ok(Some(text))
}
