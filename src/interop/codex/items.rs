//! The items of a conversation, as the service has them.

use crate::{
    interop::fields::{items, maybe, text},
    text::one_line,
};
use serde_json::Value;
use std::borrow::Cow;

/// A title's width at most, in columns.
const TITLE: usize = 200;
/// How messages begin that no user has written.
const CONTEXTS: [&str; 7] = [
    "<environment_context>",
    "<user_instructions>",
    "<skills_instructions>",
    "<permissions instructions>",
    "<collaboration_mode>",
    "<turn_aborted>",
    "# AGENTS.md instructions",
];

/// What an item is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item<'record> {
    Said(String),
    Thought(String),
    Prompt(String),
    /// What the program tells the model by itself.
    Context(String),
    /// A call that the program sees to.
    Call {
        id: &'record str,
        tool: &'record str,
        title: String,
        input: Cow<'record, Value>,
    },
    /// A call that the service has seen to.
    Done {
        tool: &'record str,
        title: String,
        input: Cow<'record, Value>,
    },
    Ended {
        id: &'record str,
        ok: bool,
        text: String,
    },
    /// Nothing to be read.
    Quiet,
    /// Nothing known.
    Strange,
}

impl Item<'_> {
    /// Whether a model has made it.
    pub(super) const fn is_of_an_answer(&self) -> bool {
        matches!(self, Self::Said(_) | Self::Thought(_) | Self::Call { .. } | Self::Done { .. })
    }
}

/// Reads an item.
pub(super) fn read(item: &Value) -> Item<'_> {
    match text(&item["type"]) {
        "message" => message(item),
        "agent_message" => Item::Context(words(&item["content"])),
        "reasoning" => thought(item),
        "function_call" => call(item, parsed(&item["arguments"])),
        "custom_tool_call" | "tool_call" => call(item, Cow::Borrowed(input_of(item))),
        "local_shell_call" => {
            let (id, tool, input) = (text(&item["call_id"]), "local_shell", &item["action"]);
            let title = title(tool, input);
            Item::Call { id, tool, title, input: Cow::Borrowed(input) }
        }
        "tool_search_call" => call(item, Cow::Borrowed(&item["arguments"])),
        "web_search_call" => done("web_search", &item["action"]),
        "image_generation_call" => done("image_generation", &item["revised_prompt"]),
        "tool_result" => ended(item, &item["result"]),
        kind if kind.ends_with("_output") => ended(item, &item["output"]),
        "ghost_snapshot" | "compaction" | "compaction_summary" | "context_compaction" => {
            Item::Quiet
        }
        _ => Item::Strange,
    }
}

fn message(item: &Value) -> Item<'_> {
    let words = words(&item["content"]);
    let is_context = CONTEXTS.iter().any(|it| words.trim_start().starts_with(it));
    match text(&item["role"]) {
        _ if words.trim().is_empty() => Item::Quiet,
        "assistant" => Item::Said(words),
        "user" if !is_context => Item::Prompt(words),
        _ => Item::Context(words),
    }
}

fn thought(item: &Value) -> Item<'_> {
    let (summary, content) = (words(&item["summary"]), words(&item["content"]));
    let words = if summary.is_empty() { content } else { summary };
    if words.is_empty() { Item::Quiet } else { Item::Thought(words) }
}

fn input_of(item: &Value) -> &Value {
    if item["input"].is_null() { &item["arguments"] } else { &item["input"] }
}

/// Arguments are JSON in a text; what is none stays a text.
fn parsed(arguments: &Value) -> Cow<'_, Value> {
    let read = arguments.as_str().and_then(|it| serde_json::from_str(it).ok());
    read.map_or(Cow::Borrowed(arguments), Cow::Owned)
}

fn call<'record>(item: &'record Value, input: Cow<'record, Value>) -> Item<'record> {
    let names = [&item["name"], &item["function"]["name"]];
    let tool = names.into_iter().find_map(maybe).unwrap_or("tool_search");
    let title = title(tool, &input);
    Item::Call { id: text(&item["call_id"]), tool, title, input }
}

fn done<'record>(tool: &'record str, input: &'record Value) -> Item<'record> {
    Item::Done { tool, title: title(tool, input), input: Cow::Borrowed(input) }
}

/// One line for the pane: the command alone, of what runs one.
fn title(tool: &str, input: &Value) -> String {
    let command = &input["command"];
    // The last word of a shell's command line is what it runs.
    let words = command.as_array().and_then(|it| it.last()).and_then(Value::as_str);
    let command = words.or_else(|| maybe(command)).or_else(|| maybe(&input["cmd"]));
    if let Some(command) = command {
        return one_line(command, TITLE);
    }
    let mut texts = input.as_object().into_iter().flat_map(|it| it.values());
    let first = input.as_str().or_else(|| texts.find_map(Value::as_str)).unwrap_or_default();
    one_line(&format!("{tool} {first}"), TITLE)
}

fn ended<'record>(item: &'record Value, output: &Value) -> Item<'record> {
    let id = text(&item["call_id"]);
    // Older ones put the output and its exit code into JSON in a text.
    let inner = output.as_str().and_then(|it| serde_json::from_str::<Value>(it).ok());
    let told = inner.as_ref().filter(|it| it["output"].is_string()).unwrap_or(output);
    let code = [&told["metadata"]["exit_code"], &told["exitCode"]];
    let code = code.into_iter().find_map(Value::as_i64);
    let text = match told {
        Value::String(text) => text.clone(),
        Value::Array(_) => words(told),
        told => {
            let texts = [&told["output"], &told["content"], &told["stdout"]];
            texts.into_iter().find_map(maybe).map_or_else(|| told.to_string(), str::to_owned)
        }
    };
    let code = code.or_else(|| exit_code(&text));
    let ok = told["success"].as_bool().unwrap_or_else(|| code.unwrap_or(0) == 0);
    Item::Ended { id, ok, text }
}

/// The exit code that newer ones tell in words before the output.
fn exit_code(text: &str) -> Option<i64> {
    let mut head = text.lines().take_while(|it| !it.starts_with("Output:"));
    let code = head.find_map(|it| it.strip_prefix("Process exited with code "))?;
    code.trim().parse().ok()
}

/// The words of blocks.
fn words(content: &Value) -> String {
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let texts = items(content).iter().map(|block| match block["text"].as_str() {
        Some(text) => text.to_owned(),
        None => format!("[{}]", text(&block["type"])),
    });
    texts.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_exit_code_is_found_where_each_version_puts_it() {
        let outputs = [
            json!("{\"output\":\"x\",\"metadata\":{\"exit_code\":1}}"),
            json!("Wall time: 0\nProcess exited with code 1\nOutput:\nx"),
            json!({ "content": "x", "success": false }),
            json!({ "stdout": "x", "exitCode": 1 }),
        ];
        for output in outputs {
            let item = json!({ "type": "function_call_output", "call_id": "a", "output": output });
            let Item::Ended { id, ok, text } = read(&item) else { panic!("{item}") };
            assert_eq!((id, ok, text.ends_with('x')), ("a", false, true), "{text}");
        }
        let printed = json!({ "type": "function_call_output", "output": "Output:\nProcess exited with code 1" });
        assert!(matches!(read(&printed), Item::Ended { ok: true, .. }));
    }
}
