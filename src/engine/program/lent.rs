//! The MCP servers that a program of others is given, each in the program's own words.
//! Nothing secret stands in them: a program has a server's variables in its
//! environment, and is told their names.

use serde_json::{Map, Value, json};
use std::ffi::OsString;

/// A server that a program starts, or reaches, by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LentServer {
    /// What config calls it.
    pub name: String,
    /// How it is reached.
    pub way: LentWay,
    /// The tools that it may have of it; all when absent.
    pub tools: Option<Vec<String>>,
}

/// How such a server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LentWay {
    /// It is started.
    Process {
        /// The program and its arguments.
        argv: Vec<String>,
        /// What it has of the program's environment.
        variables: Vec<String>,
    },
    /// It runs elsewhere, and speaks streamable HTTP.
    Http {
        /// Its address.
        url: String,
        /// What is sent with every request; `${NAME}` is a variable of the program's.
        headers: Vec<(String, String)>,
    },
}

/// The servers as Claude Code takes them: a table of names, which it fills itself from
/// its environment. None where there are none.
///
/// # Errors
/// What it can't be told, in words for the director.
pub fn for_claude(servers: &[LentServer]) -> Result<Option<String>, String> {
    if servers.is_empty() {
        return Ok(None);
    }
    let mut all = Map::new();
    for server in servers {
        must_have_all(server, "Claude Code")?;
        let told = match &server.way {
            LentWay::Process { argv, variables } => {
                let env: Map<_, _> =
                    variables.iter().map(|it| (it.clone(), format!("${{{it}}}").into())).collect();
                let (command, args) = (argv.first(), argv.get(1..));
                json!({ "type": "stdio", "command": command, "args": args, "env": env })
            }
            LentWay::Http { url, headers } => {
                let headers: Map<_, _> = headers
                    .iter()
                    .map(|(name, text)| (name.clone(), text.as_str().into()))
                    .collect();
                json!({ "type": "http", "url": url, "headers": headers })
            }
        };
        all.insert(server.name.clone(), told);
    }
    Ok(Some(json!({ "mcpServers": all }).to_string()))
}

/// The servers as Codex takes them: one flag for each key of its config.
///
/// # Errors
/// What it can't be told, in words for the director.
pub fn for_codex(servers: &[LentServer]) -> Result<Vec<OsString>, String> {
    let mut flags: Vec<OsString> = Vec::new();
    for server in servers {
        let mut set = |key: &str, value: Value| {
            // What is JSON here is TOML, too: texts, lists of texts.
            flags.push("-c".into());
            flags.push(format!("mcp_servers.{}.{key}={value}", server.name).into());
        };
        match &server.way {
            LentWay::Process { argv, variables } => {
                set("command", json!(argv.first()));
                set("args", json!(argv.get(1..)));
                set("env_vars", json!(variables));
            }
            LentWay::Http { url, headers } => {
                set("url", json!(url));
                for (name, text) in headers {
                    match header(name, text) {
                        Some(Header::Bearer(variable)) => {
                            set("bearer_token_env_var", json!(variable));
                        }
                        Some(Header::Variable(variable)) => {
                            set(&format!("env_http_headers.{name}"), json!(variable));
                        }
                        Some(Header::Plain) => set(&format!("http_headers.{name}"), json!(text)),
                        None => return Err(unsendable(server, name)),
                    }
                }
            }
        }
        // What a server says of its harm would let its tools run unasked.
        set("default_tools_approval_mode", json!("prompt"));
        if let Some(tools) = &server.tools {
            set("enabled_tools", json!(tools));
        }
    }
    Ok(flags)
}

/// The servers as the Agent Client Protocol takes them, over the program's own input.
///
/// # Errors
/// What an agent can't be told, in words for the director.
pub fn for_acp(servers: &[LentServer], environment: &[(String, String)]) -> Result<Value, String> {
    let value = |name: &str| environment.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let told = |server: &LentServer| {
        must_have_all(server, "an agent of this protocol")?;
        Ok(match &server.way {
            LentWay::Process { argv, variables } => {
                let pair = |name: &String| Some(json!({ "name": name, "value": value(name)? }));
                let env: Vec<_> = variables.iter().filter_map(pair).collect();
                let (command, args) = (argv.first(), argv.get(1..));
                json!({ "name": server.name, "command": command, "args": args, "env": env })
            }
            LentWay::Http { url, headers } => {
                let pair = |(name, text): &(String, String)| {
                    let filled = match header(name, text) {
                        Some(Header::Plain) => Some(text.clone()),
                        Some(Header::Variable(it)) => value(&it).map(ToOwned::to_owned),
                        Some(Header::Bearer(it)) => value(&it).map(|it| format!("Bearer {it}")),
                        None => None,
                    };
                    let filled = filled.ok_or_else(|| unsendable(server, name))?;
                    Ok::<_, String>(json!({ "name": name, "value": filled }))
                };
                let headers = headers.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
                json!({ "type": "http", "name": server.name, "url": url, "headers": headers })
            }
        })
    };
    servers.iter().map(told).collect::<Result<Vec<_>, String>>().map(Value::Array)
}

/// What a header is made of.
enum Header {
    /// No variable.
    Plain,
    /// One, and nothing else.
    Variable(String),
    /// One that lets us in.
    Bearer(String),
}

/// None where a header is made of more than that.
fn header(name: &str, text: &str) -> Option<Header> {
    if !text.contains("${") {
        return Some(Header::Plain);
    }
    let only = |text: &str| {
        let variable = text.trim().strip_prefix("${")?.strip_suffix('}')?;
        (!variable.contains(['$', '{', '}'])).then(|| variable.to_owned())
    };
    match text.strip_prefix("Bearer ") {
        Some(rest) if name.eq_ignore_ascii_case("authorization") => only(rest).map(Header::Bearer),
        _ => only(text).map(Header::Variable),
    }
}

fn unsendable(server: &LentServer, header: &str) -> String {
    format!(
        "it can't be given the MCP server `{}`: its header {header} must be one ${{NAME}} alone, \
         or \"Bearer ${{NAME}}\", with NAME set where auteur was started",
        server.name
    )
}

fn must_have_all(server: &LentServer, who: &str) -> Result<(), String> {
    if server.tools.is_none() {
        return Ok(());
    }
    Err(format!(
        "{who} can't be held to some tools of the MCP server `{}`: leave `tools` out in mcp.toml, \
         and deny the others, as in permissions = {{ deny = [\"tool(mcp__{}__NAME)\"] }}",
        server.name, server.name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near() -> LentServer {
        let argv = ["npx", "-y", "files"].map(ToOwned::to_owned).to_vec();
        let way = LentWay::Process { argv, variables: vec!["FILES_KEY".into()] };
        LentServer { name: "files".into(), way, tools: None }
    }

    fn far(header: &str, text: &str) -> LentServer {
        let (url, headers) = ("https://far.example/mcp".into(), vec![(header.into(), text.into())]);
        LentServer { name: "far".into(), way: LentWay::Http { url, headers }, tools: None }
    }

    #[test]
    fn no_program_is_told_a_value_where_others_could_read_it() {
        let servers = [near(), far("Authorization", "Bearer ${FAR_KEY}")];
        let claude: Value = serde_json::from_str(&for_claude(&servers).unwrap().unwrap()).unwrap();
        let expected = json!({ "mcpServers": {
            "files": {
                "type": "stdio", "command": "npx", "args": ["-y", "files"],
                "env": { "FILES_KEY": "${FILES_KEY}" },
            },
            "far": {
                "type": "http", "url": "https://far.example/mcp",
                "headers": { "Authorization": "Bearer ${FAR_KEY}" },
            },
        } });
        assert_eq!(claude, expected);
        let codex = for_codex(&servers).unwrap();
        let codex: Vec<_> = codex.iter().map(|it| it.to_str().unwrap()).collect();
        assert_eq!(
            codex.join(" "),
            "-c mcp_servers.files.command=\"npx\" -c mcp_servers.files.args=[\"-y\",\"files\"] -c \
             mcp_servers.files.env_vars=[\"FILES_KEY\"] -c \
             mcp_servers.files.default_tools_approval_mode=\"prompt\" -c \
             mcp_servers.far.url=\"https://far.example/mcp\" -c \
             mcp_servers.far.bearer_token_env_var=\"FAR_KEY\" -c \
             mcp_servers.far.default_tools_approval_mode=\"prompt\""
        );
    }

    #[test]
    fn an_acp_agent_is_told_the_values_over_its_own_input() {
        let environment = [("FILES_KEY", "one"), ("FAR_KEY", "two")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let servers = [near(), far("X-Key", "${FAR_KEY}")];
        let told = for_acp(&servers, &environment).unwrap();
        assert_eq!(told[0]["env"], json!([{ "name": "FILES_KEY", "value": "one" }]));
        assert_eq!(told[1]["headers"], json!([{ "name": "X-Key", "value": "two" }]));
        assert!(for_acp(&servers, &[]).unwrap_err().contains("with NAME set"));
    }

    #[test]
    fn what_a_program_can_t_be_held_to_is_said() {
        let some = LentServer { tools: Some(vec!["read".into()]), ..near() };
        assert!(for_claude(std::slice::from_ref(&some)).unwrap_err().contains("leave `tools` out"));
        assert!(for_acp(std::slice::from_ref(&some), &[]).is_err());
        let codex = for_codex(&[some]).unwrap();
        assert_eq!(codex.last().unwrap(), "mcp_servers.files.enabled_tools=[\"read\"]");
        let mixed = far("X-Key", "a-${ONE}-${TWO}");
        assert!(for_codex(&[mixed]).unwrap_err().contains("must be one ${NAME} alone"));
    }
}
