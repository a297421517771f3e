//! One tool call, in a few words.

use crate::{
    model::{Entry, EntryKind, FileChange, ToolState},
    text::one_line,
};
use serde_json::Value;

/// A title's width at most, in columns.
const TITLE: usize = 160;
/// So many files of one call are told apart.
const FILES: usize = 16;

/// What a tool call did, for who holds it against another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The tool.
    pub tool: String,
    /// What it was to do, without the tool's name.
    pub aim: String,
    /// Whether it ended well; none where it has not ended.
    pub ok: Option<bool>,
    /// The files that it changed, the first of them.
    pub changes: Vec<FileChange>,
}

impl Deed {
    /// What an entry tells of a call; none where it is no call, or one that was dropped with
    /// the turn that wished for it.
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        let EntryKind::Tool { tool, title, state, changes, .. } = &entry.kind else { return None };
        let ok = match state {
            ToolState::Ended { ok, .. } => Some(*ok),
            ToolState::Called | ToolState::Running(_) => None,
            ToolState::Dropped => return None,
        };
        let changes = changes.iter().take(FILES).cloned().collect();
        Some(Self { tool: tool.clone(), aim: one_line(aim(tool, title), TITLE), ok, changes })
    }

    /// `ran cargo test`, `edited src/lib.rs +3 −1`; that it failed is for others to say.
    pub fn words(&self) -> String {
        let aim = self.aim.as_str();
        let told = match verb(&self.tool) {
            Some(verb) if aim.is_empty() => verb.to_owned(),
            Some(verb) => format!("{verb} {aim}"),
            None if aim.is_empty() => format!("called {}", self.tool),
            None if aim.starts_with(&self.tool) => format!("called {aim}"),
            None => format!("called {} {aim}", self.tool),
        };
        let sum = |of: fn(&FileChange) -> u32| self.changes.iter().map(of).sum::<u32>();
        match (sum(|it| it.added), sum(|it| it.removed)) {
            (0, 0) => told,
            (added, removed) => format!("{told} +{added} −{removed}"),
        }
    }
}

/// What a tool of this name is for: tools of two programs that are for the same are alike.
pub(super) fn purpose(tool: &str) -> String {
    verb(tool).map_or_else(|| tool.to_ascii_lowercase(), str::to_owned)
}

/// The command that a call gives to a shell, whatever else stands beside it; none where it
/// is for something else.
pub(super) fn command<'a>(tool: &str, input: &'a Value) -> Option<&'a str> {
    let given = ["command", "cmd"].iter().find_map(|name| input.get(name))?;
    // Codex gives the words of a command: a shell, its flags, and what it is to run.
    let words = given.as_str().or_else(|| given.as_array()?.last()?.as_str());
    words.filter(|_| verb(tool) == Some("ran"))
}

/// What a call is to do, without the name of its tool before it.
pub fn aim<'a>(tool: &str, title: &'a str) -> &'a str {
    title.strip_prefix(tool).and_then(|it| it.strip_prefix(' ')).unwrap_or(title)
}

/// What one does with a tool of this name, ours or another program's.
fn verb(tool: &str) -> Option<&'static str> {
    let plain = tool.to_ascii_lowercase();
    Some(match plain.as_str() {
        "shell" | "bash" | "exec_command" | "local_shell" | "run_shell_command"
        | "execute_bash" | "run_terminal_cmd" | "terminal" | "execute" => "ran",
        "read" | "read_file" | "view" | "notebookread" => "read",
        "write" | "write_file" | "create" | "create_file" => "wrote",
        "edit" | "multiedit" | "apply_patch" | "edit_file" | "replace" | "str_replace_editor"
        | "notebookedit" => "edited",
        "list" | "ls" | "list_directory" | "list_dir" => "listed",
        "glob" | "search" | "grep" | "find" | "grep_search" | "search_file_content" => {
            "searched for"
        }
        "webfetch" | "web_fetch" | "fetch" => "fetched",
        "websearch" | "web_search" | "google_web_search" => "searched the web for",
        "report" => "reported",
        "ask" | "askuserquestion" => "asked",
        "task" | "agent" | "spawn" => "set to work",
        "todowrite" | "update_plan" | "write_todos" => "wrote its plan",
        _ => return None,
    })
}
