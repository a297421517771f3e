//! What we tell Claude Code, as its protocol has it.

use serde_json::{Value, json};

/// Our request that opens the conversation, by its number.
pub(super) const OPENING: &str = "opening";
/// Our request for what its session had cost before this run.
pub(super) const BEFORE: &str = "before";
/// How long a hook may wait for us, in seconds: the longest time that its
/// runtime can wait at all.
const PATIENCE: u32 = 2_000_000;
/// The hooks it asks us at.
const HOOKS: [&str; 4] = ["UserPromptSubmit", "PreToolUse", "PostToolBatch", "SubagentStart"];

/// Opens the conversation: where it asks us, and under which instructions it
/// works. Instructions must not be recorded with its session, or a later run
/// would work under the old ones.
pub(super) fn opening(instructions: &str, title: &str) -> Value {
    let hook = |name: &str| {
        let hook = json!([{
            "matcher": null, "hookCallbackIds": [name], "timeout": PATIENCE, "onFailure": "block",
        }]);
        (name.to_owned(), hook)
    };
    let hooks: serde_json::Map<String, Value> = HOOKS.into_iter().map(hook).collect();
    let mut request = json!({
        "subtype": "initialize", "hooks": hooks, "systemPromptSnapshot": false,
        "forwardSubagentText": true,
        // It would ask a model for one.
        "title": title,
    });
    if !instructions.trim().is_empty() {
        request["appendSystemPrompt"] = instructions.into();
    }
    control(OPENING, &request)
}

/// A request of ours; its answer carries the number.
pub(super) fn control(number: &str, request: &Value) -> Value {
    json!({ "type": "control_request", "request_id": number, "request": request })
}

/// Words of the user. While it is under way the next model call sees them.
pub(super) fn prompt(text: &str, uuid: &str) -> Value {
    json!({
        "type": "user", "uuid": uuid, "priority": "next",
        "message": { "role": "user", "content": text },
    })
}

/// Cuts what is under way, and what is queued there.
pub(super) fn interrupt(number: &str) -> Value {
    control(number, &json!({ "subtype": "interrupt", "cancel_queued": true }))
}

/// Asks for the totals of its session so far.
pub(super) fn ask_usage(number: &str) -> Value {
    control(number, &json!({ "subtype": "get_usage", "skip_behaviors": true }))
}

/// Its next calls go to this model.
pub(super) fn set_model(number: &str, model: &str) -> Value {
    let model = if model.is_empty() { Value::Null } else { model.into() };
    control(number, &json!({ "subtype": "set_model", "model": model }))
}

/// Answers a request of the program's.
pub(super) fn answer(number: &str, response: &Value) -> Value {
    let response = json!({ "subtype": "success", "request_id": number, "response": response });
    json!({ "type": "control_response", "response": response })
}

/// Says that we can't do what it asks.
pub(super) fn refuse(number: &str) -> Value {
    let error = "not supported by this host";
    let response = json!({ "subtype": "error", "request_id": number, "error": error });
    json!({ "type": "control_response", "response": response })
}

/// Lets a hook go on.
pub(super) fn go_on() -> Value {
    json!({ "continue": true })
}

/// Lets a tool call run, perhaps with other input.
pub(super) fn allow(input: Option<&Value>) -> Value {
    let mut output = json!({ "hookEventName": "PreToolUse", "permissionDecision": "allow" });
    if let Some(input) = input {
        output["updatedInput"] = input.clone();
    }
    json!({ "continue": true, "hookSpecificOutput": output })
}

/// Keeps a tool call from running; the model is told why.
pub(super) fn deny(why: &str) -> Value {
    let output = json!({
        "hookEventName": "PreToolUse", "permissionDecision": "deny",
        "permissionDecisionReason": why,
    });
    json!({ "continue": true, "hookSpecificOutput": output })
}
