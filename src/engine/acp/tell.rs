//! What we tell an agent, as the protocol has it.

use crate::engine::program::Dialect;
use agent_client_protocol::{
    schema::ProtocolVersion,
    v1::schema::{
        AuthenticateRequest, CancelNotification, ClientCapabilities, CloseSessionRequest,
        FileSystemCapabilities, Implementation, InitializeRequest, LoadSessionRequest,
        NewSessionRequest, PromptRequest, RequestPermissionOutcome, RequestPermissionResponse,
        ResumeSessionRequest, SelectedPermissionOutcome, SetSessionModeRequest,
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use std::path::Path;

/// How its program is spoken to.
pub(super) fn dialect() -> Dialect {
    Dialect {
        arguments: Vec::new(),
        environment: Vec::new(),
        opening: ("initialize", initialize()),
        opened: None,
        session: |message| message.pointer("/params/sessionId").and_then(Value::as_str),
        parent: |_| None,
        opens: |result| result.get("sessionId").and_then(Value::as_str),
    }
}

/// A message of the crate's own types, which always are JSON.
fn value(message: impl Serialize) -> Value {
    serde_json::to_value(message).unwrap_or_default()
}

fn initialize() -> Value {
    let files = FileSystemCapabilities::new().read_text_file(true).write_text_file(true);
    let ours = Implementation::new("auteur", env!("CARGO_PKG_VERSION")).title("Auteur".to_owned());
    let can = ClientCapabilities::new().fs(files).terminal(super::gates::HAS_TERMINALS);
    value(InitializeRequest::new(ProtocolVersion::V1).client_capabilities(can).client_info(ours))
}

pub(super) fn authenticate(way: &str) -> Value {
    value(AuthenticateRequest::new(way.to_owned()))
}

pub(super) fn new_session(folder: &Path, servers: &Value) -> Value {
    with_servers(value(NewSessionRequest::new(folder)), servers)
}

pub(super) fn load(session: &str, folder: &Path, servers: &Value) -> Value {
    with_servers(value(LoadSessionRequest::new(session.to_owned(), folder)), servers)
}

pub(super) fn resume(session: &str, folder: &Path, servers: &Value) -> Value {
    // One agent asks for the servers, though the protocol does not.
    with_servers(value(ResumeSessionRequest::new(session.to_owned(), folder)), servers)
}

fn with_servers(mut request: Value, servers: &Value) -> Value {
    request["mcpServers"] = servers.clone();
    request
}

/// Asks for a new session that begins as a copy of this one: a way of the protocol
/// that its crate does not have yet.
pub(super) fn fork(session: &str, folder: &Path, servers: &Value) -> Value {
    json!({ "sessionId": session, "cwd": folder, "mcpServers": servers })
}

pub(super) fn close(session: &str) -> Value {
    value(CloseSessionRequest::new(session.to_owned()))
}

pub(super) fn set_mode(session: &str, mode: &str) -> Value {
    value(SetSessionModeRequest::new(session.to_owned(), mode.to_owned()))
}

/// Chooses one of the values that the agent offers for an option of its own.
pub(super) fn set_option(session: &str, option: &str, chosen: &str) -> Value {
    json!({ "sessionId": session, "configId": option, "value": chosen })
}

/// Chooses a model, in the older way that agents still have beside their options.
pub(super) fn set_model(session: &str, model: &str) -> Value {
    json!({ "sessionId": session, "modelId": model })
}

pub(super) fn prompt(session: &str, text: &str) -> Value {
    value(PromptRequest::new(session.to_owned(), vec![text.to_owned().into()]))
}

pub(super) fn cancel(session: &str) -> Value {
    value(CancelNotification::new(session.to_owned()))
}

/// Chooses an answer to a request for leave; none cancels it.
pub(super) fn choose(option: Option<&str>) -> Value {
    let outcome = option.map_or(RequestPermissionOutcome::Cancelled, |option| {
        RequestPermissionOutcome::Selected(SelectedPermissionOutcome::new(option.to_owned()))
    });
    value(RequestPermissionResponse::new(outcome))
}

/// Gives Qwen Code the messages that wait for its model.
pub(super) fn messages(texts: &[String]) -> Value {
    json!({ "messages": texts, "hasQueuedPrompt": false })
}
