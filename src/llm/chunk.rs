//! What a model answers, as it arrives.

use crate::model::{Money, Usage, Window};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One piece of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Chunk {
    /// The service answered with a stream: the first chunk of every call.
    Connected {
        /// The vendor's name for this call, for its support.
        request_id: Option<String>,
        /// What it tells of how much may still be asked of it.
        windows: Vec<Window>,
    },
    /// The service refused, and told of how much may still be asked of it; why it refused
    /// comes next.
    Refused {
        /// What it told.
        windows: Vec<Window>,
    },
    /// More words.
    Text(String),
    /// More reasoning.
    Thought(String),
    /// The seal of the thought that ends here; a seal without a thought before
    /// it is a hidden thought. Keep it as a [`Part::Thought`](super::Part).
    Sealed(Value),
    /// Arguments of a call are arriving.
    CallProgress {
        /// Which tool.
        name: String,
        /// Bytes of arguments so far.
        bytes: u64,
    },
    /// A whole call.
    Call {
        /// Names the call in its result; never empty.
        id: String,
        /// Which tool.
        name: String,
        /// A JSON object, or the raw text that is not one.
        arguments: Result<Value, String>,
        /// Goes back with the call.
        seal: Option<Value>,
    },
    /// The usage as far as it is known, of this whole call: what a cut stream
    /// is billed by.
    Usage(Usage),
    /// The end; nothing follows.
    Finished {
        /// Why.
        stop: StopReason,
        /// The sum of all parts.
        usage: Usage,
        /// What the service says it charged, where it says so.
        reported_cost: Option<Money>,
        /// The model that answered, where the service says so.
        model: Option<String>,
        /// The rate that the service applied.
        tier: Tier,
        /// What is billed, each part by its own model and by itself (a price
        /// tier is chosen for each request). Empty if the service reported no
        /// usage: the cost is unknown then, not nothing.
        billed: Vec<Billed>,
    },
}

/// One request that the vendor bills: normally the whole call. Anthropic's
/// server-side compaction and fallbacks are calls of their own within a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billed {
    /// The model, if it is another than the one asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Its tokens.
    pub usage: Usage,
}

/// Why a model stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// It said what it had to say.
    End,
    /// It waits for the results of its calls.
    ToolUse,
    /// The limit of output, or of the context, was reached.
    MaxTokens,
    /// The model or a filter of the vendor refused.
    Refusal,
    /// The vendor's own word.
    Other(String),
}

/// The kinds of rate a vendor bills one model at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// The list price.
    #[default]
    Standard,
    /// Answered within a day.
    Batch,
    /// Cheaper and slower.
    Flex,
    /// Dearer and served first.
    Priority,
    /// Dearer and quicker (Anthropic's fast mode).
    Fast,
}

impl Tier {
    /// What a service calls its tier (`service_tier`, `speed`); an unknown word
    /// is the list price.
    pub fn named(word: &str) -> Self {
        match word {
            "batch" => Self::Batch,
            "flex" => Self::Flex,
            "priority" => Self::Priority,
            "fast" => Self::Fast,
            _ => Self::Standard,
        }
    }
}
