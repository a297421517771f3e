//! What Codex asks leave for, in the terms of our policy, and its answers.

use super::{item::unwrapped, said::text};
use crate::tools::{mcp::PREFIX, policy::Access};
use serde_json::{Value, json};

/// Whom to answer, and in which words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    /// Codex's number of the request.
    pub(super) id: Value,
    pub(super) words: Words,
    /// The tool call it is about, by Codex's name.
    pub(super) item: String,
}

/// How an answer is said.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Words {
    /// Accept or decline.
    Decision,
    /// The permissions that were asked for, or none.
    Permissions(Value),
    /// To a tool server's question.
    Elicitation,
    /// The answer to this one of several questions.
    Question(String),
}

/// A request for leave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wish {
    pub(super) key: Key,
    pub(super) accesses: Vec<Access>,
    /// What it would do, in full, where that is more than the accesses.
    pub(super) shown: Option<String>,
}

/// A question for the director.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) options: Vec<String>,
}

/// Reads a request for leave. `open` is what is known of the tool call: a
/// command, the paths it would change, and how. None for one that is not known.
pub(super) fn wish(
    (id, method): (&Value, &str),
    parameters: &Value,
    (paths, diff): (&[String], &str),
) -> Option<Wish> {
    let item = text(parameters, "/itemId");
    let key = |words| Key { id: id.clone(), words, item: item.clone() };
    Some(match method {
        "item/commandExecution/requestApproval" => {
            let (accesses, shown) = command(parameters);
            Wish { key: key(Words::Decision), accesses, shown }
        }
        "item/fileChange/requestApproval" => {
            let write = |path: &String| Access::Write { path: path.clone() };
            let root = text(parameters, "/grantRoot");
            let root = (!root.is_empty()).then_some(root);
            let accesses: Vec<_> = paths.iter().chain(&root).map(write).collect();
            let accesses =
                if accesses.is_empty() { vec![tool("apply_patch", parameters)] } else { accesses };
            let shown = (!diff.is_empty()).then(|| diff.to_owned());
            Wish { key: key(Words::Decision), accesses, shown }
        }
        "item/permissions/requestApproval" => {
            let wanted = parameters.get("permissions").cloned().unwrap_or_default();
            let accesses = vec![tool("request_permissions", &wanted)];
            Wish { key: key(Words::Permissions(wanted)), accesses, shown: None }
        }
        "mcpServer/elicitation/request" => {
            let accesses = vec![served(parameters)];
            Wish { key: key(Words::Elicitation), accesses, shown: None }
        }
        _ => return None,
    })
}

/// What a command does, and what there is to say beside the command itself.
fn command(parameters: &Value) -> (Vec<Access>, Option<String>) {
    let host = text(parameters, "/networkApprovalContext/host");
    if !host.is_empty() {
        return (vec![Access::Network { host }], None);
    }
    let line = unwrapped(&text(parameters, "/command"));
    if line.is_empty() || text(parameters, "/kind") == "stdin" {
        return (vec![tool("write_stdin", parameters)], None);
    }
    let run = Access::Run { command: line.clone() };
    match parameters.get("additionalPermissions").filter(|it| !it.is_null()) {
        None => (vec![run], None),
        Some(more) => {
            let shown = format!("{line}\nwith more permissions: {more}");
            (vec![run, tool("request_permissions", more)], Some(shown))
        }
    }
}

/// What an MCP server is to do: a call of one of its tools, or something it asks for.
fn served(parameters: &Value) -> Access {
    let server = text(parameters, "/serverName");
    if text(parameters, "/_meta/codex_approval_kind") != "mcp_tool_call" {
        return tool(&server, parameters);
    }
    let name = text(parameters, "/_meta/tool_name");
    let arguments = parameters.pointer("/_meta/tool_params").cloned().unwrap_or_default();
    tool(&format!("{PREFIX}{server}__{name}"), &arguments)
}

fn tool(name: &str, arguments: &Value) -> Access {
    Access::Tool { name: name.to_owned(), arguments: arguments.to_string() }
}

/// The answer to a request for leave.
pub(super) fn answer(words: &Words, may: bool) -> Value {
    match words {
        Words::Decision => json!({ "decision": if may { "accept" } else { "decline" } }),
        Words::Permissions(wanted) if may => json!({ "permissions": wanted, "scope": "turn" }),
        Words::Permissions(_) => json!({ "permissions": {} }),
        Words::Elicitation if may => json!({ "action": "accept", "content": {} }),
        Words::Elicitation => json!({ "action": "decline" }),
        Words::Question(_) => json!({ "answers": {} }),
    }
}

/// The questions of a request for the director's words.
pub(super) fn questions(parameters: &Value) -> Vec<Question> {
    let all = parameters.get("questions").and_then(Value::as_array);
    let read = |it: &Value| {
        let options = it.get("options").and_then(Value::as_array).into_iter().flatten();
        let (header, question) = (text(it, "/header"), text(it, "/question"));
        Question {
            id: text(it, "/id"),
            text: if header.is_empty() { question } else { format!("{header}: {question}") },
            options: options.map(|it| text(it, "/label")).collect(),
        }
    };
    all.into_iter().flatten().map(read).collect()
}
