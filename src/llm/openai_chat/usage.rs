//! Counts in the chat format: cached tokens are inside the prompt, reasoning
//! is inside the completion.

use crate::llm::reading::count;
use crate::model::Usage;
use serde_json::Value;

/// Reads a `usage` object; nothing if a count in it is absurd.
pub(in crate::llm) fn usage(raw: &Value) -> Option<Usage> {
    let prompt = count(&raw["prompt_tokens"])?;
    let details = &raw["prompt_tokens_details"];
    // DeepSeek and Moonshot have names of their own for what was cached.
    let named = [&details["cached_tokens"], &raw["prompt_cache_hit_tokens"], &raw["cached_tokens"]];
    let cached = named.into_iter().find(|it| !it.is_null()).unwrap_or(&Value::Null);
    let cache_read = count(cached)?.min(prompt);
    let written = named_write(details);
    let cache_write_5m = count(written)?.min(prompt - cache_read);
    Some(Usage {
        input: prompt - cache_read - cache_write_5m,
        cache_read,
        cache_write_5m,
        cache_write_1h: 0,
        output: count(&raw["completion_tokens"])?,
        reasoning: count(&raw["completion_tokens_details"]["reasoning_tokens"])?,
        web_searches: count(&raw["server_tool_use"]["web_search_requests"])?,
    })
}

fn named_write(details: &Value) -> &Value {
    ["cache_write_tokens", "cache_creation_tokens"]
        .into_iter()
        .map(|name| &details[name])
        .find(|it| !it.is_null())
        .unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cached_tokens_are_taken_out_of_the_prompt() {
        for raw in [
            json!({"prompt_tokens": 10, "completion_tokens": 2,
                   "prompt_tokens_details": {"cached_tokens": 4}}),
            json!({"prompt_tokens": 10, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}),
            json!({"prompt_tokens": 10, "completion_tokens": 2, "cached_tokens": 4}),
        ] {
            let expected = Usage { input: 6, cache_read: 4, output: 2, ..Usage::default() };
            assert_eq!(usage(&raw), Some(expected));
        }
    }
}
