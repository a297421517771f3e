//! Gemini's counts: cached tokens are inside the prompt, the prompts of tools
//! and the thoughts are beside prompt and answer.

use crate::llm::reading::count;
use crate::model::Usage;
use serde_json::Value;

/// Reads a `usageMetadata` object; nothing if a count in it is absurd.
pub(in crate::llm) fn usage(raw: &Value) -> Option<Usage> {
    let prompt = count(&raw["promptTokenCount"])? + count(&raw["toolUsePromptTokenCount"])?;
    let cache_read = count(&raw["cachedContentTokenCount"])?.min(prompt);
    let reasoning = count(&raw["thoughtsTokenCount"])?;
    Some(Usage {
        input: prompt - cache_read,
        cache_read,
        output: count(&raw["candidatesTokenCount"])? + reasoning,
        reasoning,
        ..Usage::default()
    })
}
