//! What an agent says, in our words: its messages as the protocol's own types
//! read them, and the habits of known agents that go beyond those.

use super::{sign::Sign, terminals::About};
use crate::{
    model::{PlanState, PlanStep, Usage},
    text::sanitise,
};
use agent_client_protocol::v1::schema::{
    ContentBlock, ContentChunk, CreateTerminalRequest, PermissionOption, PermissionOptionKind,
    Plan, PlanEntryStatus, ReadTextFileRequest, RequestPermissionRequest, SessionUpdate,
    WriteTextFileRequest,
};
use serde_json::Value;

/// A piece of news in a session.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    /// More of what the model says.
    Words(String),
    /// More of what it thinks.
    Thought(String),
    /// News of a tool call.
    Call(Box<Sign>),
    /// What it is about to do, as a list, and step by step.
    Plan(String, Vec<PlanStep>),
    /// A model call has used so much.
    Used(Usage),
    /// The session has cost so much so far, in dollars.
    Cost(f64),
    /// So much is in the model's window.
    Window { used: u64, size: u64 },
    /// It says something to the director.
    Notice(String),
    /// Known, and of no use here.
    Nothing,
    /// Not known.
    Strange(String),
}

/// Something that the agent asks of us.
#[derive(Debug)]
pub(super) enum Wanted {
    /// Leave to run a tool call.
    Leave(Box<Sign>, Options),
    Read(ReadTextFileRequest),
    Write(WriteTextFileRequest),
    /// A command that we run for it.
    Terminal(CreateTerminalRequest),
    /// Something about one of those, by our name for it.
    About(About, String),
    /// The messages that wait for the model (Qwen Code asks between tools).
    Messages,
    Unknown,
}

/// The answers that an agent offers to its question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) allow: Option<String>,
    pub(super) reject: Option<String>,
}

/// What is new in a `session/update`; usually one thing.
pub(super) fn news(update: &Value) -> Vec<Said> {
    let name = update.get("sessionUpdate").and_then(Value::as_str).unwrap_or("update");
    let Ok(typed) = serde_json::from_value::<SessionUpdate>(update.clone()) else {
        // Newer agents speak of more than our protocol's version knows.
        return match name {
            "session_info_update" | "available_commands_update" | "config_option_update" => {
                vec![Said::Nothing]
            }
            _ => vec![Said::Strange(one_name(name))],
        };
    };
    let said = match typed {
        SessionUpdate::AgentMessageChunk(chunk) => return words(&chunk),
        SessionUpdate::AgentThoughtChunk(chunk) => Said::Thought(text(&chunk.content)),
        SessionUpdate::ToolCall(_) | SessionUpdate::ToolCallUpdate(_) => {
            Said::Call(Box::new(Sign::read(update)))
        }
        SessionUpdate::Plan(plan) => Said::Plan(list(&plan), steps(&plan)),
        SessionUpdate::UsageUpdate(usage) => {
            let dollars = usage.cost.filter(|it| it.currency.eq_ignore_ascii_case("USD"));
            let cost = dollars.map(|it| Said::Cost(it.amount));
            return cost
                .into_iter()
                .chain([Said::Window { used: usage.used, size: usage.size }])
                .collect();
        }
        SessionUpdate::Notice(notice) => {
            let more = notice.description.map(|it| format!(": {it}")).unwrap_or_default();
            Said::Notice(sanitise(&format!("{}{more}", notice.title)).into_owned())
        }
        _ => Said::Nothing,
    };
    vec![said]
}

fn words(chunk: &ContentChunk) -> Vec<Said> {
    let mut said = Vec::new();
    let text = text(&chunk.content);
    if !text.is_empty() {
        said.push(Said::Words(text));
    }
    // Qwen Code says after each model call what it used, with an empty text.
    let usage = chunk.meta.as_ref().and_then(|it| it.get("usage"));
    said.extend(usage.map(|it| Said::Used(super::bill::usage(it))));
    said
}

/// The text of a piece of content; of anything else, what it is.
pub(super) fn text(content: &ContentBlock) -> String {
    match content {
        ContentBlock::Text(text) => text.text.clone(),
        ContentBlock::ResourceLink(link) => format!("[{}]", link.uri),
        ContentBlock::Image(_) => "[picture]".to_owned(),
        ContentBlock::Audio(_) => "[sound]".to_owned(),
        _ => "[resource]".to_owned(),
    }
}

fn list(plan: &Plan) -> String {
    let line = |entry: &agent_client_protocol::v1::schema::PlanEntry| {
        let mark = match entry.status {
            PlanEntryStatus::Completed => "[x]",
            PlanEntryStatus::InProgress => "[>]",
            _ => "[ ]",
        };
        format!("{mark} {}", entry.content)
    };
    let lines: Vec<String> = plan.entries.iter().map(line).collect();
    format!("Plan:\n{}\n", lines.join("\n"))
}

/// The same, step by step.
fn steps(plan: &Plan) -> Vec<PlanStep> {
    let step = |entry: &agent_client_protocol::v1::schema::PlanEntry| {
        let state = match entry.status {
            PlanEntryStatus::Completed => PlanState::Done,
            PlanEntryStatus::InProgress => PlanState::Doing,
            _ => PlanState::Open,
        };
        PlanStep::new(&sanitise(&entry.content), state)
    };
    plan.entries.iter().map(step).collect()
}

/// What a request wants.
pub(super) fn wanted(method: &str, parameters: &Value) -> Wanted {
    fn read<T: serde::de::DeserializeOwned>(
        parameters: &Value,
        wanted: impl FnOnce(T) -> Wanted,
    ) -> Wanted {
        serde_json::from_value(parameters.clone()).map_or(Wanted::Unknown, wanted)
    }
    match method {
        "session/request_permission" => leave(parameters),
        "fs/read_text_file" => read(parameters, Wanted::Read),
        "fs/write_text_file" => read(parameters, Wanted::Write),
        "craft/drainMidTurnQueue" => Wanted::Messages,
        "terminal/create" => read(parameters, Wanted::Terminal),
        "terminal/output" => about(About::Output, parameters),
        "terminal/wait_for_exit" => about(About::End, parameters),
        "terminal/kill" => about(About::Kill, parameters),
        "terminal/release" => about(About::Release, parameters),
        _ => Wanted::Unknown,
    }
}

fn about(about: About, parameters: &Value) -> Wanted {
    let name = parameters.get("terminalId").and_then(Value::as_str);
    name.map_or(Wanted::Unknown, |name| Wanted::About(about, name.to_owned()))
}

/// Options are told apart by their kind, never by their id: every agent has its own.
fn leave(parameters: &Value) -> Wanted {
    let sign = Sign::read(parameters.get("toolCall").unwrap_or(&Value::Null));
    let typed = serde_json::from_value::<RequestPermissionRequest>(parameters.clone());
    let offered: Vec<PermissionOption> = typed.map(|it| it.options).unwrap_or_default();
    let find = |kinds: [PermissionOptionKind; 2]| {
        let of_kind = |kind| offered.iter().find(move |it| it.kind == kind);
        let found = kinds.into_iter().find_map(of_kind);
        found.map(|it| it.option_id.to_string())
    };
    let options = Options {
        allow: find([PermissionOptionKind::AllowOnce, PermissionOptionKind::AllowAlways]),
        reject: find([PermissionOptionKind::RejectOnce, PermissionOptionKind::RejectAlways]),
    };
    Wanted::Leave(Box::new(sign), options)
}

/// A foreign name, fit for a count in the journal.
pub(super) fn one_name(name: &str) -> String {
    crate::text::one_line(name, 80)
}
