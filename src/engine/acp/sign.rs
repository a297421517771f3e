//! A tool call as an agent shows it: first as a sign of what is to come, then
//! more of it with each update.

use crate::{model::FileChange, text::one_line, tools::policy::Access, workspace::Workspace};
use agent_client_protocol::v1::schema::{
    Diff, ToolCallContent, ToolCallStatus, ToolCallUpdate, ToolKind,
};
use serde_json::Value;
use std::path::Path;

/// How wide a call's title may be, in cells.
const TITLE: usize = 160;

/// What is known of a tool call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sign {
    pub(super) id: String,
    pub(super) name: Option<String>,
    title: Option<String>,
    kind: Option<ToolKind>,
    pub(super) status: Option<ToolCallStatus>,
    input: Option<Value>,
    /// What it has put out, as far as it was told.
    text: Option<String>,
    /// Terminals of ours that it shows.
    pub(super) terminals: Vec<String>,
    /// Output that came in pieces.
    pub(super) piece: Option<String>,
    diffs: Vec<Diff>,
    paths: Vec<String>,
}

impl Sign {
    /// Reads a `tool_call`, a `tool_call_update`, or what a permission is asked for.
    pub(super) fn read(call: &Value) -> Self {
        let id = call.get("toolCallId").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Ok(typed) = serde_json::from_value::<ToolCallUpdate>(call.clone()) else {
            return Self { id, ..Self::default() };
        };
        let fields = typed.fields;
        let mut sign = Self {
            name: its_name(call).or(fields.name),
            title: fields.title.filter(|it| !it.trim().is_empty()),
            kind: fields.kind,
            status: fields.status,
            input: fields.raw_input.filter(|it| !is_empty(it)),
            piece: piece(call),
            id,
            ..Self::default()
        };
        sign.paths =
            fields.locations.unwrap_or_default().iter().map(|it| shown(&it.path)).collect();
        let mut texts = Vec::new();
        let is_told = fields.content.is_some();
        for content in fields.content.unwrap_or_default() {
            match content {
                ToolCallContent::Content(content) => {
                    texts.push(super::said::text(&content.content));
                }
                ToolCallContent::Diff(diff) => sign.diffs.push(diff),
                ToolCallContent::Terminal(terminal) => {
                    sign.terminals.push(terminal.terminal_id.to_string());
                }
                _ => {}
            }
        }
        let raw = fields.raw_output.as_ref().and_then(Value::as_str);
        sign.text = match raw {
            // One agent wraps the text in a fence and gives it plain here.
            Some(raw) => Some(raw.to_owned()),
            None if texts.is_empty() => {
                // What it showed at first may have been no output.
                let text = fields.raw_output.as_ref().and_then(raw_text);
                text.or_else(|| is_told.then(String::new))
            }
            None => Some(texts.join("\n")),
        };
        sign
    }

    /// Adds what is newer.
    pub(super) fn learn(&mut self, newer: Self) {
        fn take<T>(old: &mut Option<T>, new: Option<T>) {
            if new.is_some() {
                *old = new;
            }
        }
        // One agent shows the tool's name as the title until it knows more.
        if self.name.is_none() && newer.title.is_some() && newer.title != self.title {
            self.name = self.title.take().filter(|it| is_name(it));
        }
        take(&mut self.name, newer.name);
        take(&mut self.title, newer.title);
        take(&mut self.kind, newer.kind);
        take(&mut self.status, newer.status);
        take(&mut self.input, newer.input);
        take(&mut self.text, newer.text);
        self.piece = newer.piece;
        for (old, new) in [(&mut self.terminals, newer.terminals), (&mut self.paths, newer.paths)] {
            if !new.is_empty() {
                *old = new;
            }
        }
        if !newer.diffs.is_empty() {
            self.diffs = newer.diffs;
        }
    }

    /// Whether it is known well enough to be shown: one that is only being
    /// prepared has no arguments yet.
    pub(super) fn is_ready(&self) -> bool {
        !matches!(self.status, None | Some(ToolCallStatus::Pending))
    }

    /// How it came out, if it is over.
    pub(super) fn end(&self) -> Option<bool> {
        match self.status {
            Some(ToolCallStatus::Completed) => Some(true),
            Some(ToolCallStatus::Failed) => Some(false),
            _ => None,
        }
    }

    /// The tool's name as the agent has it, else its kind.
    pub(super) fn tool(&self) -> String {
        let id = || self.id.split_once("__").map(|(name, _)| name).filter(|it| is_name(it));
        let name = self.name.as_deref().or_else(id);
        one_line(name.unwrap_or_else(|| self.kind_name()), 80)
    }

    fn kind_name(&self) -> &'static str {
        match self.kind {
            Some(ToolKind::Read) => "read",
            Some(ToolKind::Edit) => "edit",
            Some(ToolKind::Delete) => "delete",
            Some(ToolKind::Move) => "move",
            Some(ToolKind::Search) => "search",
            Some(ToolKind::Execute) => "execute",
            Some(ToolKind::Think) => "think",
            Some(ToolKind::Fetch) => "fetch",
            Some(ToolKind::SwitchMode) => "mode",
            _ => "tool",
        }
    }

    /// What it is to do, in one line.
    pub(super) fn title(&self) -> String {
        let title = self.command().or(self.title.as_deref());
        one_line(title.unwrap_or_else(|| self.kind_name()), TITLE)
    }

    /// Its arguments, as far as they were told.
    pub(super) fn input(&self) -> Value {
        match (&self.input, &self.title) {
            (Some(input @ Value::Object(_)), _) => input.clone(),
            (Some(other), _) => serde_json::json!({ "arguments": other }),
            (None, Some(title)) => serde_json::json!({ "title": title }),
            (None, None) => Value::Object(serde_json::Map::new()),
        }
    }

    /// The command that it runs: where an agent does not say its arguments, its
    /// title is the command.
    pub(super) fn command(&self) -> Option<&str> {
        if self.kind != Some(ToolKind::Execute) {
            return None;
        }
        let named = self.input.as_ref().and_then(|it| it.get("command")).and_then(Value::as_str);
        named.or_else(|| self.input.is_none().then_some(self.title.as_deref()).flatten())
    }

    /// All that it wants to touch.
    pub(super) fn accesses(&self, workspace: Option<&Workspace>) -> Vec<Access> {
        let named = self.diffs.iter().map(|it| shown(&it.path)).chain(self.paths.iter().cloned());
        let mut paths: Vec<String> = named.map(|it: String| inside(workspace, &it)).collect();
        paths.sort();
        paths.dedup();
        let unknown = || {
            let arguments = self.input.as_ref().map_or_else(|| self.title(), Value::to_string);
            vec![Access::Tool { name: self.tool(), arguments }]
        };
        let host = || self.input.as_ref()?.get("url")?.as_str().and_then(host).map(str::to_owned);
        match self.kind {
            Some(ToolKind::Execute) => match self.command() {
                Some(command) => vec![Access::Run { command: command.to_owned() }],
                None => unknown(),
            },
            Some(ToolKind::Edit | ToolKind::Delete | ToolKind::Move) if !paths.is_empty() => {
                paths.into_iter().map(|path| Access::Write { path }).collect()
            }
            Some(ToolKind::Read | ToolKind::Search) if !paths.is_empty() => {
                paths.into_iter().map(|path| Access::Read { path }).collect()
            }
            Some(ToolKind::Fetch) => match host() {
                Some(host) => vec![Access::Network { host }],
                None => unknown(),
            },
            _ => unknown(),
        }
    }

    /// What the director reads of it, where that is more than the accesses.
    pub(super) fn shown(&self) -> Option<String> {
        let changes = self.diffs.iter().map(|it| {
            let before = it.old_text.as_deref().unwrap_or_default();
            let lines = crate::text::diff(before, &it.new_text, 3);
            let lines: Vec<String> = lines.iter().map(|it| it.to_line().text()).collect();
            format!("{}\n{}", shown(&it.path), lines.join("\n"))
        });
        let changes: Vec<String> = changes.collect();
        (!changes.is_empty()).then(|| changes.join("\n"))
    }

    /// Whether it is about this file.
    pub(super) fn is_about(&self, path: &Path) -> bool {
        let path = shown(path);
        self.diffs.iter().any(|it| shown(&it.path) == path)
            || self.paths.iter().any(|it| path.ends_with(it.as_str()))
    }

    /// What it has put out, as far as it was told.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// What it has put out, where we have run it.
    pub(super) fn tell(&mut self, text: String) {
        self.text = Some(text);
    }

    /// What it did to files.
    pub(super) fn changes(&self, workspace: Option<&Workspace>) -> Vec<FileChange> {
        let change = |it: &Diff| {
            let path = inside(workspace, &shown(&it.path));
            let before = it.old_text.as_deref().unwrap_or_default();
            let change = crate::tools::FileChange::between(&path, before, &it.new_text);
            FileChange {
                path: one_line(&change.path, TITLE),
                added: change.added,
                removed: change.removed,
            }
        };
        self.diffs.iter().map(change).collect()
    }
}

/// The tool's own name, where agents say it beside the protocol.
fn its_name(call: &Value) -> Option<String> {
    let places = ["/_meta/claudeCode/toolName", "/_meta/toolName", "/name"];
    places.iter().find_map(|it| call.pointer(it)?.as_str()).map(str::to_owned)
}

/// A piece of output (the adapter of Codex sends it so).
fn piece(call: &Value) -> Option<String> {
    let text = call
        .pointer("/_meta/terminal_output_delta/data")
        .or_else(|| call.pointer("/_meta/terminal_output_delta"))
        .or_else(|| call.pointer("/_meta/terminal_output/data"));
    text.and_then(Value::as_str).map(str::to_owned)
}

/// The text in an output that is an object.
fn raw_text(raw: &Value) -> Option<String> {
    ["output", "content", "message", "error"]
        .iter()
        .find_map(|it| raw.get(it)?.as_str())
        .map(str::to_owned)
}

fn is_empty(input: &Value) -> bool {
    input.is_null() || input.as_object().is_some_and(serde_json::Map::is_empty)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-')
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A path as our policy has it: from the workspace's folder, if it is in it.
pub(super) fn inside(workspace: Option<&Workspace>, path: &str) -> String {
    let found = workspace.and_then(|it| it.true_name(path).ok());
    found.map_or_else(|| path.to_owned(), |it| shown(&it))
}

/// The machine that an address names.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let place = rest.get(..end)?;
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    Some(place.split(':').next().unwrap_or(place)).filter(|it| !it.is_empty())
}
