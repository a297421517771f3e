//! What Cursor's command line says, in our words.

use crate::{model::Usage, text::one_line};
use serde_json::Value;

/// How wide a call's title may be, in cells.
const TITLE: usize = 160;

/// A line of its stream.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    /// It has begun: its session, and the model that it calls.
    Began {
        session: String,
        model: String,
    },
    Words(String),
    Thought(String),
    /// A tool has begun.
    Called {
        id: String,
        tool: String,
        title: String,
        input: Value,
    },
    /// A tool has ended.
    Ended {
        id: String,
        ok: bool,
        text: String,
    },
    /// The prompt is answered.
    Done {
        is_error: bool,
        text: String,
        usage: Usage,
    },
    /// Known, and of no use here.
    Nothing,
    /// Not known: what it calls itself.
    Strange(String),
}

/// Reads a line.
pub(super) fn read(line: &Value) -> Said {
    let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (kind, subtype) = (text("type"), text("subtype"));
    match (kind.as_str(), subtype.as_str()) {
        ("system", "init") => Said::Began { session: text("session_id"), model: text("model") },
        ("assistant", _) => Said::Words(words(line)),
        ("thinking", "delta") => Said::Thought(text("text")),
        ("user" | "thinking", _) => Said::Nothing,
        ("tool_call", "started") => called(line, text("call_id")),
        ("tool_call", "completed") => ended(line, text("call_id")),
        ("result", _) => Said::Done {
            is_error: line.get("is_error").and_then(Value::as_bool).unwrap_or(subtype != "success"),
            text: text("result"),
            usage: line.get("usage").map(usage).unwrap_or_default(),
        },
        _ => Said::Strange(one_line(format!("{kind} {subtype}").trim(), 80)),
    }
}

fn words(line: &Value) -> String {
    let content = line.pointer("/message/content").and_then(Value::as_array);
    let texts = content.into_iter().flatten().filter_map(|it| it.get("text")?.as_str());
    texts.collect()
}

/// A call stands under its tool's name: `{"readToolCall": {"args": …}}`.
fn tool(line: &Value) -> Option<(&str, &Value)> {
    let call = line.get("tool_call")?.as_object()?;
    let (name, call) = call.iter().find(|(_, it)| it.is_object())?;
    Some((name.strip_suffix("ToolCall").unwrap_or(name), call))
}

fn called(line: &Value, id: String) -> Said {
    let Some((tool, call)) = tool(line) else {
        return Said::Strange("tool_call started".to_owned());
    };
    let input = call.get("args").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let about = ["command", "path", "pattern", "query", "url"];
    let about = about.iter().find_map(|it| input.get(it)?.as_str()).unwrap_or_default();
    let title = one_line(format!("{tool} {about}").trim(), TITLE);
    Said::Called { id, tool: one_line(tool, 80), title, input }
}

fn ended(line: &Value, id: String) -> Said {
    let result = tool(line).and_then(|(_, call)| call.get("result"));
    let success = result.and_then(|it| it.get("success"));
    let shown = success.or(result).map(output).unwrap_or_default();
    let code = success.and_then(|it| it.get("exitCode")).and_then(Value::as_i64).unwrap_or(0);
    Said::Ended { id, ok: success.is_some() && code == 0, text: shown }
}

/// The text of a result, or all of it.
fn output(result: &Value) -> String {
    let names = ["content", "stdout", "output", "message", "error"];
    let text = names.iter().find_map(|it| result.get(it)?.as_str());
    text.or_else(|| result.as_str()).map_or_else(|| result.to_string(), str::to_owned)
}

fn usage(counted: &Value) -> Usage {
    let read = |name: &str| counted.get(name).and_then(Value::as_u64).unwrap_or_default();
    Usage {
        input: read("inputTokens"),
        cache_read: read("cacheReadTokens"),
        cache_write_5m: read("cacheWriteTokens"),
        output: read("outputTokens"),
        ..Usage::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn its_documented_lines_are_understood() {
        let began = json!({"type":"system","subtype":"init","session_id":"s1","model":"m","cwd":"/w","apiKeySource":"login","permissionMode":"default"});
        assert_eq!(read(&began), Said::Began { session: "s1".into(), model: "m".into() });
        let words = json!({"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"hi"}]}});
        assert_eq!(read(&words), Said::Words("hi".into()));
        let call = json!({"type":"tool_call","subtype":"started","call_id":"c-1","tool_call":{"readToolCall":{"args":{"path":"a"}}}});
        let (id, title) = ("c-1".to_owned(), "read a".to_owned());
        let called = Said::Called { id, tool: "read".into(), title, input: json!({"path":"a"}) };
        assert_eq!(read(&call), called);
        let end = json!({"type":"tool_call","subtype":"completed","call_id":"c-1","tool_call":{"readToolCall":{"args":{"path":"a"},"result":{"success":{"content":"text"}}}}});
        assert_eq!(read(&end), Said::Ended { id: "c-1".into(), ok: true, text: "text".into() });
        let done = json!({"type":"result","subtype":"success","is_error":false,"duration_ms":2000,"result":"ok","session_id":"s1"});
        let usage = Usage::default();
        assert_eq!(read(&done), Said::Done { is_error: false, text: "ok".into(), usage });
    }

    #[test]
    fn what_it_may_say_some_day_is_kept_by_name() {
        let line = json!({"type":"novel","subtype":"thing"});
        assert_eq!(read(&line), Said::Strange("novel thing".into()));
        assert_eq!(
            read(&json!({"type":"tool_call","subtype":"started"})),
            Said::Strange("tool_call started".into())
        );
    }
}
