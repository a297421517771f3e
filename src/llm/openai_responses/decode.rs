//! The Responses stream: items are added, grow and are done; the last event
//! carries the whole response with its usage.

use super::usage;
use crate::llm::{
    Billed, Chunk, StopReason, Tier, Trouble, Wire,
    decoder::Decoder,
    reading::{arguments, fresh_id, json, text},
    seal,
};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// Where an answer stands.
#[derive(Debug, Default)]
pub(in crate::llm) struct ResponsesDecoder {
    /// Calls that are arriving, by their place: name, and bytes so far.
    growing: HashMap<u64, (String, u64)>,
    /// Places whose words or thoughts were told piece by piece.
    told: HashSet<u64>,
    /// Places whose item is done.
    done: HashSet<u64>,
    had_calls: bool,
    is_refused: bool,
    searches: u64,
    is_over: bool,
}

impl Decoder for ResponsesDecoder {
    fn event(&mut self, name: &str, data: &str) -> Result<Vec<Chunk>, Trouble> {
        if self.is_over || data.trim() == "[DONE]" {
            return Ok(Vec::new());
        }
        let event = json(data)?;
        match event["type"].as_str().unwrap_or(name) {
            "response.output_item.added" => Ok(self.added(&event)),
            "response.output_text.delta" => Ok(self.delta(&event, Chunk::Text)),
            "response.refusal.delta" => {
                self.is_refused = true;
                Ok(self.delta(&event, Chunk::Text))
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                Ok(self.delta(&event, Chunk::Thought))
            }
            // Paragraphs of a summary come as parts.
            "response.reasoning_summary_part.added" if event["summary_index"] != 0 => {
                Ok(vec![Chunk::Thought("\n\n".to_owned())])
            }
            "response.function_call_arguments.delta" => Ok(self.progress(&event)),
            "response.output_item.done" => Ok(self.item(place(&event), &event["item"])),
            "response.completed" | "response.incomplete" => Ok(self.complete(&event["response"])),
            "response.failed" => Err(Trouble::in_stream(&event["response"]["error"])),
            "error" if event["error"].is_object() => Err(Trouble::in_stream(&event["error"])),
            "error" => Err(Trouble::in_stream(&event)),
            _ if event["error"].is_object() => Err(Trouble::in_stream(&event["error"])),
            _ => Ok(Vec::new()),
        }
    }

    fn end(&mut self) -> Result<Vec<Chunk>, Trouble> {
        Err(Trouble::Cut("the response was not completed".into()))
    }

    fn is_settled(&self) -> bool {
        false
    }
}

fn place(event: &Value) -> u64 {
    event["output_index"].as_u64().unwrap_or_default()
}

impl ResponsesDecoder {
    fn added(&mut self, event: &Value) -> Vec<Chunk> {
        let item = &event["item"];
        if item["type"] != "function_call" {
            return Vec::new();
        }
        let name = item["name"].as_str().unwrap_or_default().to_owned();
        self.growing.insert(place(event), (name.clone(), 0));
        vec![Chunk::CallProgress { name, bytes: 0 }]
    }

    fn delta(&mut self, event: &Value, kind: fn(String) -> Chunk) -> Vec<Chunk> {
        let Some(words) = text(&event["delta"]) else { return Vec::new() };
        self.told.insert(place(event));
        vec![kind(words.to_owned())]
    }

    fn progress(&mut self, event: &Value) -> Vec<Chunk> {
        let Some((name, bytes)) = self.growing.get_mut(&place(event)) else { return Vec::new() };
        *bytes += text(&event["delta"]).map_or(0, str::len) as u64;
        vec![Chunk::CallProgress { name: name.clone(), bytes: *bytes }]
    }

    /// An item is whole; what its deltas already told is not told again.
    fn item(&mut self, place: u64, item: &Value) -> Vec<Chunk> {
        if !self.done.insert(place) {
            return Vec::new();
        }
        let is_told = self.told.contains(&place);
        match item["type"].as_str() {
            Some("message") if !is_told => {
                let parts = item["content"].as_array().into_iter().flatten();
                self.is_refused |= parts.clone().any(|it| text(&it["refusal"]).is_some());
                let words = parts.filter_map(|it| text(&it["text"]).or(text(&it["refusal"])));
                words.map(|it| Chunk::Text(it.to_owned())).collect()
            }
            Some("reasoning") => Self::reasoning(item, is_told),
            Some("function_call") => {
                self.had_calls = true;
                vec![Chunk::Call {
                    id: text(&item["call_id"])
                        .or(text(&item["id"]))
                        .map_or_else(fresh_id, str::to_owned),
                    name: item["name"].as_str().unwrap_or_default().to_owned(),
                    arguments: arguments(item["arguments"].as_str().unwrap_or_default()),
                    seal: None,
                }]
            }
            Some("web_search_call") => {
                self.searches += 1;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Without its encrypted content the vendor would not know the item again.
    fn reasoning(item: &Value, is_told: bool) -> Vec<Chunk> {
        let summary = item["summary"].as_array().into_iter().flatten();
        let words: Vec<&str> = summary.filter_map(|it| text(&it["text"])).collect();
        let told = (!is_told && !words.is_empty()).then(|| Chunk::Thought(words.join("\n\n")));
        let sealed = text(&item["encrypted_content"]).map(|content| {
            let item = json!({
                "type": "reasoning",
                "id": item["id"],
                "summary": item["summary"],
                "encrypted_content": content,
            });
            Chunk::Sealed(seal::stamp(Wire::OpenaiResponses, "item", item))
        });
        told.into_iter().chain(sealed).collect()
    }

    /// The last event. Items whose own end was lost are taken from it.
    fn complete(&mut self, response: &Value) -> Vec<Chunk> {
        self.is_over = true;
        let mut chunks = Vec::new();
        for (place, item) in (0..).zip(response["output"].as_array().into_iter().flatten()) {
            chunks.extend(self.item(place, item));
        }
        let read = usage(&response["usage"]).filter(|_| response["usage"].is_object());
        let usage = read.map(|mut usage| {
            usage.web_searches = self.searches;
            usage
        });
        chunks.push(Chunk::Finished {
            stop: self.stop(response),
            usage: usage.unwrap_or_default(),
            reported_cost: crate::llm::reading::dollars(&response["usage"]["cost"]),
            model: text(&response["model"]).map(str::to_owned),
            tier: response["service_tier"].as_str().map(Tier::named).unwrap_or_default(),
            billed: usage.map(|usage| Billed { model: None, usage }).into_iter().collect(),
        });
        chunks
    }

    fn stop(&self, response: &Value) -> StopReason {
        match response["incomplete_details"]["reason"].as_str() {
            Some("max_output_tokens") => StopReason::MaxTokens,
            Some("content_filter") => StopReason::Refusal,
            Some(other) => StopReason::Other(other.to_owned()),
            None if self.had_calls => StopReason::ToolUse,
            None if self.is_refused => StopReason::Refusal,
            None => StopReason::End,
        }
    }
}
