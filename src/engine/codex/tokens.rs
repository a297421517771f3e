//! How Codex counts tokens, and what of them is not settled yet.

use crate::model::Usage;
use serde_json::Value;

/// Tokens as Codex counts them: the cached ones are a part of the input, and
/// reasoning is a part of the output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) input: u64,
    pub(super) cached: u64,
    pub(super) written: u64,
    pub(super) output: u64,
    pub(super) reasoning: u64,
}

impl Tokens {
    /// Reads a count of Codex's.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let count = |name: &str| value.get(name).and_then(Value::as_u64);
        Some(Self {
            input: count("inputTokens")?,
            cached: count("cachedInputTokens").unwrap_or(0),
            written: count("cacheWriteInputTokens").unwrap_or(0),
            output: count("outputTokens")?,
            reasoning: count("reasoningOutputTokens").unwrap_or(0),
        })
    }

    /// In our terms, where the kinds of input exclude each other.
    pub(super) const fn usage(self) -> Usage {
        Usage {
            input: self.input.saturating_sub(self.cached).saturating_sub(self.written),
            cache_read: self.cached,
            cache_write_5m: self.written,
            cache_write_1h: 0,
            output: self.output,
            reasoning: self.reasoning,
            web_searches: 0,
        }
    }

    const fn without(self, less: Self) -> Self {
        Self {
            input: self.input.saturating_sub(less.input),
            cached: self.cached.saturating_sub(less.cached),
            written: self.written.saturating_sub(less.written),
            output: self.output.saturating_sub(less.output),
            reasoning: self.reasoning.saturating_sub(less.reasoning),
        }
    }

    const fn with(self, more: Self) -> Self {
        Self {
            input: self.input.saturating_add(more.input),
            cached: self.cached.saturating_add(more.cached),
            written: self.written.saturating_add(more.written),
            output: self.output.saturating_add(more.output),
            reasoning: self.reasoning.saturating_add(more.reasoning),
        }
    }
}

/// What Codex has counted for a session in all, and how much of it was settled.
/// Its totals are the truth: a count that it repeats adds nothing, and a call
/// that it told nothing else about is found in them.
#[derive(Debug, Default)]
pub(super) struct Tally {
    settled: Tokens,
    /// What was counted before this run is not known yet.
    is_behind: bool,
}

impl Tally {
    /// The tally of a session that goes on: its first total tells what was
    /// settled by a former run.
    pub(super) fn resumed() -> Self {
        Self { settled: Tokens::default(), is_behind: true }
    }

    /// A call was settled by itself.
    pub(super) fn settle(&mut self, tokens: Tokens) {
        self.settled = self.settled.with(tokens);
    }

    /// Takes in a total: what of it is not settled yet, none where all is. `last`
    /// is what the latest call used; a call is under way if it may be that one.
    pub(super) fn count(&mut self, total: Tokens, last: Tokens, calling: bool) -> Option<Tokens> {
        if std::mem::take(&mut self.is_behind) {
            let former = if calling { total.without(last) } else { total };
            self.settled = self.settled.with(former);
        }
        let is_less = total.input < self.settled.input || total.output < self.settled.output;
        if is_less {
            // It began to count anew.
            self.settled = total;
            return calling.then_some(last);
        }
        let missing = total.without(self.settled);
        self.settled = total;
        (missing.input > 0 || missing.output > 0).then_some(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(input: u64, cached: u64, output: u64) -> Tokens {
        Tokens { input, cached, output, ..Tokens::default() }
    }

    #[test]
    fn cached_tokens_are_counted_once() {
        let usage = Tokens { input: 100, cached: 60, written: 10, output: 7, reasoning: 3 }.usage();
        assert_eq!((usage.input, usage.prompt(), usage.total()), (30, 100, 107));
    }

    #[test]
    fn a_total_that_comes_again_adds_nothing() {
        let mut tally = Tally::default();
        let first = tokens(100, 60, 7);
        assert_eq!(tally.count(first, first, true), Some(first));
        assert_eq!(tally.count(first, first, false), None);
        tally.settle(tokens(50, 0, 1));
        assert_eq!(tally.count(tokens(150, 60, 8), tokens(50, 0, 1), false), None);
        let missing = tally.count(tokens(160, 60, 9), tokens(10, 0, 1), false);
        assert_eq!(missing, Some(tokens(10, 0, 1)));
    }

    #[test]
    fn what_a_former_run_has_settled_is_not_settled_again() {
        let mut tally = Tally::resumed();
        assert_eq!(tally.count(tokens(500, 0, 50), tokens(100, 0, 5), false), None);
        assert_eq!(
            tally.count(tokens(600, 0, 55), tokens(100, 0, 5), true),
            Some(tokens(100, 0, 5))
        );
        let mut tally = Tally::resumed();
        assert_eq!(
            tally.count(tokens(600, 0, 55), tokens(100, 0, 5), true),
            Some(tokens(100, 0, 5))
        );
    }
}
