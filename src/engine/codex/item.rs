//! What an item of a turn says about a tool call.

use super::said::text;
use crate::{
    engine::program::kept,
    model::FileChange,
    text::{one_line, sanitise},
};
use serde_json::{Value, json};
use std::path::Path;

/// How wide a call's title may be, in cells; panes are narrower.
const TITLE: usize = 160;

/// A tool call as Codex shows it, made safe to show.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tool {
    /// What Codex calls it.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) input: Value,
    /// It is certain that it runs: nobody is asked first.
    pub(super) has_begun: bool,
    /// It was not let run.
    pub(super) is_declined: bool,
    /// How it came out; empty before its end.
    pub(super) text: String,
    pub(super) bytes: u64,
    pub(super) ok: bool,
    pub(super) note: String,
    pub(super) changes: Vec<FileChange>,
    /// The files it would change, as they are named; and how, in full.
    pub(super) paths: Vec<String>,
    pub(super) diff: String,
}

/// Reads an item, where it is a tool call.
pub(super) fn read(item: &Value, folder: &str) -> Option<Tool> {
    let mut tool = match text(item, "/type").as_str() {
        "commandExecution" => command(item),
        "fileChange" => patch(item, folder),
        "mcpToolCall" => served(item),
        "dynamicToolCall" => plain(item, &text(item, "/tool"), &["arguments"], "contentItems"),
        "collabAgentToolCall" => plain(item, &text(item, "/tool"), &["prompt", "model"], ""),
        "webSearch" => plain(item, "web_search", &["query", "action"], "results"),
        "imageView" => plain(item, "view_image", &["path"], ""),
        "imageGeneration" => plain(item, "generate_image", &["revisedPrompt"], "savedPath"),
        "sleep" => plain(item, "sleep", &["durationMs"], ""),
        _ => return None,
    };
    tool.id = text(item, "/id");
    tool.bytes = tool.text.len() as u64;
    tool.text = kept(tool.text);
    Some(tool)
}

fn command(item: &Value) -> Tool {
    let line = unwrapped(&text(item, "/command"));
    let code = item.get("exitCode").and_then(Value::as_i64);
    let status = text(item, "/status");
    let note = match (status.as_str(), code) {
        ("declined", _) => "declined".to_owned(),
        (_, Some(code)) if code != 0 => format!("exit {code}"),
        _ => String::new(),
    };
    Tool {
        name: "exec_command".to_owned(),
        title: one_line(&line, TITLE),
        input: json!({ "command": sanitise(&line), "cwd": sanitise(&text(item, "/cwd")) }),
        text: sanitise(&text(item, "/aggregatedOutput")).into_owned(),
        has_begun: item.get("processId").is_some_and(Value::is_string),
        is_declined: status == "declined",
        ok: status == "completed" && code.unwrap_or(0) == 0,
        note,
        ..Tool::default()
    }
}

fn patch(item: &Value, folder: &str) -> Tool {
    let all = item.get("changes").and_then(Value::as_array).cloned().unwrap_or_default();
    let seen = |change: &Value| {
        let path = text(change, "/path");
        let inside = Path::new(&path).strip_prefix(folder).ok().map(Path::to_path_buf);
        inside.map_or(path.clone(), |it| it.display().to_string())
    };
    let changes: Vec<FileChange> = all
        .iter()
        .map(|change| {
            let (added, removed) = counted(change);
            FileChange { path: one_line(&seen(change), TITLE), added, removed }
        })
        .collect();
    let paths: Vec<String> = all.iter().map(seen).collect();
    let status = text(item, "/status");
    let named: Vec<&str> = changes.iter().map(|it| it.path.as_str()).collect();
    let diff = all.iter().map(shown).collect::<Vec<_>>().join("\n");
    let listed: Vec<Value> = all
        .iter()
        .map(|it| {
            let (path, kind) = (sanitise(&text(it, "/path")).into_owned(), text(it, "/kind/type"));
            json!({ "path": path, "kind": sanitise(&kind), "diff": sanitise(&text(it, "/diff")) })
        })
        .collect();
    Tool {
        name: "apply_patch".to_owned(),
        title: one_line(&named.join(", "), TITLE),
        input: json!({ "changes": listed }),
        ok: status == "completed",
        is_declined: status == "declined",
        note: if status == "declined" { status } else { String::new() },
        text: sanitise(&diff).into_owned(),
        changes,
        paths,
        diff,
        ..Tool::default()
    }
}

/// Lines added and removed. A new or a removed file comes whole, another one as
/// a unified diff.
fn counted(change: &Value) -> (u32, u32) {
    let diff = text(change, "/diff");
    let lines = |starts: &dyn Fn(&str) -> bool| {
        u32::try_from(diff.lines().filter(|it| starts(it)).count()).unwrap_or(u32::MAX)
    };
    match text(change, "/kind/type").as_str() {
        "add" => (lines(&|_| true), 0),
        "delete" => (0, lines(&|_| true)),
        _ => (
            lines(&|it| it.starts_with('+') && !it.starts_with("+++ ")),
            lines(&|it| it.starts_with('-') && !it.starts_with("--- ")),
        ),
    }
}

/// A change in full, for the one who approves it.
fn shown(change: &Value) -> String {
    let (path, diff) = (text(change, "/path"), text(change, "/diff"));
    let kind = text(change, "/kind/type");
    let moved = text(change, "/kind/move_path");
    let moved = if moved.is_empty() { moved } else { format!(" -> {moved}") };
    let sign = match kind.as_str() {
        "add" => "+",
        "delete" => "-",
        _ => "",
    };
    let lines: Vec<String> = diff.lines().map(|it| format!("{sign}{it}")).collect();
    format!("{kind} {path}{moved}\n{}", lines.join("\n"))
}

fn served(item: &Value) -> Tool {
    let name = format!("{}.{}", text(item, "/server"), text(item, "/tool"));
    let mut tool = plain(item, &name, &["arguments"], "");
    let error = text(item, "/error/message");
    let parts = item.pointer("/result/content").and_then(Value::as_array);
    let words = parts.into_iter().flatten().map(|it| text(it, "/text")).collect::<Vec<_>>();
    tool.text = sanitise(&if error.is_empty() { words.join("\n") } else { error }).into_owned();
    tool
}

/// A tool whose input and result are shown as they come.
fn plain(item: &Value, name: &str, inputs: &[&str], result: &str) -> Tool {
    let given: serde_json::Map<String, Value> = inputs
        .iter()
        .filter_map(|it| {
            Some(((*it).to_owned(), item.get(*it).filter(|it| !it.is_null())?.clone()))
        })
        .collect();
    let words: Vec<String> = given.values().map(words).collect();
    let status = text(item, "/status");
    Tool {
        name: one_line(name, TITLE),
        title: one_line(&words.join(" "), TITLE),
        input: safe(&Value::Object(given)),
        has_begun: true,
        ok: matches!(status.as_str(), "" | "completed")
            && item.get("success").and_then(Value::as_bool) != Some(false),
        text: item.get(result).map(|it| sanitise(&words_of(it)).into_owned()).unwrap_or_default(),
        ..Tool::default()
    }
}

fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn words_of(value: &Value) -> String {
    if value.is_null() { String::new() } else { words(value) }
}

/// The same value with every text in it made safe.
fn safe(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(sanitise(text).into_owned()),
        Value::Array(all) => all.iter().map(safe).collect(),
        Value::Object(all) => {
            all.iter().map(|(name, it)| (sanitise(name).into_owned(), safe(it))).collect()
        }
        other => other.clone(),
    }
}

/// The command that was meant, without the shell that runs it: Codex says
/// `/bin/bash -lc 'touch a'`. Anything that is not certainly that stays whole.
pub(super) fn unwrapped(line: &str) -> String {
    let Some((shell, rest)) = line.split_once(' ') else { return line.to_owned() };
    let name = shell.rsplit('/').next().unwrap_or_default();
    let rest = rest.strip_prefix("-lc ").or_else(|| rest.strip_prefix("-c "));
    match rest {
        Some(rest) if matches!(name, "bash" | "sh" | "zsh" | "dash") => {
            one_word(rest).unwrap_or_else(|| line.to_owned())
        }
        _ => line.to_owned(),
    }
}

/// What a shell reads, if it is exactly one word.
fn one_word(quoted: &str) -> Option<String> {
    let mut word = String::new();
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => loop {
                match letters.next()? {
                    '\'' => break,
                    inside => word.push(inside),
                }
            },
            '"' => loop {
                match letters.next()? {
                    '"' => break,
                    '\\' => match letters.next()? {
                        '\n' => {}
                        it @ ('$' | '`' | '"' | '\\') => word.push(it),
                        other => word.extend(['\\', other]),
                    },
                    '$' | '`' => return None,
                    inside => word.push(inside),
                }
            },
            '\\' => word.push(letters.next()?),
            it if it.is_alphanumeric() || "_-./,:+=@%^".contains(it) => word.push(it),
            _ => return None,
        }
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_without_the_shell_that_runs_it() {
        for (line, meant) in [
            ("/bin/bash -lc 'touch f1.txt'", "touch f1.txt"),
            ("/bin/bash -lc ls", "ls"),
            (r#"bash -lc "echo 'a b' \"c\"""#, "echo 'a b' \"c\""),
            (r"sh -c 'a'\''b'", "a'b"),
        ] {
            assert_eq!(unwrapped(line), meant);
        }
    }

    #[test]
    fn what_is_not_certainly_one_command_stays_whole() {
        for line in
            ["/bin/bash -lc 'a' b", "bash -lc \"$HOME\"", "python -c 'a'", "bash -lc 'a", "ls"]
        {
            assert_eq!(unwrapped(line), line);
        }
    }
}
