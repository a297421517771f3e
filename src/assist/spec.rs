//! The tools that an assistant has, as they are told of.

use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Value, json};

/// What the program is told of all of them.
pub(super) const INSTRUCTIONS: &str = "\
Auteur runs AI agents side by side; a person, the director, watches and directs them on a screen. \
These tools make you the director's assistant: you see every agent, start more, send them messages, \
hold them, stop them, and play scripts. Everything you do is recorded and shown on the director's \
screen under your name. What an agent asks for (approvals, questions, budgets) the director answers, \
not you: tell the director of it. What the director has paused or stopped, you can't take up again. \
After you have started something, call `wait` instead of asking again and again.";

/// An argument: its name, its schema, what it is.
type Argument = (&'static str, Need, &'static str, &'static str);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}
use Need::{May, Must};

const AGENT: Argument = ("agent", Must, "string", "An agent's name or number");
const RUN: Argument = ("run", Must, "string", "A run's number, or its script's name");

/// All tools.
pub(super) fn tools() -> Vec<Tool> {
    [of_agents(), of_scripts()].concat()
}

fn of_agents() -> Vec<Tool> {
    vec![
        looks(
            "list_agents",
            "All agents: how each stands, what it does, what it asks of the director, what it has cost",
            &[],
        ),
        looks(
            "read_agent",
            "How one agent stands, and the end of its log: what it said, the tools it used and what came of them",
            &[
                AGENT,
                (
                    "entries",
                    May,
                    "integer",
                    "How many entries, from the newest back; 30 if left out, at most 200",
                ),
            ],
        ),
        looks(
            "list_roles",
            "The roles that an agent can be started in, and why one can't be now",
            &[],
        ),
        acts(
            "start_agent",
            "Start an agent in a role. It may do what its role may, and asks the director for the rest",
            &[
                ("role", Must, "string", "A role of list_roles"),
                ("brief", Must, "string", "What it is to do: all that it needs to know"),
            ],
        ),
        acts(
            "redirect_agent",
            "Send an agent a message. It reads it before its next step; one that is done goes on with it",
            &[
                AGENT,
                ("message", Must, "string", "What it is to know or do"),
                (
                    "now",
                    May,
                    "boolean",
                    "Cut what it is doing instead of waiting for its next step",
                ),
            ],
        ),
        acts("pause_agent", "Hold an agent before its next step", &[AGENT]),
        acts("resume_agent", "Let an agent go on that you have paused", &[AGENT]),
        acts("stop_agent", "End an agent in good order. What it has made stays", &[AGENT]),
    ]
}

fn of_scripts() -> Vec<Tool> {
    vec![
        looks(
            "list_scripts",
            "The scripts that can be played, with what they are given; and all runs of scripts",
            &[],
        ),
        acts(
            "perform_script",
            "Play a script: several agents, with hand-offs and checks between them",
            &[
                ("script", Must, "string", "A script of list_scripts"),
                ("inputs", May, "object", "What it is given, by name"),
            ],
        ),
        looks(
            "read_script",
            "A run of a script, step by step: status, agents, latest failures, outputs",
            &[RUN],
        ),
        acts("stop_script", "Let nothing more of a run begin, and stop what is under way", &[RUN]),
        looks(
            "wait",
            "Wait until an agent ends, is held or asks for something, or a run ends. Says what has changed, and how all stand",
            &[("seconds", May, "integer", "How long at most; 25 if left out, at most 50")],
        ),
    ]
}

/// A tool that changes nothing.
fn looks(name: &'static str, purpose: &'static str, arguments: &[Argument]) -> Tool {
    let annotations = ToolAnnotations::new().read_only(true).open_world(false);
    spec(name, purpose, arguments).with_annotations(annotations)
}

fn acts(name: &'static str, purpose: &'static str, arguments: &[Argument]) -> Tool {
    let annotations = ToolAnnotations::new().read_only(false).open_world(false);
    spec(name, purpose, arguments).with_annotations(annotations)
}

fn spec(name: &'static str, purpose: &'static str, arguments: &[Argument]) -> Tool {
    let properties: serde_json::Map<String, Value> = arguments
        .iter()
        .map(|(name, _, kind, is)| ((*name).to_owned(), json!({ "type": kind, "description": is })))
        .collect();
    let required: Vec<_> =
        arguments.iter().filter(|(_, need, ..)| *need == Must).map(|(name, ..)| *name).collect();
    let schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let schema = if let Value::Object(schema) = schema { schema } else { serde_json::Map::new() };
    Tool::new(name, purpose, schema)
}
