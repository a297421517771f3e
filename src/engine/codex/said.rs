//! What a message of the app-server means. Pure: the same message always means
//! the same; what is not known is told apart from what is known and of no use.

use super::{
    item::{self, Tool},
    tokens::Tokens,
};
use serde_json::Value;

/// What Codex says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// A turn of its own has begun.
    TurnBegun(String),
    /// A turn of its own is over.
    TurnOver { turn: String, end: End },
    /// It stands before a model call until our command there is over.
    AtGate,
    /// Our command before a model call is over; whether it ended well.
    PastGate(bool),
    /// A model call has been answered; what it used, if that is said.
    Answered(Option<Tokens>),
    /// The model wants a tool call.
    Wanted,
    /// What its model calls have used: in all, and the latest one.
    Counted { turn: String, total: Tokens, last: Tokens },
    /// Words as they come.
    Words(String),
    /// Thought as it comes.
    Thought(String),
    /// A stretch of thought begins.
    Part,
    /// The model has begun to answer.
    Answering,
    /// A message of the model's is whole.
    Message(String),
    /// It has taken in a message; ours is known by its name.
    TookIn(Option<String>),
    /// A tool call has begun.
    Began(Tool),
    /// A tool call prints.
    Printed { id: String, text: String },
    /// A tool call is over.
    Ended(Tool),
    /// It has made its conversation shorter.
    Compacted,
    /// It tries a model call again.
    Retrying { attempt: u32, most: u32, why: String },
    /// It asks for something and waits.
    Asked { id: Value, method: String, parameters: Value },
    /// What it asked is settled.
    Settled(Value),
    /// What it has set out to do, step by step.
    Plan(Value),
    /// How much of its login's quota is used.
    Quota(Value),
    /// A word for the director.
    Noticed(String),
    /// Known, and of no use here.
    Boring,
    /// Not known.
    Strange(String),
}

/// How a turn of its own ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    Completed,
    Interrupted,
    Failed(String),
}

/// Known, and of no use here.
const BORING: [&str; 33] = [
    "thread/started",
    "thread/status/changed",
    "thread/readState/changed",
    "thread/name/updated",
    "thread/closed",
    "thread/goal/updated",
    "thread/goal/cleared",
    "thread/queue/changed",
    "thread/settings/updated",
    "thread/prediction/updated",
    "thread/environment/connected",
    "thread/environment/disconnected",
    "thread/compacted",
    "skills/changed",
    "turn/diff/updated",
    "turn/moderationMetadata",
    "item/plan/delta",
    "item/fileChange/outputDelta",
    "item/fileChange/patchUpdated",
    "item/commandExecution/terminalInteraction",
    "item/mcpToolCall/progress",
    "item/reasoning/textDelta",
    "rawResponseItem/completed",
    "mcpServer/startupStatus/updated",
    "account/updated",
    "account/rateLimits/updated",
    "app/list/updated",
    "remoteControl/status/changed",
    "model/safetyBuffering/updated",
    "model/verification",
    "modelProvider/authRecoveryStarted",
    "modelProvider/authRecoveryCompleted",
    "configWarning",
];

/// The session that a message is about.
pub(super) fn session(message: &Value) -> Option<&str> {
    let parameters = message.get("params")?;
    let named = parameters.get("threadId").or_else(|| parameters.pointer("/thread/id"));
    named.and_then(Value::as_str)
}

/// The session that began the one that a message is about.
pub(super) fn parent(message: &Value) -> Option<&str> {
    message.pointer("/params/thread/parentThreadId").and_then(Value::as_str)
}

/// The session that an answer has opened.
pub(super) fn opens(result: &Value) -> Option<&str> {
    result.pointer("/thread/id").and_then(Value::as_str)
}

/// Reads a message; paths are shown as seen from the folder.
pub(super) fn read(message: &Value, folder: &str) -> Said {
    let method = message.get("method").and_then(Value::as_str).unwrap_or_default();
    let empty = Value::Null;
    let parameters = message.get("params").unwrap_or(&empty);
    if let Some(id) = message.get("id") {
        let (id, parameters) = (id.clone(), parameters.clone());
        return Said::Asked { id, method: method.to_owned(), parameters };
    }
    match method {
        "turn/started" => Said::TurnBegun(text(parameters, "/turn/id")),
        "turn/completed" => turn_over(parameters),
        "hook/started" | "hook/completed" => gate(method, parameters),
        "rawResponse/completed" => Said::Answered(parameters.get("usage").and_then(Tokens::read)),
        "rawResponseItem/completed" if text(parameters, "/item/type").ends_with("_call") => {
            Said::Wanted
        }
        "thread/tokenUsage/updated" => counted(parameters),
        "item/agentMessage/delta" => Said::Words(text(parameters, "/delta")),
        "item/reasoning/summaryTextDelta" => Said::Thought(text(parameters, "/delta")),
        "item/reasoning/summaryPartAdded" => Said::Part,
        "item/commandExecution/outputDelta" => {
            Said::Printed { id: text(parameters, "/itemId"), text: text(parameters, "/delta") }
        }
        "item/started" => begun(parameters, folder),
        "item/completed" => ended(parameters, folder),
        "turn/plan/updated" => Said::Plan(parameters.get("plan").cloned().unwrap_or_default()),
        "error" => error(parameters),
        "serverRequest/resolved" => {
            Said::Settled(parameters.get("requestId").cloned().unwrap_or_default())
        }
        "warning" | "guardianWarning" | "deprecationNotice" => {
            Said::Noticed(text(parameters, "/message"))
        }
        "model/rerouted" => Said::Noticed(format!(
            "Codex calls {} instead of {}",
            text(parameters, "/toModel"),
            text(parameters, "/fromModel")
        )),
        // With a key it has no windows to tell of.
        "account/rateLimits/updated"
            if parameters.pointer("/rateLimits/primary").is_some_and(Value::is_object) =>
        {
            Said::Quota(parameters.clone())
        }
        known if BORING.contains(&known) => Said::Boring,
        unknown => Said::Strange(unknown.to_owned()),
    }
}

/// The text at a place; empty where there is none.
pub(super) fn text(value: &Value, place: &str) -> String {
    value.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn turn_over(parameters: &Value) -> Said {
    let end = match text(parameters, "/turn/status").as_str() {
        "completed" => End::Completed,
        "interrupted" => End::Interrupted,
        _ => End::Failed(failure(parameters.pointer("/turn/error"))),
    };
    Said::TurnOver { turn: text(parameters, "/turn/id"), end }
}

/// An error in words, with what there is to add to them.
fn failure(error: Option<&Value>) -> String {
    let Some(error) = error.filter(|it| !it.is_null()) else {
        return "Codex does not say why".to_owned();
    };
    let (message, details) = (text(error, "/message"), text(error, "/additionalDetails"));
    let said = if details.is_empty() { message } else { format!("{message}: {details}") };
    let refused = error.pointer("/codexErrorInfo").is_some_and(|info| {
        info.as_str() == Some("unauthorized")
            || info.as_object().is_some_and(|it| {
                it.values().any(|it| it.get("httpStatusCode").is_some_and(|it| *it == 401))
            })
    });
    if refused { format!("{said}\nCodex is not let in: sign in with `codex login`") } else { said }
}

fn gate(method: &str, parameters: &Value) -> Said {
    if text(parameters, "/run/eventName") != "preModelRequest"
        || text(parameters, "/run/source") != "sessionFlags"
    {
        return Said::Boring;
    }
    match method {
        "hook/started" => Said::AtGate,
        _ => Said::PastGate(text(parameters, "/run/status") == "completed"),
    }
}

fn counted(parameters: &Value) -> Said {
    let read = |place| parameters.pointer(place).and_then(Tokens::read);
    match (read("/tokenUsage/total"), read("/tokenUsage/last")) {
        (Some(total), Some(last)) => {
            Said::Counted { turn: text(parameters, "/turnId"), total, last }
        }
        _ => Said::Strange("thread/tokenUsage/updated".to_owned()),
    }
}

fn error(parameters: &Value) -> Said {
    if parameters.get("willRetry").and_then(Value::as_bool) != Some(true) {
        // The end of the turn says it again.
        return Said::Boring;
    }
    let message = text(parameters, "/error/message");
    // It says `Reconnecting... 2/5`.
    let tries = message.rsplit(' ').next().and_then(|it| it.split_once('/'));
    let tries = tries.and_then(|(n, most)| Some((n.parse().ok()?, most.parse().ok()?)));
    let (attempt, most) = tries.unwrap_or((1, 1));
    let details = text(parameters, "/error/additionalDetails");
    let why = if details.is_empty() { message } else { details };
    Said::Retrying { attempt, most, why }
}

fn begun(parameters: &Value, folder: &str) -> Said {
    let Some(item) = parameters.get("item") else { return Said::Boring };
    match text(item, "/type").as_str() {
        "userMessage" => Said::TookIn(name_of(item)),
        "agentMessage" | "reasoning" | "plan" => Said::Answering,
        _ => item::read(item, folder).map_or_else(|| unknown(item), Said::Began),
    }
}

fn ended(parameters: &Value, folder: &str) -> Said {
    let Some(item) = parameters.get("item") else { return Said::Boring };
    match text(item, "/type").as_str() {
        "agentMessage" => Said::Message(text(item, "/text")),
        "plan" => Said::Words(text(item, "/text")),
        "contextCompaction" => Said::Compacted,
        _ => item::read(item, folder).map_or_else(|| unknown(item), Said::Ended),
    }
}

fn unknown(item: &Value) -> Said {
    match text(item, "/type").as_str() {
        "userMessage" | "reasoning" | "hookPrompt" | "functionCallOutput" | "subAgentActivity"
        | "enteredReviewMode" | "exitedReviewMode" | "contextCompaction" => Said::Boring,
        other => Said::Strange(format!("item {other}")),
    }
}

fn name_of(item: &Value) -> Option<String> {
    item.get("clientId").and_then(Value::as_str).map(str::to_owned)
}
