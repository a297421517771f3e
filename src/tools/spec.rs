//! What a model is told of each tool: its name, what it does, the shape of its arguments.

use serde_json::{Map, Value, json};

/// One tool, as a model is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// What the model calls it by.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// A JSON schema of its arguments.
    pub schema: Value,
}

/// An argument: its name, the JSON schema's type, what it means, whether it must be given.
type Argument = (&'static str, Kind, &'static str, bool);

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Texts,
    Flag,
    Outcome,
    Anything,
}

const TOOLS: &[(&str, &str, &[Argument])] = &[
    (
        "shell",
        "Run a command with `sh -c` in the workspace. Its output comes back with its exit \
         status; of a long output, the beginning and the end. It has no terminal and no input. \
         Background processes are ended when the command ends.",
        &[
            ("command", Kind::Text, "The command.", true),
            ("timeout_s", Kind::Number, "Seconds until it is killed.", false),
            (
                "outside",
                Kind::Text,
                "Only for a command that its sandbox made fail, because it needs the network or \
                 files outside the workspace: what for. The director is asked.",
                false,
            ),
        ],
    ),
    (
        "read",
        "Read a text file of the workspace.",
        &[
            ("path", Kind::Text, "The file, from the workspace's folder.", true),
            ("offset", Kind::Number, "The first line to read, counted from 1.", false),
            ("limit", Kind::Number, "The most lines to read.", false),
        ],
    ),
    (
        "write",
        "Make a file with this content, or replace all of its content. Missing folders are made.",
        &[
            ("path", Kind::Text, "The file, from the workspace's folder.", true),
            ("content", Kind::Text, "The whole new content.", true),
        ],
    ),
    (
        "edit",
        "Replace a piece of a file. `old` must stand in it exactly once, to the blank: give \
         enough lines around the change to make it unique.",
        &[
            ("path", Kind::Text, "The file, from the workspace's folder.", true),
            ("old", Kind::Text, "Exactly what stands there now.", true),
            ("new", Kind::Text, "What is to stand there.", true),
        ],
    ),
    (
        "list",
        "List what lies in a folder; folders end with `/`.",
        &[("path", Kind::Text, "The folder; the workspace's when not given.", false)],
    ),
    (
        "glob",
        "Find files by name, such as `src/**/*.rs`. What git ignores is left out.",
        &[("pattern", Kind::Text, "The pattern, from the workspace's folder.", true)],
    ),
    (
        "search",
        "Find lines by a regular expression (Rust syntax). What git ignores is left out.",
        &[
            ("pattern", Kind::Text, "The regular expression.", true),
            ("path", Kind::Text, "A folder or a file to look in.", false),
            ("glob", Kind::Text, "Only files that fit, such as `*.rs`.", false),
        ],
    ),
    (
        "report",
        "Say that the work is over, and how it went. Call it once, at the end.",
        &[
            ("summary", Kind::Text, "What was done, for a person to read.", true),
            ("outcome", Kind::Outcome, "Whether what was asked for is done.", false),
            ("result", Kind::Anything, "A typed result for whoever goes on from here.", false),
        ],
    ),
    (
        "ask",
        "Ask the director, and wait for the answer. Only for what can't be found out otherwise.",
        &[
            ("question", Kind::Text, "The question.", true),
            ("options", Kind::Texts, "Answers to choose from.", false),
        ],
    ),
    (
        "spawn",
        "Set another agent to work for you, on a task of its own. It knows nothing but its brief: \
         say all that it needs. What it costs is taken from your budget. When you end, those that \
         still work for you are stopped.",
        &[
            ("role", Kind::Text, "The role.", true),
            ("brief", Kind::Text, "Its whole task, with what it is to hand back.", true),
            (
                "wait",
                Kind::Flag,
                "false: it works while you go on. Else the call ends with what it comes to.",
                false,
            ),
        ],
    ),
    (
        "await_agents",
        "Wait for the agents that work for you, and hear what each came to.",
        &[
            ("names", Kind::Texts, "Whom; all when not given.", false),
            ("wait", Kind::Flag, "false: don't wait, and hear how they stand now.", false),
        ],
    ),
    (
        "hand_off",
        "Hand off all of your work to another role, which goes on where you stand. You are done \
         then: call it last. Only where another is better at what is left to do.",
        &[
            ("to", Kind::Text, "The role.", true),
            ("note", Kind::Text, "What is done, what is left, and what to look out for.", true),
            ("result", Kind::Anything, "What you have so far, typed.", false),
        ],
    ),
];

/// The tools by which is read what MCP servers have.
const READERS: &[(&str, &str, &[Argument])] = &[
    (
        "mcp_list",
        "List what an MCP server has to be read: resources, templates of their addresses, and \
         prompts.",
        &[("server", Kind::Text, "The server.", true)],
    ),
    (
        "mcp_read",
        "Read a resource of an MCP server, or one of its prompts.",
        &[
            ("server", Kind::Text, "The server.", true),
            ("uri", Kind::Text, "The address of the resource.", false),
            ("prompt", Kind::Text, "The name of the prompt, instead of an address.", false),
            ("arguments", Kind::Anything, "What the prompt is told, as texts by name.", false),
        ],
    ),
];

/// The tools by which is read what these MCP servers have.
pub fn readers(servers: &[&str]) -> Vec<Spec> {
    let mut specs: Vec<_> = READERS.iter().map(spec).collect();
    for spec in &mut specs {
        if let Some(server) = spec.schema.pointer_mut("/properties/server") {
            server["enum"] = json!(servers);
        }
    }
    specs
}

/// All tools of a native agent.
pub fn specs() -> Vec<Spec> {
    TOOLS.iter().map(spec).collect()
}

fn spec((name, description, arguments): &(&'static str, &'static str, &[Argument])) -> Spec {
    Spec { name, description, schema: schema(arguments) }
}

/// The names of all tools.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TOOLS.iter().map(|(name, ..)| *name)
}

/// The tool of this name, by our own copy of the name.
pub(super) fn tool(name: &str) -> Option<&'static str> {
    names().chain(READERS.iter().map(|(name, ..)| *name)).find(|known| *known == name)
}

/// Whether a tool has an argument of this name.
pub(super) fn has(tool: &str, argument: &str) -> bool {
    TOOLS
        .iter()
        .chain(READERS)
        .filter(|(name, ..)| *name == tool)
        .any(|(.., arguments)| arguments.iter().any(|(name, ..)| *name == argument))
}

fn schema(arguments: &[Argument]) -> Value {
    let mut properties = Map::new();
    for (name, kind, meaning, _) in arguments {
        properties.insert((*name).to_owned(), property(*kind, meaning));
    }
    let needed = arguments.iter().filter(|(.., is_needed)| *is_needed).map(|(name, ..)| *name);
    json!({
        "type": "object",
        "properties": properties,
        "required": needed.collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn property(kind: Kind, meaning: &str) -> Value {
    match kind {
        Kind::Text => json!({"type": "string", "description": meaning}),
        Kind::Number => json!({"type": "integer", "minimum": 0, "description": meaning}),
        Kind::Texts => {
            json!({"type": "array", "items": {"type": "string"}, "description": meaning})
        }
        Kind::Flag => json!({"type": "boolean", "description": meaning}),
        Kind::Outcome => {
            json!({"type": "string", "enum": ["succeeded", "failed"], "description": meaning})
        }
        Kind::Anything => json!({"type": "object", "description": meaning}),
    }
}
