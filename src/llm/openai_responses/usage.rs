//! Counts of the Responses format: cached tokens (read and written) are inside
//! the input, reasoning is inside the output.

use crate::llm::reading::count;
use crate::model::Usage;
use serde_json::Value;

/// Reads a `usage` object; nothing if a count in it is absurd.
pub(in crate::llm) fn usage(raw: &Value) -> Option<Usage> {
    let details = &raw["input_tokens_details"];
    let input = count(&raw["input_tokens"])?;
    let cache_read = count(&details["cached_tokens"])?.min(input);
    // Billed from GPT-5.6 on; Codex has another name for it.
    let written = match &details["cache_write_tokens"] {
        Value::Null => &raw["cache_write_input_tokens"],
        told => told,
    };
    let cache_write_5m = count(written)?.min(input - cache_read);
    Some(Usage {
        input: input - cache_read - cache_write_5m,
        cache_read,
        cache_write_5m,
        cache_write_1h: 0,
        output: count(&raw["output_tokens"])?,
        reasoning: count(&raw["output_tokens_details"]["reasoning_tokens"])?,
        web_searches: 0,
    })
}
