//! Anthropic's stream: blocks open, grow and close, between a start that names
//! the model and a delta that says why it stopped.

use super::{billed, usage};
use crate::llm::{
    Billed, Chunk, StopReason, Tier, Trouble, Wire,
    decoder::Decoder,
    reading::{arguments, fresh_id, json, text},
    seal,
};
use crate::model::Usage;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Where an answer stands.
#[derive(Debug, Default)]
pub(in crate::llm) struct AnthropicDecoder {
    open: HashMap<u64, Block>,
    model: Option<String>,
    /// The usage object, each field as it was last told.
    usage: Map<String, Value>,
    stop: Option<StopReason>,
    is_over: bool,
}

/// A block that is still growing.
#[derive(Debug)]
enum Block {
    Words,
    Thought {
        signature: String,
    },
    Redacted {
        data: Value,
    },
    Call {
        id: String,
        name: String,
        given: Value,
        raw: String,
    },
    /// Server tools, citations and whatever comes next: nothing to show.
    Other,
}

impl Decoder for AnthropicDecoder {
    fn event(&mut self, name: &str, data: &str) -> Result<Vec<Chunk>, Trouble> {
        if self.is_over || name == "ping" {
            return Ok(Vec::new());
        }
        let event = json(data)?;
        match event["type"].as_str().unwrap_or(name) {
            "message_start" => Ok(self.start(&event["message"])),
            "content_block_start" => Ok(self.open(&event)),
            "content_block_delta" => Ok(self.grow(&event)),
            "content_block_stop" => Ok(self.close(&event)),
            "message_delta" => Ok(self.delta(&event)),
            "message_stop" => self.end(),
            "error" => Err(Trouble::in_stream(&event["error"])),
            _ => Ok(Vec::new()),
        }
    }

    fn end(&mut self) -> Result<Vec<Chunk>, Trouble> {
        let Some(stop) = self.stop.take().filter(|_| self.open.is_empty()) else {
            return Err(Trouble::Cut("the message did not stop".into()));
        };
        self.is_over = true;
        let raw = Value::Object(std::mem::take(&mut self.usage));
        let billed = if raw["output_tokens"].is_null() { None } else { billed(&raw) };
        let billed: Vec<Billed> = billed.unwrap_or_default();
        let usage = billed.iter().fold(Usage::default(), |mut sum, part| {
            sum += part.usage;
            sum
        });
        let tier = match (raw["speed"].as_str(), raw["service_tier"].as_str()) {
            (Some("fast"), _) => Tier::Fast,
            (_, Some("batch")) => Tier::Batch,
            // `priority` is capacity paid for in advance, not a rate.
            _ => Tier::Standard,
        };
        let model = self.model.take();
        Ok(vec![Chunk::Finished { stop, usage, reported_cost: None, model, tier, billed }])
    }

    fn is_settled(&self) -> bool {
        self.stop.is_some() && self.open.is_empty()
    }
}

impl AnthropicDecoder {
    fn start(&mut self, message: &Value) -> Vec<Chunk> {
        self.model = text(&message["model"]).map(str::to_owned);
        self.count(&message["usage"])
    }

    /// Keeps the newest counts, and tells them.
    fn count(&mut self, told: &Value) -> Vec<Chunk> {
        let Some(fields) = told.as_object() else { return Vec::new() };
        let known = fields.iter().filter(|(_, value)| !value.is_null());
        self.usage.extend(known.map(|(name, value)| (name.clone(), value.clone())));
        let sum = usage(&Value::Object(self.usage.clone()));
        sum.map(Chunk::Usage).into_iter().collect()
    }

    fn open(&mut self, event: &Value) -> Vec<Chunk> {
        let begun = &event["content_block"];
        let (block, chunk) = match begun["type"].as_str() {
            Some("text") => (Block::Words, text(&begun["text"]).map(|it| Chunk::Text(it.into()))),
            Some("thinking") => {
                let signature = begun["signature"].as_str().unwrap_or_default().to_owned();
                let said = text(&begun["thinking"]).map(|it| Chunk::Thought(it.into()));
                (Block::Thought { signature }, said)
            }
            Some("redacted_thinking") => (Block::Redacted { data: begun["data"].clone() }, None),
            Some("tool_use") => {
                let name = begun["name"].as_str().unwrap_or_default().to_owned();
                let id = text(&begun["id"]).map_or_else(fresh_id, str::to_owned);
                let progress = Chunk::CallProgress { name: name.clone(), bytes: 0 };
                let given = begun["input"].clone();
                (Block::Call { id, name, given, raw: String::new() }, Some(progress))
            }
            _ => (Block::Other, None),
        };
        let index = event["index"].as_u64().unwrap_or_default();
        // A block that opens over another closes it.
        let mut chunks: Vec<Chunk> =
            self.open.insert(index, block).and_then(Block::closed).into_iter().collect();
        chunks.extend(chunk);
        chunks
    }

    fn grow(&mut self, event: &Value) -> Vec<Chunk> {
        let delta = &event["delta"];
        let index = event["index"].as_u64().unwrap_or_default();
        let block = self.open.get_mut(&index);
        let chunk = match (delta["type"].as_str(), block) {
            (Some("text_delta"), _) => text(&delta["text"]).map(|it| Chunk::Text(it.into())),
            (Some("thinking_delta"), _) => {
                text(&delta["thinking"]).map(|it| Chunk::Thought(it.into()))
            }
            (Some("signature_delta"), Some(Block::Thought { signature })) => {
                signature.push_str(delta["signature"].as_str().unwrap_or_default());
                None
            }
            (Some("input_json_delta"), Some(Block::Call { name, raw, .. })) => {
                raw.push_str(delta["partial_json"].as_str().unwrap_or_default());
                Some(Chunk::CallProgress { name: name.clone(), bytes: raw.len() as u64 })
            }
            _ => None,
        };
        chunk.into_iter().collect()
    }

    fn close(&mut self, event: &Value) -> Vec<Chunk> {
        let index = event["index"].as_u64().unwrap_or_default();
        self.open.remove(&index).and_then(Block::closed).into_iter().collect()
    }

    fn delta(&mut self, event: &Value) -> Vec<Chunk> {
        if let Some(word) = event["delta"]["stop_reason"].as_str() {
            self.stop = Some(match word {
                "end_turn" | "stop_sequence" => StopReason::End,
                "tool_use" => StopReason::ToolUse,
                "max_tokens" | "model_context_window_exceeded" => StopReason::MaxTokens,
                "refusal" => StopReason::Refusal,
                other => StopReason::Other(other.to_owned()),
            });
        }
        self.count(&event["usage"])
    }
}

impl Block {
    fn closed(self) -> Option<Chunk> {
        let stamp = |field, content| Chunk::Sealed(seal::stamp(Wire::Anthropic, field, content));
        match self {
            Self::Words | Self::Other => None,
            Self::Thought { signature } => {
                (!signature.is_empty()).then(|| stamp("signature", json!(signature)))
            }
            Self::Redacted { data } => Some(stamp("redacted", data)),
            Self::Call { id, name, given, raw } => {
                let is_given = raw.trim().is_empty() && given.is_object();
                let arguments = if is_given { Ok(given) } else { arguments(&raw) };
                Some(Chunk::Call { id, name, arguments, seal: None })
            }
        }
    }
}
