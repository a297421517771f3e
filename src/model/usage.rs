//! Tokens of one model call, in one meaning for all vendors.

use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// What a model call used, in tokens.
///
/// Vendors count differently (OpenAI and Gemini put cached tokens inside the
/// input, Anthropic beside it; Gemini puts thoughts beside the output). Each
/// wire format translates into this: the three kinds of input exclude each
/// other, and reasoning is a part of the output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Input read fresh: neither read from a cache nor written to one.
    pub input: u64,
    /// Input read from a cache.
    #[serde(skip_serializing_if = "none")]
    pub cache_read: u64,
    /// Input written to a cache that lives five minutes (or the vendor's only kind).
    #[serde(skip_serializing_if = "none")]
    pub cache_write_5m: u64,
    /// Input written to a cache that lives an hour.
    #[serde(skip_serializing_if = "none")]
    pub cache_write_1h: u64,
    /// Output, with reasoning.
    pub output: u64,
    /// The part of the output that was reasoning.
    #[serde(skip_serializing_if = "none")]
    pub reasoning: u64,
    /// Searches that the vendor ran and bills apiece.
    #[serde(skip_serializing_if = "none")]
    pub web_searches: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn none(count: &u64) -> bool {
    *count == 0
}

impl Usage {
    /// The whole prompt, cached or not: what chooses a long-context price tier.
    pub const fn prompt(&self) -> u64 {
        self.input
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write_5m)
            .saturating_add(self.cache_write_1h)
    }

    /// Prompt and output together.
    pub const fn total(&self) -> u64 {
        self.prompt().saturating_add(self.output)
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, more: Self) {
        let add = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
        add(&mut self.input, more.input);
        add(&mut self.cache_read, more.cache_read);
        add(&mut self.cache_write_5m, more.cache_write_5m);
        add(&mut self.cache_write_1h, more.cache_write_1h);
        add(&mut self.output, more.output);
        add(&mut self.reasoning, more.reasoning);
        add(&mut self.web_searches, more.web_searches);
    }
}
