//! What Claude Code's own tools do: what they touch, how they are shown, and
//! what they have changed.

use crate::{
    model::FileChange,
    text::{one_line, reveal},
    tools::policy::Access,
    workspace::Workspace,
};
use serde_json::Value;
use std::path::Path;

/// A title's width, in columns.
const TITLE: usize = 200;
/// The tool that asks the director.
pub(super) const QUESTION: &str = "AskUserQuestion";

/// Tools that touch nothing outside of the conversation, or only start what is
/// judged by itself.
const INWARD: &[&str] = &[
    "Agent",
    "AskUserQuestion",
    "BashOutput",
    "EnterPlanMode",
    "KillShell",
    "ListAgents",
    "SendMessage",
    "Skill",
    "SlashCommand",
    "Task",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskOutput",
    "TaskStop",
    "TaskUpdate",
    "TodoRead",
    "TodoWrite",
    "ToolSearch",
];

/// Whether a tool runs a sub-agent.
pub(crate) fn is_aide(tool: &str) -> bool {
    matches!(tool, "Agent" | "Task")
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_default()
}

/// The file or folder that a call is about.
fn place(input: &Value) -> &str {
    let names = ["file_path", "notebook_path", "path"];
    names.iter().map(|name| text(input, name)).find(|it| !it.is_empty()).unwrap_or(".")
}

/// All that a call would touch, for the policy to judge. `folder` is where the
/// program works now; empty where it does not say.
pub(super) fn accesses(
    tool: &str,
    input: &Value,
    workspace: &Workspace,
    folder: &str,
) -> Vec<Access> {
    let read = || vec![Access::Read { path: true_name(workspace, place(input)) }];
    match tool {
        "Bash" => vec![Access::Run { command: command(text(input, "command"), workspace, folder) }],
        "Read" | "NotebookRead" | "LS" | "Glob" | "Grep" | "LSP" => read(),
        "Edit" | "MultiEdit" | "Write" | "NotebookEdit" => {
            vec![Access::Write { path: named(workspace, place(input)) }]
        }
        "WebFetch" => vec![Access::Network { host: host(text(input, "url")) }],
        tool if INWARD.contains(&tool) => Vec::new(),
        tool => vec![Access::Tool { name: tool.to_owned(), arguments: input.to_string() }],
    }
}

/// A command as it is judged: one that starts elsewhere says so.
fn command(command: &str, workspace: &Workspace, folder: &str) -> String {
    let is_elsewhere = !folder.is_empty()
        && Path::new(folder).canonicalize().is_ok_and(|it| it != workspace.root());
    if is_elsewhere { format!("cd '{folder}' && {command}") } else { command.to_owned() }
}

/// A path as rules name it: from the workspace's folder, absolute outside.
fn named(workspace: &Workspace, path: &str) -> String {
    inside(workspace.name_inside(path).ok().as_deref(), path)
}

/// The same, where links lead.
fn true_name(workspace: &Workspace, path: &str) -> String {
    match workspace.true_name(path) {
        Ok(inside_path) => inside(Some(&inside_path), path),
        Err(_) => named(workspace, path),
    }
}

fn inside(inside: Option<&Path>, path: &str) -> String {
    match inside {
        Some(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
        Some(inside) => inside.display().to_string(),
        None => path.to_owned(),
    }
}

fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

/// One line for the pane.
pub(super) fn title(tool: &str, input: &Value, workspace: &Workspace) -> String {
    title_by(tool, input, |path| named(workspace, path))
}

/// The same, for one who names paths in another way.
pub(crate) fn title_by(tool: &str, input: &Value, name: impl Fn(&str) -> String) -> String {
    let subject = match tool {
        "Bash" => return one_line(text(input, "command"), TITLE),
        "Read" | "NotebookRead" | "LS" | "Edit" | "MultiEdit" | "Write" | "NotebookEdit" => {
            name(place(input))
        }
        "Glob" | "Grep" => text(input, "pattern").to_owned(),
        "WebFetch" => text(input, "url").to_owned(),
        "WebSearch" => text(input, "query").to_owned(),
        "Agent" | "Task" => text(input, "description").to_owned(),
        QUESTION => text(&input["questions"][0], "question").to_owned(),
        _ => first_text(input),
    };
    one_line(&format!("{tool} {subject}"), TITLE)
}

fn first_text(input: &Value) -> String {
    let mut texts = input.as_object().into_iter().flat_map(|it| it.values());
    texts.find_map(Value::as_str).unwrap_or_default().to_owned()
}

/// All of what would happen, for whoever approves it; none where the access
/// itself says it all.
pub(super) fn shown(tool: &str, input: &Value) -> Option<String> {
    let edits: Vec<&Value> = match tool {
        "Edit" => vec![input],
        "MultiEdit" => input["edits"].as_array()?.iter().collect(),
        "Write" => return Some(format!("write {}\n{}", place(input), text(input, "content"))),
        "NotebookEdit" => {
            return Some(format!("write {}\n{}", place(input), text(input, "new_source")));
        }
        "ExitPlanMode" => return Some(text(input, "plan").to_owned()),
        "WebFetch" => return Some(format!("fetch {}", text(input, "url"))),
        _ => return None,
    };
    let mut lines = vec![format!("write {}", place(input))];
    for edit in edits {
        lines.extend(text(edit, "old_string").lines().map(|line| format!("-{line}")));
        lines.extend(text(edit, "new_string").lines().map(|line| format!("+{line}")));
    }
    Some(lines.join("\n"))
}

/// The files that a call has changed, by what the program knows of it.
pub(super) fn changes(tool: &str, detail: &Value, workspace: &Workspace) -> Vec<FileChange> {
    changes_by(tool, detail, |path| named(workspace, path))
}

/// The same, for one who names paths in another way.
pub(crate) fn changes_by(
    tool: &str,
    detail: &Value,
    name: impl Fn(&str) -> String,
) -> Vec<FileChange> {
    let path = ["filePath", "notebook_path"].iter().map(|name| text(detail, name));
    let Some(path) = path.into_iter().find(|it| !it.is_empty()) else { return Vec::new() };
    if !matches!(tool, "Edit" | "MultiEdit" | "Write" | "NotebookEdit") {
        return Vec::new();
    }
    let hunks = detail["structuredPatch"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lines = hunks.iter().flat_map(|hunk| hunk["lines"].as_array().into_iter().flatten());
    let (mut added, mut removed) = (0, 0);
    for line in lines.filter_map(Value::as_str) {
        added += u32::from(line.starts_with('+'));
        removed += u32::from(line.starts_with('-'));
    }
    if text(detail, "type") == "create" {
        added = u32::try_from(text(detail, "content").lines().count()).unwrap_or(u32::MAX);
    }
    vec![FileChange { path: one_line(&name(path), TITLE), added, removed }]
}

/// A question with the answers it offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    /// As the program must hear it again.
    pub(super) text: String,
    pub(super) options: Vec<String>,
}

/// The questions of a call that asks the director.
pub(super) fn questions(input: &Value) -> Vec<Question> {
    let all = input["questions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let question = |it: &Value| {
        let options = it["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        Question {
            text: text(it, "question").to_owned(),
            options: options.iter().map(|it| text(it, "label").to_owned()).collect(),
        }
    };
    all.iter().map(question).collect()
}

/// What a sub-agent does, in one line under the call that started it.
pub(super) fn aide_line(kind: &str, tool: &str, input: &Value, workspace: &Workspace) -> String {
    let title = title(tool, input, workspace);
    let title = if tool == "Bash" { format!("{tool} {title}") } else { title };
    format!("{} › {}\n", reveal(kind), title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(folder.path()).unwrap();
        (folder, workspace)
    }

    #[test]
    fn a_call_is_judged_by_what_it_touches() {
        let (folder, workspace) = workspace();
        let path = folder.path().canonicalize().unwrap().join("a.txt");
        let judged = |tool: &str, input: Value| accesses(tool, &input, &workspace, "");
        let write = vec![Access::Write { path: "a.txt".into() }];
        assert_eq!(judged("Write", json!({ "file_path": path, "content": "x" })), write);
        assert_eq!(judged("Edit", json!({ "file_path": "a.txt" })), write);
        let read = |path: &str| vec![Access::Read { path: path.into() }];
        assert_eq!(judged("Read", json!({ "file_path": "/etc/passwd" })), read("/etc/passwd"));
        assert_eq!(judged("Grep", json!({ "pattern": "x" })), read("."));
        let host = "example.org:8080".to_owned();
        let url = "https://ann@example.org:8080/a?b";
        assert_eq!(judged("WebFetch", json!({ "url": url })), [Access::Network { host }]);
        assert_eq!(judged("TodoWrite", json!({ "todos": [] })), []);
        let (name, arguments) = ("mcp__db__drop".to_owned(), r#"{"table":"t"}"#.to_owned());
        let drop = judged("mcp__db__drop", json!({ "table": "t" }));
        assert_eq!(drop, [Access::Tool { name, arguments }]);
    }

    #[test]
    fn a_command_that_starts_elsewhere_says_so() {
        let (folder, workspace) = workspace();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        let judged = |folder: &Path| {
            accesses("Bash", &json!({ "command": "ls" }), &workspace, &folder.to_string_lossy())
        };
        assert_eq!(judged(folder.path()), [Access::Run { command: "ls".into() }]);
        let command = format!("cd '{}' && ls", inner.display());
        assert_eq!(judged(&inner), [Access::Run { command }]);
    }

    #[test]
    fn an_approval_shows_all_that_would_change() {
        let input = json!({ "file_path": "a", "old_string": "x\ny", "new_string": "z" });
        assert_eq!(shown("Edit", &input).unwrap(), "write a\n-x\n-y\n+z");
        let input = json!({ "file_path": "a", "content": "new\n" });
        assert_eq!(shown("Write", &input).unwrap(), "write a\nnew\n");
        assert_eq!(shown("Bash", &json!({ "command": "ls" })), None);
    }

    #[test]
    fn changed_lines_are_counted_as_the_program_tells_them() {
        let (folder, workspace) = workspace();
        let path = folder.path().canonicalize().unwrap().join("a.txt");
        let update = json!({
            "type": "update", "filePath": path, "content": "b\nc\n",
            "structuredPatch": [{ "lines": ["-a", "+b", "+c", " d"] }],
        });
        let change = |added, removed| vec![FileChange { path: "a.txt".into(), added, removed }];
        assert_eq!(changes("Write", &update, &workspace), change(2, 1));
        let create = json!({
            "type": "create", "filePath": path, "content": "b\nc\n", "structuredPatch": [],
        });
        assert_eq!(changes("Write", &create, &workspace), change(2, 0));
        assert_eq!(changes("Read", &create, &workspace), []);
    }

    #[test]
    fn what_a_sub_agent_is_called_does_nothing_to_the_terminal() {
        let (_folder, workspace) = workspace();
        let input = json!({ "command": "echo \u{1b}[31m" });
        let line = aide_line("a\u{1b}[2J", "Bash", &input, &workspace);
        assert!(!line.contains('\u{1b}') && line.contains("Bash echo"), "{line:?}");
    }
}
