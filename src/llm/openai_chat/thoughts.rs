//! Reasoning in the chat format, which has no word for it: each server invented
//! its own. What a server sent is sealed with the name of its field and goes
//! back in that field, beside the calls that followed from it.

use crate::llm::{Chunk, Part, Wire, reading::text, seal};
use serde_json::{Map, Value, json};

/// Reasoning that is still arriving.
#[derive(Debug, Default)]
pub(super) struct Thoughts {
    /// The field it comes in.
    field: Option<&'static str>,
    /// OpenRouter's pieces, put together again.
    details: Vec<Value>,
}

/// `DeepSeek`, Moonshot, Qwen, llama.cpp and vLLM; then Ollama, Groq, OpenRouter.
const FIELDS: [&str; 2] = ["reasoning_content", "reasoning"];

/// What grows piece by piece within one of OpenRouter's details.
const GROWING: [&str; 4] = ["text", "summary", "data", "signature"];

impl Thoughts {
    /// Takes what a delta holds of reasoning.
    pub(super) fn take(&mut self, delta: &Value) -> Option<Chunk> {
        for detail in delta["reasoning_details"].as_array().into_iter().flatten() {
            self.add(detail);
        }
        let (field, words) =
            FIELDS.iter().find_map(|field| Some((*field, text(&delta[*field])?)))?;
        self.field = Some(field);
        Some(Chunk::Thought(words.to_owned()))
    }

    /// The seal, once something else than reasoning comes.
    pub(super) fn close(&mut self) -> Option<Chunk> {
        let field = self.field.take();
        let details = std::mem::take(&mut self.details);
        let (name, content) = if details.is_empty() {
            ("field", json!(field?))
        } else {
            ("details", Value::Array(details))
        };
        Some(Chunk::Sealed(seal::stamp(Wire::OpenaiChat, name, content)))
    }

    fn add(&mut self, detail: &Value) {
        let kin = |it: &&mut Value| it["index"] == detail["index"] && it["type"] == detail["type"];
        let Some(known) = self.details.last_mut().filter(kin) else {
            self.details.push(detail.clone());
            return;
        };
        for (name, value) in detail.as_object().into_iter().flatten() {
            match (&mut known[name.as_str()], value) {
                (_, Value::Null) => {}
                (Value::String(all), Value::String(more)) if GROWING.contains(&name.as_str()) => {
                    all.push_str(more);
                }
                (place, value) => *place = value.clone(),
            }
        }
    }
}

/// The fields that carry a message's reasoning back to the server it came from.
pub(super) fn sent_back(parts: &[Part]) -> Map<String, Value> {
    let mut fields: Map<String, Value> = Map::new();
    for part in parts {
        let Part::Thought { text, seal } = part else { continue };
        if let Some(details) = seal::open(seal.as_ref(), Wire::OpenaiChat, "details") {
            let all = fields.entry("reasoning_details").or_insert_with(|| json!([]));
            if let (Some(all), Some(more)) = (all.as_array_mut(), details.as_array()) {
                all.extend(more.iter().cloned());
            }
        }
        let field = seal::open(seal.as_ref(), Wire::OpenaiChat, "field").and_then(Value::as_str);
        if let Some(field) = field.filter(|field| FIELDS.contains(field)) {
            let all = fields.entry(field).or_insert_with(|| json!(""));
            let joined = format!("{}{text}", all.as_str().unwrap_or_default());
            *all = json!(joined);
        }
    }
    fields
}
