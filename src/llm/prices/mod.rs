//! What a call costs, to the nano-dollar, at the rate of its day.
//!
//! The rates are data (`assets/prices.json`, made by `assets/prices.py`, with
//! its source and date); the settings may go before them. A model that neither
//! knows has no price: that is not the same as free.

mod book;
mod clause;
mod rate;

use super::{Billed, Tier};
use crate::config::Price as Setting;
use crate::model::{Money, Usage};
use book::{Book, Model};
use jiff::Timestamp;
use rate::Rates;
use std::{collections::BTreeMap, sync::LazyLock};

/// Read when the first price is asked for, so that no start waits for it.
static BOOK: LazyLock<Book> = LazyLock::new(Book::embedded);

/// All known prices.
#[derive(Debug, Clone)]
pub struct PriceTable {
    book: &'static LazyLock<Book>,
    /// Prices from the settings, by model name or by its beginning and a star.
    settings: BTreeMap<String, Setting>,
}

/// Whose price is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priced<'call> {
    /// Who serves it: a name of the table (see [`PriceTable::provider_at`]) or
    /// one like it. None looks for the model's own vendor.
    pub provider: Option<&'call str>,
    /// The vendor's name of the model.
    pub model: &'call str,
    /// When the call was made: prices change.
    pub at: Timestamp,
    /// The rate that the service applied.
    pub tier: Tier,
}

impl PriceTable {
    /// The prices that came with the program; read once, on first use.
    pub fn embedded() -> Self {
        Self { book: &BOOK, settings: BTreeMap::new() }
    }

    /// These prices, and before them those of the settings: by model name, or by
    /// its beginning and a star (the longest that fits).
    #[must_use]
    pub fn with_overrides(mut self, settings: BTreeMap<String, Setting>) -> Self {
        self.settings.extend(settings);
        self
    }

    /// Where the built-in prices come from, and of when.
    pub fn source(&self) -> (&str, &str) {
        (&self.book.source, &self.book.date)
    }

    /// The provider at an address; none for a local or unknown one.
    pub fn provider_at(&self, base_url: &str) -> Option<&str> {
        self.book.at(base_url)
    }

    /// The price of one billed request; none if the model, or the tier of it,
    /// has no known price.
    pub fn price(&self, call: &Priced<'_>, usage: &Usage) -> Option<Money> {
        self.rates(call).map(|rates| rates.price(usage))
    }

    /// The price of a whole call: the sum of its parts, each by its own model.
    /// None if nothing is told of its usage, or one part has no known price.
    pub fn bill(&self, call: &Priced<'_>, parts: &[Billed]) -> Option<Money> {
        let priced = parts.iter().map(|part| {
            let model = part.model.as_deref().unwrap_or(call.model);
            self.price(&Priced { model, ..*call }, &part.usage)
        });
        let sum = priced.into_iter().try_fold(Money::default(), |sum, part| Some(sum + part?))?;
        (!parts.is_empty()).then_some(sum)
    }

    /// What a call may cost at most: all of the prompt written to a cache, all
    /// of the output used.
    pub fn upper_estimate(
        &self,
        call: &Priced<'_>,
        prompt_tokens: u64,
        max_output: u32,
    ) -> Option<Money> {
        let output = u64::from(max_output);
        let fresh = Usage { input: prompt_tokens, output, ..Usage::default() };
        let written = Usage { cache_write_5m: prompt_tokens, output, ..Usage::default() };
        let rates = self.rates(call)?;
        Some(rates.price(&fresh).max(rates.price(&written)))
    }

    /// How many tokens the model's window holds, prompt and output together.
    pub fn context_window(&self, provider: Option<&str>, model: &str) -> Option<u64> {
        self.book.model(provider, model)?.context
    }

    fn rates(&self, call: &Priced<'_>) -> Option<Rates> {
        if let Some(setting) = self.setting(call.model) {
            return Some(Rates::set(setting));
        }
        self.book
            .model(call.provider, call.model)
            .and_then(|it: &Model| it.rates(call.at, call.tier))
    }

    fn setting(&self, model: &str) -> Option<&Setting> {
        let fits = |name: &str| {
            name == model || name.strip_suffix('*').is_some_and(|start| model.starts_with(start))
        };
        let fitting = self.settings.iter().filter(|(name, _)| fits(name));
        fitting.max_by_key(|(name, _)| (*name == model, name.len())).map(|(_, price)| price)
    }
}

#[cfg(test)]
mod tests;
