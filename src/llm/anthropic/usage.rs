//! Anthropic's counts: cached tokens stand beside the input, and a call may
//! hold several billed requests.

use crate::llm::{Billed, reading::count};
use crate::model::Usage;
use serde_json::Value;

/// Reads a `usage` object; nothing if a count in it is absurd.
pub(in crate::llm) fn usage(raw: &Value) -> Option<Usage> {
    let written = count(&raw["cache_creation_input_tokens"])?;
    let split = &raw["cache_creation"];
    let hour = count(&split["ephemeral_1h_input_tokens"])?;
    let minutes = count(&split["ephemeral_5m_input_tokens"])?;
    // The total rules; a split that does not add up to it is not believed.
    let hour = if hour + minutes == written { hour } else { 0 };
    Some(Usage {
        input: count(&raw["input_tokens"])?,
        cache_read: count(&raw["cache_read_input_tokens"])?,
        cache_write_5m: written - hour,
        cache_write_1h: hour,
        output: count(&raw["output_tokens"])?,
        reasoning: count(&raw["output_tokens_details"]["thinking_tokens"])?,
        web_searches: count(&raw["server_tool_use"]["web_search_requests"])?,
    })
}

/// Every billed request of a call. With server-side compaction or a fallback
/// the top-level counts leave requests out; `iterations` then holds them all,
/// each perhaps with a model of its own.
pub(in crate::llm) fn billed(raw: &Value) -> Option<Vec<Billed>> {
    let whole = usage(raw)?;
    let iterations = raw["iterations"].as_array().map(Vec::as_slice).unwrap_or_default();
    if iterations.is_empty() {
        return Some(vec![Billed { model: None, usage: whole }]);
    }
    let read = iterations.iter().map(|it| {
        Some(Billed { model: it["model"].as_str().map(str::to_owned), usage: usage(it)? })
    });
    let mut parts: Vec<Billed> = read.collect::<Option<_>>()?;
    // Searches and reasoning are counted at the top only.
    let counted = parts.iter().fold(Usage::default(), |mut sum, part| {
        sum += part.usage;
        sum
    });
    if let Some(last) = parts.last_mut() {
        last.usage.web_searches += whole.web_searches.saturating_sub(counted.web_searches);
        last.usage.reasoning += whole.reasoning.saturating_sub(counted.reasoning);
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_split_that_does_not_add_up_is_five_minutes() {
        let raw = json!({"input_tokens": 1, "cache_creation_input_tokens": 30,
            "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 10}});
        let read = usage(&raw).unwrap();
        assert_eq!((read.cache_write_5m, read.cache_write_1h), (30, 0));
    }

    #[test]
    fn a_compaction_within_a_call_is_billed_too() {
        let raw = json!({"input_tokens": 23_000, "output_tokens": 1_000, "iterations": [
            {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500},
            {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000, "model": "other"}]});
        let parts = billed(&raw).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].usage.input, parts[0].usage.output), (180_000, 3_500));
        assert_eq!(parts[1].model.as_deref(), Some("other"));
    }
}
