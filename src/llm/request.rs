//! What a model is asked: one shape for all vendors.

use crate::config::Effort;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{str::FromStr, sync::Arc};

/// One model call.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The vendor's name of the model.
    pub model: String,
    /// The system prompt; may be empty.
    pub instructions: String,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// What the model may call.
    pub tools: Arc<[ToolSpec]>,
    /// How many tokens the answer may have, reasoning included.
    pub max_output: u32,
    /// How hard the model should think; the vendor's default if nothing is said.
    /// What a model does not know becomes the nearest thing it does know.
    pub effort: Option<Effort>,
    /// Whether to ask for prompt caching where it must be asked for.
    pub cache: bool,
}

/// A word that names no effort.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected none, low, medium or high, not {0:?}")]
pub struct UnknownEffort(pub String);

impl FromStr for Effort {
    type Err = UnknownEffort;

    fn from_str(word: &str) -> Result<Self, UnknownEffort> {
        match word {
            "none" => Ok(Self::None),
            "low" => Ok(Self::Low),
            "medium" => Ok(Self::Medium),
            "high" => Ok(Self::High),
            _ => Err(UnknownEffort(word.to_owned())),
        }
    }
}

/// A tool as the model sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolSpec {
    /// Letters, digits, `_` and `-`; at most 64 of them.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// JSON schema of the arguments: an object.
    pub schema: Value,
}

/// One entry of the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// What the director or the program said.
    User(String),
    /// What the model said, in its order.
    Assistant(Vec<Part>),
    /// What the tools answered to the calls of the message before.
    Results(Vec<ToolResult>),
}

/// A piece of what the model said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Plain words.
    Text(String),
    /// Reasoning. The seal is the vendor's own (a signature, encrypted
    /// reasoning); it goes back exactly, and only to the wire that stamped it.
    Thought {
        /// What may be shown; empty if the vendor hides it.
        text: String,
        /// Opaque.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<Value>,
    },
    /// A tool call.
    Call {
        /// Names the call in its result.
        id: String,
        /// Which tool.
        name: String,
        /// A JSON object.
        arguments: Value,
        /// Opaque, like a thought's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<Value>,
    },
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolResult {
    /// The call's id.
    pub id: String,
    /// The tool's name (Gemini asks for it).
    pub name: String,
    /// The answer.
    pub text: String,
    /// Whether the tool failed.
    pub is_error: bool,
}

impl Request {
    /// Tokens of the prompt: see [`estimate_tokens`].
    pub fn estimate_tokens(&self) -> u64 {
        estimate_tokens(&self.instructions, &self.tools, &self.messages)
    }
}

/// Tokens of a prompt, guessed from above for a reservation: a token is seldom
/// shorter than three bytes of text, and every block costs a few tokens of
/// framing.
pub fn estimate_tokens(instructions: &str, tools: &[ToolSpec], messages: &[Message]) -> u64 {
    let tools = tools
        .iter()
        .map(|tool| tool.name.len() + tool.description.len() + json_bytes(&tool.schema) + FRAMING);
    let messages = messages.iter().map(Message::bytes);
    let bytes = instructions.len() + tools.sum::<usize>() + messages.sum::<usize>();
    (bytes as u64).div_ceil(3) + 32
}

/// Bytes that stand for the framing of one block.
const FRAMING: usize = 24;

impl Message {
    fn bytes(&self) -> usize {
        match self {
            Self::User(text) => text.len() + FRAMING,
            Self::Assistant(parts) => parts.iter().map(Part::bytes).sum(),
            Self::Results(results) => {
                results.iter().map(|it| it.text.len() + it.id.len() + FRAMING).sum()
            }
        }
    }
}

impl Part {
    fn bytes(&self) -> usize {
        let sealed = |seal: &Option<Value>| seal.as_ref().map_or(0, json_bytes);
        FRAMING
            + match self {
                Self::Text(text) => text.len(),
                Self::Thought { text, seal } => text.len() + sealed(seal),
                Self::Call { id, name, arguments, seal } => {
                    id.len() + name.len() + json_bytes(arguments) + sealed(seal)
                }
            }
    }
}

/// About how long a value is as text, without writing it.
fn json_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => 2 + items.iter().map(|it| json_bytes(it) + 1).sum::<usize>(),
        Value::Object(fields) => {
            2 + fields.iter().map(|(name, it)| name.len() + json_bytes(it) + 4).sum::<usize>()
        }
    }
}
