//! The chat format's stream: deltas of one choice, a reason to finish, then
//! perhaps the usage, then perhaps `[DONE]`.

use super::{calls::Calls, thoughts::Thoughts, usage};
use crate::llm::{
    Billed, Chunk, StopReason, Tier, Trouble,
    decoder::Decoder,
    reading::{dollars, json, text},
};
use crate::model::{Money, Usage};
use serde_json::Value;

/// Where an answer stands.
#[derive(Debug, Default)]
pub(in crate::llm) struct ChatDecoder {
    calls: Calls,
    thoughts: Thoughts,
    had_calls: bool,
    model: Option<String>,
    tier: Tier,
    usage: Option<Usage>,
    cost: Option<Money>,
    stop: Option<StopReason>,
    is_over: bool,
}

impl Decoder for ChatDecoder {
    fn event(&mut self, _name: &str, data: &str) -> Result<Vec<Chunk>, Trouble> {
        if self.is_over || data.trim().is_empty() {
            return Ok(Vec::new());
        }
        if data.trim() == "[DONE]" {
            return self.end();
        }
        let event = json(data)?;
        if !event["error"].is_null() {
            return Err(Trouble::in_stream(&event["error"]));
        }
        self.note(&event);
        let mut chunks = Vec::new();
        if let Some(choice) = event["choices"].get(0) {
            self.choice(choice, &mut chunks)?;
        }
        chunks.extend(self.count(&event));
        Ok(chunks)
    }

    fn end(&mut self) -> Result<Vec<Chunk>, Trouble> {
        let Some(stop) = self.stop.take() else {
            return Err(Trouble::Cut("no reason to finish was given".into()));
        };
        self.is_over = true;
        let billed = self.usage.map(|usage| Billed { model: None, usage });
        Ok(vec![Chunk::Finished {
            stop,
            usage: self.usage.unwrap_or_default(),
            reported_cost: self.cost,
            model: self.model.take(),
            tier: self.tier,
            billed: billed.into_iter().collect(),
        }])
    }

    fn is_settled(&self) -> bool {
        self.stop.is_some()
    }
}

impl ChatDecoder {
    fn note(&mut self, event: &Value) {
        if let Some(model) = text(&event["model"]).filter(|_| self.model.is_none()) {
            self.model = Some(model.to_owned());
        }
        if let Some(tier) = text(&event["service_tier"]) {
            self.tier = Tier::named(tier);
        }
    }

    fn choice(&mut self, choice: &Value, chunks: &mut Vec<Chunk>) -> Result<(), Trouble> {
        // A server that does not stream after all answers with a message.
        let delta = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
        chunks.extend(self.thoughts.take(delta));
        let words = [&delta["content"], &delta["refusal"]];
        let words: Vec<String> = words.into_iter().filter_map(words_of).collect();
        let calls = delta["tool_calls"].as_array().map(Vec::as_slice).unwrap_or_default();
        if !words.is_empty() || !calls.is_empty() {
            chunks.extend(self.thoughts.close());
        }
        chunks.extend(words.into_iter().map(Chunk::Text));
        chunks.extend(calls.iter().filter_map(|call| self.calls.take(call)));
        if !choice["error"].is_null() {
            return Err(Trouble::in_stream(&choice["error"]));
        }
        if let Some(reason) = text(&choice["finish_reason"]) {
            self.finish(reason, chunks)?;
        }
        Ok(())
    }

    /// The choice is whole. Many servers say `stop` after calls too.
    fn finish(&mut self, reason: &str, chunks: &mut Vec<Chunk>) -> Result<(), Trouble> {
        chunks.extend(self.thoughts.close());
        self.had_calls |= !self.calls.is_empty();
        let is_whole = !matches!(reason, "length" | "error" | "content_filter");
        let whole = self.calls.close();
        // A call cut off by the limit is whole only by accident: said as it is.
        chunks.extend(whole.into_iter().filter(|_| reason != "error"));
        self.stop = Some(match reason {
            _ if self.had_calls && is_whole => StopReason::ToolUse,
            "stop" | "eos" | "end_turn" => StopReason::End,
            "tool_calls" | "function_call" => StopReason::ToolUse,
            "length" | "max_tokens" => StopReason::MaxTokens,
            "content_filter" | "refusal" => StopReason::Refusal,
            // OpenRouter, DeepSeek: the vendor behind it failed.
            "error" | "insufficient_system_resource" => {
                let (kind, message) = (reason.to_owned(), String::new());
                return Err(Trouble::InStream { kind, message, retry_after: None });
            }
            other => StopReason::Other(other.to_owned()),
        });
        Ok(())
    }

    /// Usage comes at the end (OpenAI), with every chunk (vLLM), within the
    /// choice (Moonshot) or under `x_groq`.
    fn count(&mut self, event: &Value) -> Option<Chunk> {
        let places = [&event["usage"], &event["choices"][0]["usage"], &event["x_groq"]["usage"]];
        let raw = places.into_iter().find(|it| it.is_object())?;
        self.cost = dollars(&raw["cost"]).or(self.cost);
        self.usage = usage(raw).or(self.usage);
        self.usage.map(Chunk::Usage)
    }
}

/// Words come as a string, or as a list of parts (Mistral).
fn words_of(content: &Value) -> Option<String> {
    let words = match content {
        Value::String(words) => words.clone(),
        Value::Array(parts) => parts.iter().filter_map(|it| it["text"].as_str()).collect(),
        _ => return None,
    };
    (!words.is_empty()).then_some(words)
}
