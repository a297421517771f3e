//! Gemini's stream: each event is a piece of the response, with whole calls,
//! and the end of the stream is the end of the answer.

use super::usage;
use crate::llm::{
    Billed, Chunk, StopReason, Tier, Trouble, Wire,
    decoder::Decoder,
    reading::{as_object, fresh_id, json, text},
    seal,
};
use crate::model::Usage;
use serde_json::{Value, json};

/// Where an answer stands.
#[derive(Debug, Default)]
pub(in crate::llm) struct GeminiDecoder {
    had_calls: bool,
    model: Option<String>,
    tier: Tier,
    usage: Option<Usage>,
    stop: Option<StopReason>,
    is_over: bool,
}

impl Decoder for GeminiDecoder {
    fn event(&mut self, _name: &str, data: &str) -> Result<Vec<Chunk>, Trouble> {
        if self.is_over || data.trim().is_empty() || data.trim() == "[DONE]" {
            return Ok(Vec::new());
        }
        let event = json(data)?;
        let event = if event.is_array() { &event[0] } else { &event };
        if !event["error"].is_null() {
            return Err(Trouble::in_stream(&event["error"]));
        }
        if let Some(model) = text(&event["modelVersion"]) {
            self.model = Some(model.to_owned());
        }
        let candidate = &event["candidates"][0];
        let parts = candidate["content"]["parts"].as_array().into_iter().flatten();
        let mut chunks: Vec<Chunk> = parts.flat_map(|part| self.part(part)).collect();
        if let Some(reason) = text(&candidate["finishReason"]) {
            self.finish(reason);
        } else if !event["promptFeedback"]["blockReason"].is_null() {
            self.stop = Some(StopReason::Refusal);
        }
        chunks.extend(self.count(&event["usageMetadata"]));
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
            reported_cost: None,
            model: self.model.take(),
            tier: self.tier,
            billed: billed.into_iter().collect(),
        }])
    }

    fn is_settled(&self) -> bool {
        self.stop.is_some()
    }
}

impl GeminiDecoder {
    fn part(&mut self, part: &Value) -> Vec<Chunk> {
        let signature = text(&part["thoughtSignature"])
            .map(|it| seal::stamp(Wire::Gemini, "signature", json!(it)));
        let call = &part["functionCall"];
        if call.is_object() {
            self.had_calls = true;
            return vec![Chunk::Call {
                id: text(&call["id"]).map_or_else(fresh_id, str::to_owned),
                name: call["name"].as_str().unwrap_or_default().to_owned(),
                arguments: Ok(as_object(&call["args"])),
                seal: signature,
            }];
        }
        let words = text(&part["text"]).map(|words| match part["thought"].as_bool() {
            Some(true) => Chunk::Thought(words.to_owned()),
            _ => Chunk::Text(words.to_owned()),
        });
        words.into_iter().chain(signature.map(Chunk::Sealed)).collect()
    }

    fn finish(&mut self, reason: &str) {
        self.stop = Some(match reason {
            "STOP" if self.had_calls => StopReason::ToolUse,
            "STOP" => StopReason::End,
            "MAX_TOKENS" => StopReason::MaxTokens,
            "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE"
            | "IMAGE_SAFETY" => StopReason::Refusal,
            other => StopReason::Other(other.to_owned()),
        });
    }

    fn count(&mut self, raw: &Value) -> Option<Chunk> {
        if let Some(traffic) = text(&raw["trafficType"]) {
            self.tier = match traffic {
                "ON_DEMAND_PRIORITY" => Tier::Priority,
                "ON_DEMAND_FLEX" => Tier::Flex,
                _ => Tier::Standard,
            };
        }
        let usage = usage(raw).filter(|_| raw.is_object())?;
        self.usage = Some(usage);
        Some(Chunk::Usage(usage))
    }
}
