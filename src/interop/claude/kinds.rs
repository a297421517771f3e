//! The kinds of a transcript's records.

use crate::{
    engine::claude::words,
    interop::fields::{maybe, text},
    model::Level,
};
use serde_json::Value;
use std::borrow::Cow;

/// Kinds that tell nothing of the conversation: the program's own book-keeping.
const QUIET: [&str; 40] = [
    "agent-color",
    "agent-name",
    "agent-setting",
    "api-request",
    "api-request-blob",
    "api-request-shape",
    "atis-latch",
    "attachment",
    "bridge-session",
    "content-replacement",
    "file-history-delta",
    "file-history-snapshot",
    "frame-link",
    "last-prompt",
    "marble-origami-commit",
    "mode",
    "permission-mode",
    "pr-link",
    "progress",
    "relocated",
    "result",
    "saved_hook_context",
    "started",
    "stream_event",
    "system/agents_killed",
    "system/away_summary",
    "system/bridge_status",
    "system/init",
    "system/memory_saved",
    "system/scheduled_task_fire",
    "system/session_start",
    "system/status",
    "system/stop_hook_summary",
    "system/thinking_tokens",
    "system/turn_duration",
    "tag",
    "task-summary",
    "tools-used",
    "worktree-state",
    "attribution-snapshot",
];

/// What a record is, for the one who reads it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind<'record> {
    /// A block of a model's answer.
    Answer,
    /// Words to it, or results of its tools.
    User,
    /// Something is queued, or taken out of the queue.
    Queue,
    /// What was queued is told in the middle of a turn.
    Queued,
    /// What the session is about.
    Title(&'record str),
    /// A call failed and is made again.
    Retry,
    /// The conversation is made shorter.
    Compacted,
    /// Words of the program.
    Note(Level, Cow<'record, str>),
    /// What it says that all has cost.
    Cost(&'record Value),
    /// Nothing of the conversation.
    Quiet,
    /// Nothing known.
    Strange,
}

/// The name of a record's kind, and what it is.
pub(super) fn of(record: &Value) -> (String, Kind<'_>) {
    let name = text(&record["type"]);
    let (name, sub) = match maybe(&record["subtype"]).filter(|_| name == "system") {
        Some(sub) => (format!("system/{sub}"), sub),
        None => (name.to_owned(), ""),
    };
    let kind = match name.as_str() {
        "assistant" => Kind::Answer,
        "user" => Kind::User,
        "queue-operation" => Kind::Queue,
        "attachment" if text(&record["attachment"]["type"]) == "queued_command" => Kind::Queued,
        "summary" => Kind::Title(text(&record["summary"])),
        "ai-title" => Kind::Title(first(record, &["aiTitle", "title"])),
        "custom-title" => Kind::Title(first(record, &["customTitle", "title"])),
        "cost-state" => Kind::Cost(&record["totalCostUSD"]),
        "result" if record["total_cost_usd"].is_number() => Kind::Cost(&record["total_cost_usd"]),
        quiet if QUIET.contains(&quiet) => Kind::Quiet,
        _ => system(sub, record),
    };
    (name, kind)
}

fn first<'record>(record: &'record Value, names: &[&str]) -> &'record str {
    names.iter().map(|name| text(&record[*name])).find(|it| !it.is_empty()).unwrap_or_default()
}

fn system<'record>(sub: &str, record: &'record Value) -> Kind<'record> {
    let words = || match record["content"].as_str() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(words(&record["content"])),
    };
    match sub {
        "api_error" => Kind::Retry,
        "compact_boundary" => Kind::Compacted,
        "microcompact_boundary" | "local_command" | "informational" => {
            Kind::Note(Level::Note, words())
        }
        "api_refusal" | "error" | "model_refusal_fallback" => Kind::Note(Level::Warning, words()),
        _ => Kind::Strange,
    }
}
