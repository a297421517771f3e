//! Clients of model services: one request and one stream type, one folder a
//! wire format.
//!
//! A call is a stream of [`Chunk`]s that ends in exactly one [`Chunk::Finished`]
//! or one [`Trouble`], never silently. Nothing here retries, runs a tool or
//! keeps a conversation.

mod address;
mod answer;
mod anthropic;
mod chunk;
mod client;
mod decoder;
mod endpoint;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod gemini;
mod head;
mod openai_chat;
mod openai_responses;
mod pool;
mod prices;
mod quota;
mod reading;
mod request;
mod retry_after;
mod seal;
mod sse;
mod trouble;
mod web;

pub use crate::config::{Effort, Wire};
pub use chunk::{Billed, Chunk, StopReason, Tier};
pub use client::{Chunks, Client};
pub use endpoint::{Endpoint, UnknownWire};
pub use prices::{PriceTable, Priced};
pub(crate) use quota::{hundredths, until};
pub use request::{Message, Part, Request, ToolResult, ToolSpec, UnknownEffort, estimate_tokens};
pub use retry_after::retry_after;
pub use trouble::Trouble;
pub use web::{choose_cryptography, web};

use serde_json::Value;

/// What Anthropic bills for a call, by the `usage` of its answer as others have kept
/// it. None if a count in it is absurd.
pub fn billed_by_anthropic(usage: &Value) -> Option<Vec<Billed>> {
    anthropic::billed(usage)
}

#[cfg(test)]
mod tests;
