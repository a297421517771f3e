//! What a prompt used and cost, in the ways in which agents say it.
//!
//! An agent's answer to a prompt may hold its usage; some give it as a quota by
//! model, one after each model call or in a record of its own, and some the dollars
//! of the whole session so far. What several of them tell is counted once.

use crate::{
    engine::native::Tariff,
    llm::Tier,
    model::{Cost, Money, Usage},
};
use serde_json::Value;

/// Nano-dollars in a dollar.
const NANOS: f64 = 1e9;
/// What rounding may take from a sum, in dollars.
const ROUNDED: f64 = 1e-8;

/// The meter of one session.
#[derive(Debug, Default)]
pub(super) struct Bill {
    vendor: String,
    model: String,
    /// What model calls have used since the last settlement, each by itself.
    calls: Vec<Usage>,
    /// What calls of this prompt have used that are settled.
    prompt: Usage,
    /// How much the last call has left in the model's window, and how much that holds, as
    /// far as it was told since the last settlement.
    window: Option<u64>,
    size: Option<u64>,
    /// Dollars of the session, settled so far; none where nobody knows what it
    /// had cost before.
    settled: Option<f64>,
    /// Dollars of the session so far, where the agent says them.
    total: Option<f64>,
}

impl Bill {
    /// The meter of a session that had cost this much before, if that is known.
    pub(super) fn new(vendor: String, model: String, before: Option<Money>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "an agent's own figure is a double")]
        let settled = before.map(|it| it.0 as f64 / NANOS);
        Self { vendor, model, settled, ..Self::default() }
    }

    /// A new session begins: it has cost nothing.
    pub(super) fn begin(&mut self) {
        self.settled = Some(0.0);
        self.total = None;
    }

    /// A session that is taken up again says what it had cost before.
    pub(super) fn had_cost(&mut self, dollars: f64) {
        if dollars.is_finite() && dollars >= 0.0 {
            self.settled = Some(dollars);
        }
    }

    pub(super) fn set_model(&mut self, model: &str) {
        model.clone_into(&mut self.model);
    }

    /// A model call has used so much.
    pub(super) fn used(&mut self, usage: Usage) {
        self.window = Some(usage.total());
        self.calls.push(usage);
    }

    /// What calls have used that are not settled is counted already.
    pub(super) fn forget_calls(&mut self) {
        self.calls.clear();
        self.window = None;
    }

    /// So much is in the model's window, of so much that it holds.
    pub(super) fn fills(&mut self, tokens: u64, size: u64) {
        self.window = Some(tokens);
        self.size = Some(size).filter(|it| *it > 0);
    }

    /// How much the model's window holds, where that was told since the last settlement.
    pub(super) const fn size(&mut self) -> Option<u64> {
        self.size.take()
    }

    /// What is in the model's window since the last settlement, where that is known.
    pub(super) fn window(&mut self) -> Option<u64> {
        self.window.take().filter(|it| *it > 0)
    }

    /// The session has cost so many dollars so far.
    pub(super) fn costs(&mut self, dollars: f64) {
        if dollars.is_finite() && dollars >= 0.0 {
            self.total = Some(dollars);
        }
    }

    /// Settles what was used since the last time. `answer` is the agent's answer
    /// to the prompt, once there is one.
    pub(super) fn settle(&mut self, answer: Option<&Value>, tariff: &dyn Tariff) -> (Usage, Cost) {
        let mut parts: Vec<(String, Usage)> =
            self.calls.drain(..).map(|it| (self.model.clone(), it)).collect();
        for (_, usage) in &parts {
            self.prompt += *usage;
        }
        let mut is_told = true;
        if let Some(answer) = answer {
            let told = std::mem::take(&mut self.prompt);
            is_told = told.total() > 0;
            parts.extend(self.parts(answer).into_iter().map(|it| beyond(it, &told)));
        }
        parts.retain(|(_, usage)| usage.total() > 0);
        let mut sum = Usage::default();
        for (_, usage) in &parts {
            sum += *usage;
        }
        let since = self.total.map(|total| {
            let before = self.settled.replace(total);
            before.map(|before| total - before).filter(|since| *since > -ROUNDED)
        });
        let cost = match since {
            Some(Some(since)) => Cost::reported(money(since.max(0.0))),
            // It has begun to count anew, or nobody knows from where.
            Some(None) if parts.is_empty() => Cost::from(None),
            // A whole prompt, and not a word of what it used.
            None if parts.is_empty() && !is_told => Cost::from(None),
            Some(None) | None => self.priced(&parts, tariff),
        };
        (sum, cost)
    }

    fn parts(&self, answer: &Value) -> Vec<(String, Usage)> {
        if let Some(found) = answer.get("usage").filter(|it| it.is_object()) {
            return vec![(self.model.clone(), usage(found))];
        }
        let quota = answer.pointer("/_meta/quota/model_usage").and_then(Value::as_array);
        let part = |it: &Value| {
            let model = it.get("model").and_then(Value::as_str).unwrap_or(&self.model);
            Some((model.to_owned(), usage(it.get("token_count")?)))
        };
        quota.map(|it| it.iter().filter_map(part).collect()).unwrap_or_default()
    }

    fn priced(&self, parts: &[(String, Usage)], tariff: &dyn Tariff) -> Cost {
        let mut sum = Cost::default();
        for (model, usage) in parts {
            let price = tariff.price(&self.vendor, model, usage, Tier::Standard);
            sum += price.map_or_else(
                || {
                    let worst = tariff.most(&self.vendor, model, usage.prompt(), usage.output);
                    Cost::unpriced(worst.unwrap_or_default())
                },
                |it| Cost::from(Some(it)),
            );
        }
        sum
    }
}

/// What an answer tells of a prompt beyond what its calls have told one by one.
fn beyond((model, whole): (String, Usage), told: &Usage) -> (String, Usage) {
    if *told == Usage::default() {
        return (model, whole);
    }
    let input = whole.prompt().saturating_sub(told.prompt());
    let output = whole.output.saturating_sub(told.output);
    (model, Usage { input, output, ..Usage::default() })
}

fn money(dollars: f64) -> Money {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float's cast to an integer saturates"
    )]
    Money((dollars * NANOS).round() as _)
}

/// Tokens as agents count them. Some count what came from the cache within the
/// input, some beside it: the total tells.
pub(super) fn usage(counted: &Value) -> Usage {
    let read =
        |names: &[&str]| names.iter().find_map(|it| counted.get(it)?.as_u64()).unwrap_or_default();
    let input = read(&["inputTokens", "input_tokens"]);
    let output = read(&["outputTokens", "output_tokens"]);
    let cached = read(&["cachedReadTokens", "cachedInputTokens", "cached_input_tokens", "cached"]);
    let written = read(&["cachedWriteTokens", "cacheWriteInputTokens", "cached_write_tokens"]);
    let total = read(&["totalTokens", "total_tokens"]);
    let is_within = total == 0 || total <= input.saturating_add(output);
    let beside = if is_within { cached.saturating_add(written) } else { 0 };
    Usage {
        input: input.saturating_sub(beside),
        cache_read: cached,
        cache_write_5m: written,
        output,
        reasoning: read(&["thoughtTokens", "reasoningOutputTokens"]).min(output),
        ..Usage::default()
    }
}
