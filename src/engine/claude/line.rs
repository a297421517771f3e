//! What a line of Claude Code's means. Pure: the same line, the same meaning.
//!
//! Fields that are missing or new are tolerated everywhere; a message whose
//! kind is not known is [`Line::Strange`].

use crate::model::Usage;
use serde_json::Value;
use std::collections::BTreeSet;

/// Kinds of messages that say nothing the director must see, as a type or as
/// `system/SUBTYPE`.
const QUIET: &[&str] = &[
    "auth_status",
    "command_lifecycle",
    "keep_alive",
    "prompt_suggestion",
    "streamlined_text",
    "streamlined_tool_use_summary",
    "system/background_tasks_changed",
    "system/commands_changed",
    "system/files_persisted",
    "system/hook_progress",
    "system/hook_response",
    "system/hook_started",
    "system/memory_recall",
    "system/notification",
    "system/permission_denied",
    "system/post_turn_summary",
    "system/session_state_changed",
    "system/session_title_changed",
    "system/status",
    "system/task_notification",
    "system/task_progress",
    "system/task_updated",
    "system/thinking_tokens",
    "tool_progress",
    "tool_use_summary",
];

/// What a message means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    /// The answer to a request of ours, by its number; an error in its words.
    Answer { number: String, answer: Result<Value, String> },
    /// It waits at a hook.
    Hook(Hook),
    /// It asks for leave outside of a hook.
    Leave { number: String, call: String, input: Value },
    /// It asks for something that we can't do.
    Unable { number: String, what: String },
    /// It needs no answer to this request any more.
    Cancelled(String),
    /// A prompt is under way in this session, with this model.
    Began { session: String, version: String, model: String },
    /// A sub-agent begins, inside this tool call.
    AideBegan { aide: String, call: String },
    /// A piece of the main model's answer.
    Piece(Piece),
    /// A part of an answer, whole.
    Spoken(Spoken),
    /// Tool calls have ended.
    Results(Vec<Ended>),
    /// Its call failed and will be made again, in so many milliseconds.
    Retrying { attempt: u32, most: u32, wait_ms: u64, why: String },
    /// Its conversation was made shorter; tokens before and after.
    Compacted { before: u64, after: u64 },
    /// It tells how much of its login's quota is used.
    Quota,
    /// It has something to tell its user.
    Notice(String),
    /// What was under way is over.
    Over(Over),
    /// Nothing of interest.
    Quiet,
    /// Nothing known; its name.
    Strange(String),
}

/// A hook where it waits for us.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Hook {
    /// The number to answer to.
    pub(super) number: String,
    pub(super) point: Point,
    /// The sub-agent that waits, and its kind; none for the agent itself.
    pub(super) aide: Option<(String, String)>,
    /// The tool call it is about.
    pub(super) call: String,
    pub(super) tool: String,
    pub(super) input: Value,
    /// Where it works now.
    pub(super) folder: String,
}

/// Which hook it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Point {
    /// Before the first model call of a prompt.
    Prompt,
    /// Before a tool call.
    Tool,
    /// After the tools, before the next model call.
    Batch,
    /// Before a sub-agent's first model call.
    Aide,
    /// One we did not ask for.
    #[default]
    Other,
}

/// A piece of a model call as it streams in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    Start { message: String, model: String, usage: Value },
    Text(String),
    Thought(String),
    BlockEnd,
    Delta { stop: Option<String>, usage: Value },
    End,
    Nothing,
}

/// Blocks of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spoken {
    /// The message they are of.
    pub(super) message: String,
    /// The program itself says this, not a model.
    pub(super) is_synthetic: bool,
    /// The tool call whose sub-agent says it.
    pub(super) parent: Option<String>,
    /// What it calls the place in its session that this stands at.
    pub(super) place: String,
    pub(super) blocks: Vec<Block>,
}

/// A block of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Text(String),
    Thought(String),
    Call { id: String, tool: String, input: Value },
}

/// A tool call that has ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ended {
    pub(super) call: String,
    /// The tool call whose sub-agent made it.
    pub(super) parent: Option<String>,
    /// That sub-agent.
    pub(super) aide: Option<String>,
    pub(super) is_error: bool,
    /// What the model is told.
    pub(super) text: String,
    /// What the program knows of it.
    pub(super) detail: Value,
    /// What it calls the place in its session that this stands at.
    pub(super) place: String,
}

/// How a prompt ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Over {
    pub(super) has_failed: bool,
    /// Its last words, or what is wrong.
    pub(super) text: String,
    pub(super) stop: Option<String>,
    pub(super) totals: Option<Totals>,
}

/// What a run of the program has used so far: its own count, of all models.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Totals {
    pub(super) usage: Usage,
    /// In dollars.
    pub(super) cost: f64,
}

/// Reads a message.
pub(super) fn read(message: &Value) -> Line {
    match text(&message["type"]) {
        "control_response" => answer(&message["response"]),
        "control_request" => request(message),
        "control_cancel_request" => Line::Cancelled(string(&message["request_id"])),
        "stream_event" if message["parent_tool_use_id"].is_string() => Line::Quiet,
        "stream_event" => Line::Piece(piece(&message["event"])),
        "assistant" => Line::Spoken(spoken(message)),
        "user" => Line::Results(results(message)),
        "result" => Line::Over(over(message)),
        "system" => system(message),
        "rate_limit_event" => Line::Quota,
        kind => quiet_or_strange(kind),
    }
}

fn quiet_or_strange(name: &str) -> Line {
    if QUIET.contains(&name) { Line::Quiet } else { Line::Strange(name.to_owned()) }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn string(value: &Value) -> String {
    text(value).to_owned()
}

fn maybe(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn answer(response: &Value) -> Line {
    let answer = match text(&response["subtype"]) {
        "success" => Ok(response["response"].clone()),
        _ => Err(string(&response["error"])),
    };
    Line::Answer { number: string(&response["request_id"]), answer }
}

fn request(message: &Value) -> Line {
    let (number, request) = (string(&message["request_id"]), &message["request"]);
    match text(&request["subtype"]) {
        "hook_callback" => Line::Hook(hook(number, request)),
        "can_use_tool" => {
            let (call, input) = (string(&request["tool_use_id"]), request["input"].clone());
            Line::Leave { number, call, input }
        }
        what => Line::Unable { number, what: what.to_owned() },
    }
}

fn hook(number: String, request: &Value) -> Hook {
    let input = &request["input"];
    let point = match text(&request["callback_id"]) {
        "UserPromptSubmit" => Point::Prompt,
        "PreToolUse" => Point::Tool,
        "PostToolBatch" => Point::Batch,
        "SubagentStart" => Point::Aide,
        _ => Point::Other,
    };
    Hook {
        number,
        point,
        aide: maybe(&input["agent_id"]).map(|it| (it, string(&input["agent_type"]))),
        call: string(&input["tool_use_id"]),
        tool: string(&input["tool_name"]),
        input: input["tool_input"].clone(),
        folder: string(&input["cwd"]),
    }
}

fn piece(event: &Value) -> Piece {
    match text(&event["type"]) {
        "message_start" => Piece::Start {
            message: string(&event["message"]["id"]),
            model: string(&event["message"]["model"]),
            usage: event["message"]["usage"].clone(),
        },
        "content_block_delta" => match text(&event["delta"]["type"]) {
            "text_delta" => Piece::Text(string(&event["delta"]["text"])),
            "thinking_delta" => Piece::Thought(string(&event["delta"]["thinking"])),
            _ => Piece::Nothing,
        },
        "content_block_stop" => Piece::BlockEnd,
        "message_delta" => Piece::Delta {
            stop: maybe(&event["delta"]["stop_reason"]),
            usage: event["usage"].clone(),
        },
        "message_stop" => Piece::End,
        _ => Piece::Nothing,
    }
}

fn spoken(message: &Value) -> Spoken {
    let inner = &message["message"];
    let block = |block: &Value| {
        Some(match text(&block["type"]) {
            "text" => Block::Text(string(&block["text"])),
            "thinking" => Block::Thought(string(&block["thinking"])),
            "tool_use" => Block::Call {
                id: string(&block["id"]),
                tool: string(&block["name"]),
                input: block["input"].clone(),
            },
            _ => return None,
        })
    };
    Spoken {
        message: string(&inner["id"]),
        is_synthetic: text(&inner["model"]) == "<synthetic>",
        parent: maybe(&message["parent_tool_use_id"]),
        place: string(&message["uuid"]),
        blocks: items(&inner["content"]).iter().filter_map(block).collect(),
    }
}

fn results(message: &Value) -> Vec<Ended> {
    let blocks = items(&message["message"]["content"]).iter();
    let results = blocks.filter(|it| text(&it["type"]) == "tool_result");
    let ended = results.map(|block| Ended {
        call: string(&block["tool_use_id"]),
        parent: maybe(&message["parent_tool_use_id"]),
        aide: maybe(&message["agent_id"]),
        is_error: block["is_error"].as_bool().unwrap_or_default(),
        text: words(&block["content"]),
        detail: message["tool_use_result"].clone(),
        place: string(&message["uuid"]),
    });
    ended.collect()
}

/// The words of a content: a text, or blocks of which some are texts.
pub(crate) fn words(content: &Value) -> String {
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let words = items(content).iter().map(|block| match text(&block["type"]) {
        "text" => string(&block["text"]),
        other => format!("[{other}]"),
    });
    words.collect::<Vec<_>>().join("\n")
}

fn over(message: &Value) -> Over {
    let has_failed =
        message["is_error"].as_bool().unwrap_or_default() || text(&message["subtype"]) != "success";
    let mut text = string(&message["result"]);
    if text.is_empty() {
        let errors: Vec<&str> =
            items(&message["errors"]).iter().filter_map(Value::as_str).collect();
        text = errors.join("\n");
    }
    if text.is_empty() && has_failed {
        text = string(&message["subtype"]).replace('_', " ");
    }
    Over {
        has_failed,
        text,
        stop: maybe(&message["stop_reason"]),
        totals: totals(&message["total_cost_usd"], &message["modelUsage"]),
    }
}

/// Reads the answer to our question for what its session has used so far.
pub(super) fn session_totals(answer: &Value) -> Option<Totals> {
    let session = &answer["session"];
    totals(&session["total_cost_usd"], &session["model_usage"])
}

/// Reads what a session has used in total: none where there is no sum of it.
fn totals(cost: &Value, models: &Value) -> Option<Totals> {
    let mut usage = Usage::default();
    for model in models.as_object()?.values() {
        usage += of_model(model);
    }
    Some(Totals { usage, cost: cost.as_f64()? })
}

fn of_model(model: &Value) -> Usage {
    let count = |name: &str| model[name].as_u64().unwrap_or_default();
    let (written, hour) =
        (count("cacheCreationInputTokens"), count("cacheCreationEphemeral1hInputTokens"));
    Usage {
        input: count("inputTokens"),
        cache_read: count("cacheReadInputTokens"),
        cache_write_5m: written.saturating_sub(hour),
        cache_write_1h: hour.min(written),
        output: count("outputTokens"),
        reasoning: count("thinkingTokens"),
        web_searches: count("webSearchRequests"),
    }
}

/// The usage of one model call: what its start and its deltas say, the later
/// the truer.
pub(super) fn usage(parts: &[Value]) -> Usage {
    let latest = |find: &dyn Fn(&Value) -> Option<u64>| parts.iter().rev().find_map(find);
    let count = |name: &str| latest(&|part| part[name].as_u64()).unwrap_or_default();
    let written = count("cache_creation_input_tokens");
    let hour = latest(&|part| part["cache_creation"]["ephemeral_1h_input_tokens"].as_u64());
    let hour = hour.unwrap_or_default().min(written);
    let thought = latest(&|part| part["output_tokens_details"]["thinking_tokens"].as_u64());
    let searched = latest(&|part| part["server_tool_use"]["web_search_requests"].as_u64());
    Usage {
        input: count("input_tokens"),
        cache_read: count("cache_read_input_tokens"),
        cache_write_5m: written - hour,
        cache_write_1h: hour,
        output: count("output_tokens"),
        reasoning: thought.unwrap_or_default(),
        web_searches: searched.unwrap_or_default(),
    }
}

fn system(message: &Value) -> Line {
    match text(&message["subtype"]) {
        "init" => Line::Began {
            session: string(&message["session_id"]),
            version: string(&message["claude_code_version"]),
            model: string(&message["model"]),
        },
        "task_started" => Line::AideBegan {
            aide: string(&message["task_id"]),
            call: string(&message["tool_use_id"]),
        },
        "api_retry" => retrying(message),
        "compact_boundary" => {
            let told = &message["compact_metadata"];
            let count = |name: &str| told[name].as_u64().unwrap_or_default();
            Line::Compacted { before: count("pre_tokens"), after: count("post_tokens") }
        }
        "informational" => Line::Notice(string(&message["content"])),
        subtype => quiet_or_strange(&format!("system/{subtype}")),
    }
}

fn retrying(message: &Value) -> Line {
    let count = |name: &str| message[name].as_u64().unwrap_or_default();
    let small = |name: &str| u32::try_from(count(name)).unwrap_or(u32::MAX);
    let status = message["error_status"].as_u64().map(|it| it.to_string());
    let error = maybe(&message["error"]).map(|it| it.replace('_', " "));
    let why: Vec<String> = status.into_iter().chain(error).collect();
    Line::Retrying {
        // The attempt that failed; the next one is told.
        attempt: small("attempt").saturating_add(1),
        most: small("max_retries").saturating_add(1),
        wait_ms: count("retry_delay_ms"),
        why: why.join(" "),
    }
}

/// Numbers of messages that an answer to an interrupt names: the program had
/// them and no model has seen them.
pub(super) fn unseen(answer: &Value) -> BTreeSet<String> {
    let lists = ["still_queued", "cancelled", "cancelled_queued"];
    let all = lists.iter().flat_map(|name| items(&answer[*name]));
    all.filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests;
