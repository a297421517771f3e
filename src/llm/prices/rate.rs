//! Rates, and the sum that they make: whole numbers throughout.

use crate::config::Price as Setting;
use crate::model::{Money, Usage};
use serde::{Deserialize, Deserializer, de};

/// Nano-dollars for a million tokens (or for a thousand searches or requests).
/// A long prompt may change it: then it changes for every token of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rate {
    base: u64,
    /// Above so many tokens of prompt, so much; ascending.
    steps: Vec<(u64, u64)>,
}

/// The rates of one model at one time. What has no rate of its own is billed
/// as the kind that holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rates {
    pub(super) input: Option<Rate>,
    pub(super) output: Option<Rate>,
    pub(super) read: Option<Rate>,
    pub(super) write: Option<Rate>,
    pub(super) write_1h: Option<Rate>,
    pub(super) search: Option<Rate>,
    pub(super) request: Option<Rate>,
}

/// Millionths of a nano-dollar in one, since rates are for a million.
const MILLION: u128 = 1_000_000;
const THOUSAND: u128 = 1_000;

impl Rate {
    const fn flat(base: u64) -> Self {
        Self { base, steps: Vec::new() }
    }

    /// The rate for a prompt of so many tokens: a step applies strictly above
    /// its limit.
    fn at(&self, prompt: u64) -> u128 {
        let step = self.steps.iter().rev().find(|(above, _)| prompt > *above);
        u128::from(step.map_or(self.base, |(_, rate)| *rate))
    }
}

impl Rates {
    /// The rates that the settings give; what they leave out costs what input does.
    pub(super) fn set(setting: &Setting) -> Self {
        let flat = |money: Money| Rate::flat(money.0);
        Self {
            input: Some(flat(setting.input)),
            output: Some(flat(setting.output)),
            read: setting.cache_read.map(flat),
            write: setting.cache_write_5m.map(flat),
            write_1h: setting.cache_write_1h.map(flat),
            search: None,
            request: None,
        }
    }

    /// These rates where there are any, those of `other` elsewhere.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            input: self.input.or(other.input),
            output: self.output.or(other.output),
            read: self.read.or(other.read),
            write: self.write.or(other.write),
            write_1h: self.write_1h.or(other.write_1h),
            search: self.search.or(other.search),
            request: self.request.or(other.request),
        }
    }

    /// The price of one request, rounded once, at the end.
    pub(super) fn price(&self, usage: &Usage) -> Money {
        let prompt = usage.prompt();
        let at = |rate: &Option<Rate>| rate.as_ref().map(|it| it.at(prompt));
        let input = at(&self.input).unwrap_or(0);
        let write = at(&self.write).unwrap_or(input);
        let tokens = [
            (usage.input, input),
            (usage.cache_read, at(&self.read).unwrap_or(input)),
            (usage.cache_write_5m, write),
            (usage.cache_write_1h, at(&self.write_1h).unwrap_or(write)),
            (usage.output, at(&self.output).unwrap_or(0)),
        ];
        let counted = [(usage.web_searches, at(&self.search)), (1, at(&self.request))];
        let tokens: u128 = tokens.into_iter().map(|(count, rate)| u128::from(count) * rate).sum();
        let counted: u128 = counted
            .into_iter()
            .map(|(count, rate)| u128::from(count) * rate.unwrap_or(0) * (MILLION / THOUSAND))
            .sum();
        let nanos = (tokens + counted + MILLION / 2) / MILLION;
        Money(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// A number, or `[base, [above, rate], …]`.
impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Rate;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a rate, or [base, [above, rate], …]")
            }

            fn visit_u64<E: de::Error>(self, base: u64) -> Result<Rate, E> {
                Ok(Rate::flat(base))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut all: A) -> Result<Rate, A::Error> {
                let base =
                    all.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
                let mut rate = Rate::flat(base);
                while let Some(step) = all.next_element()? {
                    rate.steps.push(step);
                }
                Ok(rate)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
