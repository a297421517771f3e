//! A call as a model writes it: each argument is there, and of the shape it must have.

use super::call::{BadCall, Call, Outcome};
use serde_json::{Map, Value};

/// That what a model has given is no object.
pub(super) fn not_an_object(tool: &str, found: &Value) -> BadCall {
    BadCall::NotAnObject { tool: tool.to_owned(), found: shape(found) }
}

/// Reads a call of one of our own tools.
///
/// # Errors
/// When an argument is missing, or of another shape.
pub(super) fn read(arguments: Arguments<'_>) -> Result<Call, BadCall> {
    Ok(match arguments.tool {
        "shell" => Call::Shell {
            command: arguments.text("command")?,
            timeout: arguments.maybe_number("timeout_s")?,
            outside: arguments.maybe_text("outside")?,
        },
        "read" => Call::Read {
            path: arguments.text("path")?,
            offset: arguments.maybe_number("offset")?,
            limit: arguments.maybe_number("limit")?,
        },
        "write" => {
            Call::Write { path: arguments.text("path")?, content: arguments.text("content")? }
        }
        "edit" => Call::Edit {
            path: arguments.text("path")?,
            old: arguments.text("old")?,
            new: arguments.text("new")?,
        },
        "list" => Call::List { path: arguments.maybe_text("path")? },
        "glob" => Call::Glob { pattern: arguments.text("pattern")? },
        "search" => Call::Search {
            pattern: arguments.text("pattern")?,
            path: arguments.maybe_text("path")?,
            glob: arguments.maybe_text("glob")?,
        },
        "report" => Call::Report {
            summary: arguments.text("summary")?,
            outcome: arguments.outcome()?,
            result: arguments.given.get("result").filter(|result| !result.is_null()).cloned(),
        },
        "ask" => Call::Ask {
            question: arguments.text("question")?,
            options: arguments.texts("options")?,
        },
        "mcp_list" => Call::McpList { server: arguments.text("server")? },
        "mcp_read" => arguments.read_of_server()?,
        "spawn" => Call::Spawn {
            role: arguments.text("role")?,
            brief: arguments.text("brief")?,
            wait: arguments.flag("wait")?,
        },
        "await_agents" => {
            Call::AwaitAgents { names: arguments.texts("names")?, wait: arguments.flag("wait")? }
        }
        _ => Call::HandOff {
            to: arguments.text("to")?,
            note: arguments.text("note")?,
            result: arguments.given.get("result").filter(|result| !result.is_null()).cloned(),
        },
    })
}

/// What a model has given for what a tool takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments<'a> {
    /// The tool.
    pub(super) tool: &'static str,
    /// By their names.
    pub(super) given: &'a Map<String, Value>,
}

impl Arguments<'_> {
    fn text(self, argument: &'static str) -> Result<String, BadCall> {
        self.maybe_text(argument)?.ok_or(BadCall::Missing { tool: self.tool, argument })
    }

    fn maybe_text(self, argument: &'static str) -> Result<Option<String>, BadCall> {
        match self.given.get(argument) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.wrong(argument, "a string", other)),
        }
    }

    /// Some models write their numbers as strings, or with a fraction of zero.
    fn maybe_number(self, argument: &'static str) -> Result<Option<u64>, BadCall> {
        let given = match self.given.get(argument) {
            None | Some(Value::Null) => return Ok(None),
            Some(given) => given,
        };
        let number = match given {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => String::new(),
        };
        let whole = number.strip_suffix(".0").unwrap_or(&number).parse().ok();
        whole.map(Some).ok_or_else(|| self.wrong(argument, "a whole number", given))
    }

    fn outcome(self) -> Result<Outcome, BadCall> {
        let wanted = "\"succeeded\" or \"failed\"";
        match self.maybe_text("outcome")?.as_deref() {
            None | Some("succeeded") => Ok(Outcome::Succeeded),
            Some("failed") => Ok(Outcome::Failed),
            Some(_) => Err(BadCall::WrongShape {
                tool: self.tool,
                argument: "outcome",
                wanted,
                found: "another word",
            }),
        }
    }

    fn texts(self, argument: &'static str) -> Result<Vec<String>, BadCall> {
        let wanted = "a list of strings";
        match self.given.get(argument) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(texts)) => texts
                .iter()
                .map(|text| match text {
                    Value::String(text) => Ok(text.clone()),
                    other => Err(self.wrong(argument, wanted, other)),
                })
                .collect(),
            Some(other) => Err(self.wrong(argument, wanted, other)),
        }
    }

    /// Yes, where nothing else is said. Some models write it as a string.
    fn flag(self, argument: &'static str) -> Result<bool, BadCall> {
        match self.given.get(argument) {
            None | Some(Value::Null) => Ok(true),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            Some(other) => Err(self.wrong(argument, "true or false", other)),
        }
    }

    /// A resource, or a prompt: one of the two.
    fn read_of_server(self) -> Result<Call, BadCall> {
        let server = self.text("server")?;
        match (self.maybe_text("uri")?, self.maybe_text("prompt")?) {
            (None, Some(prompt)) => {
                let arguments = match self.given.get("arguments") {
                    None | Some(Value::Null) => Map::new(),
                    Some(Value::Object(arguments)) => arguments.clone(),
                    Some(other) => return Err(self.wrong("arguments", "an object", other)),
                };
                Ok(Call::McpPrompt { server, prompt, arguments })
            }
            (Some(uri), None) => Ok(Call::McpResource { server, uri }),
            (Some(_), Some(prompt)) => {
                Err(self.wrong("uri", "left out where a prompt is read", &prompt.into()))
            }
            (None, None) => Err(BadCall::Missing { tool: self.tool, argument: "uri" }),
        }
    }

    fn wrong(self, argument: &'static str, wanted: &'static str, found: &Value) -> BadCall {
        BadCall::WrongShape { tool: self.tool, argument, wanted, found: shape(found) }
    }
}

fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
