//! Which MCP servers there are, and how each is reached. `config/mcp.toml`
//! explains each key.

use super::{
    Environment, Reach, Settings, Source,
    fault::{Blame, no_such},
    layers::{Layered, at, leaves},
    tighten::refused,
};
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
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
    /// The program and its arguments; none where it is reached by its address.
    #[serde(default, deserialize_with = "command")]
    pub command: Vec<String>,
    /// Its address, where it runs elsewhere and speaks over HTTP.
    #[serde(default, deserialize_with = "url")]
    pub url: Option<String>,
    /// What is sent with every request to its address; `${NAME}` is a variable of ours.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How one is let in, where that takes more than a key.
    #[serde(default)]
    pub auth: Option<Auth>,
    /// What those who sign us in know this program by; it introduces itself if left out.
    #[serde(default)]
    pub client_id: Option<String>,
    /// The secret that goes with that; `${NAME}` is a variable of ours.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// What leave is asked for; what the server names if left out.
    #[serde(default, deserialize_with = "scopes")]
    pub scopes: Vec<String>,
    /// The port of this machine that a browser comes back to; any if left out.
    #[serde(default)]
    pub redirect_port: Option<u16>,
    /// Variables that it gets.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables of ours that it may have: its own key, above all.
    #[serde(default)]
    pub passes: Vec<String>,
    /// The tools that agents may have of it; all if left out.
    #[serde(default)]
    pub tools: Option<Vec<String>>,
    /// It is started once for all agents of a session, instead of once for each.
    #[serde(default)]
    pub shared: bool,
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

/// How one is let in by a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Auth {
    /// The director signs in with a browser: OAuth 2.1, as the protocol says.
    #[serde(rename = "oauth")]
    OAuth,
}

impl Servers {
    /// A server by its name.
    pub fn server(&self, name: &str) -> Option<&McpServer> {
        self.all.get(name)
    }

    /// What is wrong with a name that no server has, and its mend.
    pub fn name_fault(&self, wanted: &str) -> Option<(String, String)> {
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

    /// What is sent with every request, with the variables of ours written out.
    ///
    /// # Errors
    /// When one of them is not set, with its name.
    pub fn headers(
        &self,
        environment: &Environment,
    ) -> Result<Vec<(String, SecretString)>, String> {
        let headers = self.headers.iter();
        headers.map(|(name, text)| Ok((name.clone(), filled(text, environment)?))).collect()
    }

    /// The secret of the client that we are to it, with the variables of ours written out.
    ///
    /// # Errors
    /// When one of them is not set, with its name.
    pub fn client_secret(&self, environment: &Environment) -> Result<Option<SecretString>, String> {
        self.client_secret.as_ref().map(|it| filled(it, environment)).transpose()
    }

    /// What it is sent that nobody else may see: the variables of ours that its headers
    /// are made of, and the secret of the client that we are to it.
    pub fn secrets(&self, environment: &Environment) -> Vec<SecretString> {
        let sent = self.named_in_headers().into_iter().filter_map(|it| environment.secret(it));
        sent.chain(self.client_secret(environment).ok().flatten()).collect()
    }

    /// The names of the variables of ours that its headers are made of.
    pub fn named_in_headers(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for text in self.headers.values() {
            let mut rest = text.as_str();
            while let Some((_, name, after)) = variable(rest) {
                names.push(name);
                rest = after;
            }
        }
        names
    }

    /// What of it does not go together.
    fn fault(&self) -> Option<(&'static str, &'static str, &'static str)> {
        match &self.url {
            None if self.command.is_empty() => {
                Some(("", "it has neither a command nor a url", "say how it is started or reached"))
            }
            None if !self.headers.is_empty() => {
                Some(("headers", "headers go to a url", "give a process its variables by `passes`"))
            }
            Some(_) if !self.command.is_empty() => {
                Some(("url", "it has a command and a url", "keep one of the two"))
            }
            Some(_) if !self.env.is_empty() => {
                Some(("env", "what is reached by its address has no variables", "use headers"))
            }
            Some(_) if !self.passes.is_empty() => Some((
                "passes",
                "what is reached by its address has no variables",
                "use headers, as in Authorization = \"Bearer ${NAME}\"",
            )),
            _ => self.fault_of_signing_in(),
        }
    }

    /// The same, of how one is let in.
    fn fault_of_signing_in(&self) -> Option<(&'static str, &'static str, &'static str)> {
        let is_sent = |it: &String| it.eq_ignore_ascii_case("authorization");
        let lone = [
            ("client_id", self.client_id.is_some()),
            ("client_secret", self.client_secret.is_some()),
            ("scopes", !self.scopes.is_empty()),
            ("redirect_port", self.redirect_port.is_some()),
        ];
        match (self.auth, &self.url) {
            (Some(_), None) => {
                Some(("auth", "one signs in to a url", "give a process its key by `passes`"))
            }
            (Some(_), Some(_)) if self.headers.keys().any(is_sent) => Some((
                "headers",
                "it is signed in to, and has an Authorization header",
                "keep one of the two",
            )),
            (Some(_), Some(_)) if self.client_secret.is_some() && self.client_id.is_none() => {
                Some(("client_secret", "no client has this secret", "say its client_id, too"))
            }
            (Some(_), Some(_)) => None,
            (None, _) => lone.into_iter().find(|(_, is_there)| *is_there).map(|(key, _)| {
                (key, "nobody signs in to it", "say auth = \"oauth\", too, or take this out")
            }),
        }
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

    fn misnamed(&self, _: &Settings, layer: &DeTable<'_>) -> Vec<Blame> {
        let blame = |(name, server): (&String, &McpServer)| {
            let (key, message, mend) = server.fault()?;
            let whole = at(layer, &["mcp", name])?;
            let span = at(layer, &["mcp", name, key]).unwrap_or(whole).span();
            Some(Blame { span, message: message.to_owned(), mend: Some(mend.to_owned()) })
        };
        self.all.iter().filter_map(blame).collect()
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
        ["headers", _] => server?
            .headers
            .values()
            .any(|it| variable(it).is_some())
            .then(|| format!("a project file may not give `{name}` variables of yours")),
        ["auth"] => Some(format!("a project file may not have you sign in to `{name}`")),
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

/// The first variable in a text, what stands before it, and what behind.
fn variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// A header with its variables written out.
fn filled(text: &str, environment: &Environment) -> Result<SecretString, String> {
    let (mut value, mut rest) = (String::new(), text);
    while let Some((before, name, after)) = variable(rest) {
        let secret = environment.secret(name).ok_or_else(|| name.to_owned())?;
        value.push_str(before);
        value.push_str(secret.expose_secret());
        rest = after;
    }
    value.push_str(rest);
    Ok(value.into())
}

fn url<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<String>, D::Error> {
    let url = String::deserialize(reader)?;
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|it| it.split(['/', '?', '#']).next()).unwrap_or_default();
    if host.is_empty() || url.contains(char::is_whitespace) {
        return Err(D::Error::custom("expected an address, as in \"https://example.com/mcp\""));
    }
    if host.contains('@') {
        return Err(D::Error::custom(
            "a key has no place in an address: use headers, as in Authorization = \"Bearer ${NAME}\"",
        ));
    }
    Ok(Some(url))
}

/// What leave is asked for, in the letters that it may have (RFC 6749, section 3.3).
fn scopes<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    let scopes = Vec::<String>::deserialize(reader)?;
    let is_one = |it: &str| {
        !it.is_empty() && it.chars().all(|it| it.is_ascii_graphic() && it != '"' && it != '\\')
    };
    match scopes.iter().find(|it| !is_one(it)) {
        None => Ok(scopes),
        Some(wrong) => Err(D::Error::custom(format!(
            "expected scopes one by one, as in [\"read\", \"write\"], not {wrong:?}"
        ))),
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
