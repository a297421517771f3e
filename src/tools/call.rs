//! What a model asks a tool to do, read from its arguments.

use super::{
    arguments::{Arguments, not_an_object, read},
    mcp, spec,
};
use serde_json::{Map, Value};

/// A request of a model, understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Run a command in `sh`.
    Shell {
        /// As the shell reads it.
        command: String,
        /// Seconds until it is killed.
        timeout: Option<u64>,
        /// Why it has to leave its sandbox, if it has to.
        outside: Option<String>,
    },
    /// Read a file's lines.
    Read {
        /// The file.
        path: String,
        /// The first line, counted from 1.
        offset: Option<u64>,
        /// The most lines.
        limit: Option<u64>,
    },
    /// Make or replace a file.
    Write {
        /// The file.
        path: String,
        /// All of its new content.
        content: String,
    },
    /// Replace the one place where `old` stands.
    Edit {
        /// The file.
        path: String,
        /// Exactly what stands there.
        old: String,
        /// What is to stand there.
        new: String,
    },
    /// List a folder.
    List {
        /// The folder; the workspace when absent.
        path: Option<String>,
    },
    /// Find files by name.
    Glob {
        /// Such as `src/**/*.rs`.
        pattern: String,
    },
    /// Find lines by a regular expression.
    Search {
        /// The regular expression.
        pattern: String,
        /// A folder or a file to look in; the workspace when absent.
        path: Option<String>,
        /// Only files whose name fits.
        glob: Option<String>,
    },
    /// Say the work is over. The engine carries it out.
    Report {
        /// For the director.
        summary: String,
        /// Whether it went well; well when absent.
        outcome: Outcome,
        /// For the step that comes next.
        result: Option<Value>,
    },
    /// Ask the director. The engine carries it out.
    Ask {
        /// The question.
        question: String,
        /// Answers to choose from.
        options: Vec<String>,
    },
    /// Set another agent to work. The session carries it out.
    Spawn {
        /// The role.
        role: String,
        /// Its task.
        brief: String,
        /// Whether the call ends with what that one comes to.
        wait: bool,
    },
    /// See how those stand that were set to work. The session carries it out.
    AwaitAgents {
        /// Whom; all when empty.
        names: Vec<String>,
        /// Whether the call ends when they have.
        wait: bool,
    },
    /// Pass the work on. The session carries it out.
    HandOff {
        /// The role.
        to: String,
        /// What it needs to know.
        note: String,
        /// What goes with it.
        result: Option<Value>,
    },
    /// List what an MCP server has to be read.
    McpList {
        /// The server.
        server: String,
    },
    /// Read a resource of an MCP server.
    McpResource {
        /// The server.
        server: String,
        /// Its address.
        uri: String,
    },
    /// Read a prompt of an MCP server.
    McpPrompt {
        /// The server.
        server: String,
        /// Its name.
        prompt: String,
        /// What it is told.
        arguments: Map<String, Value>,
    },
    /// Call a tool that an MCP server lends.
    Lent {
        /// As the model calls it, with the server's name in it.
        name: String,
        /// Its arguments; the server alone knows what they mean.
        arguments: Map<String, Value>,
    },
}

/// How an agent says its work went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for is done.
    Succeeded,
    /// It is not.
    Failed,
}

/// A call and what of its arguments was not listened to.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What to do.
    pub call: Call,
    /// Names of arguments that the tool does not have, such as `sandbox`: a
    /// model can't grant itself anything, so they are ignored, and named in a warning.
    pub ignored: Vec<String>,
}

/// Why a call can't be understood; said to the model in these words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCall {
    /// There is no such tool.
    #[error("there is no tool `{name}`; there are {}", known.join(", "))]
    NoSuchTool {
        /// As the model named it.
        name: String,
        /// All there are.
        known: Vec<&'static str>,
    },
    /// The arguments are no JSON object.
    #[error("the arguments of `{tool}` must be a JSON object, not {found}")]
    NotAnObject {
        /// The tool.
        tool: String,
        /// What they are.
        found: &'static str,
    },
    /// A needed argument is absent.
    #[error("`{tool}` needs the argument `{argument}`")]
    Missing {
        /// The tool.
        tool: &'static str,
        /// The argument.
        argument: &'static str,
    },
    /// An argument has another shape than the tool's.
    #[error("`{argument}` of `{tool}` must be {wanted}, not {found}")]
    WrongShape {
        /// The tool.
        tool: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: &'static str,
    },
}

impl Call {
    /// Reads a model's call of the tool `name`.
    ///
    /// # Errors
    /// When there is no such tool, or an argument is missing or of another shape.
    pub fn parse(name: &str, arguments: &Value) -> Result<Parsed, BadCall> {
        if mcp::split(name).is_some() {
            return lent(name, arguments);
        }
        let Some(tool) = spec::tool(name) else {
            let known = spec::names().collect();
            return Err(BadCall::NoSuchTool { name: name.to_owned(), known });
        };
        let none = Map::new();
        let given = match arguments {
            Value::Object(given) => given,
            Value::Null => &none,
            other => return Err(not_an_object(tool, other)),
        };
        let call = read(Arguments { tool, given })?;
        let ignored = given.keys().filter(|key| !spec::has(tool, key)).cloned().collect();
        Ok(Parsed { call, ignored })
    }

    /// The tool's name.
    pub fn tool(&self) -> &str {
        match self {
            Self::Shell { .. } => "shell",
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::Edit { .. } => "edit",
            Self::List { .. } => "list",
            Self::Glob { .. } => "glob",
            Self::Search { .. } => "search",
            Self::Report { .. } => "report",
            Self::Ask { .. } => "ask",
            Self::Spawn { .. } => "spawn",
            Self::AwaitAgents { .. } => "await_agents",
            Self::HandOff { .. } => "hand_off",
            Self::McpList { .. } => "mcp_list",
            Self::McpResource { .. } | Self::McpPrompt { .. } => "mcp_read",
            Self::Lent { name, .. } => name,
        }
    }

    /// Whether an MCP server is called.
    pub const fn is_of_server(&self) -> bool {
        matches!(
            self,
            Self::Lent { .. }
                | Self::McpList { .. }
                | Self::McpResource { .. }
                | Self::McpPrompt { .. }
        )
    }

    /// The MCP server of which something is to be read.
    pub const fn server_to_read(&self) -> Option<&str> {
        match self {
            Self::McpList { server }
            | Self::McpResource { server, .. }
            | Self::McpPrompt { server, .. } => Some(server.as_str()),
            _ => None,
        }
    }

    /// One line for the pane: `cargo test`, `edit src/main.rs`. The model's own
    /// words stand in it, so it is foreign text.
    pub fn title(&self) -> String {
        let subject = match self {
            Self::Shell { command, .. } => return one_line(command),
            Self::Read { path, .. } | Self::Write { path, .. } | Self::Edit { path, .. } => path,
            Self::List { path } => path.as_deref().unwrap_or("."),
            Self::Glob { pattern } => pattern,
            Self::Search { pattern, path, .. } => {
                let place = path.as_ref().map(|path| format!(" in {path}")).unwrap_or_default();
                return one_line(&format!("search {pattern}{place}"));
            }
            Self::Report { summary, .. } => summary,
            Self::Ask { question, .. } => question,
            Self::Spawn { role, brief, .. } => return one_line(&format!("{role}: {brief}")),
            Self::AwaitAgents { names, .. } if names.is_empty() => {
                return "wait for all that work for it".to_owned();
            }
            Self::AwaitAgents { names, .. } => {
                return one_line(&format!("wait for {}", names.join(", ")));
            }
            Self::HandOff { to, .. } => return one_line(&format!("hand off to {to}")),
            Self::McpList { server } => return one_line(&format!("{server}: what is there?")),
            Self::McpResource { server, uri } => {
                return one_line(&format!("{server}: read {uri}"));
            }
            Self::McpPrompt { server, prompt, .. } => {
                return one_line(&format!("{server}: prompt {prompt}"));
            }
            Self::Lent { name, arguments } => {
                let (server, tool) = mcp::split(name).unwrap_or(("", name));
                let arguments = serde_json::to_string(arguments).unwrap_or_default();
                return one_line(&format!("{server}: {tool} {arguments}"));
            }
        };
        one_line(&format!("{} {subject}", self.tool()))
    }
}

/// A call of a tool that is not ours: what it takes is for its server to say.
fn lent(name: &str, arguments: &Value) -> Result<Parsed, BadCall> {
    let arguments = match arguments {
        Value::Object(given) => given.clone(),
        Value::Null => Map::new(),
        other => return Err(not_an_object(name, other)),
    };
    Ok(Parsed { call: Call::Lent { name: name.to_owned(), arguments }, ignored: Vec::new() })
}

/// The first line, with the number of those that follow.
fn one_line(text: &str) -> String {
    let text = text.trim();
    match text.lines().count() {
        0 | 1 => text.to_owned(),
        lines => format!("{} … {} more lines", text.lines().next().unwrap_or(""), lines - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_model_cannot_grant_itself_anything() {
        let asked = json!({"command": "ls", "sandbox": false, "dangerouslyDisableSandbox": true});
        let parsed = Call::parse("shell", &asked).unwrap();
        assert_eq!(parsed.call, Call::Shell { command: "ls".into(), timeout: None, outside: None });
        assert_eq!(parsed.ignored, ["sandbox", "dangerouslyDisableSandbox"]);
    }

    #[test]
    fn a_bad_call_says_what_was_expected() {
        let said = |name, arguments| Call::parse(name, &arguments).unwrap_err().to_string();
        assert_eq!(said("read", json!({})), "`read` needs the argument `path`");
        assert_eq!(
            said("read", json!({"path": 3})),
            "`path` of `read` must be a string, not a number"
        );
        assert_eq!(
            said("edit", json!(["a"])),
            "the arguments of `edit` must be a JSON object, not a list"
        );
        assert!(said("bash", json!({})).starts_with("there is no tool `bash`; there are shell, "));
        assert_eq!(
            said("read", json!({"path": "a", "offset": -1})),
            "`offset` of `read` must be a whole number, not a number"
        );
    }

    #[test]
    fn a_number_may_come_as_a_string() {
        let parsed = Call::parse("shell", &json!({"command": "ls", "timeout_s": "30"})).unwrap();
        assert_eq!(
            parsed.call,
            Call::Shell { command: "ls".into(), timeout: Some(30), outside: None }
        );
    }

    #[test]
    fn every_tool_that_is_told_of_can_be_called() {
        for spec in spec::specs() {
            let mut arguments = Map::new();
            for name in spec.schema["required"].as_array().unwrap() {
                arguments.insert(name.as_str().unwrap().to_owned(), json!("x"));
            }
            let parsed = Call::parse(spec.name, &Value::Object(arguments)).unwrap();
            assert_eq!(parsed.call.tool(), spec.name);
            assert_eq!(parsed.ignored, Vec::<String>::new());
        }
    }

    #[test]
    fn a_title_is_one_line() {
        let title = |name, arguments| Call::parse(name, &arguments).unwrap().call.title();
        assert_eq!(title("shell", json!({"command": "cargo test\n"})), "cargo test");
        assert_eq!(title("shell", json!({"command": "a\nb\nc"})), "a … 2 more lines");
        let edit = json!({"path": "src/main.rs", "old": "a", "new": "b"});
        assert_eq!(title("edit", edit), "edit src/main.rs");
        assert_eq!(title("list", json!({})), "list .");
    }
}
